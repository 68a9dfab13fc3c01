"""The screen's pictures, made by pixelflux on threads of its own, handed out one at a time.

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

from ownstream.agent.frames import Picture, picture
from ownstream.channel.tags import Codec

_EXACT = 18  # the quality index at which what has come to rest is sent again
_REST_FRAMES = 15
_BEST_JPEG, _JPEG_STEP = 85, 3
_FINE = 25
_NAMES = {Codec.H264: "h264", Codec.JPEG: "jpeg"}


class Capture:
    """What the screen shows, as pictures given to `deliver`; each has to be taken for the next."""

    def __init__(self, deliver: Callable[[Picture], None]) -> None:
        self._deliver = deliver
        self._engine: Any = ScreenCapture()
        self._run: _Run | None = None
        self._settings: Any = None
        self._turn = asyncio.Lock()

    async def start(self, codec: Codec, size: tuple[int, int], *, quality: int) -> None:
        """The screen, which has this size, is captured from now on; the first picture is a key."""
        async with self._turn:
            await self._stop()
            self._run = _Run(asyncio.get_running_loop(), self._deliver, size[0])
            self._settings = _settings(codec, size, quality)
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

    def set_pace(self, rate: float, quality: int) -> None:
        """Pictures are made at this rate and quality index from now on."""
        if self._run is None:
            return
        self._engine.update_framerate(rate)
        if self._settings.video_crf != quality:
            _set_quality(self._settings, quality)
            self._engine.update_tunables(self._settings)

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
        self, loop: AbstractEventLoop, deliver: Callable[[Picture], None], width: int
    ) -> None:
        self.taken = Semaphore(0)
        self._loop = loop
        self._deliver = deliver
        self._width = width
        self._ended = False

    def __call__(self, frame: Any) -> None:
        if self._ended:
            return
        made = picture(bytes(memoryview(frame)), screen_width=self._width)
        self._loop.call_soon_threadsafe(self._arrive, made)
        self.taken.acquire()

    def end(self) -> None:
        """Lets the encoder's thread go; it comes back no more."""
        self._ended = True
        self.taken.release()

    def _arrive(self, made: Picture) -> None:
        if not self._ended:
            self._deliver(made)


def _settings(codec: Codec, size: tuple[int, int], quality: int) -> Any:
    settings: Any = CaptureSettings()
    settings.use_wayland = False
    settings.use_cpu = True
    settings.codec = _NAMES[codec]
    settings.video_fullframe = True
    settings.capture_width, settings.capture_height = size
    settings.target_fps = 60.0
    settings.use_paint_over_quality = True
    settings.paint_over_trigger_frames = _REST_FRAMES
    settings.video_paintover_crf = _EXACT
    settings.paint_over_jpeg_quality = 95
    _set_quality(settings, quality)
    return settings


def _set_quality(settings: Any, quality: int) -> None:
    settings.video_crf = quality
    settings.jpeg_quality = _BEST_JPEG - (quality - _FINE) * _JPEG_STEP
