"""Commands that control runs in an image builder, each on a connection of its own."""

import asyncio
import contextlib
import itertools
import os
import socket
from asyncio import Future, StreamReader, StreamWriter, Task
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from ownstream.agent.files import Ends
from ownstream.agent.sandbox import Ended, Event, Failed, Sandbox
from ownstream.channel.framing import (
    PIECE_BYTES,
    FramingError,
    framed,
    json_body,
    json_message,
    read_message,
)
from ownstream.channel.tags import FromGateway, ToService

# What a command leaves running may hold its output open for ever.
_PRINTED_WITHIN_S = 2.0
_SCRIPT = 'cd "$1" && shift && exec "$@" <&3 >&4 2>&4 3<&- 4>&-'
_MAX_INPUT_BYTES = PIECE_BYTES + 1
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Order:
    """What is to be run."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str


def order(message: bytes) -> Order:
    """What a RUN says; FramingError if it is a bad one."""
    match json_body(message):
        case {"argv": [str(), *_] as argv, "environment": dict(names), "directory": str(where)}:
            texts = [*argv, *names, *names.values(), where]
            if all(isinstance(text, str) and "\0" not in text for text in texts):
                return Order(tuple(argv), names, where)
        case _:
            pass
    raise FramingError("RUN: no command, environment or directory")


async def run(sandbox: Sandbox, message: bytes, ends: Ends, base: Mapping[str, str]) -> None:
    """The command runs to its end, or to that of the connection."""
    wanted = order(message)
    key = f"run-{next(_numbers)}"
    ended: Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
    sandbox.tell_of(key, lambda event: _hear(event, ended))
    argv = ("/bin/sh", "-c", _SCRIPT, "sh", wanted.directory or "/", *wanted.argv)
    try:
        ours, theirs = socket.socketpair()
        with theirs, _pipe() as (printed, write):
            environment = {**base, **wanted.environment}
            sandbox.start(key, argv, environment, [theirs.fileno(), write])
            telling = asyncio.create_task(_tell(os.dup(printed), ends.writer))
        _, command = await asyncio.open_unix_connection(sock=ours)
        feeding = asyncio.create_task(_feed(ends.reader, command))
        await asyncio.wait({ended, feeding}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            await asyncio.wait({telling}, timeout=_PRINTED_WITHIN_S)
            ends.writer.write(framed(json_message(ToService.ENDED, ended.result())))
            await ends.writer.drain()
            # Closed with something of control's unread, the connection would lose what was said.
            await asyncio.wait({feeding}, timeout=_PRINTED_WITHIN_S)
        await _cancelled(feeding, telling)
    finally:
        sandbox.stop(key)
        sandbox.forget(key)


def _hear(event: Event, ended: Future[Mapping[str, Any]]) -> None:
    if ended.done():
        return
    match event:
        case Ended(_, status):
            ended.set_result({"status": status})
        case Failed(_, reason):
            ended.set_result({"error": reason})
        case _:
            return


async def _feed(reader: StreamReader, command: StreamWriter) -> None:
    """What control gives is read by the command; returns when control has gone."""
    with contextlib.closing(command):
        while (message := await read_message(reader, max_bytes=_MAX_INPUT_BYTES)) is not None:
            if message[0] != FromGateway.INPUT:
                raise FramingError(f"INPUT was expected, not tag {message[0]:#x}")
            with contextlib.suppress(ConnectionError):  # whether it reads is the command's matter
                command.write(message[1:])
                if len(message) == 1:
                    command.write_eof()
                await command.drain()


async def _tell(fd: int, writer: StreamWriter) -> None:
    """What the command prints goes to control, until nobody prints any more."""
    loop = asyncio.get_running_loop()
    reader = StreamReader()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(fd, "rb")
    )
    with contextlib.closing(transport), contextlib.suppress(ConnectionError):
        while data := await reader.read(PIECE_BYTES):
            writer.write(framed(bytes([ToService.OUTPUT]) + data))
            await writer.drain()


@contextlib.contextmanager
def _pipe() -> Generator[tuple[int, int]]:
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


async def _cancelled(*tasks: Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
