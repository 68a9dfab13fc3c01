"""Connections over real sockets: what has no end, comes too late or is never read is dropped."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from ownstream.cli.connections import HttpConnection, WebSocketConnection

MOST_SENT = 64 << 20
WITHIN_S = 20
OPENING = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PING = b"\x89\xfd\0\0\0\0" + 125 * b"x"


class Impatient(HttpConnection):
    """It waits for a head, but not long."""

    head_within_s = 0.01


class Narrow(WebSocketConnection):
    """It keeps little that is not read."""

    most_unread_bytes = 1 << 16


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Takes a WebSocket and keeps it; answers a request."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@contextlib.asynccontextmanager
async def connected(
    http: type[HttpConnection] = HttpConnection,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(app, http=http, ws=Narrow, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: http(config, state, {}), "127.0.0.1", 0)
    async with asyncio.timeout(WITHIN_S), server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


async def sent_until_dropped(writer: asyncio.StreamWriter, what: bytes) -> int:
    """How much was sent before the other side closed, or MOST_SENT."""
    sent = 0
    with contextlib.suppress(ConnectionError):
        while sent < MOST_SENT:
            writer.write(what)
            await writer.drain()
            sent += len(what)
    return sent


@pytest.mark.parametrize(
    ("start", "more"),
    [
        pytest.param(b"GET /", 1000 * b"x", id="address"),
        pytest.param(b"GET / HTTP/1.1\r\n", 100 * b"name: value\r\n", id="headers"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            100 * b"name: value\r\n",
            id="trailers",
        ),
    ],
)
def test_what_has_no_end_is_not_read_on(start: bytes, more: bytes) -> None:
    async def main() -> None:
        async with connected() as (_, writer):
            writer.write(start)
            assert await sent_until_dropped(writer, more) < MOST_SENT

    asyncio.run(main())


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHo"], ids=["nothing", "half a head"])
def test_a_head_that_does_not_come_is_not_waited_for(start: bytes) -> None:
    async def main() -> None:
        async with connected(Impatient) as (reader, writer):
            writer.write(start)
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""

    asyncio.run(main())


def test_a_request_is_answered_and_the_next_one_too() -> None:
    async def main() -> None:
        async with connected() as (reader, writer):
            for _ in range(2):
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert b" 204 " in await reader.readuntil(b"\r\n\r\n")

    asyncio.run(main())


def test_pings_whose_answers_are_not_read_pile_up_only_so_far() -> None:
    async def main() -> None:
        async with connected() as (reader, writer):
            writer.write(OPENING)
            assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
            reader.feed_data(b"x" * (1 << 18))  # it takes no more from its socket
            assert await sent_until_dropped(writer, 500 * PING) < MOST_SENT

    asyncio.run(main())
