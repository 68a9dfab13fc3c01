"""Packages are fetched once, shown whole, and give way to those used later."""

import io
import os
import stat
import threading
from pathlib import Path

import pytest

from ownstream.storage.locations import Found, Location, Sink
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.storage.packages import Package, Packages, Unusable
from tests.support.archives import zipped

APP, SCRIPT = Location("a-bucket", "blocks/app.zip"), Location("a-bucket", "blocks/setup.sh")
PACKAGE = Package(APP, SCRIPT)
ARCHIVE = zipped({"bin/app": b"app"}, executable=["bin/app"])


class Counted(MemoryLocations):
    """Locations that know what was fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[Location] = []

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        self.fetched.append(location)
        return super().fetch(location, target, most_bytes=most_bytes)


@pytest.fixture
def locations() -> Counted:
    made = Counted()
    made.write(APP, io.BytesIO(ARCHIVE))
    made.write(SCRIPT, io.BytesIO(b"#!/bin/sh\n"))
    return made


@pytest.fixture
def packages(tmp_path: Path, locations: Counted) -> Packages:
    return Packages(tmp_path / "packages", locations)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_package_has_the_archives_files_the_archive_and_the_script(packages: Packages) -> None:
    with packages.ready(PACKAGE) as folder:
        found = files(folder)
        assert found == {"bin/app": b"app", "app.zip": ARCHIVE, "setup.sh": b"#!/bin/sh\n"}
        modes = [
            stat.S_IMODE((folder / path).stat().st_mode)
            for path in ("", "bin", "bin/app", "setup.sh")
        ]
    assert modes == [0o755] * 4


def test_what_is_no_archive_is_shown_as_it_is(packages: Packages, locations: Counted) -> None:
    locations.write(APP, io.BytesIO(b"a disk image"))
    with packages.ready(Package(APP)) as folder:
        assert files(folder) == {"app.zip": b"a disk image"}


def test_it_is_fetched_once(packages: Packages, locations: Counted) -> None:
    for _ in range(2):
        with packages.ready(PACKAGE) as folder:
            assert (folder / "bin" / "app").exists()
    assert locations.fetched == [APP, SCRIPT]


def test_it_is_fetched_once_by_those_who_come_at_once(
    packages: Packages, locations: Counted
) -> None:
    def use() -> None:
        with packages.ready(PACKAGE) as folder:
            assert (folder / "bin" / "app").exists()

    users = [threading.Thread(target=use) for _ in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert locations.fetched == [APP, SCRIPT]


def test_what_was_changed_is_fetched_anew(packages: Packages, locations: Counted) -> None:
    with packages.ready(PACKAGE):
        locations.write(APP, io.BytesIO(zipped({"bin/app": b"new"})))
        with packages.ready(PACKAGE) as folder:
            assert (folder / "bin" / "app").read_bytes() == b"new"


def test_what_was_used_longest_ago_goes_first(tmp_path: Path, locations: Counted) -> None:
    packages = Packages(tmp_path / "packages", locations, kept_bytes=300_000)
    boxes = [Package(Location("a-bucket", f"{n}.zip")) for n in range(3)]
    for box in boxes:
        locations.write(box.source, io.BytesIO(zipped({box.source.key[0]: os.urandom(60_000)})))
    for number, box in enumerate([*boxes[:2], boxes[0], boxes[2], boxes[0], boxes[1]]):
        with packages.ready(box) as folder:
            os.utime(folder.parent, ns=(number, number))
    fetched = [location.key for location in locations.fetched]
    assert fetched == ["0.zip", "1.zip", "2.zip", "1.zip"]


def test_what_is_in_use_stays(tmp_path: Path, locations: Counted) -> None:
    packages = Packages(tmp_path / "packages", locations, kept_bytes=0)
    with packages.ready(PACKAGE) as folder:
        with packages.ready(Package(APP)):
            pass
        assert (folder / "bin" / "app").exists()


@pytest.mark.parametrize("missing", [APP, SCRIPT])
def test_a_missing_object_is_named(
    packages: Packages, locations: Counted, missing: Location
) -> None:
    locations.remove(missing)
    with pytest.raises(Unusable, match=f"There is no {missing}"), packages.ready(PACKAGE):
        pass


def test_a_hostile_archive_is_named_and_leaves_nothing(
    packages: Packages, locations: Counted, tmp_path: Path
) -> None:
    locations.write(APP, io.BytesIO(zipped({"../../out": b"mine"})))
    with pytest.raises(Unusable, match=f"{APP} cannot be unpacked: .*leads out"):
        packages.ready(PACKAGE).__enter__()
    assert list((tmp_path / "packages").iterdir()) == []


def test_a_folder_in_the_place_of_the_script_is_refused(
    packages: Packages, locations: Counted
) -> None:
    locations.write(APP, io.BytesIO(zipped({"setup.sh/a": b""})))
    with pytest.raises(Unusable, match="has the name of a folder"):
        packages.ready(PACKAGE).__enter__()


def test_what_takes_too_long_is_given_up(tmp_path: Path, locations: Counted) -> None:
    packages = Packages(tmp_path / "packages", locations, fetch_within_s=-1)
    with pytest.raises(Unusable, match="was not fetched within"):
        packages.ready(PACKAGE).__enter__()


def test_what_a_crash_has_left_is_gone(packages: Packages, tmp_path: Path) -> None:
    left = tmp_path / "packages" / ".part-1"
    left.mkdir(parents=True)
    with packages.ready(PACKAGE):
        assert not left.exists()
