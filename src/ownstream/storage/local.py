"""Home folders in a folder of this machine, each file as itself.

The folder is the service's own; nobody else writes there. A file appears under its name when it is
whole and on disk.
"""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ownstream.domain.home_folders import Stored, parents
from ownstream.storage.base import Source, StorageError, Unstorable

PART = ".ownstream-part-"
CHUNK_BYTES = 1 << 20


class LocalStore:
    """Home folders below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def list(self, folder: str) -> Mapping[str, Stored | None]:
        with _told("listed"):
            top = self._root / folder
            return dict(_walked(top, "")) if top.is_dir() else {}

    def look(self, folder: str, path: str) -> Stored | None:
        try:
            return _stored(os.lstat(self._place(folder, path)))
        except (FileNotFoundError, NotADirectoryError):
            return None

    @contextmanager
    def read(self, folder: str, path: str) -> Generator[tuple[Stored, Source]]:
        with _told("read"):
            file = self._place(folder, path).open("rb")
        with file:
            info = os.fstat(file.fileno())
            yield Stored(info.st_size, info.st_mtime_ns), file

    def write(self, folder: str, path: str, content: Source, stored: Stored) -> None:
        place = self._place(folder, path)
        with _told("written"):
            self._make_way(folder, path)
            part = place.with_name(f"{PART}{secrets.token_hex(8)}")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:
                _copy(content, file.fileno())
                with _told("written"):
                    os.fsync(file.fileno())
            with _told("written"):
                if stored.modified is not None:
                    os.utime(part, ns=(stored.modified, stored.modified))
                _clear(place)
                os.replace(part, place)
                _sync(place.parent)
        finally:
            part.unlink(missing_ok=True)

    def make_folder(self, folder: str, path: str) -> None:
        with _told("written"):
            self._make_way(folder, f"{path}.")

    def remove(self, folder: str, path: str) -> None:
        place = self._place(folder, path)
        with _told("removed"):
            try:
                os.rmdir(place) if path.endswith("/") else os.unlink(place)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return  # something else has the name by now
            except OSError:
                if path.endswith("/") and place.is_dir():
                    return  # it is not empty
                raise

    def _place(self, folder: str, path: str) -> Path:
        return self._root / folder / path

    def _make_way(self, folder: str, path: str) -> None:
        """The folders of this path are there; what was in their way is not."""
        top = self._root / folder
        top.mkdir(mode=0o700, parents=True, exist_ok=True)
        for parent in parents(path):
            place = top / parent
            if not place.is_dir():
                place.unlink(missing_ok=True)
                place.mkdir(mode=0o700)


def _walked(top: Path, path: str) -> Iterator[tuple[str, Stored | None]]:
    with os.scandir(top / path) as entries:
        for entry in entries:
            inner = f"{path}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield f"{inner}/", None
                yield from _walked(top, f"{inner}/")
            elif entry.is_file(follow_symlinks=False) and not entry.name.startswith(PART):
                yield inner, _stored(entry.stat(follow_symlinks=False))


def _stored(info: os.stat_result) -> Stored | None:
    return Stored(info.st_size, info.st_mtime_ns) if stat.S_ISREG(info.st_mode) else None


def _clear(place: Path) -> None:
    """No folder is where a file is to be."""
    if place.is_dir():
        shutil.rmtree(place)


def _copy(content: Source, descriptor: int) -> None:
    while piece := content.read(CHUNK_BYTES):
        with _told("written"):
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]


def _sync(folder: Path) -> None:
    """What was renamed in this folder stays so when the power fails."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told(done: str) -> Generator[None]:
    """The system's errors as the port's."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise Unstorable("its path is longer than this machine allows") from error
        raise StorageError(f"the home folder cannot be {done}: {error}") from error
