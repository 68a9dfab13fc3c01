"""The time, as something that can be handed in: nothing else asks the system for it."""

import asyncio
import heapq
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Where instants and delays come from."""

    def now(self) -> datetime:
        """The present instant, timezone-aware UTC."""
        ...

    async def sleep(self, delay_s: float) -> None:
        """Nothing, after so many seconds of this clock."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)


@dataclass(order=True)
class _Sleeper:
    due: datetime
    order: int  # of those due at one instant, who lay down first wakes first
    wake: asyncio.Event = field(compare=False)
    gone: bool = field(default=False, compare=False)


class TurnedClock:
    """A clock that stands still until it is turned.

    Sleepers wake in the order of their instants, each at its own instant. Threads may share it:
    whoever holds `turn` sees no time pass.
    """

    def __init__(self, start: datetime = START) -> None:
        if start.tzinfo is None:
            raise ValueError(f"{start!r} has no time zone; add tzinfo=datetime.UTC")
        self.turn = threading.RLock()
        self._now = start.astimezone(UTC)
        self._sleepers: list[_Sleeper] = []
        self._order = count()
        self._driven: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The present instant."""
        return self._now

    async def sleep(self, delay_s: float) -> None:
        """Nothing, once the clock has been turned so far."""
        if delay_s <= 0:
            return await asyncio.sleep(0)
        due = self._now + timedelta(seconds=delay_s)
        sleeper = _Sleeper(due, next(self._order), asyncio.Event())
        heapq.heappush(self._sleepers, sleeper)
        try:
            await sleeper.wake.wait()
        finally:
            sleeper.gone = True

    def advance(self, **delay: float) -> None:
        """So much time has passed, and all that was due in it has been done, in order.

        The arguments are those of `timedelta`: `advance(minutes=15)`.
        """
        step = timedelta(**delay)
        if step < timedelta(0):
            raise ValueError(f"a clock is not turned back; {step} is less than nothing")
        with self.turn:
            self.advance_to(self._now + step)

    def advance_to(self, instant: datetime) -> None:
        """It is this instant; nothing happens if it has passed already."""
        with self.turn:
            self._settle()
            while self.wake_next(instant):
                self._settle()

    def next_due(self) -> datetime | None:
        """When the next sleeper wakes; None while nobody sleeps."""
        while self._sleepers and self._sleepers[0].gone:
            heapq.heappop(self._sleepers)
        return self._sleepers[0].due if self._sleepers else None

    def wake_next(self, until: datetime) -> bool:
        """Turned to the next instant at which somebody wakes, if that is not after `until`.

        Otherwise it is turned to `until`, and the answer is False.
        """
        due = self.next_due()
        if due is None or due > until:
            self._now = max(self._now, until)
            return False
        self._now = max(self._now, due)
        while self.next_due() == due:
            heapq.heappop(self._sleepers).wake.set()
        return True

    @contextmanager
    def driving(self, settle: Callable[[], None]) -> Generator[None]:
        """Meanwhile the clock calls this whenever it has moved, to let what woke run."""
        self._driven.append(settle)
        try:
            yield
        finally:
            self._driven.remove(settle)

    def _settle(self) -> None:
        for settle in list(self._driven):
            settle()
