"""The port by which mail leaves the service."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Mail:
    """One mail to one address; the text may have a password in it."""

    to: str
    subject: str
    text: str = field(repr=False)
    written_at: datetime


class NotDelivered(Exception):
    """It has not left, and may later: the server is away, or wants no mail just now."""


class Undeliverable(Exception):
    """It will never leave: the server has no such recipient, say."""


class Post(Protocol):
    """Where mail goes."""

    def deliver(self, mail: Mail) -> None:
        """The mail is somebody else's matter, or an error is raised: NotDelivered, Undeliverable.

        It may block. A mail whose delivery was cut may come a second time.
        """
        ...
