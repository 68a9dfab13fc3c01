"""A layer made from an archive that anybody may have written.

Nothing is written outside the folder, whatever the archive says: each name is walked from the
folder's own descriptor and no link is followed on the way. There come to be folders, files, links
and overlayfs's whiteouts, no devices, no setuid bits and no attributes; and no more bytes than are
allowed are read, kept in memory or written.
"""

import gzip
import os
import stat
import tarfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ownstream.archive.bounds import (
    CHUNK_BYTES,
    MOST_DEPTH,
    MOST_PATH_BYTES,
    BadArchive,
    Forward,
    members,
    opened,
    told,
)
from ownstream.archive.packing import OPAQUE, OPAQUE_ATTRIBUTE, TREES, WHITEOUT

MOST_NAME_BYTES = 255
FIRST_FOREIGN_ID = 1 << 16
FILES = (tarfile.REGTYPE, tarfile.AREGTYPE)


@dataclass(frozen=True)
class Limits:
    """How much a layer may be."""

    most_bytes: int
    most_entries: int = 2_000_000


def unpack(source: IO[bytes], folder: Path, limits: Limits) -> None:
    """The folder, which is there and empty, has what the gzipped tar has; BadArchive if it cannot.

    After a failure there may be anything in the folder, and nothing anywhere else.
    """
    with _told(), gzip.GzipFile(fileobj=source) as content:
        read = Forward(content, limits.most_bytes)
        with _Tree(folder) as tree, opened(read) as tar:
            for member in members(tar, read, limits.most_entries):
                _make(tree, tar, read, member)
        read.finish()


class _Tree:
    """The folder, whose inside is reached through descriptors of folders alone."""

    def __init__(self, folder: Path) -> None:
        self._top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        self._last: tuple[Sequence[str], int] | None = None  # the folder that was reached last

    def __enter__(self) -> "_Tree":
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()
        os.close(self._top)

    def above(self, parts: Sequence[str]) -> int:
        """The descriptor of the folder that a path is in; good until the next one is asked for."""
        folders = parts[:-1]
        if self._last is None or self._last[0] != folders:
            self._leave()
            self._last = (folders, self._walk(folders))
        return self._last[1]

    def _walk(self, folders: Sequence[str]) -> int:
        reached = os.dup(self._top)
        for name in folders:
            try:
                inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=reached)
            except OSError as error:
                raise BadArchive(f"{'/'.join(folders)} is not a folder of it") from error
            finally:
                os.close(reached)
            reached = inner
        return reached

    def _leave(self) -> None:
        if self._last is not None:
            os.close(self._last[1])
            self._last = None


def _make(tree: _Tree, tar: tarfile.TarFile, read: Forward, member: tarfile.TarInfo) -> None:
    parts = _parts(member.name)
    name, above = parts[-1], tree.above(parts)
    if len(parts) == 1 and not member.isdir():
        raise BadArchive(f"{member.name!r} is no folder")  # a link would lead to the host's files
    if name.startswith(WHITEOUT):
        return _make_whiteout(above, member)
    if member.isdir():
        os.mkdir(name, 0o700, dir_fd=above)
        os.chown(name, *_owner(member), dir_fd=above, follow_symlinks=False)
        os.chmod(name, member.mode & 0o1777, dir_fd=above)
    elif member.type in FILES and not member.issparse():
        read.allow(member.size)
        _write(above, name, member, tar)
    elif member.issym():
        os.symlink(_target(member.linkname), name, dir_fd=above)
        os.chown(name, *_owner(member), dir_fd=above, follow_symlinks=False)
    elif member.islnk():
        _link(tree, member, parts)
    else:
        raise BadArchive(f"{member.name!r} is no file, folder or link")


def _write(above: int, name: str, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    content = tar.extractfile(member)
    assert content is not None  # it is a file's
    with open(os.open(name, flags, 0o600, dir_fd=above), "wb", buffering=0) as file:
        while piece := content.read(CHUNK_BYTES):
            _write_all(file.fileno(), piece)
        os.fchown(file.fileno(), *_owner(member))
        os.fchmod(file.fileno(), member.mode & 0o777)
        when = int(member.mtime) * 10**9
        os.utime(file.fileno(), ns=(when, when))


def _write_all(descriptor: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]


def _link(tree: _Tree, member: tarfile.TarInfo, parts: Sequence[str]) -> None:
    """Another name of a file that the archive has had already."""
    first = _parts(member.linkname)
    source = os.dup(tree.above(first))
    try:
        if not stat.S_ISREG(os.stat(first[-1], dir_fd=source, follow_symlinks=False).st_mode):
            raise BadArchive(f"{member.name!r} is a link to what is no file")
        os.link(
            first[-1],
            parts[-1],
            src_dir_fd=source,
            dst_dir_fd=tree.above(parts),
            follow_symlinks=False,
        )
    finally:
        os.close(source)


def _make_whiteout(above: int, member: tarfile.TarInfo) -> None:
    name = member.name.rpartition("/")[2]
    if member.type not in FILES or member.size:
        raise BadArchive(f"{member.name!r} is a whiteout with content")
    if name == OPAQUE:
        return os.setxattr(above, OPAQUE_ATTRIBUTE, b"y")
    hidden = name.removeprefix(WHITEOUT)
    if hidden in ("", ".", "..") or hidden.startswith(WHITEOUT):
        raise BadArchive(f"{member.name!r} hides nothing that can be")
    os.mknod(hidden, stat.S_IFCHR, os.makedev(0, 0), dir_fd=above)
    return None


def _parts(path: str) -> Sequence[str]:
    """The names along a path; BadArchive if it does not stay within a layer's trees."""
    parts = path.split("/")
    if (
        parts[0] not in TREES
        or any(part in ("", ".", "..") or "\0" in part for part in parts)
        or any(len(os.fsencode(part)) > MOST_NAME_BYTES for part in parts)
        or len(os.fsencode(path)) > MOST_PATH_BYTES
        or len(parts) > MOST_DEPTH
    ):
        raise BadArchive(f"{path[:100]!r} is no path of a layer")
    return parts


def _target(link: str) -> str:
    """Where a symbolic link leads: anywhere, since an instance follows it inside itself."""
    if not link or "\0" in link or len(os.fsencode(link)) > MOST_PATH_BYTES:
        raise BadArchive(f"{link[:100]!r} is no target of a link")
    return link


def _owner(member: tarfile.TarInfo) -> tuple[int, int]:
    if not all(0 <= id_ < FIRST_FOREIGN_ID for id_ in (member.uid, member.gid)):
        raise BadArchive(f"{member.name!r} has an owner beyond those of an image")
    return member.uid, member.gid


@contextmanager
def _told() -> Generator[None]:
    try:
        with told():
            yield
    except FileExistsError as error:
        raise BadArchive(f"it has a name twice: {error.filename}") from error
    except FileNotFoundError as error:
        raise BadArchive(f"it names what it has not: {error.filename}") from error
