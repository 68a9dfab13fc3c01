"""The time, as something that can be handed in: nothing else asks the system for it."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


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
