"""What reading an archive may cost, and the errors of archives."""

import gzip
import os
import tarfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol, cast

CHUNK_BYTES = 1 << 16
MOST_PATH_BYTES = 4095
MOST_DEPTH = 200
MOST_HEADER_BYTES = 1 << 18  # of one member, its extended headers among them


class BadArchive(Exception):
    """The archive is broken, or asks for what is not given to it; the text says what."""


class Unpackable(Exception):
    """This cannot be made an archive of; the text says what stands in the way."""


class Source(Protocol):
    """Bytes that can be read once."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size` of them; empty at the end."""
        ...


class Forward:
    """A tar that is read once, and no more at a time, of a header and in all than is allowed."""

    def __init__(self, content: Source, most_bytes: int) -> None:
        self._content = content
        self._left = most_bytes
        self._place = 0
        self._allowed = MOST_HEADER_BYTES

    def allow(self, size: int) -> None:
        """So many bytes may be read from here on."""
        self._allowed = size

    def read(self, size: int = -1, /) -> bytes:
        if size < 0 or size > self._allowed:
            raise BadArchive("a header is longer than headers may be")
        piece = self._content.read(size)
        self._allowed -= len(piece)
        self._left -= len(piece)
        self._place += len(piece)
        if self._left < 0:
            raise BadArchive("it holds more than this service takes or has room for")
        return piece

    def tell(self) -> int:
        return self._place

    def seek(self, place: int, whence: int = os.SEEK_SET, /) -> int:
        """Forwards alone: an archive that leads back would be read for ever."""
        if whence != os.SEEK_SET or place < self._place:
            raise BadArchive("a member says that it ends before it begins")
        while self._place < place and self.read(min(CHUNK_BYTES, place - self._place)):
            pass
        return self._place

    def finish(self) -> None:
        """The end is reached, where a checksum of all may be; little may stand before it."""
        self.allow(MOST_HEADER_BYTES)
        while self.read(CHUNK_BYTES // 4):
            pass


def opened(read: Forward) -> tarfile.TarFile:
    """The tar over these bytes, to be read member by member."""
    return tarfile.open(fileobj=cast("Any", read), mode="r:")


def members(tar: tarfile.TarFile, read: Forward, most: int) -> Generator[tarfile.TarInfo]:
    """Each member of a tar over `read`, of which the content may be read before the next."""
    count = 0
    while (member := tar.next()) is not None:
        count += 1
        if count > most:
            raise BadArchive(f"it has more than {most} entries")
        if tar.pax_headers:  # they would all be kept
            raise BadArchive("it has a header of all members that follow")
        yield member
        cast("Any", tar).members.clear()  # else they would all be kept
        read.allow(MOST_HEADER_BYTES)


@contextmanager
def told() -> Generator[None]:
    """What the libraries make of a broken archive, as BadArchive."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, RecursionError) as error:
        raise BadArchive(f"it is broken: {error}") from error
    except (ValueError, OverflowError) as error:
        raise BadArchive(f"it has a header that means nothing: {error}") from error
