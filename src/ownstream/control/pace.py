"""How control spends time: where what blocks is done, and how often it looks again unasked."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Offload(Protocol):
    """Where control does what blocks: `asyncio.to_thread`, or `at_once`."""

    def __call__(
        self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> Coroutine[Any, Any, R]:
        """What the function returns, called with these arguments."""
        ...


async def at_once(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """What the function returns, called here and now: for a loop that nobody else waits on."""
    return function(*args, **kwargs)


@dataclass(frozen=True)
class Pace:
    """After how many seconds control looks again without having been told of anything."""

    soon_s: float = 0.05  # at instances that come or go
    later_s: float = 2.0  # at a fleet that is what it is to be
    room_s: float = 5.0  # at a fleet that waits for room
    sweep_s: float = 30.0


# Simulated instances change when they said they would: there is no need to look in between.
UNWATCHED = Pace(soon_s=0.01, later_s=3600.0, room_s=5.0, sweep_s=3600.0)
