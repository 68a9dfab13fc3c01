"""A fleet's state and what there is to do for it: pure functions of what is wanted and seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STATES = {
    ("RUNNING", False): "STARTING",
    ("RUNNING", True): "RUNNING",
    ("STOPPED", False): "STOPPING",
    ("STOPPED", True): "STOPPED",
}

ALIVE = ("new", "starting", "ready")


@dataclass(frozen=True)
class InstanceView:
    """What planning reads of an instance, or of one seat of it where it has several."""

    id: str
    generation: int = 0
    goal: str = "run"
    seen: str = "new"
    session_id: str | None = None
    part_of: str = ""  # the instance that it is a seat of; empty: it is all of one
    drain: str = ""  # why its instance takes no more sessions: asked, scaled_in; empty: it does

    @property
    def instance(self) -> str:
        """The instance that the API names."""
        return self.part_of or self.id


@dataclass(frozen=True)
class Wanted:
    """What a fleet is to be."""

    running: bool
    on_demand: bool
    desired: int  # how many instances
    generation: int
    seats: int = 1  # how many sessions an instance may have
    waiting: int = 0  # sessions that have no instance yet
    may_launch: bool = True  # false while a launch that failed is being waited out


@dataclass(frozen=True)
class Launch:
    """Launch so many instances, or so many more seats of this one."""

    count: int
    on: str = ""


@dataclass(frozen=True)
class Retire:
    """Take this instance away, and end its session for this reason if it has one."""

    instance_id: str
    reason: str


@dataclass(frozen=True)
class Drain:
    """This instance takes no more sessions, for this reason; it takes them again if empty."""

    instance: str
    reason: str


Step = Launch | Retire | Drain


def state(goal: str, goal_met: bool) -> str:
    """What the API reports: STARTING, RUNNING, STOPPING or STOPPED."""
    return STATES[goal, goal_met]


def plan(wanted: Wanted, instances: Iterable[InstanceView]) -> Sequence[Step]:
    """The steps from what is seen to what is wanted; none when they are the same."""
    rows = [row for row in instances if row.goal == "run"]
    if not wanted.running:
        return [Retire(row.id, "fleet_stopped") for row in rows]
    lost = [row for row in rows if row.seen not in ALIVE]
    alive = [row for row in rows if row.seen in ALIVE]
    outdated = [row for row in alive if not row.session_id and row.generation != wanted.generation]
    kept = [row for row in alive if row not in outdated]
    spare = _spare(wanted, kept)
    missing = max(0, _target(wanted, kept) - len(kept))
    steps: list[Step] = [Retire(row.id, "instance_lost") for row in lost]
    steps += [Retire(row.id, "outdated") for row in outdated]
    steps += [Retire(row.id, "scaled_in") for row in spare]
    if missing and wanted.may_launch:
        steps.append(Launch(missing))
    return steps


def met(wanted: Wanted, instances: Iterable[InstanceView]) -> bool:
    """Whether the goal has been reached: all instances ready, or none left of a stopped fleet."""
    rows = list(instances)
    if not wanted.running:
        return not rows
    ready = [row for row in rows if row.goal == "run" and row.seen == "ready"]
    return len(ready) >= _target(wanted, ready)


def _target(wanted: Wanted, kept: Sequence[InstanceView]) -> int:
    if not wanted.on_demand:
        return wanted.desired
    used = sum(1 for row in kept if row.session_id)
    return min(wanted.desired, used + wanted.waiting)


def _spare(wanted: Wanted, kept: Sequence[InstanceView]) -> Sequence[InstanceView]:
    """Instances beyond the target, never one in use; those that are not ready go first."""
    surplus = max(0, len(kept) - _target(wanted, kept))
    unused = [row for row in kept if not row.session_id]
    unused.sort(key=lambda row: row.seen == "ready")
    return unused[:surplus]
