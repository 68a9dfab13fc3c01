"""What the administrator of an image builder asks of control, by the Image Assistant.

He is trusted with nothing: a request is bounded and passed on as it came, and control judges it.
Instances that nobody administers have no such door.
"""

import asyncio
import contextlib
import itertools
import json
import socket
from asyncio import Future, StreamWriter, Task
from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.agent.files import Ends
from ownstream.agent.sandbox import Sandbox
from ownstream.channel.framing import FramingError, framed, json_body, json_message, read_message
from ownstream.channel.tags import MAX_ANSWER_BYTES, MAX_MAKING_BYTES, FromGateway, ToService

DOOR = "assistant"  # below $XDG_RUNTIME_DIR
MOST_VISITORS = 4
# Of a request: a list of millions would keep the service, which reads it again, for a second.
MOST_PARTS = 200_000
_HEAR_WITHIN_S, _ANSWER_WITHIN_S = 30.0, 100.0
_SERVER: Sequence[str] = (
    "/usr/bin/python3",
    *("-I", "-S", "-c"),
    "import sys; sys.path.insert(0, '/run/ownstream'); from assistant.doors import main; main()",
)
NOBODY = {"status": 255, "message": "The service does not answer. Try again in a moment."}
BUSY = {"status": 255, "message": "The assistant is at work already. Try again in a moment."}


class Making:
    """The door at which the assistant asks."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._numbers = itertools.count(1)
        self._control: StreamWriter | None = None
        self._answers: dict[int, Future[Mapping[str, Any]]] = {}
        self._visitors: set[Task[None]] = set()
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            sandbox.serve(DOOR, DOOR, _SERVER, [theirs.fileno()])
        self._door.setblocking(False)
        asyncio.get_running_loop().add_reader(self._door.fileno(), self._let_in)

    def close(self) -> None:
        """Nobody is heard any more."""
        asyncio.get_running_loop().remove_reader(self._door.fileno())
        self._door.close()
        for task in self._visitors:
            task.cancel()

    async def attend(self, ends: Ends) -> None:
        """Control hears what the administrator asks, until it goes; the last who came does."""
        self._control = ends.writer
        try:
            while (said := await read_message(ends.reader, max_bytes=MAX_ANSWER_BYTES)) is not None:
                if said[0] != FromGateway.REPLY:
                    raise FramingError(f"REPLY was expected, not tag {said[0]:#x}")
                body = json_body(said)
                answer = self._answers.get(body.get("id", 0))
                if answer is not None and not answer.done():
                    answer.set_result(body.get("answer") or NOBODY)
        finally:
            if self._control is ends.writer:
                self._control = None

    def _let_in(self) -> None:
        """Somebody has come to the door; a connection of his is here now."""
        try:
            _, visitors, _, _ = socket.recv_fds(self._door, 16, 1)
        except BlockingIOError:
            return
        except OSError:
            visitors = []
        for visitor in visitors:
            task = asyncio.create_task(self._serve(socket.socket(fileno=visitor)))
            self._visitors.add(task)
            task.add_done_callback(self._visitors.discard)
        if not visitors:
            asyncio.get_running_loop().remove_reader(self._door.fileno())

    async def _serve(self, visitor: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=visitor)
        with contextlib.closing(writer), contextlib.suppress(OSError, TimeoutError, FramingError):
            answer = BUSY
            if len(self._visitors) <= MOST_VISITORS:
                async with asyncio.timeout(_HEAR_WITHIN_S):
                    asked = await read_message(reader, max_bytes=MAX_MAKING_BYTES)
                if asked is None:
                    return
                answer = await self._answer(request(asked))
            writer.write(framed(json.dumps(answer).encode()))
            async with asyncio.timeout(_HEAR_WITHIN_S):
                await writer.drain()

    async def _answer(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._control is None:
            return NOBODY
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            body = {"id": number, "asked": asked}
            self._control.write(framed(json_message(ToService.REQUEST, body)))
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                return await answer
        except TimeoutError:
            return NOBODY
        finally:
            del self._answers[number]


def request(asked: bytes) -> Mapping[str, Any]:
    """What is asked; FramingError if it is no JSON object, or one of too many parts."""
    if sum(asked.count(sign) for sign in (b",", b"[", b"{")) > MOST_PARTS:
        raise FramingError("a request of too many parts")
    return json_body(b"." + asked)
