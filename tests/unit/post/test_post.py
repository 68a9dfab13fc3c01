"""Mail that leaves: over a real connection to a mail server, and as files."""

import ssl
import stat
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from ownstream.certificate import own_certificate
from ownstream.post.base import Mail, NotDelivered, Undeliverable
from ownstream.post.folder import FolderPost
from ownstream.post.smtp import SmtpPost, message
from tests.support.clock import START
from tests.support.mail_server import mail_server
from tests.support.service import free_port

SENDER = "Applications <no-reply@example.com>"
MAIL = Mail("ann@example.com", "Grüße", "Passwort: schön\n.\nEnde\n", START)


def post(port: int, **options: str) -> SmtpPost:
    return SmtpPost("127.0.0.1", port, SENDER, **{"security": "none", **options})  # type: ignore[arg-type]


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server() as server:
        post(server.port).deliver(MAIL)
        came = server.next()
    assert (came["To"], came["From"], came["Subject"]) == (MAIL.to, SENDER, MAIL.subject)
    assert came.get_content().replace("\r\n", "\n") == MAIL.text
    assert came["Message-ID"].endswith("@example.com>")


def test_a_recipient_whom_the_server_does_not_have_is_undeliverable() -> None:
    with mail_server() as server:
        server.refusing[MAIL.to] = "550 5.1.1 No such user"
        with pytest.raises(Undeliverable, match="No such user"):
            post(server.port).deliver(MAIL)


@pytest.mark.parametrize("answer", ["451 Try later", "552 The mailbox is full"])
def test_a_mail_that_the_server_does_not_take_may_be_taken_later(answer: str) -> None:
    with mail_server() as server:
        server.answer = answer
        with pytest.raises(NotDelivered, match=answer):
            post(server.port).deliver(MAIL)


def test_a_recipient_to_come_back_for_later_is_tried_again() -> None:
    with mail_server() as server:
        server.refusing[MAIL.to] = "450 4.2.1 Greylisted"
        with pytest.raises(NotDelivered, match="Greylisted"):
            post(server.port).deliver(MAIL)


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotDelivered):
        post(free_port()).deliver(MAIL)


def test_a_server_without_tls_is_not_trusted_with_a_password() -> None:
    with mail_server() as server, pytest.raises(NotDelivered, match="STARTTLS"):
        post(server.port, security="starttls").deliver(MAIL)


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path, frozenset({"127.0.0.1"}))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with mail_server(tls_context=context) as server:
        with pytest.raises(NotDelivered, match="certificate verify failed"):
            post(server.port, security="starttls").deliver(MAIL)
        assert server.mails.empty()


def test_no_header_ends_early() -> None:
    with pytest.raises(ValueError, match="Header"):
        message(Mail("ann@example.com\r\nBcc: eve@example.com", "a", "b", START), SENDER)


def test_a_file_is_a_mail_that_its_owner_alone_reads(tmp_path: Path) -> None:
    FolderPost(tmp_path / "mails", SENDER).deliver(MAIL)
    [file] = (tmp_path / "mails").iterdir()
    assert message_from_bytes(file.read_bytes(), policy=default)["To"] == MAIL.to
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mails").write_text("a file is in the way")
    with pytest.raises(NotDelivered):
        FolderPost(tmp_path / "mails", SENDER).deliver(MAIL)


def test_a_mails_text_is_not_shown_by_accident() -> None:
    assert "Passwort" not in repr(MAIL)
