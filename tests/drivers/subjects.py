"""The drivers that the suite of the port is run against, each with its way to break an instance."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ownstream.clock import SystemClock
from ownstream.drivers.base import Handle, InstanceDriver, Transient
from ownstream.drivers.fake import (
    DyingDriver,
    FailingLaunchDriver,
    FullDriver,
    ImmediateDriver,
    LeakyDriver,
    SlowDriver,
)
from ownstream.drivers.process import ProcessDriver
from ownstream.drivers.process.record import Record
from ownstream.drivers.simulated import SimulatedDriver
from tests.support.instances import instances_folder, run


@dataclass(frozen=True)
class Subject:
    """One kind of driver: `again` is what the next start of the service would have."""

    driver: InstanceDriver
    again: Callable[[], InstanceDriver]
    kill: Callable[[str, Handle], None]


@contextmanager
def process_subject() -> Iterator[Subject]:
    """Real processes."""
    with instances_folder() as folder:
        made = [ProcessDriver(folder)]

        def again() -> InstanceDriver:
            made.append(ProcessDriver(folder))
            return made[-1]

        yield Subject(made[0], again, _kill_agent)
        for driver in made:
            run(driver.close())


def fake_subject(driver: ImmediateDriver) -> Callable[[], "contextmanager[Subject]"]:
    """A driver in memory, where an instance outlives no driver but is the same seen by any."""

    @contextmanager
    def subject() -> Iterator[Subject]:
        yield Subject(driver, lambda: driver, lambda id_, _: driver.lose(id_))

    return subject


@contextmanager
def simulated_subject() -> Iterator[Subject]:
    """Instances of a dictionary that outlives the service's start."""
    driver = SimulatedDriver(SystemClock())
    yield Subject(driver, lambda: driver, lambda id_, _: driver.lose(id_, "its agent has ended"))


def _kill_agent(_: str, handle: Handle) -> None:
    os.kill(Record.from_handle(handle).all_processes()["agent"].pid, signal.SIGKILL)


def subjects() -> dict[str, Callable[[], "contextmanager[Subject]"]]:
    """Every driver, by name. A fake that fails is set to fail less than the suite would notice."""
    fakes = {
        "immediate": lambda: ImmediateDriver(),
        "slow": lambda: SlowDriver(looks=3),
        "failing launch, after it failed": lambda: FailingLaunchDriver(
            error=Transient("no luck"), times=0
        ),
        "dying, before it dies": lambda: DyingDriver(looks=1000),
        "leaky, after it leaked": lambda: LeakyDriver(times=0),
        "full, before it is full": lambda: FullDriver(room=3),
    }
    made = {name: (lambda make=make: fake_subject(make())()) for name, make in fakes.items()}
    return {**made, "simulated": simulated_subject, "process": process_subject}
