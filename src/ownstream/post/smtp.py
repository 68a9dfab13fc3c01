"""Mail handed to an SMTP server, over TLS unless the operator says otherwise."""

import smtplib
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Literal

from ownstream.post.base import Mail, NotDelivered, Undeliverable

WITHIN_S = 30
FINAL = range(500, 600)

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class SmtpPost:
    """One server, to which each mail takes a connection of its own."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)

    def deliver(self, mail: Mail) -> None:
        """The server has taken the mail."""
        try:
            with self._server() as server:
                self._hand_over(server, mail)
        except smtplib.SMTPResponseException as error:
            raise NotDelivered(_said(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotDelivered(f"{self.host}:{self.port}: {error}") from error

    def _hand_over(self, server: smtplib.SMTP, mail: Mail) -> None:
        try:
            server.send_message(message(mail, self.sender))
        except smtplib.SMTPRecipientsRefused as error:
            [(code, text)] = error.recipients.values()
            kind = Undeliverable if code in FINAL else NotDelivered
            raise kind(_said(code, text)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Undeliverable(f"the mail server cannot take this address: {error}") from error

    @contextmanager
    def _server(self) -> Generator[smtplib.SMTP]:
        tls = ssl.create_default_context() if self.security != "none" else None
        if self.security == "tls":
            connection = smtplib.SMTP_SSL(self.host, self.port, timeout=WITHIN_S, context=tls)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=WITHIN_S)
        with connection as server:
            if self.security == "starttls":
                server.starttls(context=tls)
            if self.user:
                server.login(self.user, self.password)
            yield server


def message(mail: Mail, sender: str) -> EmailMessage:
    """The mail in the form of the internet; ValueError where a header would end early."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = mail.to
    made["Subject"] = mail.subject
    made["Date"] = format_datetime(mail.written_at)
    made["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">") or None)
    made["Auto-Submitted"] = "auto-generated"  # so that no absent reader's answer comes back
    made.set_content(mail.text)
    return made


def _said(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"the mail server says: {code} {words}"
