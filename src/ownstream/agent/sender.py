"""Pictures on their way to the browser: as many as its link and its decoder take, and no more."""

import asyncio
import time
from collections.abc import Callable

from ownstream.agent.features import Outlet
from ownstream.agent.flow import Flow
from ownstream.agent.pace import Pace

IDS = 1 << 16
MAX_BACKLOG_BYTES = 1024 * 1024


class Sender:
    """Numbers pictures, sends them, and learns by their acknowledgements when there is room."""

    def __init__(self, outlet: Outlet, pace: Pace) -> None:
        self._outlet = outlet
        self._pace = pace
        self._flow = Flow()
        self._next_id = 0
        self.landed_bytes = 0
        self._changed = asyncio.Event()

    @property
    def round_trip_s(self) -> float:
        """How long an acknowledgement takes on the idle link; 0 while that is not known."""
        return self._flow.base_s or 0.0

    async def room(self) -> None:
        """Returns once another picture may leave."""
        await self._until(self._has_room)

    async def landed(self) -> None:
        """Returns once the browser shows all that has left."""
        await self._until(lambda: not self._flow.in_flight)

    def send(self, tag: int, body: bytes) -> int:
        """A picture leaves: the tag, its number, the body. Who sends it has waited for room.

        Returns the number.
        """
        number = self._next_id
        message = bytes([tag]) + number.to_bytes(2, "big") + body
        self._flow.sent(number, size=len(message), now=time.monotonic())
        self._next_id = (number + 1) % IDS
        self._outlet.send(message)
        return number

    def carries(self, number: int) -> bool:
        """Whether this picture has left and is not shown yet."""
        return self._flow.carries(number)

    def tell(self, message: bytes) -> None:
        """A message that is not acknowledged leaves, after all pictures before it."""
        self._outlet.send(message)

    def acknowledged(self, picture: int, *, page_s: float) -> None:
        """The browser shows this picture, so long after it came, and so all before it."""
        landed = self._flow.acknowledged(picture, time.monotonic())
        self.landed_bytes += landed.size_bytes
        self._pace.landed(landed, page_s=page_s)
        self._changed.set()

    def forget_flight(self) -> None:
        """The browser says that what is under way is of no use to it."""
        self._flow.forget_flight()
        self._changed.set()

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._changed.clear()
            await self._changed.wait()

    def _has_room(self) -> bool:
        return self._flow.may_send(time.monotonic()) and self._outlet.backlog() <= MAX_BACKLOG_BYTES
