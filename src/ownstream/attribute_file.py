"""Users' attributes out of a file that whoever runs the service keeps."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ownstream.domain.attributes import Attributes, Stated, Unstated, UserAttributes, read_directory
from ownstream.log import Log

MOST_BYTES = 64 * 1024 * 1024
TICK_NS = 2_000_000_000  # the coarsest that file systems have


class BadAttributes(Exception):
    """The file cannot be taken; the text says why."""


@dataclass
class AttributeFile:
    """The attributes in this file, read anew whenever it has changed.

    While it cannot be read nobody has any attribute, and so nobody is entitled to anything where
    a stack has entitlements: what a user has lost is not to be had by spoiling the file.
    """

    path: Path
    _stated: Stated = field(default_factory=lambda: Stated({}))
    _seen: tuple[int, ...] = ()
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def of(self, user: str) -> Attributes | None:
        """This user's attributes, as the file has them now."""
        with self._turn:
            self._look()
            return self._stated.of(user)

    def _look(self) -> None:
        seen = _stamp(self.path)
        if seen == self._seen and seen:
            return
        self._seen = seen
        try:
            self._stated = Stated(_read(self.path))
        except BadAttributes as error:
            self._stated = Stated({})
            Log("service").error("user attributes not read", why=str(error))


def attributes_of(path: Path | None) -> UserAttributes:
    """Whoever states users' attributes; BadAttributes if the file cannot be taken."""
    if path is None:
        return Unstated()
    _read(path)
    return AttributeFile(path)


def _read(path: Path) -> Mapping[str, Attributes]:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise BadAttributes(f"{path} is longer than {MOST_BYTES} bytes")
        return read_directory(json.loads(content))
    except OSError as error:
        raise BadAttributes(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadAttributes(f"{path} does not state users' attributes: {error}") from error


def _stamp(path: Path) -> tuple[int, ...]:
    """What is another once the file has been written or replaced; empty if that cannot be told.

    It cannot while the file is not there, nor right after it was written: a file system's clock
    may not have ticked since.
    """
    try:
        found = path.stat()
    except OSError:
        return ()
    if time.time_ns() - found.st_mtime_ns < TICK_NS:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
