"""Commands run inside an image builder, as its administrator: by a connection to its agent."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence

from ownstream.channel.endpoint import connect
from ownstream.channel.framing import (
    PIECE_BYTES,
    FramingError,
    framed,
    json_body,
    json_message,
    read_message,
)
from ownstream.channel.tags import MAX_ANSWER_BYTES, FromGateway, ToService


class NotRun(Exception):
    """The command could not be run, or not to its end; the text says why."""


async def run(
    endpoint: str,
    argv: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    directory: str = "",
    given: bytes = b"",
    on_output: Callable[[bytes], None] = lambda _: None,
    within_s: float = 3600.0,
) -> int:
    """The status that the command ended with; negative for a signal. NotRun if it did not run.

    It reads `given`, and what it prints goes to `on_output` as it comes. It is asked to end where
    this is cancelled or the time is up.
    """
    order = {
        "argv": list(argv),
        "environment": dict(environment or {}),
        "directory": directory,
    }
    try:
        async with asyncio.timeout(within_s):
            reader, writer = await connect(endpoint)
            with contextlib.closing(writer):
                writer.write(framed(json_message(FromGateway.RUN, order)))
                feeding = asyncio.create_task(_feed(writer, given))
                try:
                    return await _until_ended(reader, on_output)
                finally:
                    feeding.cancel()
                    await asyncio.gather(feeding, return_exceptions=True)
    except TimeoutError as error:
        raise NotRun(f"{argv[0]} had not ended after {within_s:g} seconds") from error
    except (OSError, FramingError) as error:
        raise NotRun(f"the image builder does not answer: {error}") from error


async def _feed(writer: asyncio.StreamWriter, given: bytes) -> None:
    for start in range(0, len(given), PIECE_BYTES):
        piece = given[start : start + PIECE_BYTES]
        writer.write(framed(bytes([FromGateway.INPUT]) + piece))
        await writer.drain()
    writer.write(framed(bytes([FromGateway.INPUT])))
    await writer.drain()


async def _until_ended(reader: asyncio.StreamReader, on_output: Callable[[bytes], None]) -> int:
    while (message := await read_message(reader, max_bytes=MAX_ANSWER_BYTES)) is not None:
        if message[0] == ToService.OUTPUT:
            on_output(message[1:])
        elif message[0] == ToService.ENDED:
            match json_body(message):
                case {"status": int(status)}:
                    return status
                case body:
                    raise NotRun(str(body.get("error", "it did not end as a command does"))[:500])
    raise NotRun("the image builder has ended")
