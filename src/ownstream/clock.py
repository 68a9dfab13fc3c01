"""The time, as something that can be handed in: nothing else asks the system for it."""

import asyncio
import heapq
import threading
from collections.abc import Awaitable, Callable, Generator
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


class _Sleepers:
    """Who waits for which instant."""

    def __init__(self) -> None:
        self._heap: list[_Sleeper] = []
        self._order = count()

    def lie_down(self, due: datetime) -> _Sleeper:
        """A new sleeper, who wakes then."""
        sleeper = _Sleeper(due, next(self._order), asyncio.Event())
        heapq.heappush(self._heap, sleeper)
        return sleeper

    def next_due(self) -> datetime | None:
        """When the next sleeper wakes; None while nobody sleeps."""
        while self._heap and self._heap[0].gone:
            heapq.heappop(self._heap)
        return self._heap[0].due if self._heap else None

    def wake(self, until: datetime) -> None:
        """Whoever was to wake until then is awake, in order."""
        while (due := self.next_due()) is not None and due <= until:
            heapq.heappop(self._heap).wake.set()


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
        self._sleepers = _Sleepers()
        self._driven: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The present instant."""
        return self._now

    async def sleep(self, delay_s: float) -> None:
        """Nothing, once the clock has been turned so far."""
        if delay_s <= 0:
            return await asyncio.sleep(0)
        sleeper = self._sleepers.lie_down(self._now + timedelta(seconds=delay_s))
        try:
            await sleeper.wake.wait()
        finally:
            sleeper.gone = True

    def advance(self, **delay: float) -> None:
        """So much time has passed, and all that was due in it has been done, in order.

        The arguments are those of `timedelta`: `advance(minutes=15)`.
        """
        step = forward(**delay)
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
        return self._sleepers.next_due()

    def wake_next(self, until: datetime) -> bool:
        """Turned to the next instant at which somebody wakes, if that is not after `until`.

        Otherwise it is turned to `until`, and the answer is False.
        """
        due = self.next_due()
        if due is None or due > until:
            self._now = max(self._now, until)
            return False
        self._now = max(self._now, due)
        self._sleepers.wake(due)
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


class AdvancedClock:
    """The system's time, plus what it has been turned forward by. Its sleepers are one loop's."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self._ahead = timedelta(0)
        self._sleepers = _Sleepers()
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> datetime:
        """The present instant."""
        return self._system.now() + self._ahead

    async def sleep(self, delay_s: float) -> None:
        """Nothing, after so many seconds, of which some may be turned over."""
        if delay_s <= 0:
            return await asyncio.sleep(0)
        sleeper = self._sleepers.lie_down(self.now() + timedelta(seconds=delay_s))
        if self._sleepers.next_due() == sleeper.due:
            self._set_timer()
        try:
            await sleeper.wake.wait()
        finally:
            sleeper.gone = True

    async def advance(self, step: timedelta, settled: Callable[[], Awaitable[None]]) -> None:
        """So much time has passed, and all that was due in it has been done, in order.

        `settled` is awaited at each instant at which somebody wakes, for what that sets off.
        """
        end = self.now() + step
        try:
            await settled()
            while (due := self._sleepers.next_due()) is not None and due <= end:
                self._turn_to(due)
                self._sleepers.wake(due)
                await settled()
            self._turn_to(end)
        finally:
            self._set_timer()

    def _turn_to(self, instant: datetime) -> None:
        self._ahead += max(timedelta(0), instant - self.now())

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        due = self._sleepers.next_due()
        if due is not None:
            delay_s = max(0.0, (due - self.now()).total_seconds())
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._ring)

    def _ring(self) -> None:
        self._sleepers.wake(self.now())
        self._set_timer()


def forward(**delay: float) -> timedelta:
    """The delay that `timedelta` makes of these; ValueError if it is less than nothing."""
    step = timedelta(**delay)
    if step < timedelta(0):
        raise ValueError(f"a clock is not turned back; {step} is less than nothing")
    return step
