"""The relay between browser and service, over real sockets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.sheet.relay import Relay, obey

WITHIN_S = 10.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def run(work: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(WITHIN_S):
            await work

    asyncio.run(bounded())


@asynccontextmanager
async def served(serve: Any) -> AsyncIterator[int]:
    """The port of a server whose connections have all ended at the end."""
    tasks: list[asyncio.Task[None]] = []

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*tasks)


async def doubling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A service that answers every byte with two."""
    with contextlib.suppress(OSError):
        while data := await reader.read(1000):
            writer.write(data * 2)
            await writer.drain()
    await ended(writer)


async def ended(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def relayed() -> AsyncIterator[tuple[Relay, int]]:
    """A relay to a doubling service, and the relay's port."""
    async with served(doubling) as target:
        relay = Relay(target)
        async with served(relay.serve) as port:
            yield relay, port


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Streams]:
    """A browser's connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        await ended(writer)


def test_bytes_are_relayed_and_counted_both_ways() -> None:
    async def scenario() -> None:
        async with relayed() as (relay, port), connected(port) as (reader, writer):
            writer.write(b"abc")
            assert await reader.readexactly(6) == b"abcabc"
            assert obey(relay, {"do": "count"}) == {"down": 6, "up": 3}

    run(scenario())


def test_the_end_of_one_side_reaches_the_other() -> None:
    async def scenario() -> None:
        async with relayed() as (_, port), connected(port) as (reader, writer):
            writer.write(b"last")
            writer.write_eof()
            assert await reader.read() == b"lastlast"

    run(scenario())


def test_a_shaped_relay_brings_everything_too() -> None:
    async def scenario() -> None:
        sent = bytes(range(256)) * 100
        async with relayed() as (relay, port):
            obey(relay, {"do": "shape", "round_trip_s": 0.002, "bits_per_s": 1e9})
            async with connected(port) as (reader, writer):
                writer.write(sent)
                writer.write_eof()
                assert len(await reader.read()) == 2 * len(sent)

    run(scenario())


def test_a_cut_ends_connections_and_new_ones_are_taken() -> None:
    async def scenario() -> None:
        async with relayed() as (relay, port):
            async with connected(port) as (reader, writer):
                writer.write(b"a")
                await reader.readexactly(2)
                obey(relay, {"do": "cut"})
                assert await reader.read() == b""
            async with connected(port) as (reader, writer):
                writer.write(b"b")
                assert await reader.readexactly(2) == b"bb"

    run(scenario())


def test_a_swallowed_connection_says_nothing_more_and_new_ones_are_taken() -> None:
    async def scenario() -> None:
        async with relayed() as (relay, port), connected(port) as (reader, writer):
            writer.write(b"a")
            await reader.readexactly(2)
            obey(relay, {"do": "swallow"})
            writer.write(b"lost")
            async with connected(port) as (other_reader, other_writer):
                other_writer.write(b"b")
                assert await other_reader.readexactly(2) == b"bb"
            assert not reader.at_eof()
            obey(relay, {"do": "cut"})
            assert await reader.read() == b""

    run(scenario())
