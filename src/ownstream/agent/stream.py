"""One browser's picture: exact rectangles where little changes, video where and while much does.

What is to be video is judged by what changes on the screen (`motion`), not by a setting. While the
screen rests nothing runs here at all.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ownstream.agent.area import Area, bounding
from ownstream.agent.exact import Costs, Events, Exact, TooSlow
from ownstream.agent.features import Outlet
from ownstream.agent.freed import let_go_of_small
from ownstream.agent.motion import MOST_EXACT_BITS, Motion
from ownstream.agent.pace import MOST_BITS, Pace
from ownstream.agent.rfb import Resized
from ownstream.agent.sender import Sender
from ownstream.agent.video import Video
from ownstream.channel.framing import json_message
from ownstream.channel.tags import Codec, FromAgent

LOOK_S = 0.01  # between two looks at what moves
_FAST_BITS = 40e6  # a second; a link that has shown to carry less is slow
_EXACT_SHARE = 0.5  # of a full link, for rectangles


class Stream:
    """The pictures of one screen for one browser, from `run` until it is cancelled."""

    def __init__(
        self,
        rfb: Path,
        outlet: Outlet,
        *,
        codec: Codec,
        screens: Sequence[Area],
        arranged: Callable[[Sequence[Area]], None],
    ) -> None:
        """`arranged` is called with the monitors whenever they have become others."""
        self._screens = screens
        self._arranged = arranged
        self._screen = bounding(screens)
        self._pace = Pace(pixels=self._screen.pixels)
        self._sender = Sender(outlet, self._pace)
        self._exact = Exact(rfb, self._sender, Events(self._painted, self._resized), screens)
        self._video = Video(codec, self._sender, self._pace)
        self._motion = Motion(self._screen)
        self._wanted: Area | None = None  # what is to be video
        self._is_rearranged = False
        self._stirred = asyncio.Event()

    async def run(self) -> None:
        """Streams; CaptureFailed or RfbError when that is not possible any more."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._show_exactly())
                tasks.create_task(self._video.run())
                tasks.create_task(self._conduct())
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from group
        finally:
            await asyncio.shield(self._video.stop())

    def arrange(self, screens: Sequence[Area]) -> None:
        """The screen is to be of these monitors soon; of several wishes the last one counts."""
        self._screens = screens
        self._is_rearranged = True
        self._stirred.set()

    def point(self, x: int, y: int) -> None:
        """The pointer is there, and the browser draws it."""
        self._exact.point(x, y)

    def acknowledged(self, picture: int, *, page_s: float) -> None:
        """The browser shows this picture, so long after it came."""
        self._sender.acknowledged(picture, page_s=page_s)

    def refresh(self) -> None:
        """The browser has lost the thread, and wants everything anew."""
        self._sender.forget_flight()
        self._video.refresh()
        self._exact.renew()

    def _painted(self, costs: Costs) -> None:
        self._motion.painted(costs, time.monotonic())
        share = _EXACT_SHARE * self._pace.cap
        area = self._motion.area(bearable_bits=share if self._is_full else MOST_EXACT_BITS)
        if area is not None:
            self._want(area)

    def _resized(self, resized: Resized) -> None:
        self._screen = Area(0, 0, *resized.size)
        self._motion = Motion(self._screen)
        self._video.forget()
        self._wanted = None
        self._stirred.set()
        told = layout(self._screen, resized.screens)
        self._sender.tell(json_message(FromAgent.SIZE, told))
        self._arranged(resized.screens)
        if self._screen != bounding(self._screens):
            self._exact.arrange(self._screens)  # an application's wish, which is not its to have

    @property
    def _is_full(self) -> bool:
        """Whether the link has shown how much it carries."""
        return self._pace.cap < MOST_BITS

    def _want(self, area: Area) -> None:
        """Video plays here soon, and where it plays or has left its picture."""
        known = (area, self._video.area, self._exact.stale)
        self._wanted = bounding(area for area in known if area is not None)
        self._motion.forget()
        self._stirred.set()

    async def _show_exactly(self) -> None:
        while True:
            try:
                await self._exact.run()
            except TooSlow as slow:
                self._pace.limit(slow.bits_per_s)
                self._exact.leave_out(self._screen)
                self._want(self._screen)

    async def _conduct(self) -> None:
        """Begins and ends video."""
        while True:
            try:
                async with asyncio.timeout(LOOK_S if self._video.area else None):
                    await self._stirred.wait()
            except TimeoutError:
                if self._video.rests():
                    await self._end_video()
                continue
            self._stirred.clear()
            if self._is_rearranged:
                await self._rearrange()
            await self._follow()

    async def _rearrange(self) -> None:
        """The screen becomes what is wished for.

        It must not shrink under a capture: one that is just beginning would hold up the whole agent
        for seconds.
        """
        self._is_rearranged = False
        if self._video.area is not None:
            await self._end_video()
        self._exact.arrange(self._screens)

    async def _follow(self) -> None:
        wanted = self._wanted
        if wanted is None:
            await self._video.stop()
        elif wanted != self._video.area:
            await self._video.start(wanted)
            if self._video.area == wanted:  # the screen may have got another size meanwhile
                self._exact.leave_out(wanted)

    async def _end_video(self) -> None:
        self._wanted = None
        self._exact.take_back(is_fast=self._pace.cap > _FAST_BITS)
        await self._video.stop()
        let_go_of_small()  # in 2 ms: the encoder's threads leave heaps behind


def layout(screen: Area, screens: Sequence[Area]) -> Mapping[str, Any]:
    """What is told of the screen and its monitors."""
    return {"width": screen.width, "height": screen.height, "screens": screens}
