"""The turned clock for tests that hold the event loop whose sleepers it wakes."""

import asyncio
from datetime import timedelta

from ownstream import clock
from ownstream.clock import START

__all__ = ["START", "TurnedClock", "settle"]


class TurnedClock(clock.TurnedClock):
    """It is turned from a coroutine, and lets the others run."""

    async def advance(self, delay: timedelta) -> None:
        """So much time has passed, and whoever was woken has run as far as it could."""
        end = self.now() + delay
        await settle()
        while self.wake_next(end):
            await settle()


async def settle() -> None:
    """Everything that can run without time passing has run, threads included."""
    for _ in range(50):
        await asyncio.sleep(0)
