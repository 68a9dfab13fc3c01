"""The pair of user ids of each instance, when the service is root.

No two instances share one: not two of this folder, and none with anything else that runs.
"""

import fcntl
import os
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ownstream.drivers.process import layout, processes, record

_FIRST = 2_000_000  # above what accounts, directories and subordinate ids commonly use


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
    """The first number that is free, saved by `save` before anybody else can choose."""
    with _alone(instances_dir):
        taken = _taken(instances_dir)
        live = processes.live_uids()
        number = next(n for n in count() if n not in taken and not Slot(n).uids & live)
        save(number)
    return number


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
