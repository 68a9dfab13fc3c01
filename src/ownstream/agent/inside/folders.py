"""The folders below MyFiles: opened name by name, listed, walked, removed; no link is followed."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import unicodedata

from .refusals import Refused

TYPE_CHECKING = False  # `typing` itself would double the time that the start takes
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from typing import Any

TOP = "MyFiles"
TEMPORARY = "TemporaryFiles"
PARTIAL = ".ownstream-"  # begins the name of a file that is not here as a whole yet
MAX_NAME_BYTES = 255
MOST_LISTED = 10_000
MOST_WALKED = 200_000
DEEPEST = 64
MS = 1_000_000  # nanoseconds
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def names(path: Any, *, least: int = 0) -> list[str]:
    """The names of a path, each one that a file may have here; Refused otherwise.

    `least` is how many there have to be: what is in MyFiles itself is not the user's to change.
    """
    if not isinstance(path, list) or not all(map(is_name, path)):
        raise Refused("bad_name", "A file or folder cannot have this name.")
    if len(path) < least:
        raise Refused("denied", "Choose a folder in My Files first.")
    if len(path) > DEEPEST:
        raise Refused("bad_name", f"Folders go {DEEPEST} deep, not deeper.")
    return path


def is_name(name: Any) -> bool:
    """Whether a file may have this name: one that can be shown, written down, and is one name."""
    if not isinstance(name, str) or name in ("", ".", "..") or "/" in name:
        return False
    if name.startswith(PARTIAL):
        return False
    try:
        fits = len(name.encode()) <= MAX_NAME_BYTES
    except UnicodeEncodeError:
        return False
    return fits and not any(unicodedata.category(letter) == "Cc" for letter in name)


class Folders:
    """What is below MyFiles in one home folder."""

    def __init__(self, home: int) -> None:
        self._home = home

    def walked(self, path: Sequence[str]) -> Iterator[str]:
        """What is below this folder, as `walked` tells it."""
        with self.opened(path) as folder:
            yield from walked(folder)

    @contextlib.contextmanager
    def opened(self, path: Sequence[str]) -> Generator[int, None, None]:
        """A descriptor of this folder. The temporary one is made anew if somebody removed it."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(TOP, dir_fd=self._home)
        fd = os.open(TOP, FOLDER, dir_fd=self._home)
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(TEMPORARY, dir_fd=fd)
            for name in path:
                inner = os.open(name, FOLDER, dir_fd=fd)
                os.close(fd)
                fd = inner
            yield fd
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def file(self, path: Sequence[str]) -> Generator[int, None, None]:
        """A descriptor of this file, to read; no device, pipe, socket, link or folder is opened."""
        with self.opened(path[:-1]) as folder:
            kind = os.stat(path[-1], dir_fd=folder, follow_symlinks=False).st_mode
            if not stat.S_ISREG(kind) and not stat.S_ISLNK(kind):
                raise OSError(errno.ENXIO, "no file")  # to open a device may do something already
            fd = os.open(path[-1], os.O_RDONLY | FILE, dir_fd=folder)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(errno.ENXIO, "no file")
            yield fd
        finally:
            os.close(fd)


def listing(folder: int) -> Mapping[str, Any]:
    """What is in the folder, up to a bound; `unseen` counts names that nobody could ask for."""
    rows: list[Mapping[str, Any]] = []
    unseen, more = 0, False
    with os.scandir(folder) as entries:
        for entry in entries:
            if len(rows) == MOST_LISTED:
                more = True
                break
            if is_name(entry.name):
                with contextlib.suppress(FileNotFoundError):
                    rows.append(_row(entry.name, entry.stat(follow_symlinks=False)))
            elif not entry.name.startswith(PARTIAL):
                unseen += 1
    return {"entries": rows, "unseen": unseen, "more": more}


def described(info: os.stat_result) -> dict[str, Any]:
    """A file's size in bytes, its date in milliseconds, and a tag that changes with its content.

    And that tag as numbers: size, date, change of anything, both in nanoseconds, and inode.
    """
    seen = _seen(info)
    tag = "-".join(f"{part:x}" for part in seen)
    return {"size": info.st_size, "modified": info.st_mtime_ns // MS, "tag": tag, "seen": seen}


def everything(path: str) -> bool:
    """All of it is told of."""
    return True


def walked(folder: int, is_told: Callable[[str], bool] = everything) -> Iterator[str]:
    """Files and folders below this one, a line of JSON each: path, and numbers as `described` has.

    A folder's path ends in a slash; its only number is 1, or 0 if what is in it cannot be told.
    Links, devices, what has a name that cannot be told and what is not `is_told` are left out.
    Refused if there is too much.
    """
    for number, line in enumerate(_walked(folder, "", DEEPEST, is_told)):
        if number == MOST_WALKED:
            raise Refused("too_many", f"There are more than {MOST_WALKED} files and folders.")
        yield line


def remove(folder: int, name: str, depth: int = DEEPEST) -> None:
    """The file, link or folder of this name is gone, with all that is in it."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
        return os.unlink(name, dir_fd=folder)
    if depth == 0:
        raise Refused("failed", "Its folders are too deep to be removed at once.")
    inner = os.open(name, FOLDER, dir_fd=folder)
    try:
        for each in os.listdir(inner):
            with contextlib.suppress(FileNotFoundError):
                remove(inner, each, depth - 1)
    finally:
        os.close(inner)
    return os.rmdir(name, dir_fd=folder)


def _seen(info: os.stat_result) -> tuple[int, int, int, int]:
    return (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)


def _row(name: str, info: os.stat_result) -> Mapping[str, Any]:
    modified = info.st_mtime_ns // MS
    return {"name": name, "kind": _kind(info), "size": info.st_size, "modified": modified}


def _kind(info: os.stat_result) -> str:
    if stat.S_ISREG(info.st_mode):
        return "file"
    if stat.S_ISDIR(info.st_mode):
        return "folder"
    return "link" if stat.S_ISLNK(info.st_mode) else "other"


def _walked(folder: int, path: str, depth: int, is_told: Callable[[str], bool]) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not is_name(entry.name) or not is_told(path + entry.name):
                continue
            try:
                info = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(info.st_mode):
                yield f"{json.dumps((path + entry.name, *_seen(info)))}\n"
            elif stat.S_ISDIR(info.st_mode):
                yield from _walked_in(folder, path, entry.name, depth - 1, is_told)


def _walked_in(
    folder: int, path: str, name: str, depth: int, is_told: Callable[[str], bool]
) -> Iterator[str]:
    try:
        inner = os.open(name, FOLDER, dir_fd=folder) if depth else -1
    except FileNotFoundError:
        return
    except OSError:
        inner = -1
    yield f"{json.dumps((f'{path}{name}/', int(inner >= 0)))}\n"
    if inner >= 0:
        try:
            yield from _walked(inner, f"{path}{name}/", depth, is_told)
        finally:
            os.close(inner)
