"""Drivers in memory, failing as they are named."""

from typing import Any

import pytest

from ownstream.drivers.base import InstanceDriver, Seen, Terminal, Transient
from ownstream.drivers.fake import (
    DyingDriver,
    FailingLaunchDriver,
    FullDriver,
    LeakyDriver,
    SlowDriver,
)
from tests.support.instances import launch, look, run, spec


def looks(driver: InstanceDriver, count: int) -> list[Seen]:
    """What so many looks at a fresh instance show."""

    async def main() -> list[Seen]:
        handle = await launch(driver, spec())
        return [(await look(driver, "i-1", handle)).seen for _ in range(count)]

    return run(main())


def test_a_slow_driver_takes_its_looks() -> None:
    assert looks(SlowDriver(looks=2), 4) == ["starting", "starting", "ready", "ready"]


def test_a_dying_driver_s_instances_die() -> None:
    assert looks(DyingDriver(looks=2), 4) == ["ready", "ready", "lost", "lost"]


@pytest.mark.parametrize("error", [Transient("now"), Terminal("ever")], ids=["now", "for ever"])
def test_a_failing_launch_leaves_something_to_clean_up(error: Any) -> None:
    driver = FailingLaunchDriver(error=error, times=1)
    with pytest.raises(type(error)):
        run(launch(driver, spec()))
    assert run(driver.inventory()) == ["i-1"]
    assert looks(driver, 1) == ["ready"]
    assert driver.launches == 1


def test_a_leaky_driver_retires_at_last() -> None:
    driver = LeakyDriver(times=1)
    handle = run(launch(driver, spec()))
    with pytest.raises(Transient):
        run(driver.retire("i-1", handle))
    assert run(look(driver, "i-1", handle)).seen is Seen.READY
    run(driver.retire("i-1", handle))
    assert run(driver.inventory()) == []


def test_a_full_driver_makes_nothing_beyond_its_room() -> None:
    driver = FullDriver(room=1)
    run(launch(driver, spec("i-1")))
    with pytest.raises(Transient, match="no room"):
        run(launch(driver, spec("i-2")))
    assert run(driver.inventory()) == ["i-1"]
