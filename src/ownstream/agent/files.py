"""The user's files: connections of the service are judged here, and passed on into the sandbox.

The agent opens no file: a server in the sandbox does, as the user of the applications. What passes
through here is judged request by request, and goes on in pieces that are never kept.
"""

import asyncio
import contextlib
import json
import logging
import socket
from asyncio import StreamReader, StreamWriter, Task
from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ownstream.agent.features import Outlet
from ownstream.agent.file_requests import (
    Request,
    Visit,
    bytes_after,
    home_told,
    refusal,
    request,
)
from ownstream.agent.policy import Policy
from ownstream.channel.framing import (
    PIECE_BYTES,
    FramingError,
    framed,
    json_message,
    pass_bytes,
    read_message,
)
from ownstream.channel.tags import MAX_ANSWER_BYTES, MAX_ASK_BYTES, FromAgent, ToService

LOG = logging.getLogger("ownstream.agent")

MOST_VISITS = 16
_BUFFER_BYTES = 512 * 1024
_LINGER_S = 10.0
BUSY = {"error": "busy", "message": "Too many transfers at once. Try again in a moment."}
NO_SESSION = {"error": "no_session", "message": "This session does not run here."}
NO_ANSWER = {"error": "failed", "message": "The session's files do not answer. Try again."}


class FilesFeature:
    """What the page is told of files; what it asks goes beside the picture."""

    name = "files"
    tags: Collection[int] = ()

    def __init__(self, policy: Policy, files: "Files") -> None:
        self._policy = policy
        self._files = files

    def greeting(self) -> Mapping[str, Any]:
        may = {"upload": self._policy.upload, "download": self._policy.download}
        return {**may, "home": self._files.home}

    def connected(self, outlet: Outlet) -> None:
        def tell() -> None:
            outlet.send(json_message(FromAgent.FILES, {"home": self._files.home}))

        self._files.on_home_change = tell

    def disconnected(self) -> None:
        """Transfers go on by themselves."""
        self._files.on_home_change = _tell_nobody

    def hear(self, message: bytes) -> None:
        raise FramingError("a page says nothing of files here")


def _tell_nobody() -> None:
    """Nobody is connected."""


class Servers(Protocol):
    """Where file servers run."""

    def serve_files(self, end: socket.socket) -> None:
        """A file server is being started with this end of its socket pair, which stays ours too."""
        ...


@dataclass(frozen=True)
class Ends:
    """One stream, both ways."""

    reader: StreamReader
    writer: StreamWriter


class Files:
    """Serves visits, by a file server that runs from the first of them on."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._door: socket.socket | None = None
        self._visits: set[Task[None]] = set()
        self.home = ""  # how the home folder stands, by the words of `channel.tags.HOME`
        self.on_home_change = _tell_nobody

    async def serve(self, visit: Visit, visitor: Ends) -> None:
        """Answers the visitor's requests until it goes, or what it says cannot be followed."""
        if visit.policy is not None and len(self._visits) >= MOST_VISITS:
            return await refuse(visitor, BUSY)
        task = asyncio.create_task(self._serve(visit, visitor))
        self._visits.add(task)
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            self._visits.discard(task)
        if not task.cancelled():
            task.result()

    async def close(self) -> None:
        """Every visit has ended, and the file server ends."""
        self._shut_door()
        visits = set(self._visits)
        for task in visits:
            task.cancel()
        if visits:
            await asyncio.wait(visits)

    async def _serve(self, visit: Visit, visitor: Ends) -> None:
        try:
            async with self._stream() as server:
                while await self._answer(visit, visitor, server):
                    pass
                await _let_read(visitor)
        except ConnectionError as error:
            LOG.info("transfer ended: %s", error)

    async def _answer(self, visit: Visit, visitor: Ends, server: Ends) -> bool:
        """Whether another request can follow the one that has been answered."""
        message = await read_message(visitor.reader, max_bytes=MAX_ASK_BYTES)
        if message is None:
            return False
        asked = request(message)
        refused = refusal(asked, visit)
        if refused is not None:
            await _say(visitor, refused)
            return not asked.length
        home = home_told(asked)
        if home is not None:
            self._hear_of_home(home)
            await _say(visitor, {})
            return True
        return await _passed_on(asked, visitor, server)

    def _hear_of_home(self, home: str) -> None:
        if home != self.home:
            self.home = home
            self.on_home_change()

    @contextlib.asynccontextmanager
    async def _stream(self) -> AsyncGenerator[Ends]:
        """A new stream to the file server."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._hand_over(theirs)
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_BUFFER_BYTES)
        try:
            yield Ends(reader, writer)
        finally:
            writer.transport.abort()

    def _hand_over(self, end: socket.socket) -> None:
        """The file server has it; it is started if it does not run, or runs no more."""
        for _ in range(2):
            if self._door is None:
                self._door = self._begin()
            try:
                socket.send_fds(self._door, [b"stream"], [end.fileno()])
                return
            except OSError as error:
                LOG.info("the file server has ended: %s", error)
                self._shut_door()
        raise ConnectionAbortedError("the file server does not run")

    def _shut_door(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._servers.serve_files(theirs)
        ours.setblocking(False)
        return ours


async def refuse(visitor: Ends, words: Mapping[str, str] = NO_SESSION) -> None:
    """The visitor hears why nothing is done for it."""
    with contextlib.suppress(ConnectionError):
        await _say(visitor, words)
        await _let_read(visitor)


async def _passed_on(asked: Request, visitor: Ends, server: Ends) -> bool:
    """Whether another request can follow: all that belongs to this one has passed."""
    server.writer.write(framed(json.dumps(asked.body).encode()))
    going = asyncio.create_task(pass_bytes(visitor.reader, server.writer, asked.length))
    try:
        answer = await _answer_of(server, going)
        complete = going.done() and not going.cancelled() and going.exception() is None
    finally:
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
    length = bytes_after(asked, answer)
    await _say(visitor, answer)
    await pass_bytes(server.reader, visitor.writer, length)
    return complete and answer is not NO_ANSWER


async def _answer_of(server: Ends, going: Task[None]) -> Mapping[str, Any]:
    """What the file server says, which may be before it has taken all; as it is told to others.

    ConnectionError if who asked goes before that.
    """
    coming = asyncio.create_task(read_message(server.reader, max_bytes=MAX_ANSWER_BYTES))
    try:
        await asyncio.wait({coming, going}, return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            await _taken(going, server)
        message = await _nothing_if_gone(coming)
    finally:
        coming.cancel()
    try:
        answer: Any = json.loads(message or b"")
    except (ValueError, RecursionError):
        answer = None
    return answer if isinstance(answer, dict) else NO_ANSWER  # pyright: ignore[reportUnknownVariableType]


async def _nothing_if_gone(coming: Task[bytes | None]) -> bytes | None:
    try:
        return await coming
    except ConnectionError:
        return None


async def _taken(going: Task[None], server: Ends) -> None:
    """Raises if the bytes did not come; if it was the server that took no more, it says why."""
    error = going.exception()
    if error is not None and not server.writer.is_closing():
        raise error


async def _let_read(visitor: Ends) -> None:
    """The visitor has gone, or had time to read its last answer.

    Whoever still sends learns of a close before it reads what came, and loses that.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            while await visitor.reader.read(PIECE_BYTES):
                pass


async def _say(visitor: Ends, answer: Mapping[str, Any]) -> None:
    visitor.writer.write(framed(json_message(ToService.ANSWER, answer)))
    await visitor.writer.drain()
