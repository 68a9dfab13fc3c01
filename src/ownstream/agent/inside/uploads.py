"""Files that come in pieces: kept under a hidden name until they are whole, then given their own.

An upload is known by its folder, name, size and date, so that it goes on from where it was cut
whoever asks, and is not begun again once it is here: a file of the same name, size and date is
taken for the same, as rsync does.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import threading

from .folders import FILE, MAX_NAME_BYTES, MS, PARTIAL, names
from .refusals import Refused

TYPE_CHECKING = False  # `typing` itself would double the time that the start takes
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from typing import Any

    from .channel import Channel

MOST_SAME = 10_000  # numbers that are tried for a name that is taken
DOUBLE_ENDINGS = (".gz", ".bz2", ".xz", ".zst")
LARGEST = 1 << 62
TURN_WITHIN_S = 10.0


class Upload:
    """One file on its way in, as a request names it; Refused if it names none."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        *self.folder, self.name = names(request["path"], least=2)
        self.size = count(request, "size")
        self.modified = count(request, "modified")  # nanoseconds
        self.keeps = request.get("clash") == "keep"  # what has the name already stays alone
        self.replaces = request.get("clash") == "replace"  # what has the name already gives way
        # Some programs take no settings that others could read.
        self.mode = 0o600 if request.get("in") == "settings" else 0o644
        known = json.dumps([self.name, self.size, self.modified]).encode()
        self.partial = f"{PARTIAL}{hashlib.sha256(known).hexdigest()[:32]}.part"

    def candidates(self) -> Iterator[str]:
        """Names for it, the best first: its own, then `name (1).txt` and so on."""
        yield self.name
        stem, ending = split(self.name)
        for number in range(1, MOST_SAME if not self.keeps else 1):
            tail = f" ({number}){ending}"
            room = MAX_NAME_BYTES - len(tail.encode())
            yield f"{stem.encode()[:room].decode(errors='ignore')}{tail}"

    def is_same(self, info: os.stat_result) -> bool:
        """Whether this file is what the upload brings."""
        known = (info.st_size, info.st_mtime_ns // MS)
        return stat.S_ISREG(info.st_mode) and known == (self.size, self.modified // MS)


class Writers:
    """Who writes each upload: one at a time, and the last who came."""

    def __init__(self) -> None:
        self._all = threading.Lock()
        self._writing: dict[tuple[int, str], tuple[Channel, threading.Lock]] = {}

    @contextlib.contextmanager
    def turn(self, key: tuple[int, str], channel: Channel) -> Generator[None, None, None]:
        """Meanwhile nobody else writes it: whoever did is cut off, who may be cut off already."""
        with self._all:
            before, lock = self._writing.get(key, (None, threading.Lock()))
            self._writing[key] = (channel, lock)
        if before is not None:
            before.cut()
        try:
            if not lock.acquire(timeout=TURN_WITHIN_S):
                raise Refused("busy", "This file is being uploaded already.")
            try:
                yield
            finally:
                lock.release()
        finally:
            with self._all:
                if self._writing.get(key) == (channel, lock):
                    del self._writing[key]


def arrived(folder: int, upload: Upload) -> Mapping[str, Any]:
    """How many bytes of it are here, and under which name if all of them are."""
    for name in upload.candidates():
        try:
            info = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            break
        if upload.is_same(info):
            return {"offset": upload.size, "name": name}
    with contextlib.suppress(FileNotFoundError):
        size = os.stat(upload.partial, dir_fd=folder, follow_symlinks=False).st_size
        return {"offset": size if size <= upload.size else 0}
    return {"offset": 0}


def received(
    folder: int, upload: Upload, channel: Channel, *, offset: int, length: int
) -> Mapping[str, Any]:
    """How much is here after this piece, which begins at `offset`; the last one names the file."""
    with _partial(folder, upload) as fd:
        _check(fd, upload, offset)
        for piece in channel.receive(length):
            _put(fd, piece, offset)
            offset += len(piece)
        if offset < upload.size:
            return {"offset": offset}
        os.utime(fd, ns=(upload.modified, upload.modified))
    return {"offset": offset, **_named(folder, upload)}


def drop(folder: int, upload: Upload) -> None:
    """Nothing of it is here, unless it is here as a whole."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(upload.partial, dir_fd=folder)


def split(name: str) -> tuple[str, str]:
    """The name without its ending, and its ending, which may be double as in `.tar.gz`."""
    stem, ending = os.path.splitext(name)
    if ending in DOUBLE_ENDINGS:
        shorter, before = os.path.splitext(stem)
        if before == ".tar":
            return shorter, before + ending
    return stem, ending


def count(request: Mapping[str, Any], member: str) -> int:
    """This member of the request, a number from 0 on; Refused if it is none."""
    value = request.get(member)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise Refused("bad_request", f"{member} is not a number from 0 on.")
    return value


@contextlib.contextmanager
def _partial(folder: int, upload: Upload) -> Generator[int, None, None]:
    fd = os.open(upload.partial, os.O_RDWR | os.O_CREAT | FILE, upload.mode, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Refused("denied", "An application is in the way of this file.")
        yield fd
    finally:
        os.close(fd)


def _check(fd: int, upload: Upload, offset: int) -> None:
    """The piece goes where the last one ended, and there is space for the rest."""
    size = os.fstat(fd).st_size
    if size > upload.size:
        os.ftruncate(fd, 0)
        size = 0
    if size != offset:
        raise Refused("wrong_offset", "Another part of this file is wanted.", offset=size)
    disk = os.fstatvfs(fd)
    if upload.size - offset > disk.f_bavail * disk.f_frsize:
        raise Refused("disk_full", "There is no space left for this file.")


def _put(fd: int, data: memoryview, offset: int) -> None:
    while data:
        written = os.pwrite(fd, data, offset)
        data, offset = data[written:], offset + written


def _named(folder: int, upload: Upload) -> Mapping[str, Any]:
    """The whole file has its name; an atomic link never takes one that is in use."""
    if upload.replaces:
        os.rename(upload.partial, upload.name, src_dir_fd=folder, dst_dir_fd=folder)
        return {"name": upload.name}
    for name in upload.candidates():
        try:
            os.link(
                upload.partial, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False
            )
        except FileExistsError:
            info = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not upload.is_same(info) and not upload.keeps:
                continue
        drop(folder, upload)
        return {"name": name}
    raise Refused("exists", "There are too many files of this name.")
