"""A layer through an archive and back."""

import io
import os
import stat
import tarfile
from pathlib import Path

import pytest

from ownstream.archive.bounds import Unpackable
from ownstream.archive.packing import OPAQUE_ATTRIBUTE, pack
from ownstream.archive.unpacking import Limits, unpack

LIMITS = Limits(most_bytes=1 << 24)
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="owners and trusted attributes are root's")


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """A layer with one of each thing that layers have."""
    top = tmp_path / "layer"
    (top / "usr/bin").mkdir(parents=True)
    (top / "etc/empty").mkdir(parents=True)
    (top / "etc/empty").chmod(0o1777)
    (top / "usr/bin/tool").write_bytes(b"#!/bin/sh\n" * 20_000)
    (top / "usr/bin/tool").chmod(0o755)
    os.utime(top / "usr/bin/tool", (1_700_000_000, 1_700_000_000))
    (top / "usr/bin/again").symlink_to("../../../etc/shadow")
    os.link(top / "usr/bin/tool", top / "usr/bin/zz-same")
    (top / os.fsdecode(b"usr/\xff\n.txt")).write_text("a name of bytes")
    os.mknod(top / "etc/motd", stat.S_IFCHR, os.makedev(0, 0))
    return top


def packed(layer: Path) -> bytes:
    archive = io.BytesIO()
    pack(layer, archive)
    return archive.getvalue()


def returned(layer: Path, tmp_path: Path) -> Path:
    """The layer after it has been packed and unpacked."""
    folder = tmp_path / "returned"
    folder.mkdir()
    unpack(io.BytesIO(packed(layer)), folder, LIMITS)
    return folder


def listed(top: Path) -> dict[str, tuple[object, ...]]:
    """All that is below a folder, with all that is to stay of it."""
    found: dict[str, tuple[object, ...]] = {}
    for place in sorted(top.rglob("*")):
        info = place.lstat()
        link = os.readlink(place) if place.is_symlink() else ""
        content = place.read_bytes() if stat.S_ISREG(info.st_mode) else b""
        when = info.st_mtime_ns if content else 0
        owner = (info.st_uid, info.st_gid)
        mode = 0 if stat.S_ISCHR(info.st_mode) else info.st_mode
        found[str(place.relative_to(top))] = (mode, owner, info.st_rdev, link, content, when)
    return found


def test_everything_comes_back_as_it_was(layer: Path, tmp_path: Path) -> None:
    for name in ("usr/\udcff\n.txt",):
        os.utime(layer / name, (1_700_000_001, 1_700_000_001))
    assert listed(returned(layer, tmp_path)) == listed(layer)


def test_names_of_one_file_stay_one_file(layer: Path, tmp_path: Path) -> None:
    back = returned(layer, tmp_path) / "usr/bin"
    assert (back / "tool").stat().st_ino == (back / "zz-same").stat().st_ino


@AS_ROOT
def test_owners_and_folders_that_hide_what_is_below_come_back(layer: Path, tmp_path: Path) -> None:
    os.setxattr(layer / "etc/empty", OPAQUE_ATTRIBUTE, b"y")
    os.chown(layer / "usr/bin", 42, 43)
    back = returned(layer, tmp_path)
    assert os.getxattr(back / "etc/empty", OPAQUE_ATTRIBUTE) == b"y"
    assert ((back / "usr/bin").stat().st_uid, (back / "usr/bin").stat().st_gid) == (42, 43)


def test_the_same_layer_makes_the_same_bytes(layer: Path) -> None:
    assert packed(layer) == packed(layer)


def test_setuid_bits_do_not_come_back(layer: Path, tmp_path: Path) -> None:
    (layer / "usr/bin/tool").chmod(0o6755)
    assert (returned(layer, tmp_path) / "usr/bin/tool").stat().st_mode & 0o7777 == 0o755


def test_other_tools_read_it_as_a_layer_of_an_oci_image(layer: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(packed(layer))) as tar:
        names = tar.getnames()
    assert "etc/.wh.motd" in names
    assert names.index("usr/bin") < names.index("usr/bin/tool")


def test_sockets_and_pipes_are_left_out(layer: Path, tmp_path: Path) -> None:
    os.mkfifo(layer / "usr/pipe")
    assert not (returned(layer, tmp_path) / "usr/pipe").exists()


def test_no_file_beside_the_layer_is_packed(layer: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret")
    (layer / "opt").symlink_to(tmp_path / "outside")
    with tarfile.open(fileobj=io.BytesIO(packed(layer))) as tar:
        assert not [name for name in tar.getnames() if name.startswith("opt")]


def test_a_name_that_would_mean_a_deleted_file_is_refused(layer: Path) -> None:
    (layer / "usr/.wh.tool").touch()
    with pytest.raises(Unpackable, match=r"/usr/\.wh\.tool"):
        packed(layer)


@pytest.mark.parametrize(("name", "times"), [("a", 201), ("a" * 250, 20)], ids=["deep", "long"])
def test_what_could_not_be_unpacked_is_refused(layer: Path, name: str, times: int) -> None:
    reached = os.open(layer / "usr", os.O_RDONLY)
    for _ in range(times):
        os.mkdir(name, dir_fd=reached)
        inner = os.open(name, os.O_RDONLY, dir_fd=reached)
        os.close(reached)
        reached = inner
    os.close(reached)
    with pytest.raises(Unpackable, match="folders deep"):
        packed(layer)


@AS_ROOT
def test_a_layer_that_is_not_whole_by_itself_is_refused(layer: Path) -> None:
    os.setxattr(layer / "usr/bin", "trusted.overlay.redirect", b"/elsewhere")
    with pytest.raises(Unpackable, match="not whole"):
        packed(layer)
