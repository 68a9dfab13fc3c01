"""Pictures of what moves, made by pixelflux on threads of its own, handed out one at a time.

The encoder waits within our callback until its picture is taken. While it waits nothing is
captured or encoded, so a full link costs neither memory nor work, no encoded picture is ever
thrown away, and the chain of predictions from picture to picture never breaks.
"""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable
from threading import Semaphore
from typing import Any

from pixelflux import CaptureSettings, ScreenCapture

from ownstream.agent.area import Area
from ownstream.agent.frames import Picture, picture
from ownstream.agent.pace import Pace
from ownstream.channel.tags import Codec

_FINE = 25  # the quality index of what moves; lower is better
_CAP_FRAMES = 3.0  # at once, of the frames that the capped bit rate makes
_MOST_JPEG, _LEAST_JPEG = 85, 40
_NAMES = {Codec.H264: "h264", Codec.JPEG: "jpeg"}


class Capture:
    """What an area shows, as pictures given to `deliver`; each has to be taken for the next."""

    def __init__(self, deliver: Callable[[Picture], None]) -> None:
        self._deliver = deliver
        self._engine: Any = ScreenCapture()
        self._run: _Run | None = None
        self._settings: Any = None
        self._turn = asyncio.Lock()

    async def start(self, codec: Codec, area: Area, pace: Pace) -> None:
        """This area of the screen is captured from now on; the first picture is a key."""
        async with self._turn:
            await self._stop()
            self._run = _Run(asyncio.get_running_loop(), self._deliver, area)
            self._settings = _settings(codec, area, pace)
            await asyncio.to_thread(self._engine.start_capture, self._run, self._settings)

    async def stop(self) -> None:
        """Nothing is captured, and no picture is delivered any more."""
        async with self._turn:
            await self._stop()

    def take(self) -> None:
        """The picture delivered last is done with; the next may be made."""
        if self._run is not None:
            self._run.taken.release()

    def refresh(self) -> None:
        """The next picture needs none before it."""
        if self._run is not None:
            self._engine.request_idr_frame()

    def set_pace(self, pace: Pace) -> None:
        """Pictures are made at this pace from now on; another rate makes the next one a key."""
        settings = self._settings
        if self._run is None:
            return
        if settings.target_fps != pace.rate:
            settings.target_fps = pace.rate
            self._engine.update_framerate(pace.rate)
        if settings.video_bitrate_kbps != _kbps(pace):
            settings.video_bitrate_kbps = _kbps(pace)
            self._engine.update_video_bitrate(_kbps(pace))
        if settings.jpeg_quality != _jpeg_quality(pace):
            settings.jpeg_quality = _jpeg_quality(pace)
            self._engine.update_tunables(settings)

    def failure(self) -> str:
        """Why the running capture has ended by itself, or an empty text."""
        if self._run is None:
            return ""
        state, reason = self._engine.capture_state()
        return str(reason or "the capture failed") if state == "failed" else ""

    async def _stop(self) -> None:
        if self._run is not None:
            self._run.end()
            self._run = None
            await asyncio.to_thread(self._engine.stop_capture)


class _Run:
    """One capture from its start to its stop; called by the encoder's thread."""

    def __init__(
        self, loop: AbstractEventLoop, deliver: Callable[[Picture], None], area: Area
    ) -> None:
        self.taken = Semaphore(0)
        self._loop = loop
        self._deliver = deliver
        self._area = area
        self._ended = False

    def __call__(self, frame: Any) -> None:
        if self._ended:
            return
        made = picture(bytes(memoryview(frame)), area=self._area)
        self._loop.call_soon_threadsafe(self._arrive, made)
        self.taken.acquire()

    def end(self) -> None:
        """Lets the encoder's thread go; it comes back no more."""
        self._ended = True
        self.taken.release()

    def _arrive(self, made: Picture) -> None:
        if not self._ended:
            self._deliver(made)


def _settings(codec: Codec, area: Area, pace: Pace) -> Any:
    settings: Any = CaptureSettings()
    settings.use_wayland = False
    settings.use_cpu = True
    settings.codec = _NAMES[codec]
    settings.capture_x, settings.capture_y = area.x, area.y
    settings.capture_width, settings.capture_height = area.width, area.height
    settings.target_fps = pace.rate
    settings.video_fullframe = True
    settings.video_crf = _FINE
    settings.video_bitrate_kbps = _kbps(pace)
    settings.video_vbv_multiplier = _CAP_FRAMES
    settings.jpeg_quality = _jpeg_quality(pace)
    return settings


def _kbps(pace: Pace) -> int:
    return round(pace.cap / 1000)


def _jpeg_quality(pace: Pace) -> int:
    return round(_LEAST_JPEG + (_MOST_JPEG - _LEAST_JPEG) * pace.fineness)
