"""A layer written as a gzipped tar, with whiteouts as OCI images have them.

Deleted files are `.wh.NAME`, folders that hide what is below them have `.wh..wh..opq`. What cannot
be in an image is left out: sockets, pipes and devices. File capabilities are not carried.
"""

import errno
import gzip
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ownstream.archive.bounds import MOST_DEPTH, MOST_PATH_BYTES, Unpackable

TREES = ("etc", "opt", "usr", "var")
WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
OPAQUE_ATTRIBUTE = "trusted.overlay.opaque"
# What overlayfs writes where it renames folders or copies no content: a layer by itself is then
# not whole.
UNWHOLE_ATTRIBUTES = ("trusted.overlay.redirect", "trusted.overlay.metacopy")
_LEVEL = 6


def pack(folder: Path, target: IO[bytes]) -> None:
    """The layer in this folder is written to the target; the same layer makes the same bytes.

    Unpackable if it has something that an archive cannot have.
    """
    written: dict[tuple[int, int], str] = {}  # files that have several names
    with (
        gzip.GzipFile(fileobj=target, mode="wb", filename="", mtime=0, compresslevel=_LEVEL) as gz,
        tarfile.open(fileobj=gz, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for tree in TREES:
            if _is_folder(folder / tree):
                for path, info in _walked(folder, tree):
                    _add(tar, folder, path, info, written)


def _is_folder(path: Path) -> bool:
    """Whether it is one itself: root follows no link out of a layer."""
    return path.is_dir() and not path.is_symlink()


def _walked(folder: Path, path: str) -> Iterator[tuple[str, os.stat_result]]:
    """What is there, each folder before what is in it."""
    yield path, os.lstat(folder / path)
    with os.scandir(folder / path) as entries:
        found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    for entry in found:
        inner = f"{path}/{entry.name}"
        _refuse_depth(folder, inner)
        if entry.name.startswith(WHITEOUT):
            raise Unpackable(
                f"/{inner} cannot be archived: names that begin with {WHITEOUT} mean"
                " deleted files there. Rename it and make the image anew."
            )
        if entry.is_dir(follow_symlinks=False):
            yield from _walked(folder, inner)
        else:
            yield inner, entry.stat(follow_symlinks=False)


def _refuse_depth(folder: Path, path: str) -> None:
    """What nobody could unpack is not packed; nor what the system has no name for."""
    if path.count("/") >= MOST_DEPTH or len(os.fsencode(f"{folder}/{path}")) > MOST_PATH_BYTES:
        raise Unpackable(
            f"/{path[:100]}... cannot be archived: it is more than {MOST_DEPTH} folders deep, or"
            f" its path is longer than {MOST_PATH_BYTES} bytes. Remove it and make the image anew."
        )


def _add(
    tar: tarfile.TarFile,
    folder: Path,
    path: str,
    info: os.stat_result,
    written: dict[tuple[int, int], str],
) -> None:
    member = _member(path, info)
    kind = stat.S_IFMT(info.st_mode)
    if kind == stat.S_IFDIR:
        member.type, member.mtime = tarfile.DIRTYPE, 0
        tar.addfile(member)
        if _is_opaque(folder / path):
            tar.addfile(_member(f"{path}/{OPAQUE}", info, mode=0))
    elif kind == stat.S_IFLNK:
        member.type, member.linkname = tarfile.SYMTYPE, os.readlink(folder / path)
        tar.addfile(member)
    elif kind == stat.S_IFREG:
        first = written.setdefault((info.st_dev, info.st_ino), path)
        if info.st_nlink > 1 and first != path:
            member.type, member.linkname = tarfile.LNKTYPE, first
            return tar.addfile(member)
        with (folder / path).open("rb") as content:
            member.size = os.fstat(content.fileno()).st_size
            tar.addfile(member, content)
    elif kind == stat.S_IFCHR and info.st_rdev == os.makedev(0, 0):
        above, _, name = path.rpartition("/")
        tar.addfile(_member(f"{above}/{WHITEOUT}{name}", info, mode=0))


def _member(path: str, info: os.stat_result, *, mode: int | None = None) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.mode = stat.S_IMODE(info.st_mode) if mode is None else mode
    member.uid, member.gid = info.st_uid, info.st_gid
    member.mtime = int(info.st_mtime)
    return member


def _is_opaque(folder: Path) -> bool:
    for name in UNWHOLE_ATTRIBUTES:
        if _attribute(folder, name):
            raise Unpackable(f"The layer has {name} at {folder.name}: it is not whole by itself.")
    return _attribute(folder, OPAQUE_ATTRIBUTE) == b"y"


def _attribute(path: Path, name: str) -> bytes:
    try:
        return os.getxattr(path, name, follow_symlinks=False)
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.ENOTSUP):
            return b""
        raise
