"""The agent of simulated instances: it takes sessions as a real one does, and shows one picture.

One serves all instances, since nothing is in them that would tell them apart.
"""

import asyncio
import os
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ownstream.channel.framing import FramingError, framed, json_body, json_message, read_message
from ownstream.channel.tags import (
    FRAME,
    MAX_FROM_BROWSER_BYTES,
    MAX_OPENING_BYTES,
    VERSION,
    Codec,
    FrameFlag,
    FromAgent,
    FromBrowser,
    FromGateway,
    ToService,
)

SIZE = (1280, 720)  # of the picture, which the page scales
OPEN_WITHIN_S = 10.0
DESKTOP = "Desktop"  # what a URL of the desktop asks for in place of an application
MOST_NAME = 256
NOTHING_STARTS = "This instance is simulated: it starts no applications."
# A desktop, whatever the fleet's view: beside a catalog the page would not show the picture.
GREETING = {
    "version": VERSION,
    "width": SIZE[0],
    "height": SIZE[1],
    "codec": Codec.JPEG.name.lower(),
    "view": "DESKTOP",
    "applications": [],
    "running": [],
    "starting": [],
}


@dataclass
class Agent:
    """Listens at one socket for the sessions of all instances."""

    path: Path
    _server: asyncio.Server | None = None
    _beginning: asyncio.Lock = field(default_factory=asyncio.Lock)
    _open: dict[str, asyncio.Task[Any]] = field(default_factory=dict[str, asyncio.Task[Any]])
    _begun: set[str] = field(default_factory=set[str])  # sessions that have been open

    async def listen(self) -> str:
        """Where instances are reached; somebody listens there from now on."""
        async with self._beginning:  # many instances are launched at once
            if self._server is None:
                self._server = await _listen(self.path, self._accept)
        return f"unix:{self.path}"

    async def close(self) -> None:
        """Nobody listens, and every connection has ended."""
        if self._server is not None:
            self._server.close()
            self.path.unlink(missing_ok=True)
        for task in self._open.values():
            task.cancel()
        await asyncio.gather(*self._open.values(), return_exceptions=True)

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        await self._serve(Connection(reader, writer))

    async def _serve(self, connection: "Connection") -> None:
        """A session has one connection: a later one ends it."""
        session = ""
        task = asyncio.current_task()
        assert task is not None
        try:
            session = await connection.session()
            if before := self._open.get(session):
                before.cancel()
            self._open[session] = task
            begins = session not in self._begun
            self._begun.add(session)
            await connection.run(begins=begins)
        except (FramingError, ConnectionError):
            pass  # what is not the protocol ends its connection, as at a real agent
        finally:
            if self._open.get(session) is task:
                del self._open[session]
            connection.writer.transport.abort()


@dataclass
class Connection:
    """One connection of the gateway."""

    reader: StreamReader
    writer: StreamWriter
    _application: str = ""  # what its URL asks for
    _granted: Collection[str] | None = ()  # what the session may start; None: anything
    _frame: int = 0

    async def session(self) -> str:
        """The session that it opens, or FramingError."""
        try:
            async with asyncio.timeout(OPEN_WITHIN_S):
                opening = await self._read(MAX_OPENING_BYTES)
        except TimeoutError as error:
            raise FramingError("no OPEN came") from error
        body = json_body(opening) if _is(opening, FromGateway.OPEN) else {}
        session, self._application = body.get("session"), body.get("application", "")
        self._granted = _granted(body.get("catalog") or {})
        if not isinstance(session, str) or not session:
            raise FramingError("the first message is not OPEN")
        return session

    async def run(self, *, begins: bool) -> None:
        """Answers the browser until it goes, which is a FramingError or a ConnectionError.

        Where the session begins, it tells that what its URL asks for has been started.
        """
        while not _is(hello := await self._read(), FromBrowser.HELLO):
            if not _is(hello, FromBrowser.PING):
                raise FramingError("a message before HELLO")
            await self._send(bytes([FromAgent.PONG]) + hello[1:])
        _check(json_body(hello))
        await self._send(json_message(FromAgent.WELCOME, GREETING))
        await self._show()
        if begins and self._application != DESKTOP:
            await self._tell_launch(self._application)
        while True:
            await self._answer(await self._read())

    async def _answer(self, message: bytes) -> None:
        match message[0]:
            case FromBrowser.PING:
                await self._send(bytes([FromAgent.PONG]) + message[1:])
            case FromBrowser.REFRESH:
                await self._show()
            case FromBrowser.LAUNCH:
                await self._launch(json_body(message).get("application"))
            case FromBrowser.HELLO:
                raise FramingError("a second HELLO")
            case _:
                pass  # input, which changes nothing here

    async def _launch(self, application: Any) -> None:
        if not self._may_start(application):
            text = f"There is no application {application!r} here."
            return await self._notify("UnknownApplication", text)
        await self._notify("Simulated", NOTHING_STARTS)
        await self._tell_launch(application)

    def _may_start(self, application: Any) -> bool:
        return self._granted is None or application in self._granted

    async def _notify(self, code: str, text: str) -> None:
        await self._send(json_message(FromAgent.NOTICE, {"code": code, "message": text}))

    async def _tell_launch(self, application: Any) -> None:
        """For reports it counts as started; nothing where the session may not start it."""
        if not isinstance(application, str) or not 0 < len(application) <= MOST_NAME:
            return
        if self._may_start(application):
            await self._send(json_message(ToService.LAUNCHED, {"applications": [application]}))

    async def _show(self) -> None:
        flags = FrameFlag.KEY | FrameFlag.LAST
        number = self._frame.to_bytes(2, "big")
        self._frame = (self._frame + 1) % (1 << 16)
        head = FRAME.pack(Codec.JPEG, flags, 0, 0, *SIZE)
        await self._send(bytes([FromAgent.FRAME]) + number + head + picture())

    async def _read(self, max_bytes: int = MAX_FROM_BROWSER_BYTES) -> bytes:
        message = await read_message(self.reader, max_bytes=max_bytes)
        if message is None:
            raise FramingError("the gateway has gone")
        return message

    async def _send(self, message: bytes) -> None:
        self.writer.write(framed(message))
        await self.writer.drain()


@cache
def picture() -> bytes:
    """The picture, a JPEG, which says that the instance is simulated."""
    return (Path(__file__).parent / "picture.jpg").read_bytes()


async def _listen(
    path: Path, accept: Callable[[StreamReader, StreamWriter], Awaitable[None]]
) -> asyncio.Server:
    _clear(path)
    # The kernel limits the paths of unix sockets to 108 bytes, so it goes by a descriptor.
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        return await asyncio.start_unix_server(accept, f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)


def _clear(path: Path) -> None:
    """The folder is there, and what a service that was killed left of this name is not."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)


def _granted(catalog: Mapping[str, Any]) -> Collection[str] | None:
    """The names in a catalog as OPEN has it; None where it has all of an instance's own."""
    own = catalog.get("own", ())
    if own is None:
        return None
    return [*own, *(entry["name"] for entry in catalog.get("more", ()))]


def _is(message: bytes, tag: int) -> bool:
    return message[0] == tag


def _check(hello: Mapping[str, Any]) -> None:
    codecs = hello.get("codecs")
    if hello.get("version") != VERSION or not isinstance(codecs, list) or "jpeg" not in codecs:
        raise FramingError(f"HELLO: this is version {VERSION}, and shows a jpeg")
