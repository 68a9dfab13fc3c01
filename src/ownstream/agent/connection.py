"""One browser on the instance, by way of the gateway: what it says is done, and it hears back."""

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ownstream.agent.apps import Applications, Notice
from ownstream.agent.area import Area, bounding
from ownstream.agent.cursor import cursor_message
from ownstream.agent.features import Feature, Outlet
from ownstream.agent.input import Input
from ownstream.agent.messages import (
    Ack,
    Hello,
    Key,
    Launch,
    Ping,
    Pointer,
    Refresh,
    Release,
    Resize,
    Said,
    View,
    Wheel,
    said,
)
from ownstream.agent.screen import Screen
from ownstream.agent.stream import Stream, layout
from ownstream.agent.xserver import LARGEST
from ownstream.channel.framing import FramingError, framed, json_message, read_message
from ownstream.channel.tags import (
    MAX_FROM_BROWSER_BYTES,
    VERSION,
    Codec,
    FromAgent,
    ToService,
)

LOG = logging.getLogger("ownstream.agent")

SMALLEST = (320, 200)
MAX_UNREAD_BYTES = 32 * 1024 * 1024
_CURSOR_EVERY_S = 0.05


@dataclass(frozen=True)
class Instance:
    """What a connection works on."""

    view: str
    screen: Screen
    picture: Path  # where the X server shows it
    input: Input
    applications: Applications
    features: Sequence[Feature] = ()


class Connection:
    """A stream's connection after its OPEN, until either side ends it."""

    def __init__(self, instance: Instance, reader: StreamReader, writer: StreamWriter) -> None:
        self._instance = instance
        self._reader = reader
        self._writer = writer
        self._stream: Stream | None = None
        self._outlet = Outlet(self._send, writer.transport.get_write_buffer_size)
        self._features = {tag: feature for feature in instance.features for tag in feature.tags}
        self._cursor_sent = b""
        self._cursor_due = False

    async def run(self) -> None:
        """Serves the browser; FramingError if it sends what it may not."""
        try:
            hello = await self._await_hello()
            if hello is None:
                return
            stream = self._stream = self._welcome(hello)
            self.tell_launches()
            for feature in self._instance.features:
                feature.connected(self._outlet)
            await self._serve(stream)
        finally:
            if self._stream is not None:
                for feature in self._instance.features:
                    feature.disconnected()
            self._stream = None
            self._instance.input.release()
            self._writer.transport.abort()

    # What the instance tells

    def running_changed(self) -> None:
        """Something of the catalog has begun or ended."""
        if self._stream is not None:
            body = {"applications": self._instance.applications.running()}
            self._send(json_message(FromAgent.RUNNING, body))

    def tell_launches(self) -> None:
        """The service hears what has been started, once there is somebody to hear it."""
        launches = self._instance.applications.launches() if self._stream is not None else []
        if launches:
            self._send(json_message(ToService.LAUNCHED, {"applications": launches}))

    def notify(self, notice: Notice) -> None:
        """The user should know this."""
        body = {"code": notice.code, "message": notice.message}
        self._send(json_message(FromAgent.NOTICE, body))

    def cursor_changed(self) -> None:
        """The cursor has another shape; of quick changes the last one is sent."""
        if self._stream is not None and not self._cursor_due:
            self._cursor_due = True
            asyncio.get_running_loop().call_later(_CURSOR_EVERY_S, self._send_cursor)

    # The browser's side

    async def _await_hello(self) -> Hello | None:
        while (message := await self._read()) is not None:
            match said(message):
                case Hello() as hello:
                    return hello
                case Ping(body):
                    self._send(bytes([FromAgent.PONG]) + body)
                case other:
                    raise FramingError(f"{type(other).__name__} before HELLO")
        return None

    def _welcome(self, hello: Hello) -> Stream:
        codec = _codec(hello.codecs)
        screens = _screens(hello.view)
        self._instance.screen.set_scale(hello.view.scale)
        self._send(json_message(FromAgent.WELCOME, self._greeting(codec, screens)))
        self._send_cursor()
        stream = Stream(
            self._instance.picture,
            self._outlet,
            codec=codec,
            screens=screens,
            arranged=self._instance.screen.window_manager.gather,
        )
        stream.point(*self._instance.screen.pointer())
        return stream

    def _greeting(self, codec: Codec, screens: Sequence[Area]) -> Mapping[str, Any]:
        applications = self._instance.applications
        return {
            "version": VERSION,
            **layout(bounding(screens), screens),
            "codec": codec.name.lower(),
            "view": self._instance.view,
            "applications": [entry.public for entry in applications.catalog.values()],
            "running": applications.running(),
            "starting": applications.starting(),
            "features": {feature.name: feature.greeting() for feature in self._instance.features},
        }

    async def _serve(self, stream: Stream) -> None:
        """Until the browser goes, or the stream fails with its own error."""
        streaming = asyncio.create_task(stream.run())
        listening = asyncio.create_task(self._listen(stream))
        tasks = (streaming, listening)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in done:
            task.result()

    async def _listen(self, stream: Stream) -> None:
        while (message := await self._read()) is not None:
            feature = self._features.get(message[0])
            if feature is not None:
                feature.hear(message)
            else:
                self._do(said(message), stream)

    async def _read(self) -> bytes | None:
        try:
            return await read_message(self._reader, max_bytes=MAX_FROM_BROWSER_BYTES)
        except ConnectionError:
            return None

    def _do(self, event: Said, stream: Stream) -> None:
        match event:
            case Ack(picture, page_ms):
                stream.acknowledged(picture, page_s=page_ms / 1000)
            case Pointer(x, y):
                self._instance.input.put(event)
                stream.point(x, y)
            case Key() | Wheel() | Release():
                self._instance.input.put(event)
            case Resize(view):
                stream.arrange(_screens(view))
            case Launch(application):
                self._instance.applications.launch(application)
            case Refresh():
                stream.refresh()
            case Ping(body):
                self._send(bytes([FromAgent.PONG]) + body)
            case Hello():
                raise FramingError("a second HELLO")

    def _send_cursor(self) -> None:
        self._cursor_due = False
        if self._writer.transport.is_closing():
            return
        image = self._instance.screen.cursor()
        message = cursor_message(image.pixels, size=image.size, hot_spot=image.hot_spot)
        if message != self._cursor_sent:
            self._cursor_sent = message
            self._send(message)

    def _send(self, message: bytes) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            LOG.warning("connection closed: %d bytes wait unread", MAX_UNREAD_BYTES)
            transport.abort()
            return
        self._writer.write(framed(message))


def _codec(codecs: tuple[str, ...]) -> Codec:
    for codec in (Codec.H264, Codec.JPEG):
        if codec.name.lower() in codecs:
            return codec
    raise FramingError(f"HELLO: none of the codecs {list(codecs)!r} is h264 or jpeg")


def _screens(view: View) -> Sequence[Area]:
    """The monitors that the page asks for, side by side."""
    first = Area(0, 0, *_screen_size(view.width, view.height))
    if view.second is None:
        return [first]
    return [first, Area(first.width, 0, *_screen_size(*view.second))]


def _screen_size(width: int, height: int) -> tuple[int, int]:
    """The nearest size that a screen can have: even, since H.264 halves its colours."""
    near = (
        max(least, min(wish, most)) // 2 * 2
        for wish, least, most in zip((width, height), SMALLEST, LARGEST, strict=True)
    )
    return next(near), next(near)
