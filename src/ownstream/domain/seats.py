"""Multi-session fleets: what there is to do for their instances, and where sessions go.

An instance of such a fleet has seats. A seat takes one session and is made anew after it; the
instance goes on. Of the seats that nobody has, one an instance stands ready: the next user has it
at once, and those who come with him wait for as long as a seat takes to start.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from ownstream.domain.fleets import ALIVE, Drain, InstanceView, Launch, Retire, Step, Wanted


@dataclass(frozen=True)
class Shared:
    """An instance with those of its seats that are to run and are alive."""

    id: str
    seats: Sequence[InstanceView]

    @property
    def used(self) -> int:
        """How many sessions it has."""
        return sum(1 for seat in self.seats if seat.session_id)

    @property
    def unused(self) -> Sequence[InstanceView]:
        """Its seats that nobody has."""
        return [seat for seat in self.seats if not seat.session_id]

    @property
    def drain(self) -> str:
        """Why it takes no more sessions; empty if it does."""
        return next((seat.drain for seat in self.seats if seat.drain), "")

    @property
    def ready(self) -> bool:
        """Whether a user could have been shown it."""
        return any(seat.seen == "ready" for seat in self.seats)

    @property
    def generation(self) -> int:
        return self.seats[0].generation


def plan(wanted: Wanted, instances: Iterable[InstanceView]) -> Sequence[Step]:
    """The steps from what is seen to what is wanted; none when they are the same.

    Nobody's session ends for it but that of a seat that is lost: what is beyond the goal drains.
    """
    rows = [row for row in instances if row.goal == "run"]
    if not wanted.running:
        return [Retire(row.id, "fleet_stopped") for row in rows]
    lost = [row for row in rows if row.seen not in ALIVE]
    present = shared(rows)
    over = [(one, _over(one, wanted)) for one in present]
    kept = [one for one, reason in over if not reason]
    steps: list[Step] = [Retire(row.id, "instance_lost") for row in lost]
    steps += [Retire(seat.id, reason) for one, reason in over if reason for seat in one.seats]
    steps += [Retire(seat.id, "drained") for one in kept if one.drain for seat in one.unused]
    return [*steps, *_sized(wanted, kept)]


def met(wanted: Wanted, instances: Iterable[InstanceView]) -> bool:
    """Whether the goal has been reached: all instances take users, or none is left."""
    rows = list(instances)
    if not wanted.running:
        return not rows
    ready = [one for one in _counted(shared(rows)) if one.ready]
    lacking = [one for one in ready if not (one.drain or _has_seat(one, wanted))]
    return len(ready) >= _need(wanted, ready) and not lacking


def free_seat(
    instances: Iterable[InstanceView], *, generation: int, most_sessions: int
) -> InstanceView | None:
    """The seat that the next session is to have, or None if none is free.

    Instances of the present kind come first, and the fullest of them: so others become empty.
    """
    present = shared(instances)
    if sum(one.used for one in present) >= most_sessions:
        return None
    free = [
        (one, seat)
        for one in present
        if not one.drain
        for seat in one.unused
        if seat.seen == "ready"
    ]
    free.sort(key=lambda each: (each[0].generation != generation, -each[0].used))
    return free[0][1] if free else None


def user_sessions(
    instances: Sequence[InstanceView],
    *,
    seats: int,
    most_sessions: int,
    may_launch: bool,
) -> Mapping[str, int]:
    """The members of ComputeCapacityStatus that multi-session fleets alone have.

    `may_launch` says that slots count whose instance is started when somebody comes.
    """
    present = shared(instances)
    drained = [one for one in present if one.drain]
    open_ = [one for one in present if not one.drain]
    active = sum(one.used for one in present)
    slots = sum(seats - one.used for one in open_ if one.ready)
    if may_launch:
        slots = most_sessions - active - withheld(instances, seats=seats)
    available = max(0, min(slots, most_sessions - active))
    return {
        "DesiredUserSessions": most_sessions,
        "AvailableUserSessions": available,
        "ActiveUserSessions": active,
        "ActualUserSessions": available + active,
        "Draining": len(drained),
        "DrainModeActiveUserSessions": sum(one.used for one in drained),
        "DrainModeUnusedUserSessions": sum(seats - one.used for one in drained),
    }


def withheld(instances: Iterable[InstanceView], *, seats: int) -> int:
    """How many of a fleet's sessions nobody can have until an instance has drained."""
    return sum(seats - one.used for one in shared(instances) if one.drain == "asked")


def shared(instances: Iterable[InstanceView]) -> Sequence[Shared]:
    """The instances that these are seats of, in their order; of what is alive and is to run."""
    seats: dict[str, list[InstanceView]] = {}
    for row in instances:
        if row.goal == "run" and row.seen in ALIVE:
            seats.setdefault(row.instance, []).append(row)
    return [Shared(id_, rows) for id_, rows in seats.items()]


def _over(one: Shared, wanted: Wanted) -> str:
    """Why it goes now; empty if it stays: whoever has a session on it is waited for."""
    if one.used:
        return ""
    if one.drain:
        return "drained"
    return "outdated" if one.generation != wanted.generation else ""


def _has_seat(one: Shared, wanted: Wanted) -> bool:
    """Whether the next user has a seat on it at once, or there is to be none."""
    return len(one.seats) >= wanted.seats or any(seat.seen == "ready" for seat in one.unused)


def _counted(present: Iterable[Shared]) -> Sequence[Shared]:
    """Those that have a place in the fleet. What drains because there are too many has none;
    what somebody drains has, until it ends and is replaced."""
    return [one for one in present if one.drain != "scaled_in"]


def _need(wanted: Wanted, counted: Collection[Shared]) -> int:
    """How many instances there are to be; of an On-Demand fleet, as many as users need."""
    if not wanted.on_demand:
        return wanted.desired
    used = [one for one in counted if one.used]
    slots = sum(wanted.seats - one.used for one in used if not one.drain)
    more = ceil(max(0, wanted.waiting - slots) / wanted.seats)
    return min(wanted.desired, len(used) + more)


def _sized(wanted: Wanted, kept: Sequence[Shared]) -> Sequence[Step]:
    """As many instances as are needed, and the seats that they need."""
    counted = _counted(kept)
    surplus = len(counted) - _need(wanted, counted)
    used = [one for one in counted if one.used]
    unused = sorted((one for one in counted if not one.used), key=lambda one: one.ready)
    spare = unused[: max(0, surplus)]
    emptiest = sorted((one for one in used if not one.drain), key=lambda one: one.used)
    beyond = emptiest[: max(0, len(used) - wanted.desired)]
    again = [one for one in kept if one.drain == "scaled_in"][: max(0, -surplus)]
    steps: list[Step] = [Retire(seat.id, "scaled_in") for one in spare for seat in one.seats]
    steps += [Drain(one.id, "scaled_in") for one in beyond]
    steps += [Drain(one.id, "") for one in again]
    if not wanted.may_launch:
        return steps
    missing = max(0, -surplus - len(again))
    steps += [Launch(missing)] if missing else []
    open_ = [one for one in counted if not (one.drain or one in spare or one in beyond)]
    return [*steps, *_seated(wanted, open_)]


def _seated(wanted: Wanted, present: Sequence[Shared]) -> Sequence[Step]:
    """A seat for each session that waits, and one that is free on each instance with room."""
    lack = max(0, wanted.waiting - sum(len(one.unused) for one in present))
    steps: list[Step] = []
    fullest = sorted(present, key=lambda one: (one.generation != wanted.generation, -one.used))
    for one in fullest:
        room = wanted.seats - len(one.seats)
        more = min(room, lack)
        lack -= more
        if more or (room and not one.unused):
            steps.append(Launch(max(1, more), on=one.id))
    return steps
