"""One browser's picture: what is captured, when it leaves, and when there is nothing to do.

While the screen rests, capture ends and the X server tells of the next change; so a still screen
costs nothing, and its next picture is a key frame about 30 ms after the change.
"""

import asyncio
import contextlib
import time
from typing import Protocol

from ownstream.agent.capture import Capture
from ownstream.agent.features import Outlet
from ownstream.agent.flow import Flow
from ownstream.agent.frames import FRAME_IDS, Picture, frame_message
from ownstream.agent.pace import PERIOD_S, Pace
from ownstream.channel.framing import json_message
from ownstream.channel.tags import Codec, FromAgent

STILL_S = 3.0
ARMED_S = 0.5  # how long the X server watches, too, before we trust it alone
MAX_BACKLOG_BYTES = 1024 * 1024

Size = tuple[int, int]


class CaptureFailed(Exception):
    """The screen cannot be captured any more."""


class Shown(Protocol):
    """What is streamed."""

    def resize(self, width: int, height: int) -> None:
        """The screen has this size when this returns."""
        ...

    def arm_damage(self) -> None:
        """The next change of any pixel is told, once."""
        ...

    def disarm_damage(self) -> None:
        """Changes are not told any more."""
        ...


class Stream:
    """The pictures of one screen for one browser, from `run` until it is cancelled."""

    def __init__(self, screen: Shown, outlet: Outlet, *, codec: Codec, size: Size) -> None:
        self._screen = screen
        self._outlet = outlet
        self._codec = codec
        self._size = size
        self._wanted = size
        self._capture = Capture(self._arrived)
        self._flow = Flow()
        self._pace = Pace(pixels=size[0] * size[1])
        self._waiting: Picture | None = None
        self._waiting_since = 0.0
        self._next_id = 0
        self._wants_key = True
        self._asleep = False
        self._moved_at = 0.0
        self._armed_at: float | None = None
        self._stirred = asyncio.Event()

    async def run(self) -> None:
        """Streams; CaptureFailed when that is not possible any more."""
        try:
            await self._start()
            while True:
                await self._step()
        finally:
            self._screen.disarm_damage()
            await asyncio.shield(self._capture.stop())

    def resize(self, size: Size) -> None:
        """The screen is to have this size soon; of several wishes the last one counts."""
        self._wanted = size
        self._stirred.set()

    def found_size(self, size: Size) -> None:
        """The screen has this size, whoever gave it; it gets the wanted one back."""
        if size != self._size:
            self._size = size
            self._stirred.set()

    def stir(self) -> None:
        """Something may be about to change, or has."""
        self._moved_at = time.monotonic()
        self._screen.disarm_damage()
        self._armed_at = None
        if self._asleep:
            self._stirred.set()

    def acknowledged(self, frame: int) -> None:
        """The browser has decoded this frame."""
        self._pace.landed(self._flow.acknowledged(frame, time.monotonic()))
        self._send_waiting()

    def refresh(self) -> None:
        """The browser can do nothing without a key frame."""
        self._flow.forget_flight()
        self._wants_key = True
        self._capture.refresh()
        self.stir()
        if self._waiting is not None and not self._waiting.key:
            self._waiting = None
            self._capture.take()
        self._send_waiting()

    def _arrived(self, picture: Picture) -> None:
        self._moved_at = time.monotonic()
        if self._wants_key and not picture.key:
            self._capture.take()
            return
        self._waiting, self._waiting_since = picture, self._moved_at
        self._send_waiting()

    def _send_waiting(self) -> None:
        picture, now = self._waiting, time.monotonic()
        if picture is None:
            return
        if not self._flow.may_send(now) or self._outlet.backlog() > MAX_BACKLOG_BYTES:
            return
        self._pace.waited(now - self._waiting_since)
        self._waiting = None
        self._wants_key = False
        message = frame_message(picture, self._next_id)
        self._flow.sent(self._next_id, size=len(message), now=now)
        self._next_id = (self._next_id + 1) % FRAME_IDS
        self._outlet.send(message)
        self._capture.take()

    async def _step(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if self._asleep else PERIOD_S):
                await self._stirred.wait()
        self._stirred.clear()
        if self._wanted != self._size:
            await self._resize()
        elif self._asleep:
            await self._start()
        else:
            await self._end_period()

    async def _start(self) -> None:
        self._waiting = None
        self._asleep = False
        self._wants_key = True
        self._moved_at = time.monotonic()
        await self._capture.start(self._codec, self._size, self._pace)

    async def _resize(self) -> None:
        await self._capture.stop()
        self._size = self._wanted
        self._screen.resize(*self._size)
        self._pace.pixels = self._size[0] * self._size[1]
        width, height = self._size
        self._outlet.send(json_message(FromAgent.SIZE, {"width": width, "height": height}))
        await self._start()

    async def _end_period(self) -> None:
        if failure := self._capture.failure():
            raise CaptureFailed(failure)
        self._send_waiting()
        now = time.monotonic()
        if self._waiting is not None:
            self._pace.waited(now - self._waiting_since)
            self._waiting_since = self._moved_at = now
        self._pace.end_period()
        self._capture.set_pace(self._pace)
        await self._rest(now)

    async def _rest(self, now: float) -> None:
        if now - self._moved_at < STILL_S:
            return
        if self._armed_at is None:
            self._screen.arm_damage()
            self._armed_at = now
        elif now - self._armed_at >= ARMED_S:
            self._asleep = True
            await self._capture.stop()
