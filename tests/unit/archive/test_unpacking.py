"""Archives that somebody made to do harm: nothing comes of them outside the folder."""

import gzip
import io
import os
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ownstream.archive.bounds import BadArchive
from ownstream.archive.unpacking import Limits, unpack

MIB = 1 << 20
LIMITS = Limits(most_bytes=16 * MIB, most_entries=100)


def member(name: str, type_: bytes = tarfile.REGTYPE, **values: Any) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type = type_
    for key, value in values.items():
        setattr(made, key, value)
    return made


def archive(*members: tarfile.TarInfo | tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A layer's archive with a folder usr and these members, some with content."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(member("usr", tarfile.DIRTYPE, mode=0o755))
        for each in members:
            info, content = each if isinstance(each, tuple) else (each, b"")
            info.size = info.size or len(content)
            tar.addfile(info, io.BytesIO(content) if content else None)
    return made.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where layers come to be, with something beside it that is nobody's to write."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/kept").write_text("kept")
    made = tmp_path / "layer"
    made.mkdir()
    return made


def refuse(folder: Path, content: bytes, why: str, limits: Limits = LIMITS) -> None:
    """The archive is refused for this reason, and what is outside the folder is as it was."""
    with pytest.raises(BadArchive, match=why):
        unpack(io.BytesIO(content), folder, limits)
    outside = folder.parent / "outside"
    assert [(place.name, place.read_text()) for place in outside.iterdir()] == [("kept", "kept")]
    assert {place.name for place in folder.parent.iterdir()} == {"outside", "layer"}


@pytest.mark.parametrize(
    "name",
    [
        "../outside/new",
        "usr/../../outside/new",
        "/usr/new",
        "./usr/new",
        "usr//new",
        "usr/./new",
        "usr/new/..",
        "proc/new",
        "new",
        "usr/" + "a/" * 300 + "b",
        "usr/" + "a" * 300,
    ],
    ids=lambda name: repr(name[:30]),
)
def test_paths_that_are_none_of_a_layer_are_refused(folder: Path, name: str) -> None:
    refuse(folder, archive((member(name), b"x")), "no path of a layer")


def test_a_name_that_ends_before_its_end_is_refused(folder: Path) -> None:
    named = member("usr/x", pax_headers={"path": "usr/a\0b"})
    refuse(folder, archive((named, b"x")), "no path of a layer")


def test_no_link_is_followed_out_of_the_folder(folder: Path) -> None:
    link = member("usr/away", tarfile.SYMTYPE, linkname="../../outside")
    refuse(folder, archive(link, (member("usr/away/new"), b"x")), "not a folder")


@pytest.mark.parametrize("type_", [tarfile.SYMTYPE, tarfile.REGTYPE], ids=["link", "file"])
def test_a_tree_of_a_layer_is_a_folder(folder: Path, type_: bytes) -> None:
    refuse(folder, archive(member("opt", type_, linkname="../outside")), "'opt' is no folder")


def test_no_link_is_written_through(folder: Path) -> None:
    link = member("usr/away", tarfile.SYMTYPE, linkname="../../outside/kept")
    refuse(folder, archive(link, (member("usr/away"), b"x")), "twice")


def test_no_whiteout_is_made_through_a_link(folder: Path) -> None:
    link = member("usr/away", tarfile.SYMTYPE, linkname="../../outside")
    refuse(folder, archive(link, member("usr/away/.wh.kept")), "not a folder")


@pytest.mark.parametrize("target", ["../outside/kept", "/etc/passwd", "usr/../../outside/kept"])
def test_no_file_outside_gets_another_name(folder: Path, target: str) -> None:
    refuse(folder, archive(member("usr/mine", tarfile.LNKTYPE, linkname=target)), "no path")


def test_no_file_outside_gets_another_name_by_a_link(folder: Path) -> None:
    link = member("usr/away", tarfile.SYMTYPE, linkname="../../outside/kept")
    other = member("usr/mine", tarfile.LNKTYPE, linkname="usr/away")
    refuse(folder, archive(link, other), "link to what is no file")


@pytest.mark.parametrize(
    "kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.CONTTYPE, b"Z"]
)
def test_devices_and_pipes_are_refused(folder: Path, kind: bytes) -> None:
    refuse(folder, archive(member("usr/sda", kind, devmajor=8)), "no file, folder or link")


@pytest.mark.parametrize("name", [".wh.", ".wh...", ".wh..", ".wh..wh.", ".wh..wh.x"])
def test_whiteouts_of_nothing_are_refused(folder: Path, name: str) -> None:
    refuse(folder, archive(member(f"usr/{name}")), "hides nothing")


def test_a_whiteout_has_no_content(folder: Path) -> None:
    refuse(folder, archive((member("usr/.wh.x"), b"x")), "whiteout with content")


def test_setuid_and_setgid_bits_are_dropped(folder: Path) -> None:
    unpack(io.BytesIO(archive((member("usr/su", mode=0o6755), b"x"))), folder, LIMITS)
    assert (folder / "usr/su").stat().st_mode & 0o7777 == 0o755


def test_attributes_are_dropped(folder: Path) -> None:
    headers = {"SCHILY.xattr.trusted.overlay.redirect": "/etc", "SCHILY.xattr.user.x": "y"}
    unpack(io.BytesIO(archive((member("usr/x", pax_headers=headers), b"x"))), folder, LIMITS)
    assert os.listxattr(folder / "usr/x") == []


@pytest.mark.parametrize("owner", [{"uid": -1}, {"gid": 1 << 16}, {"uid": 1 << 32}], ids=str)
def test_owners_beyond_an_images_are_refused(folder: Path, owner: dict[str, int]) -> None:
    refuse(
        folder,
        archive((member("usr/x", tarfile.REGTYPE, **owner), b"x")),
        "owner|means nothing|broken",
    )


def test_a_name_twice_is_refused(folder: Path) -> None:
    refuse(folder, archive((member("usr/x"), b"a"), (member("usr/x"), b"b")), "twice")


def test_more_content_than_allowed_is_refused(folder: Path) -> None:
    bomb = archive((member("usr/zeros"), bytes(17 * MIB)))
    assert len(bomb) < MIB
    refuse(folder, bomb, "more than this service takes")


def test_more_entries_than_allowed_are_refused(folder: Path) -> None:
    refuse(
        folder,
        archive(*(member(f"usr/{n}") for n in range(101))),
        "more than 100 entries",
    )


def test_a_long_header_is_not_read_into_memory(folder: Path) -> None:
    long = member("usr/x", pax_headers={"comment": "a" * (8 * MIB)})
    content = archive(long)
    tracemalloc.start()
    refuse(folder, content, "longer than headers may be")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * MIB


def test_headers_of_all_members_are_not_gathered_in_memory(folder: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", pax_headers={"one": "1"}) as tar:
        tar.addfile(member("usr", tarfile.DIRTYPE))
    refuse(folder, made.getvalue(), "a header of all members")


def test_a_map_of_a_sparse_file_is_not_read_without_end(folder: Path) -> None:
    headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "usr/x"}
    counts = b"4000000\n" + b"1\n" * (2 * MIB)
    refuse(folder, archive((member("usr/x", pax_headers=headers), counts)), "longer than headers")


def test_a_sparse_file_is_refused(folder: Path) -> None:
    headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "1"}
    counts = b"1\n0\n1\n".ljust(512, b"\0") + b"x"
    refuse(folder, archive((member("usr/x", pax_headers=headers), counts)), "no file")


def negative_size(content: bytes) -> bytes:
    """The archive's second member says that it is shorter than nothing."""
    raw = bytearray(gzip.decompress(content))
    header = raw[512:1024]
    header[124:136] = b"\xff" * 8 + b"\xff\xff\xf0\x00"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    raw[512:1024] = header
    return gzip.compress(bytes(raw))


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


@pytest.mark.parametrize("how", [negative_size, cut, flipped])
def test_what_is_broken_is_refused(folder: Path, how: Callable[[bytes], bytes]) -> None:
    content = how(archive((member("usr/x"), os.urandom(3000))))
    refuse(folder, content, "broken|means nothing|ends before it begins|header")


@pytest.mark.parametrize("content", [b"", b"nothing at all", gzip.compress(b"x" * 600)])
def test_what_is_no_archive_is_refused(folder: Path, content: bytes) -> None:
    refuse(folder, content, "broken")
