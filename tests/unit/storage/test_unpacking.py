"""Archives are unpacked, and the hostile ones refused: nothing of any of them is anywhere else."""

import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ownstream.storage import unpacking
from ownstream.storage.unpacking import NO_ARCHIVE, REFUSED, Limits, NoArchive, Refused, unpack
from tests.support.archives import entry, tarred, zipped

LIMITS = Limits(bytes=1 << 20, entries=100)
Unpacked = Callable[..., Path]


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpacked:
    """Unpacks into a folder beside one that has a secret, and checks that this stays as it is."""
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")

    def act(data: bytes, limits: Limits = LIMITS) -> Path:
        archive = tmp_path / "archive"
        archive.write_bytes(data)
        try:
            unpack(archive, folder, limits)
        finally:
            assert os.listdir(outside) == ["secret"]
            assert (outside / "secret").read_bytes() == b"secret"
            assert sorted(os.listdir(tmp_path)) == ["archive", "folder", "outside"]
        return folder

    return act


ORDINARY = {
    "zip": zipped({"bin/app": b"app", "lib/": b"", "./read me": b""}, executable=["bin/app"]),
    **{
        packed or "tar": tarred(
            ("bin/app", b"app"), entry("lib", tarfile.DIRTYPE), ("./read me", b""), packed=packed
        )
        for packed in ("", "gz", "bz2", "xz")
    },
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_files_and_folders_are_there(unpacked: Unpacked, kind: str) -> None:
    folder = unpacked(ORDINARY[kind])
    assert (folder / "bin" / "app").read_bytes() == b"app"
    assert stat.S_IMODE((folder / "bin" / "app").stat().st_mode) & 0o777 == 0o755
    assert (folder / "lib").is_dir()
    assert (folder / "read me").read_bytes() == b""


def test_links_are_there_as_they_are_and_lead_where_the_session_has_something(
    unpacked: Unpacked,
) -> None:
    folder = unpacked(
        tarred(
            ("lib/app.so.1", b"code"),
            entry("lib/app.so", tarfile.SYMTYPE, "app.so.1"),
            entry("python", tarfile.SYMTYPE, "/usr/bin/python3"),
            entry("same", tarfile.LNKTYPE, "lib/app.so.1"),
        )
    )
    assert os.readlink(folder / "lib" / "app.so") == "app.so.1"
    assert os.readlink(folder / "python") == "/usr/bin/python3"
    assert (folder / "same").read_bytes() == b"code"
    assert os.readlink(unpacked(zipped({"link": "target"})) / "link") == "target"


def test_a_later_file_takes_the_place_of_an_earlier_one(unpacked: Unpacked) -> None:
    assert (unpacked(tarred(("a", b"1"), ("a", b"2"))) / "a").read_bytes() == b"2"


def test_nothing_runs_as_another_user(unpacked: Unpacked) -> None:
    info = tarfile.TarInfo("su")
    info.mode, info.uid, info.uname = 0o6777, 0, "root"
    made = (unpacked(tarred(info)) / "su").stat()
    assert (stat.S_IMODE(made.st_mode) & 0o6022, made.st_uid) == (0, os.geteuid())


OUTSIDE = "../outside/secret"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "zip that climbs": (zipped({OUTSIDE: b"mine"}), "leads out"),
    "zip that climbs later": (zipped({"a/../../outside/secret": b"mine"}), "leads out"),
    "zip with an absolute path": (zipped({"/outside/secret": b"mine"}), "leads out"),
    "tar that climbs": (tarred((OUTSIDE, b"mine")), "leads out"),
    "tar with an absolute path": (tarred(("/outside/secret", b"mine")), "leads out"),
    "tar through a link to a folder": (
        tarred(entry("out", tarfile.SYMTYPE, "../outside"), ("out/secret", b"mine")),
        "a file or a link in it, and a folder too",
    ),
    "zip through a link to a folder": (
        zipped({"out": "../outside", "out/secret": b"mine"}),
        "a file or a link in it, and a folder too",
    ),
    "tar that makes a folder in a link": (
        tarred(entry("out", tarfile.SYMTYPE, "../outside"), entry("out/new", tarfile.DIRTYPE)),
        "a file or a link in it, and a folder too",
    ),
    "hard link that climbs": (tarred(entry("mine", tarfile.LNKTYPE, OUTSIDE)), "leads out"),
    "hard link by an absolute path": (
        tarred(entry("mine", tarfile.LNKTYPE, "/etc/passwd")),
        "leads out",
    ),
    "hard link through a link": (
        tarred(
            entry("out", tarfile.SYMTYPE, "../outside"),
            entry("mine", tarfile.LNKTYPE, "out/secret"),
        ),
        "a file or a link in it, and a folder too",
    ),
    "hard link to nothing": (tarred(entry("a", tarfile.LNKTYPE, "b")), "leads to no file of it"),
    "block device": (tarred(entry("disk", tarfile.BLKTYPE)), "neither file, folder nor link"),
    "character device": (tarred(entry("tty", tarfile.CHRTYPE)), "neither file, folder nor link"),
    "pipe": (tarred(entry("pipe", tarfile.FIFOTYPE)), "neither file, folder nor link"),
    "file in the place of a folder": (tarred(("a/b", b""), ("a", b"")), "is a folder in it"),
    "name that is too long": (tarred(("n" * 256, b"")), "too long a path"),
    "folders without end": (tarred(("a/" * 65 + "b", b"")), "too long a path"),
    "bomb of zeros": (zipped({"zeros": bytes(2 << 20)}), "unpacks to more than 1048576 bytes"),
    "bomb of zeros in tar": (
        tarred(("zeros", bytes(2 << 20)), packed="xz"),
        "unpacks to more than 1048576 bytes",
    ),
    "bomb of many files": (tarred(*((str(n), b"") for n in range(101))), "more than 100 files"),
    "bomb of folders": (tarred(*((f"{n}/" * 60, b"") for n in range(2))), "more than 100 files"),
    "zip that is cut": (zipped({"a": b"content" * 99})[:-30], "damaged"),
    "tar that is cut": (tarred(("a", os.urandom(99999)))[:-5000], "damaged"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused(unpacked: Unpacked, kind: str) -> None:
    data, why = HOSTILE[kind]
    with pytest.raises(Refused, match=why):
        unpacked(data)


def test_a_link_is_replaced_and_not_followed(unpacked: Unpacked) -> None:
    link = entry("a", tarfile.SYMTYPE, "../outside/secret")
    folder = unpacked(tarred(link, ("a", b"mine")))
    assert not (folder / "a").is_symlink()
    assert (folder / "a").read_bytes() == b"mine"


def test_a_zip_with_a_password_is_refused(unpacked: Unpacked) -> None:
    data = bytearray(zipped({"a": b"content"}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    with pytest.raises(Refused, match="packed in a way that is not known"):
        unpacked(bytes(data))


@pytest.mark.parametrize("data", [b"", b"#!/bin/sh\n", os.urandom(2000)])
def test_what_is_no_archive_is_none(unpacked: Unpacked, data: bytes) -> None:
    with pytest.raises(NoArchive):
        unpacked(data)


def run(archive: Path, folder: Path, *limits: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", unpacking.__name__, str(archive), str(folder), *limits],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ORDINARY["zip"], 0),
        (HOSTILE["bomb of zeros"][0], REFUSED),
        (b"#!/bin/sh\n", NO_ARCHIVE),
    ],
)
def test_the_program_tells_by_its_code(tmp_path: Path, data: bytes, code: int) -> None:
    archive, folder = tmp_path / "archive", tmp_path / "folder"
    archive.write_bytes(data)
    folder.mkdir()
    told, said = run(archive, folder, "1048576", "100")
    assert (told, "Traceback" in said) == (code, False)
    if code:
        assert said
    else:
        assert stat.S_IMODE((folder / "bin").stat().st_mode) == 0o755


def test_a_dictionary_larger_than_its_memory_is_refused(tmp_path: Path) -> None:
    """What xz says that it needs is taken at its word by the library; the system says no."""
    import lzma

    archive, folder = tmp_path / "archive", tmp_path / "folder"
    large = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    packed = bytearray(lzma.compress(tarred(("a", b"x"), packed=""), filters=large))
    place = packed.index(bytes([0x21, 0x01]))  # LZMA2, with one byte of properties: the size
    packed[place + 2] = 40  # 4 GiB less one
    header_start, header_size = 12, (packed[12] + 1) * 4
    import zlib

    end = header_start + header_size - 4
    packed[end : end + 4] = zlib.crc32(packed[header_start:end]).to_bytes(4, "little")
    archive.write_bytes(packed)
    folder.mkdir()
    told, said = run(archive, folder, "1048576", "100")
    assert (told, "Traceback" in said) == (REFUSED, False)
