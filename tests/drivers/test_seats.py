"""Seats of one instance: what they share, and that nothing is left of it after the last."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from ownstream.drivers.base import Handle, Seen
from ownstream.drivers.process import ProcessDriver, cgroups
from tests.drivers.remains import remains
from tests.support.instances import MIB, Inside, launch, launch_ready, look, run, spec

# A child that takes so much memory, all of it touched; how it ended.
_TAKE = """
import subprocess
def take(mebibytes):
    code = f"held = b'x' * ({mebibytes} << 20)"
    return subprocess.run(["/usr/bin/python3", "-c", code]).returncode
"""
SEATS = tuple(spec(id_, part_of="i-0", memory_bytes=256 * MIB) for id_ in ("i-1", "i-2"))
needs_limits = pytest.mark.skipif(
    not cgroups.places(cgroups.KERNEL, "probe"), reason="this user may make no control groups"
)


def limits(handle: Handle, *names: str) -> set[str]:
    """What files of these names say in the groups above those of the seat's applications."""
    above = [Path(folder).parent for folder in handle["shared"]]
    found = [group / name for group in above for name in names]
    return {file.read_text().strip() for file in found if file.exists()}


@needs_limits
def test_the_limits_of_the_instance_hold_for_its_seats_together(
    folder: Path, driver: ProcessDriver
) -> None:
    handles = [run(launch_ready(driver, seat)) for seat in SEATS]
    assert limits(handles[0], "memory.limit_in_bytes", "memory.max") == {str(256 * MIB)}
    with (
        Inside(folder, "i-1", handles[0]) as one,
        Inside(folder, "i-2", handles[1]) as other,
    ):
        assert other.value("take(180)", after=_TAKE) == 0
        assert one.value("len(held)", after="held = b'x' * (100 << 20)") == 100 * MIB
        assert other.value("take(180)") == -9
        assert one.value("len(held)") == 100 * MIB


@needs_limits
def test_each_seat_has_a_number_of_processes_of_its_own(driver: ProcessDriver) -> None:
    handles = [run(launch_ready(driver, seat)) for seat in SEATS]
    numbers = [
        file.read_text().strip()
        for handle in handles
        for folder in handle["shared"]
        for file in Path(folder, "apps").glob("pids.max")
    ]
    assert [number for number in numbers if number != "max"] == ["2048", "2048"]


def test_the_next_start_finds_a_seat_without_its_record(
    folder: Path, driver: ProcessDriver
) -> None:
    for seat in SEATS:
        run(launch_ready(driver, seat))
    (folder / "i-1" / "record.json").unlink()
    next_start = ProcessDriver(folder)
    assert run(next_start.inventory()) == ["i-1", "i-2"]
    run(next_start.retire("i-1", None))
    assert run(next_start.inventory()) == ["i-2"]
    run(next_start.close())


def test_nothing_is_left_of_an_instance_after_its_last_seat(
    folder: Path, driver: ProcessDriver
) -> None:
    handles = [run(launch_ready(driver, seat)) for seat in SEATS]
    run(driver.retire("i-1", handles[0]))
    assert run(look(driver, "i-2", handles[1])).seen is Seen.READY
    run(driver.retire("i-2", handles[1]))
    assert remains(folder) == {}


def test_a_seat_comes_as_another_goes(folder: Path, driver: ProcessDriver) -> None:
    """The group that they share may be removed by the one while the other is put into it."""

    async def main() -> None:
        goes, handle = SEATS[0], await launch(driver, SEATS[0])
        for comes in (replace(SEATS[0], id=f"i-{number}") for number in range(2, 6)):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(driver.retire(goes.id, handle))
                coming = tasks.create_task(launch_ready(driver, comes))
            goes, handle = comes, coming.result()

    run(main())
