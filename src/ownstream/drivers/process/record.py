"""What is remembered of one instance: by the caller as its handle, and beside the instance itself.

It is written before whatever it tells of is made, where that can be told before.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from ownstream.drivers.process.processes import Process
from ownstream.drivers.process.users import Slot

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Record:
    """How far a launch got, and what it made."""

    launch: str  # tells this launch of the instance from an earlier one of the same id
    boot: str
    slot: int | None = None  # which pair of user ids it has; None: the service's own
    wide: int | None = None  # which wide range its applications have; None: none
    groups: tuple[str, ...] = ()  # its control groups' folders
    shared: tuple[str, ...] = ()  # those of its applications, where it is one seat of several
    processes: Mapping[str, Process] | None = None  # by what each is for
    complete: bool = False

    @property
    def user(self) -> Slot | None:
        """Its user ids; None: the service's own."""
        return None if self.slot is None else Slot(self.slot, self.wide)

    def having(self, **processes: Process) -> Self:
        """This record with these processes as well."""
        return replace(self, processes={**self.all_processes(), **processes})

    def all_processes(self) -> dict[str, Process]:
        """Its processes by what each is for; none if the machine was booted since."""
        return dict(self.processes or {}) if self.boot == boot_id() else {}

    def as_handle(self) -> dict[str, Any]:
        """This as a JSON object."""
        return {**asdict(self), "groups": list(self.groups), "shared": list(self.shared)}

    @classmethod
    def from_handle(cls, handle: Mapping[str, Any]) -> Self:
        """The record in a JSON object that `as_handle` made."""
        processes = {role: Process(**at) for role, at in (handle["processes"] or {}).items()}
        return cls(
            launch=handle["launch"],
            boot=handle["boot"],
            slot=handle["slot"],
            wide=handle.get("wide"),
            groups=tuple(handle["groups"]),
            shared=tuple(handle.get("shared", ())),  # handles from before there were seats
            processes=processes,
            complete=handle["complete"],
        )


def boot_id() -> str:
    """What tells this run of the machine from the one before."""
    return _BOOT.read_text().strip()


def save(record: Record, path: Path) -> None:
    """Replace what the file holds; a crash leaves the old record or the new one, never half."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(record.as_handle()))
    os.replace(fresh, path)


def load(path: Path) -> Record | None:
    """What was saved there, or None if nothing was.

    Nor if the machine lost its power before it was on disk: an instance is found without it too.
    """
    try:
        return Record.from_handle(json.loads(path.read_text()))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None
