"""Programs that the service has run in the sandbox: watched until they end, within their time.

They are the scripts that make a session's applications ready and that follow its end. What they
print is kept as far as it is short; what they leave running goes on.
"""

import asyncio
import os
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol, TypeGuard

from ownstream.agent.messages import variables
from ownstream.agent.sandbox import Ended, Event, Failed
from ownstream.channel.framing import FramingError, framed, json_body, json_message
from ownstream.channel.tags import FromGateway, ToService

MOST_SECONDS = 3600
MOST_OUTPUT_BYTES = 32 * 1024
# What it prints goes where it was told; the folder is looked for where the script is to run.
_SCRIPT = 'exec >&3 2>&1 3>&-; cd -- "$1" || exit 126; shift; exec "$@"'


@dataclass(frozen=True)
class Order:
    """What is to be run for this session."""

    session: str
    argv: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    within_s: float


class Programs(Protocol):
    """Where processes run."""

    def start(
        self,
        key: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        descriptors: Sequence[int] = (),
    ) -> None:
        """The process is being started; an event tells how that went."""
        ...

    def kill(self, key: str) -> None:
        """The process of this key, if it runs, has no time left."""
        ...

    def tell_of(self, key: str, on_event: Callable[[Event], None]) -> None:
        """What becomes of this key is told here."""
        ...


class Scripts:
    """The programs of one sandbox that the service has asked for."""

    def __init__(self, programs: Programs, environment: Mapping[str, str]) -> None:
        self._programs = programs
        self._environment = environment
        self._numbers = count(1)

    async def serve(self, order: Order, reader: StreamReader, writer: StreamWriter) -> None:
        """Runs it and answers how it ended; it is ended when the service goes before that."""
        running = asyncio.create_task(self.run(order))
        gone = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                writer.write(framed(json_message(ToService.ANSWER, running.result())))
                await writer.drain()
        finally:
            for task in (running, gone):
                task.cancel()
            await asyncio.gather(running, gone, return_exceptions=True)

    async def run(self, order: Order) -> Mapping[str, Any]:
        """How it ended: {status} or {reason}, and its output."""
        key = f"script-{next(self._numbers)}"
        ended: asyncio.Future[Event] = asyncio.get_running_loop().create_future()

        def hear(event: Event) -> None:
            if isinstance(event, Ended | Failed) and not ended.done():
                ended.set_result(event)

        self._programs.tell_of(key, hear)
        output = Output()
        try:
            argv = ["/bin/sh", "-c", _SCRIPT, "sh", order.folder, *order.argv]
            environment = {**order.environment, **self._environment}
            self._programs.start(key, argv, environment, [output.end])
        finally:
            output.close_end()
        try:
            async with asyncio.timeout(order.within_s):
                event = await ended
        except TimeoutError:
            self._programs.kill(key)
            return {"reason": "timeout", "output": output.text()}
        except asyncio.CancelledError:
            self._programs.kill(key)
            raise
        if isinstance(event, Failed):
            return {"reason": event.reason, "output": output.text()}
        status = event.status if isinstance(event, Ended) else None
        return {"status": status, "output": output.text()}


class Output:
    """What a program and what it leaves running print, read until nobody can print any more."""

    def __init__(self) -> None:
        self._read, self.end = os.pipe()
        os.set_blocking(self._read, False)
        self._kept = bytearray()
        self._open = True
        asyncio.get_running_loop().add_reader(self._read, self._take)

    def close_end(self) -> None:
        """Only the program can print now."""
        os.close(self.end)

    def text(self) -> str:
        """What has been printed by now, its last part if it is long."""
        if self._open:
            self._take()
        return self._kept.decode(errors="replace")

    def _take(self) -> None:
        try:
            piece = os.read(self._read, MOST_OUTPUT_BYTES)
        except BlockingIOError:
            return
        self._kept += piece
        del self._kept[:-MOST_OUTPUT_BYTES]
        if not piece:
            asyncio.get_running_loop().remove_reader(self._read)
            os.close(self._read)
            self._open = False


def opens_script(message: bytes) -> bool:
    """Whether this first message of a connection asks for a program to be run."""
    return message[0] == FromGateway.SCRIPT


def order_of(message: bytes) -> Order:
    """What such a message says; FramingError if it is a bad one."""
    body = json_body(message)
    argv, within_s = body.get("argv"), body.get("within")
    if not isinstance(argv, list) or not argv or not all(map(_is_text, argv)):  # pyright: ignore[reportUnknownArgumentType]
        raise FramingError("SCRIPT: argv is not a list of texts")
    if isinstance(within_s, bool) or not isinstance(within_s, int | float):
        raise FramingError("SCRIPT: within is not a number of seconds")
    if not 0 < within_s <= MOST_SECONDS:
        raise FramingError(
            f"SCRIPT: within is {within_s}; up to {MOST_SECONDS} seconds are allowed"
        )
    session, folder = body.get("session"), body.get("folder")
    if not _is_text(session) or not session or not _is_text(folder) or not folder.startswith("/"):
        raise FramingError("SCRIPT: no session, or no folder")
    return Order(session, argv, folder, variables(body), within_s)


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and "\0" not in value
