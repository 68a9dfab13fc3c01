"""The part of the picture that is exact: what has changed is sent as lossless rectangles.

It leaves out a hole, where video plays or where its last picture still stands. What has stood still
there is made exact again band by band, so that on a slow link other changes need not wait for it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ownstream.agent.area import Area, bounding
from ownstream.agent.reminders import Reminders
from ownstream.agent.rfb import Effort, Piece, Resized, Rfb, RfbError
from ownstream.agent.sender import Sender
from ownstream.agent.stale import Stale
from ownstream.channel.tags import AREA, FromAgent, RectanglesFlag

SHORTEST_S = 0.012  # between two updates: more than a browser shows are wasted
LONGEST_S = 0.25  # for one update; what takes longer is better seen as video first
_SHORTEST_TURN_S = 0.001
_LARGE_BYTES = 128 * 1024  # of an update, after which the X server's memory is looked after
_CORNER = Area(0, 0, 1, 1)

Costs = Sequence[tuple[Area, int]]


class TooSlow(Exception):
    """An update takes so long that the screen should be video, and be made exact by and by."""

    def __init__(self, bits_per_s: float) -> None:
        super().__init__(f"the link carries {bits_per_s:.0f} bit/s")
        self.bits_per_s = bits_per_s


@dataclass(frozen=True)
class Events:
    """What the rectangles tell of the screen."""

    painted: Callable[[Costs], None]
    resized: Callable[[Resized], None]


class Exact:
    """Exact rectangles for one browser, from `run` until it is cancelled."""

    def __init__(self, path: Path, sender: Sender, events: Events, screens: Sequence[Area]) -> None:
        self._path = path
        self._screens = screens  # as they are wished for
        self._sender = sender
        self._events = events
        self._rfb: Rfb | None = None
        self._screen = Area(0, 0, 0, 0)
        self._pointer = (0, 0)
        self._video: Area | None = None
        self._stale: Stale | None = None
        self._marked: Area | None = None  # the band that the server knows to be wanted whole
        self._fresh = self._is_renewed = False

    async def run(self) -> None:
        """Sends the whole screen, then its changes; RfbError if the X server is gone.

        TooSlow if the link does not carry them; then nothing is sent until this is run again.
        """
        while True:
            self._is_renewed, self._fresh, self._marked = False, True, None
            rfb = self._rfb = await Rfb.connect(self._path)
            self._screen = bounding(self._screens)
            reminders = Reminders(self._point, asyncio.get_running_loop().call_later)
            try:
                rfb.set_size(self._screens)
                self._point()
                while True:
                    await self._step(rfb, reminders)
            except RfbError:
                if not self._is_renewed:
                    raise
            finally:
                reminders.stop()
                rfb.close()

    def renew(self) -> None:
        """All that is not left out is sent anew, since the browser has lost the thread."""
        if self._rfb is not None:
            self._is_renewed = True
            self._rfb.close()

    def arrange(self, screens: Sequence[Area]) -> None:
        """The screen is to be of these monitors, soon."""
        self._screens = screens
        if self._rfb is not None:
            self._rfb.set_size(screens)

    def point(self, x: int, y: int) -> None:
        """The pointer is there, and the browser draws it."""
        self._pointer = (x, y)
        self._point()

    @property
    def stale(self) -> Area | None:
        """Where a picture of video still stands and none plays."""
        return self._stale.area if self._stale else None

    def leave_out(self, area: Area | None) -> None:
        """Video plays here from now on, or nowhere."""
        self._video, self._stale = area, None
        self._go_on()

    def take_back(self, *, is_fast: bool) -> None:
        """The video stands still; it is made exact. `is_fast`: nothing speaks against the link."""
        if self._video is not None:
            self._stale = Stale(self._video, is_fast)
            self._video = None
            self._go_on()

    async def _step(self, rfb: Rfb, reminders: Reminders) -> None:
        await self._sender.room()
        rfb.compress(self._effort())
        band = self._stale.band() if self._stale else None
        # News of the screen's size come to those alone who have asked for something.
        for area in self._around(self._screen) or [_CORNER]:
            rfb.request(area)
        if band is not None:
            # The first answer to a request for the whole is the screen's size and no picture.
            rfb.request(band, whole=band != self._marked)
        self._marked = band
        started = time.monotonic()
        costs = await self._pass_on(rfb)
        if sum(size for _, size in costs) > _LARGE_BYTES:
            reminders.begin()
        if band is not None:
            await self._settle(band, [cost for cost in costs if cost[0].meets(band)], started)
            costs = [cost for cost in costs if not cost[0].meets(band)]
        self._events.painted(costs)
        if band is None:
            await asyncio.sleep(SHORTEST_S - (time.monotonic() - started))

    def _effort(self) -> Effort:
        if self._stale:
            return Effort.NONE if self._stale.is_fast else Effort.LITTLE
        # Looking for what has been painted again as it was costs much where a video plays.
        return Effort.LITTLE if self._video else Effort.FULL

    def _go_on(self) -> None:
        """Nothing that was asked for may change any more: an answer to this ends the wait."""
        if self._rfb is not None:
            self._rfb.request(_CORNER, whole=True)

    def _point(self) -> None:
        if self._rfb is not None:
            self._rfb.point(*self._pointer)

    @property
    def _is_covered(self) -> bool:
        """Whether video is all that is to be seen."""
        return self._video == self._screen

    def _around(self, screen: Area) -> list[Area]:
        """What is asked for all the time: the screen without its hole."""
        hole = self._video or self.stale
        return screen.around(hole) if hole else [screen]

    async def _pass_on(self, rfb: Rfb) -> Costs:
        """One update, as it comes, and what it has cost."""
        costs: list[tuple[Area, int]] = []
        began, landed = 0.0, self._sender.landed_bytes
        async for part in rfb.update():
            began = began or time.monotonic()
            match part:
                case Resized():
                    self._screen = Area(0, 0, *part.size)
                    self.leave_out(None)
                    rfb.point(*self._pointer)  # a smaller screen has moved it
                    self._events.resized(part)
                case Piece():
                    costs.extend(part.costs)
                    await self._await_room(began, landed)
                    self._send(part)
        return costs

    async def _await_room(self, began: float, landed: int) -> None:
        if self._stale is not None or self._is_covered:
            return await self._sender.room()
        longest = LONGEST_S + self._sender.round_trip_s
        try:
            async with asyncio.timeout(began + longest - time.monotonic()):
                await self._sender.room()
        except TimeoutError as error:
            bits = 8 * (self._sender.landed_bytes - landed)
            raise TooSlow(bits / longest) from error

    def _send(self, piece: Piece) -> None:
        if piece.rectangles == 0:
            return
        flags = RectanglesFlag.FRESH if self._fresh else 0
        self._fresh = False
        self._sender.send(FromAgent.RECTANGLES, bytes([flags]) + piece.data)

    async def _settle(self, band: Area, costs: Costs, began: float) -> None:
        """The band is exact, if this update has painted it at such costs."""
        stale, size = self._stale, sum(size for _, size in costs)
        if stale is None or size == 0:
            return
        self._sender.tell(bytes([FromAgent.EXACT]) + AREA.pack(*band))
        await self._sender.landed()
        took_s = max(_SHORTEST_TURN_S, time.monotonic() - began - self._sender.round_trip_s)
        if self._stale is stale:  # no video has begun meanwhile
            self._stale = stale.without(band, size_bytes=size, took_s=took_s)
