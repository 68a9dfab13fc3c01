"""Where each instance keeps its files on the host."""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ownstream.drivers.base import Terminal

_ID = re.compile(r"[a-z0-9-]{1,40}")
_SCOPE_LENGTH = 10


@dataclass(frozen=True)
class Layout:
    """The folders of one instance: `top` and what is in it."""

    id: str
    top: Path
    mark: str  # what its processes carry in their environment

    @property
    def record(self) -> Path:
        """What is remembered of it."""
        return self.top / "record.json"

    @property
    def run(self) -> Path:
        """The agent's own: its socket, its display's authority, its catalog."""
        return self.top / "run"

    @property
    def x11(self) -> Path:
        """The display's socket, which agent and applications share."""
        return self.top / "x11"

    @property
    def home(self) -> Path:
        """The home folder of the user of the instance."""
        return self.top / "home"

    @property
    def temporary(self) -> dict[str, Path]:
        """Its folders for temporary files, by where applications find them.

        They are on disk: in memory they would be a way to starve every application at once.
        """
        return {"/tmp": self.top / "tmp", "/var/tmp": self.top / "var-tmp"}  # noqa: S108

    @property
    def shown(self) -> Path:
        """What applications see read-only of what the service puts there while they run."""
        return self.top / "shown"

    @property
    def sandbox(self) -> Path:
        """What the sandbox reads: its init, its part of /etc, its display's authority."""
        return self.top / "sandbox"

    @property
    def stage(self) -> Path:
        """Where its system is mounted, in no mount namespace but its own."""
        return self.top / "stage"

    def log(self, role: str) -> Path:
        """What this one of its processes has printed."""
        return self.top / f"{role}.log"


def layout(instances_dir: Path, instance_id: str) -> Layout:
    """The folders of this instance, there or not; Terminal for an id that cannot be one."""
    if not _ID.fullmatch(instance_id):
        raise Terminal(f"{instance_id!r} is no instance id: it has to match {_ID.pattern}")
    return Layout(
        id=instance_id,
        top=instances_dir / instance_id,
        mark=f"{scope(instances_dir)}/{instance_id}",
    )


def scope(instances_dir: Path) -> str:
    """A short name that tells the instances of this folder from those of any other."""
    digest = hashlib.sha256(os.fsencode(instances_dir.resolve()))
    return digest.hexdigest()[:_SCOPE_LENGTH]


def ids(instances_dir: Path) -> set[str]:
    """The instances that have a folder."""
    try:
        names = os.listdir(instances_dir)
    except FileNotFoundError:
        return set()
    return possible(names)


def possible(names: Iterable[str]) -> set[str]:
    """Those of these names that instances can have."""
    return {name for name in names if _ID.fullmatch(name)}
