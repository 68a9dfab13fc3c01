"""Unpacks an archive that nobody trusts, as a program with limits that the system keeps.

`python -m ownstream.storage.unpacking ARCHIVE FOLDER BYTES ENTRIES` leaves what ARCHIVE (zip, or
tar with gzip, bzip2, xz or nothing) has in FOLDER, which is there and empty; its exit code tells
how that went, and its last line of stderr why. An archive's paths lead nowhere but into FOLDER:
each folder on the way is opened by its own name, and links are made but never followed. What is no
file, folder or link is refused, and so is all that is beyond the limits.
"""

import lzma
import os
import resource
import shutil
import stat
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK_BYTES = 1 << 20
MOST_MEMORY_BYTES = 1 << 30
MOST_NAME_BYTES = 255
MOST_DEPTH = 64
LEAST_FREE_BYTES = 1 << 30
REFUSED, NO_ARCHIVE = 3, 4  # exit codes
UNKNOWN = (NotImplementedError, RuntimeError)  # a method of packing; a password
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError),
    *(EOFError, OSError, ValueError),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class Refused(Exception):
    """The archive is not unpacked; the text says why, for whoever made it."""


class NoArchive(Exception):
    """The file is something else."""


@dataclass(frozen=True)
class Limits:
    """What an archive may hold in all."""

    bytes: int
    entries: int


@dataclass(frozen=True)
class Entry:
    """One thing in an archive, as the archive tells of it."""

    path: str
    kind: str  # file, folder, link, same (as the file of this target)
    executable: bool = False
    content: IO[bytes] | None = None
    target: str = ""


def unpack(archive: Path, folder: Path, limits: Limits) -> None:
    """All that the archive has is in this folder; Refused or NoArchive, with parts left there."""
    with ExitStack() as held:
        top = os.open(folder, _FOLDER)
        held.callback(os.close, top)
        into = Into(top, limits)
        for entry in _entries(archive, held):
            into.add(entry)


class Into:
    """The folder that entries go into, and how much it may still take."""

    def __init__(self, top: int, limits: Limits) -> None:
        self._top = top
        self._limits = limits
        self._bytes = limits.bytes
        self._entries = limits.entries

    def add(self, entry: Entry) -> None:
        """The entry is there, in the place of one that had its path."""
        names = _names(entry.path)
        self._count(max(1, len(names)))
        if not names:
            return
        with ExitStack() as held:
            folder = self._entered(names[:-1], held)
            match entry.kind:
                case "folder":
                    self._make_folder(folder, names[-1])
                case "link":
                    _replace(folder, names[-1])
                    os.symlink(_link_target(entry), names[-1], dir_fd=folder)
                case "same":
                    self._link(folder, names[-1], _names(entry.target), held)
                case _:
                    _replace(folder, names[-1])
                    self._write(folder, names[-1], entry)

    def _count(self, entries: int) -> None:
        self._entries -= entries
        if self._entries < 0:
            raise Refused(f"it has more than {self._limits.entries} files")

    def _entered(self, names: Sequence[str], held: ExitStack) -> int:
        """The innermost of these folders, made where it was not there."""
        folder = self._top
        for name in names:
            self._make_folder(folder, name)
            folder = os.open(name, _FOLDER, dir_fd=folder)
            held.callback(os.close, folder)
        return folder

    def _make_folder(self, folder: int, name: str) -> None:
        try:
            os.mkdir(name, 0o755, dir_fd=folder)
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
                raise Refused(f"{name!r} is a file or a link in it, and a folder too") from None

    def _link(self, folder: int, name: str, target: Sequence[str], held: ExitStack) -> None:
        """The file that an entry before this one made has this name too."""
        if not target:
            raise Refused("a link in it leads to nothing")
        _replace(folder, name)
        source = self._entered(target[:-1], held)
        try:
            os.link(target[-1], name, src_dir_fd=source, dst_dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            raise Refused(f"a link in it leads to no file of it: {error.strerror}") from error

    def _write(self, folder: int, name: str, entry: Entry) -> None:
        mode = 0o755 if entry.executable else 0o644
        with open(os.open(name, _NEW, mode, dir_fd=folder), "wb") as file:
            while piece := _read(entry):
                self._bytes -= len(piece)
                if self._bytes < 0:
                    raise Refused(f"it unpacks to more than {self._limits.bytes} bytes")
                if shutil.disk_usage(self._top).free < LEAST_FREE_BYTES:
                    raise Refused("there is no room on the disk to unpack it")
                file.write(piece)


def _entries(archive: Path, held: ExitStack) -> Iterator[Entry]:
    with archive.open("rb") as file:
        is_zip = file.read(4) in _ZIP
    try:
        if is_zip:
            yield from _zipped(held.enter_context(zipfile.ZipFile(archive)))
        else:
            yield from _tarred(held.enter_context(_tar(archive)))
    except UNKNOWN as error:
        raise Refused(f"it is packed in a way that is not known here: {error}") from error
    except DAMAGED as error:
        raise Refused(f"it is damaged: {error}") from error


def _read(entry: Entry) -> bytes:
    try:
        return entry.content.read(CHUNK_BYTES) if entry.content else b""
    except DAMAGED as error:
        raise Refused(f"{entry.path!r:.100} in it is damaged: {error}") from error


def _tar(archive: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(archive, "r:*")
    except DAMAGED as error:
        raise NoArchive("it is neither zip nor tar") from error


def _zipped(archive: zipfile.ZipFile) -> Iterator[Entry]:
    for info in archive.infolist():
        mode = info.external_attr >> 16
        kind = stat.S_IFMT(mode)
        if info.is_dir():
            yield Entry(info.filename, "folder")
            continue
        if kind not in (0, stat.S_IFREG, stat.S_IFLNK):
            raise Refused(f"{info.filename!r} in it is neither file, folder nor link")
        with archive.open(info) as content:
            if kind == stat.S_IFLNK:
                target = os.fsdecode(content.read(4096))
                yield Entry(info.filename, "link", target=target)
            else:
                yield Entry(info.filename, "file", bool(mode & 0o111), content)


def _tarred(archive: tarfile.TarFile) -> Iterator[Entry]:
    for info in archive:
        if info.isdir():
            yield Entry(info.name, "folder")
        elif info.issym():
            yield Entry(info.name, "link", target=info.linkname)
        elif info.islnk():
            yield Entry(info.name, "same", target=info.linkname)
        elif info.isreg():
            yield Entry(info.name, "file", bool(info.mode & 0o111), archive.extractfile(info))
        else:
            raise Refused(f"{info.name!r} in it is neither file, folder nor link")


def _names(path: str) -> list[str]:
    """The names of a path below the folder; none of the folder itself."""
    if path.startswith("/") or "\0" in path:
        raise Refused(f"{path!r} in it leads out of it")
    names = [name for name in path.split("/") if name not in ("", ".")]
    if ".." in names:
        raise Refused(f"{path!r} in it leads out of it")
    if len(names) > MOST_DEPTH or any(len(os.fsencode(n)) > MOST_NAME_BYTES for n in names):
        raise Refused(f"{path!r:.100} in it is too long a path")
    return names


def _link_target(entry: Entry) -> str:
    if not entry.target or "\0" in entry.target or len(os.fsencode(entry.target)) >= 4096:
        raise Refused(f"the link {entry.path!r} in it leads to nothing")
    return entry.target


def _replace(folder: int, name: str) -> None:
    """Nothing has this name; Refused if a folder has it."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError) as error:
        raise Refused(f"{name!r} is a folder in it, and a file or a link too") from error


def _bound(limits: Limits) -> None:
    """Whatever the archive makes of the libraries that read it, the system sees to these."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.bytes + 1, limits.bytes + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o022)  # the users of sandboxes are to read it
    os.nice(10)


def main(argv: Sequence[str]) -> int:
    """The exit code: 0, or REFUSED or NO_ARCHIVE with the reason on stderr."""
    archive, folder, most_bytes, most_entries = argv
    limits = Limits(int(most_bytes), int(most_entries))
    _bound(limits)
    try:
        unpack(Path(archive), Path(folder), limits)
    except Refused as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except MemoryError:
        sys.stderr.write(f"it takes more than {MOST_MEMORY_BYTES >> 20} MiB of memory to unpack\n")
        return REFUSED
    except NoArchive as error:
        sys.stderr.write(f"{error}\n")
        return NO_ARCHIVE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
