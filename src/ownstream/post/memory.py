"""Mail that a test reads."""

from collections import deque
from collections.abc import Sequence

from ownstream.post.base import Mail, Post

MOST_MAILS = 1000


class RememberedPost:
    """The last mails that have left; by another post, if there is one."""

    def __init__(self, post: Post | None = None) -> None:
        self._post = post
        self._mails: deque[Mail] = deque(maxlen=MOST_MAILS)

    @property
    def mails(self) -> Sequence[Mail]:
        """Them, oldest first."""
        return tuple(self._mails)

    def deliver(self, mail: Mail) -> None:
        """The mail can be read here."""
        if self._post is not None:
            self._post.deliver(mail)
        self._mails.append(mail)
