"""The pair of user ids of each instance, when the service is root.

No two instances of a folder share one, nor any with something else that runs. Each folder has a
range of its own, so that two services on a machine do not meet either. An instance whose
applications are to be a whole system's users has as many ids as a system has, besides its pair.
"""

import fcntl
import os
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from ownstream.drivers.base import Transient
from ownstream.drivers.process import layout, processes, record
from ownstream.drivers.process.users import ALL_WIDE, OF_ONE_FOLDER, RANGES, Slot, wide_of


def claim(instances_dir: Path, save: Callable[[int], None]) -> int:
    """The first number that is free, saved by `save` before anybody else can choose.

    Transient if so many instances stand that there is none.
    """
    first = int(layout.scope(instances_dir), 16) % RANGES * OF_ONE_FOLDER
    with _alone(instances_dir):
        taken = _taken(instances_dir)
        live = processes.live_uids()
        for number in range(first, first + OF_ONE_FOLDER):
            if number not in taken and not Slot(number).uids & live:
                save(number)
                return number
    raise Transient(f"all {OF_ONE_FOLDER} pairs of user ids of {instances_dir} are taken")


def claim_wide(instances_dir: Path, save: Callable[[int], None]) -> int:
    """The same of wide ranges, which all folders share."""
    first = int(layout.scope(instances_dir), 16) % ALL_WIDE
    with _alone(instances_dir):
        taken = {known.wide for known in _records(instances_dir) if known.wide is not None}
        live = {wide_of(uid) for uid in processes.live_uids()}
        for step in range(ALL_WIDE):
            number = (first + step) % ALL_WIDE
            if number not in taken and number not in live:
                save(number)
                return number
    raise Transient(f"all {ALL_WIDE} ranges of user ids for whole systems are taken")


def _taken(instances_dir: Path) -> set[int]:
    return {known.slot for known in _records(instances_dir) if known.slot is not None}


def _records(instances_dir: Path) -> list[record.Record]:
    names = layout.ids(instances_dir)
    known = (record.load(layout.layout(instances_dir, name).record) for name in names)
    return [each for each in known if each]


@contextmanager
def _alone(instances_dir: Path):
    fd = os.open(instances_dir / ".slots", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
