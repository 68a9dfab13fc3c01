"""A file of an image, looked for in its layers without any instance of it.

No link is followed: where a layer's link leads is known inside an instance alone, and here it would
be out of the layer.
"""

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ownstream.archive.packing import OPAQUE_ATTRIBUTE

HOST = Path("/")


def read(layers: Sequence[Path], path: str, most_bytes: int, host: Path = HOST) -> bytes | None:
    """The content of the file that instances see at this absolute path; None if there is none.

    The layers are the lowest first; below them is the host's /usr. None as well for what is behind
    a link, is no file or is larger.
    """
    parts = PurePosixPath(path).parts[1:]
    if not parts or ".." in parts:
        return None
    for layer in reversed(layers):
        found = _Look(layer, parts, most_bytes)
        if found.ends:
            return found.content
    return _Look(host, parts, most_bytes).content if parts[0] == "usr" else None


class _Look:
    """One layer looked into: what it has there, and whether it hides what is below it."""

    def __init__(self, layer: Path, parts: Sequence[str], most_bytes: int) -> None:
        self.content: bytes | None = None
        self.ends = False
        self._look(layer, parts, most_bytes)

    def _look(self, layer: Path, parts: Sequence[str], most_bytes: int) -> None:
        reached = os.open(layer, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        hides = False
        try:
            for part in parts[:-1]:
                inner = self._enter(reached, part)
                if inner is None:
                    self.ends = self.ends or hides
                    return
                os.close(reached)
                reached = inner
                hides = hides or _is_opaque(reached)
            self._read(reached, parts[-1], most_bytes)
            self.ends = self.ends or hides
        finally:
            os.close(reached)

    def _enter(self, above: int, name: str) -> int | None:
        try:
            return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                raise
            self.ends = True  # a whiteout, a link or a file is in the folder's place
            return None

    def _read(self, above: int, name: str, most_bytes: int) -> None:
        try:
            info = os.stat(name, dir_fd=above, follow_symlinks=False)
        except FileNotFoundError:
            return
        self.ends = True
        if stat.S_ISREG(info.st_mode) and info.st_size <= most_bytes:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=above)
            with open(descriptor, "rb") as file:
                self.content = file.read(most_bytes)


def _is_opaque(folder: int) -> bool:
    try:
        return os.getxattr(folder, OPAQUE_ATTRIBUTE) == b"y"
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.ENOTSUP):
            return False
        raise
