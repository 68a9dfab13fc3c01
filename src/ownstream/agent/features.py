"""What a session has beside picture and input: each feature answers for messages of its own."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Outlet:
    """Where messages to the browser go."""

    send: Callable[[bytes], None]
    backlog: Callable[[], int]  # bytes that the kernel has not taken yet


class Feature(Protocol):
    """One feature of a session, from the session's begin to the instance's end.

    Whether the user may use it is judged here, for every message: what the page shows or hides
    protects nothing.
    """

    @property
    def name(self) -> str:
        """Under which name WELCOME tells of it."""
        ...

    @property
    def tags(self) -> Collection[int]:
        """The messages of browsers that it answers for."""
        ...

    def greeting(self) -> Mapping[str, Any]:
        """What WELCOME tells of it; JSON."""
        ...

    def connected(self, outlet: Outlet) -> None:
        """A browser is there, and has been welcomed."""
        ...

    def disconnected(self) -> None:
        """That browser is gone: nothing may be sent to it any more."""
        ...

    def hear(self, message: bytes) -> None:
        """The connected browser says this; FramingError if that is nothing it may say."""
        ...
