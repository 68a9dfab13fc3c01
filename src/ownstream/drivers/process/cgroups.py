"""Limits of memory, processor and process count, by the kernel's control groups, v2 and v1.

Each instance has a group `apps`, limited, and a group `agent`, which serves only to find and end
what is in it. The groups `apps` of the seats of an instance lie in one group that has its limits.
Where this user may make no groups there are none, and the caller is told.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ownstream.drivers.process.processes import Process, identify

CONTROLLERS = ("memory", "cpu", "pids")
SHARED = ".shared-"  # in the names of groups of which several seats have a part
_PERIOD_US = 100_000
_TRIES = 20
_PIDS = 2048  # threads count too; a browser with many pages has several hundred


@dataclass(frozen=True)
class Tree:
    """Where the kernel shows control groups."""

    mount: Path = Path("/sys/fs/cgroup")
    own: Path = Path("/proc/self/cgroup")

    @property
    def unified(self) -> bool:
        """Whether this machine has v2 alone."""
        return (self.mount / "cgroup.controllers").exists()


KERNEL = Tree()


@dataclass(frozen=True)
class Limits:
    """What the applications of an instance may use together."""

    memory_bytes: int
    cpus: float


def places(tree: Tree, name: str) -> tuple[str, ...]:
    """The folders that the groups of this name are to have; none where none can be made."""
    if tree.unified:
        base = _delegated(tree)
        return (str(base / name),) if base else ()
    bases = [_own_v1(tree, controller) for controller in CONTROLLERS]
    if not all(os.access(base, os.W_OK) for base in bases):
        return ()
    return tuple(str(base / name) for base in bases)


def seat_places(tree: Tree, shared: str, name: str) -> tuple[str, ...]:
    """The folders for the applications of the seat of this name, in the groups called `shared`."""
    return tuple(str(Path(folder) / name) for folder in places(tree, shared))


def create(tree: Tree, folders: Sequence[str], limits: Limits) -> None:
    """Groups in these folders (of `places`), with these limits on what is in `apps`."""
    for folder in map(Path, folders):
        if tree.unified:
            _enable(folder.parent)
        folder.mkdir(exist_ok=True)
        if tree.unified:
            _enable(folder)
        for kind in ("apps", "agent"):
            (folder / kind).mkdir(exist_ok=True)
    apps = [Path(folder) / "apps" for folder in folders]
    _limit(tree, apps, limits)
    _limit_pids(apps)


def create_seat(tree: Tree, own: Sequence[str], shared: Sequence[str], limits: Limits) -> None:
    """Groups for a seat: `agent` in its own folders, `apps` in the shared ones (of `seat_places`).

    The limits hold for all seats together; how many processes there may be, for each by itself.
    """
    for folder in own:
        (Path(folder) / "agent").mkdir(parents=True, exist_ok=True)
    above = [Path(folder).parent for folder in shared]
    apps = [Path(folder) / "apps" for folder in shared]
    for _ in range(_TRIES):
        try:
            for group, within in zip(above, apps, strict=True):
                _make_shared(tree, group, within)
            _limit(tree, above, limits)
            _limit_pids(apps)
        except FileNotFoundError:
            continue  # the last of the other seats has just ended, and the group with it
        return
    raise FileNotFoundError(f"{above[0]} is removed again and again")


def entrances(folders: Sequence[str], kind: str) -> list[str]:
    """The files into which a process writes its number to be in the group `kind`."""
    return [f"{folder}/{kind}/cgroup.procs" for folder in folders]


def members(folders: Sequence[str]) -> set[Process]:
    """All running processes in these groups."""
    return {
        process
        for folder in folders
        for group in _groups(folder)
        for pid in _numbers(group / "cgroup.procs")
        if (process := identify(pid))
    }


def remove(folders: Sequence[str]) -> None:
    """These groups are gone when this returns; OSError if a process is still in one.

    So is a group that they shared with others, once it is empty.
    """
    for folder in folders:
        for group in _groups(folder):
            with suppress(FileNotFoundError):
                group.rmdir()
        above = Path(folder).parent
        if SHARED in above.name:
            with suppress(OSError):  # others are in it
                above.rmdir()


def names(tree: Tree, prefix: str) -> set[str]:
    """What follows the prefix in the names of all groups that begin with it."""
    probe = "probe"
    beside = {Path(folder).parent for folder in places(tree, probe)}
    found = {name for folder in beside for name in os.listdir(folder)}
    return {name.removeprefix(prefix) for name in found if name.startswith(prefix)}


def seats(tree: Tree, shared: str, prefix: str) -> dict[str, tuple[str, ...]]:
    """The folders of each seat within the groups whose names begin with `shared`.

    By what follows the prefix in the seats' own names.
    """
    found: dict[str, tuple[str, ...]] = {}
    for beside in sorted({Path(folder).parent for folder in places(tree, "probe")}):
        for folder in sorted(beside.glob(f"{shared}*/{prefix}*")):
            name = folder.name.removeprefix(prefix)
            found[name] = (*found.get(name, ()), str(folder))
    return found


def memory_limit(tree: Tree) -> int | None:
    """How many bytes the group of this process may use; None if as many as there are."""
    if tree.unified:
        file = tree.mount / _own_path(tree, "") / "memory.max"
    else:
        file = _own_v1(tree, "memory") / "memory.limit_in_bytes"
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _groups(folder: str) -> list[Path]:
    return [Path(at) for at, _, _ in os.walk(folder, topdown=False)]


def _numbers(path: Path) -> list[int]:
    try:
        return [int(line) for line in path.read_text().split()]
    except OSError:
        return []


def _own_path(tree: Tree, controller: str) -> str:
    """The path of this process's own group; the controller is empty for v2."""
    for line in tree.own.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path.lstrip("/")
    return ""


def _own_v1(tree: Tree, controller: str) -> Path:
    # In a container the path is the host's while the mount shows the container's part alone.
    mount = tree.mount / controller
    own = mount / _own_path(tree, controller)
    return own if own.is_dir() else mount


def _delegated(tree: Tree) -> Path | None:
    """The topmost group above this process that is ours to divide, if there is one.

    A group with processes in it cannot be divided, the kernel's own root excepted.
    """
    own = tree.mount / _own_path(tree, "")
    above = [own, *own.parents]
    candidates = above[: above.index(tree.mount) + 1]
    return next((group for group in reversed(candidates) if _divisible(group)), None)


def _divisible(group: Path) -> bool:
    control = group / "cgroup.subtree_control"
    if not (os.access(group, os.W_OK) and os.access(control, os.W_OK)):
        return False
    if not os.access(group / "cgroup.procs", os.W_OK):
        return False
    available = (group / "cgroup.controllers").read_text().split()
    is_root = not (group / "cgroup.type").exists()
    return set(CONTROLLERS) <= set(available) and (is_root or not _numbers(group / "cgroup.procs"))


def _enable(group: Path) -> None:
    control = group / "cgroup.subtree_control"
    control.write_text(" ".join(f"+{controller}" for controller in CONTROLLERS))


def _make_shared(tree: Tree, above: Path, apps: Path) -> None:
    if tree.unified:
        _enable(above.parent)
    above.mkdir(exist_ok=True)
    if tree.unified:
        _enable(above)
    apps.parent.mkdir(exist_ok=True)
    if tree.unified:
        _enable(apps.parent)
    apps.mkdir(exist_ok=True)


def _limit(tree: Tree, groups: Sequence[Path], limits: Limits) -> None:
    if tree.unified:
        for group in groups:
            _limit_v2(group, limits)
    elif groups:
        _limit_v1(*groups[:2], limits=limits)


def _limit_pids(apps: Sequence[Path]) -> None:
    if apps:
        (apps[-1] / "pids.max").write_text(str(_PIDS))  # v1 has its controllers in order


def _limit_v2(apps: Path, limits: Limits) -> None:
    (apps / "memory.max").write_text(str(limits.memory_bytes))
    with suppress(FileNotFoundError, PermissionError):  # not there without swap accounting
        (apps / "memory.swap.max").write_text("0")
    (apps / "cpu.max").write_text(f"{_quota_us(limits)} {_PERIOD_US}")


def _limit_v1(memory: Path, cpu: Path, *, limits: Limits) -> None:
    (memory / "memory.limit_in_bytes").write_text(str(limits.memory_bytes))
    with suppress(FileNotFoundError, PermissionError):  # not there without swap accounting
        (memory / "memory.memsw.limit_in_bytes").write_text(str(limits.memory_bytes))
    (cpu / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
    (cpu / "cpu.cfs_quota_us").write_text(str(_quota_us(limits)))


def _quota_us(limits: Limits) -> int:
    return int(limits.cpus * _PERIOD_US)
