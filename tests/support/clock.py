"""A clock that stands still until it is turned."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 1, 1, tzinfo=UTC)


class TurnedClock:
    """Virtual time: sleepers wake in the order of their instants, as `advance` passes them."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Event]] = []
        self._order = count()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, delay_s: float) -> None:
        if delay_s <= 0:
            return await asyncio.sleep(0)
        due = asyncio.Event()
        instant = self._now + timedelta(seconds=delay_s)
        heapq.heappush(self._sleepers, (instant, next(self._order), due))
        await due.wait()

    async def advance(self, delay: timedelta) -> None:
        """So much time has passed, and whoever was woken has run as far as it could."""
        end = self._now + delay
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self._now, _, due = heapq.heappop(self._sleepers)
            due.set()
            await settle()
        self._now = end
        await settle()


async def settle() -> None:
    """Everything that can run without time passing has run, threads included."""
    for _ in range(50):
        await asyncio.sleep(0)
