"""Messages on a byte stream: each preceded by its length as four big-endian bytes."""

import json
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import Mapping
from struct import Struct
from typing import Any

LENGTH = Struct(">I")
PIECE_BYTES = 256 * 1024


class FramingError(Exception):
    """The other side sent what is not a message; its connection must be closed."""


def framed(message: bytes) -> bytes:
    """The message with its length in front."""
    return LENGTH.pack(len(message)) + message


async def read_message(reader: StreamReader, *, max_bytes: int) -> bytes | None:
    """The next message, or None at a clean end of the stream; FramingError for a bad one."""
    try:
        head = await reader.readexactly(LENGTH.size)
    except IncompleteReadError as end:
        if end.partial:
            raise FramingError("the stream ended within a length") from end
        return None
    (length,) = LENGTH.unpack(head)
    if not 0 < length <= max_bytes:
        raise FramingError(f"a message of {length} bytes; 1 to {max_bytes} are allowed")
    try:
        return await reader.readexactly(length)
    except IncompleteReadError as end:
        raise FramingError("the stream ended within a message") from end


async def pass_bytes(reader: StreamReader, writer: StreamWriter, length: int) -> None:
    """So many bytes have gone from one to the other, a piece at a time, as fast as both go.

    ConnectionError if they end before that, or nobody takes them.
    """
    while length:
        piece = await reader.read(min(length, PIECE_BYTES))
        if not piece:
            raise ConnectionResetError("the stream ended within a file")
        writer.write(piece)
        await writer.drain()
        length -= len(piece)


def json_message(tag: int, body: Mapping[str, Any]) -> bytes:
    """A message whose body is a JSON object."""
    return bytes([tag]) + json.dumps(body, separators=(",", ":")).encode()


def json_body(message: bytes) -> dict[str, Any]:
    """The JSON object in a message's body; FramingError if it is none."""
    try:
        body: Any = json.loads(message[1:])
    except (ValueError, RecursionError) as error:
        raise FramingError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise FramingError("the body is not a JSON object")
    return body  # pyright: ignore[reportUnknownVariableType]
