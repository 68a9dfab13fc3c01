"""Instances that are to die in mid-session because a fault says so, and when."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ownstream.domain.faults import Added, Faults
from ownstream.domain.keys import FleetKey
from ownstream.store import InstanceRow

REASON = "its agent has ended"


@dataclass
class _Placed:
    """An instance that has a session, and what is to come over it."""

    at: datetime
    asked: set[int] = field(default_factory=set[int])
    fates: list[tuple[datetime, Added, str]] = field(
        default_factory=list[tuple[datetime, Added, str]]
    )  # when, by which fault, and with which reason

    @property
    def next_fate(self) -> tuple[datetime, str] | None:
        """When it dies, as things stand, and why."""
        coming = [(at, reason) for at, added, reason in self.fates if not added.removed]
        return min(coming, default=None)


@dataclass
class Deaths:
    """What faults have in store for the instances of each fleet."""

    faults: Faults = field(default_factory=Faults)
    _placed: dict[FleetKey, dict[str, _Placed]] = field(
        default_factory=dict[FleetKey, dict[str, _Placed]]
    )

    def look(self, key: FleetKey, rows: Collection[InstanceRow], now: datetime) -> None:
        """Instances whose time has come are lost; those that have a session now have theirs set.

        A session has been placed when this sees it first, which is at once after it was.
        """
        before = self._placed.get(key, {})
        used = [row for row in rows if row.session_id and row.goal == "run"]
        placed = {row.id: before.get(row.id) or _Placed(now) for row in used}
        self._placed[key] = placed
        for row in used:
            self._decide(placed[row.id], row.fleet, now)
            fate = placed[row.id].next_fate
            if fate is not None and fate[0] <= now:
                _lose(rows, row.instance, fate[1])

    def next_in_s(self, key: FleetKey, now: datetime) -> float | None:
        """In how many seconds the next instance of this fleet is to die; None if none is."""
        fates = [placed.next_fate for placed in self._placed.get(key, {}).values()]
        due = [fate[0] for fate in fates if fate is not None]
        return max(0.0, (min(due) - now).total_seconds()) if due else None

    def forget(self, key: FleetKey) -> None:
        """There is no such fleet any more."""
        self._placed.pop(key, None)

    def _decide(self, placed: _Placed, fleet: str, now: datetime) -> None:
        for added, death in self.faults.strike_session(fleet, placed.asked):
            dies_at = max(now, placed.at + timedelta(seconds=death.after_s))
            placed.fates.append((dies_at, added, death.reason or REASON))


def _lose(rows: Collection[InstanceRow], instance: str, reason: str) -> None:
    """All of the instance is lost: with one that has several seats, every session on it."""
    for row in rows:
        if row.instance == instance:
            row.seen, row.reason = "lost", reason
