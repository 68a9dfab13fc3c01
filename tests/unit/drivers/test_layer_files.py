"""Files of images, looked for in layers by whoever may have named anything."""

import os
import stat
from pathlib import Path

import pytest

from ownstream.archive.packing import OPAQUE_ATTRIBUTE
from ownstream.drivers.process.layer_files import read

ICON = "/usr/share/icons/a.png"
MOST = 100


@pytest.fixture
def host(tmp_path: Path) -> Path:
    return put(tmp_path / "host", ICON, "host")


@pytest.fixture
def lower(tmp_path: Path) -> Path:
    return put(tmp_path / "lower", "/opt/a.png", "lower")


@pytest.fixture
def upper(tmp_path: Path) -> Path:
    return put(tmp_path / "upper", "/etc/x", "upper")


def put(layer: Path, path: str, text: str) -> Path:
    place = layer / path[1:]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return layer


def test_the_uppermost_layer_that_has_it_gives_it(lower: Path, upper: Path, host: Path) -> None:
    layers = [lower, upper]
    assert read(layers, "/opt/a.png", MOST, host) == b"lower"
    assert read(layers, ICON, MOST, host) == b"host"
    put(lower, ICON, "lower")
    assert read(layers, ICON, MOST, host) == b"lower"
    put(upper, ICON, "upper")
    assert read(layers, ICON, MOST, host) == b"upper"
    assert read(layers, "/opt/none.png", MOST, host) is None


def test_of_the_host_nothing_but_usr_is_seen(lower: Path, host: Path) -> None:
    put(host, "/etc/secret", "secret")
    assert read([lower], "/etc/secret", MOST, host) is None
    assert read([lower], "/usr/../etc/secret", MOST, host) is None
    (host / "usr/out").symlink_to("../etc")
    assert read([lower], "/usr/out/secret", MOST, host) is None
    (host / "usr/secret").symlink_to("../etc/secret")
    assert read([lower], "/usr/secret", MOST, host) is None


def test_what_a_layer_has_deleted_is_not_there(lower: Path, upper: Path, host: Path) -> None:
    put(lower, ICON, "lower")
    (upper / "usr/share/icons").mkdir(parents=True)
    os.mknod(upper / ICON[1:], stat.S_IFCHR, os.makedev(0, 0))
    assert read([lower, upper], ICON, MOST, host) is None


def test_what_is_in_a_deleted_folder_is_not_there(lower: Path, upper: Path, host: Path) -> None:
    put(lower, ICON, "lower")
    (upper / "usr/share").mkdir(parents=True)
    os.mknod(upper / "usr/share/icons", stat.S_IFCHR, os.makedev(0, 0))
    assert read([lower, upper], ICON, MOST, host) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="trusted attributes are root's")
def test_what_is_below_a_folder_that_hides_it_is_not_there(
    lower: Path, upper: Path, host: Path
) -> None:
    put(lower, ICON, "lower")
    folder = upper / "usr/share/icons"
    folder.mkdir(parents=True)
    os.setxattr(folder, OPAQUE_ATTRIBUTE, b"y")
    assert read([lower, upper], ICON, MOST, host) is None
    assert read([lower, upper], "/usr/share/icons/in/a.png", MOST, host) is None
    put(upper, ICON, "upper")
    assert read([lower, upper], ICON, MOST, host) == b"upper"


def test_no_link_is_followed(lower: Path, upper: Path, host: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("outside")
    (upper / "opt").mkdir()
    (upper / "opt/a.png").symlink_to(tmp_path / "outside")
    assert read([lower, upper], "/opt/a.png", MOST, host) is None
    (upper / "usr").symlink_to(tmp_path)
    assert read([upper], "/usr/outside", MOST, host) is None


@pytest.mark.parametrize("path", ["/", "/usr", "relative.png", "/usr/share/icons"])
def test_what_is_no_file_is_not_there(lower: Path, host: Path, path: str) -> None:
    assert read([lower], path, MOST, host) is None


def test_a_larger_file_is_not_read(lower: Path, host: Path) -> None:
    put(lower, ICON, "a" * 101)
    assert read([lower], ICON, MOST, host) is None
