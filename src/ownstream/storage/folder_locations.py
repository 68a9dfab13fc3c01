"""Objects in a folder of this machine: a folder for each bucket, each object a file in it.

No key leads out of its bucket: every folder on the way is opened by its own name, and no link is
followed, whoever put it there.
"""

import errno
import os
import secrets
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ownstream.storage.base import Source
from ownstream.storage.locations import (
    Found,
    Location,
    LocationError,
    NoSuchName,
    NotPermitted,
    NotReachable,
    NotThere,
    Sink,
    names_of,
    too_large,
    transferred,
)

PART = ".ownstream-part-"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# A pipe would keep its opener waiting.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


class FolderLocations:
    """Buckets that are the folders in one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def look(self, location: Location) -> Found:
        with self._opened(location) as file:
            return _found(file)

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        with self._opened(location) as file:
            found = _found(file)
            if found.size > most_bytes:
                raise too_large(location, most_bytes)
            transferred(location, file, target, most_bytes=most_bytes)
            return found

    def write(self, location: Location, content: Source) -> None:
        *folders, name = _names(location)
        part = f"{PART}{secrets.token_hex(8)}"
        with ExitStack() as held:
            with _told(location):
                self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder = self._entered(folders, held, makes=True)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
                file = held.enter_context(open(os.open(part, flags, 0o600, dir_fd=folder), "wb"))
            held.callback(_removed, part, folder)
            transferred(location, content, file)
            with _told(location):
                file.flush()
                os.fsync(file.fileno())
                os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
                os.fsync(folder)

    def list(self, bucket: str, prefix: str = "") -> Iterator[str]:
        top = Location(bucket, "any")
        with ExitStack() as held:
            with _told(top):
                folder = self._entered(_names(top)[:1], held)
            yield from (key for key in _walked(folder, "") if key.startswith(prefix))

    def remove(self, location: Location) -> None:
        *folders, name = _names(location)
        with suppress(NotThere), ExitStack() as held, _told(location):
            os.unlink(name, dir_fd=self._entered(folders, held))

    @contextmanager
    def _opened(self, location: Location) -> Generator[BinaryIO]:
        *folders, name = _names(location)
        with ExitStack() as held:
            with _told(location):
                folder = self._entered(folders, held)
                descriptor = _kept_open(os.open(name, _FILE, dir_fd=folder), held)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _not_there(location)
            yield held.enter_context(open(descriptor, "rb", closefd=False))

    def _entered(self, names: Sequence[str], held: ExitStack, *, makes: bool = False) -> int:
        """The innermost of these folders, open for as long as it is held."""
        folder = _kept_open(os.open(self._root, os.O_RDONLY | os.O_DIRECTORY), held)
        for name in names:
            if makes:
                with suppress(FileExistsError):
                    os.mkdir(name, 0o700, dir_fd=folder)
            folder = _kept_open(os.open(name, _FOLDER, dir_fd=folder), held)
        return folder


def _names(location: Location) -> Sequence[str]:
    names = names_of(location)
    if any(name.startswith(PART) for name in names):
        raise NoSuchName(f"{location} can be no object's location.")
    return names


def _kept_open(descriptor: int, held: ExitStack) -> int:
    held.callback(os.close, descriptor)
    return descriptor


def _removed(name: str, folder: int) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def _found(file: BinaryIO) -> Found:
    info = os.fstat(file.fileno())
    return Found(info.st_size, f"{info.st_ino:x}-{info.st_size:x}-{info.st_mtime_ns:x}")


def _walked(folder: int, path: str) -> Iterator[str]:
    """Keys in the order that S3 lists them in: a folder's name counts with its slash."""
    with os.scandir(folder) as found:
        entries = [(f"{each.name}/" if _is_folder(each) else each.name, each) for each in found]
    for name, entry in sorted(entries, key=lambda each: os.fsencode(each[0])):
        if _is_folder(entry):
            inner = os.open(entry.name, _FOLDER, dir_fd=folder)
            try:
                yield from _walked(inner, f"{path}{name}")
            finally:
                os.close(inner)
        elif entry.is_file(follow_symlinks=False) and not name.startswith(PART):
            yield f"{path}{name}"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _not_there(location: Location) -> LocationError:
    return NotThere(f"There is no {location}.")


@contextmanager
def _told(location: Location) -> Generator[None]:
    """The system's errors as the port's."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise _not_there(location) from error
    except PermissionError as error:
        raise NotPermitted(f"{location} cannot be reached: {error.strerror}.") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotThere(f"{location} leads through a link, and none is followed.") from error
        raise NotReachable(f"{location} cannot be reached: {error.strerror}.") from error
