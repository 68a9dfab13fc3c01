"""Application settings: what applications keep in the home folder, beside the user's own files.

That is what begins with a dot there, as everywhere under Unix, but for what is worth nothing to
another session. A path's first name says that it is one of these, and is no folder.
"""

from __future__ import annotations

import contextlib
import os

from .folders import FOLDER, Folders, walked
from .refusals import Refused

TYPE_CHECKING = False  # `typing` itself would double the time that the start takes
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

WORTHLESS = frozenset(
    {
        ".cache",
        ".dbus",
        ".ICEauthority",
        ".Xauthority",
        ".xsession-errors",
        ".local/share/Trash",
        ".config/pulse",
    }
)


def is_setting(path: str) -> bool:
    """Whether this path in the home folder is, or is in, application settings."""
    names = path.split("/")
    ways = {"/".join(names[: depth + 1]) for depth in range(len(names))}
    return path.startswith(".") and not ways & WORTHLESS


class Settings(Folders):
    """What of the home folder is application settings."""

    def walked(self, path: Sequence[str]) -> Iterator[str]:
        with self.opened(path[:1]) as home:
            yield from walked(home, is_setting)

    def with_path(self, path: Sequence[str]) -> Settings:
        """These, if the path is one of them or all; else Refused."""
        inner = path[1:]
        if inner and not is_setting("/".join(inner)):
            raise Refused("denied", "This is no setting of an application.")
        return self

    @contextlib.contextmanager
    def opened(self, path: Sequence[str]) -> Generator[int, None, None]:
        fd = os.dup(self._home)
        try:
            for name in path[1:]:
                below = os.open(name, FOLDER, dir_fd=fd)
                os.close(fd)
                fd = below
            yield fd
        finally:
            os.close(fd)
