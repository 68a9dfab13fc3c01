"""What moves, as video: an area is captured whenever there is room for a picture of it."""

import asyncio
import time

from ownstream.agent.area import Area
from ownstream.agent.capture import Capture
from ownstream.agent.frames import Picture, frame_body
from ownstream.agent.pace import PERIOD_S, Pace
from ownstream.agent.rhythm import Rhythm
from ownstream.agent.sender import Sender
from ownstream.channel.tags import AREA, Codec, FromAgent

FIRST_WITHIN_S = 1.0  # a capture shows its first picture, if there is any


class CaptureFailed(Exception):
    """The screen cannot be captured any more."""


class Video:
    """Video of one area at a time, sent by `run` until that is cancelled."""

    def __init__(self, codec: Codec, sender: Sender, pace: Pace) -> None:
        self._codec = codec
        self._sender = sender
        self._pace = pace
        self._capture = Capture(self._arrived)
        self._waiting: Picture | None = None
        self._is_held = False  # the encoder, since there is no room for another picture
        self._blocked_since = 0.0  # what waits or is held
        self._ready = asyncio.Event()
        self._wants_key = True
        self._is_told = False
        self._moved_at = 0.0
        self._last = -1  # the number of the picture sent last
        self._rhythm = Rhythm()
        self._period_ends_at = 0.0
        self.area: Area | None = None

    async def run(self) -> None:
        """Sends every picture that is captured, in its turn.

        The next is made when there is room for it, so that it is not old when it leaves.
        """
        while True:
            await self._ready.wait()
            await self._sender.room()
            self._send()
            await self._sender.room()
            self._let_go()

    async def start(self, area: Area) -> None:
        """This area is captured from now on, and no other."""
        self.area = area
        self._drop()
        self._wants_key = True
        self._is_told = False
        self._pace.begin(area.pixels)
        self._moved_at = time.monotonic()
        self._period_ends_at = self._moved_at + PERIOD_S
        await self._capture.start(self._codec, area, self._pace)
        self._rhythm = Rhythm()
        self._moved_at = time.monotonic()

    def forget(self) -> None:
        """Nothing is sent of this area any more; to be stopped, or started with another."""
        self.area = None
        self._drop()

    async def stop(self) -> None:
        """Nothing is captured."""
        self.forget()
        await self._capture.stop()

    def refresh(self) -> None:
        """The browser can do nothing without a key frame."""
        if self._waiting is not None and not self._waiting.key:
            self._drop()
            self._capture.take()
        self._wants_key = True
        self._capture.refresh()

    def rests(self) -> bool:
        """Whether what moved has come to rest, and all of it is shown.

        Called often; CaptureFailed if it cannot be told.
        """
        if failure := self._capture.failure():
            raise CaptureFailed(failure)
        now = time.monotonic()
        if now >= self._period_ends_at:
            self._end_period(now)
        patience = FIRST_WITHIN_S if self._wants_key else self._rhythm.rest_s
        is_shown = not self._is_blocked and not self._sender.carries(self._last)
        return is_shown and now - self._moved_at > patience

    @property
    def _is_blocked(self) -> bool:
        """Whether a picture waits for room, or the encoder does."""
        return self._waiting is not None or self._is_held

    def _arrived(self, picture: Picture) -> None:
        if self.area is None:
            return
        now = time.monotonic()
        self._rhythm.beat(now - self._moved_at)
        self._moved_at = now
        if self._wants_key and not picture.key:
            self._capture.take()
            return
        self._waiting, self._blocked_since = picture, now
        self._ready.set()

    def _send(self) -> None:
        picture, area = self._waiting, self.area
        if picture is None or area is None:
            return
        if not self._is_told:
            self._is_told = True
            self._sender.tell(bytes([FromAgent.VIDEO]) + AREA.pack(*area))
        self._count_blocked(time.monotonic())
        self._drop()
        self._is_held = True
        self._wants_key = False
        self._pace.sent()
        self._last = self._sender.send(FromAgent.FRAME, frame_body(picture))

    def _let_go(self) -> None:
        if not self._is_held:
            return  # another capture has begun
        self._is_held = False
        self._moved_at = time.monotonic()
        self._count_blocked(self._moved_at)
        self._capture.take()

    def _drop(self) -> None:
        self._waiting = None
        self._is_held = False
        self._ready.clear()

    def _count_blocked(self, now: float) -> None:
        self._pace.waited(now - self._blocked_since)
        self._blocked_since = now

    def _end_period(self, now: float) -> None:
        if self._is_blocked:
            self._count_blocked(now)
        self._pace.end_period()
        self._capture.set_pace(self._pace)
        self._period_ends_at = now + PERIOD_S
