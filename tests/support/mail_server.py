"""A real mail server on loopback, which keeps what it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from queue import Queue
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.service import free_port

WITHIN_S = 30


@dataclass
class MailServer:
    """What came, and what is refused."""

    port: int
    mails: "Queue[EmailMessage]" = field(default_factory=Queue)
    refusing: dict[str, str] = field(default_factory=dict[str, str])  # recipient to answer
    answer: str = ""  # to every mail; empty: it is taken

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """A recipient named."""
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """A mail sent."""
        if self.answer:
            return self.answer
        self.mails.put(message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    def next(self) -> EmailMessage:
        """The next mail that comes."""
        return self.mails.get(timeout=WITHIN_S)


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """The server, listening; the options are aiosmtpd's."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **options)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
