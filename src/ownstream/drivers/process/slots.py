"""The pair of user ids of each instance, when the service is root.

No two instances of a folder share one, nor any with something else that runs. Each folder has a
range of its own, so that two services on a machine do not meet either.
"""

import fcntl
import os
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ownstream.drivers.base import Transient
from ownstream.drivers.process import layout, processes, record

# The range that systemd's "Users, Groups, UIDs and GIDs" leaves unused: 1879048192 to 2147483647.
_FIRST = 1_879_048_192
_OF_ONE_FOLDER = 4096
_RANGES = (2_147_483_648 - _FIRST) // (2 * _OF_ONE_FOLDER)


@dataclass(frozen=True)
class Slot:
    """The user (and group) ids of one instance."""

    number: int

    @property
    def agent(self) -> int:
        """Whom the agent and the display run as."""
        return _FIRST + 2 * self.number

    @property
    def sandbox(self) -> int:
        """Whom the applications run as."""
        return _FIRST + 2 * self.number + 1

    @property
    def uids(self) -> frozenset[int]:
        """Both."""
        return frozenset((self.agent, self.sandbox))


def claim(instances_dir: Path, save: Callable[[int], None]) -> int:
    """The first number that is free, saved by `save` before anybody else can choose.

    Transient if so many instances stand that there is none.
    """
    first = int(layout.scope(instances_dir), 16) % _RANGES * _OF_ONE_FOLDER
    with _alone(instances_dir):
        taken = _taken(instances_dir)
        live = processes.live_uids()
        for number in range(first, first + _OF_ONE_FOLDER):
            if number not in taken and not Slot(number).uids & live:
                save(number)
                return number
    raise Transient(f"all {_OF_ONE_FOLDER} pairs of user ids of {instances_dir} are taken")


def _taken(instances_dir: Path) -> set[int]:
    records = (
        record.load(layout.layout(instances_dir, name).record) for name in layout.ids(instances_dir)
    )
    return {known.slot for known in records if known and known.slot is not None}


@contextmanager
def _alone(instances_dir: Path):
    fd = os.open(instances_dir / ".slots", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
