"""A relay of TCP connections that counts their bytes and can delay, bound and cut them.

A process of its own, so that it delays nothing that it should not: `python -m
benchmarks.sheet.relay LISTEN TARGET`, two ports of loopback. It takes orders from its standard
input, a line of JSON each, and answers each with a line: {"do": "count"}, {"do": "cut"},
{"do": "swallow"} and {"do": "shape", ...the members of Shape}. It ends with its standard input.
"""

import asyncio
import contextlib
import json
import socket
import sys
from dataclasses import dataclass, field
from typing import Any

from benchmarks.sheet.shape import FREE, Lane, Shape

_WHOLE = 1 << 18
_SLICE = 4096  # of a shaped link: eight milliseconds at 4 Mbit/s
_SEGMENT = 1448  # bytes of a TCP segment on a real path; loopback's are 64 KiB
_RECEIVE_BUFFER = 16 * 1024  # the queue is ours to bound, not the kernel's


@dataclass
class Relay:
    """The connections from one port to another, and the link that they share."""

    target: int
    shape: Shape = FREE
    down: int = 0  # bytes from the service to the browser
    up: int = 0
    _lanes: dict[str, Lane] = field(init=False)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])
    _dead: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    def __post_init__(self) -> None:
        self.set_shape(self.shape)

    @property
    def busy(self) -> bool:
        """Whether there are connections."""
        return bool(self._writers)

    def set_shape(self, shape: Shape) -> None:
        """New connections have it in full; those that are there, its delay and rate."""
        self.shape = shape
        self._lanes = {"down": Lane(shape), "up": Lane(shape)}

    def cut(self) -> None:
        """Every connection is reset."""
        for writer in self._writers:
            writer.transport.abort()

    def swallow(self) -> None:
        """What every connection carries is lost from now on, its end too; new ones are whole."""
        self._dead |= self._writers

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        try:
            upstream = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, upstream[1]}
        self._writers |= pair
        for one in pair:
            one.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry("up", reader, upstream[1]))
                group.create_task(self._carry("down", upstream[0], writer))
        except* OSError:
            pass  # either end was reset, by its owner or by `cut`
        finally:
            self._writers -= pair
            self._dead -= pair
            for one in pair:
                one.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        upstream = socket.socket()
        upstream.setblocking(False)
        if self.shape.is_shaped:
            upstream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
        await asyncio.get_running_loop().sock_connect(upstream, ("127.0.0.1", self.target))
        limit = _RECEIVE_BUFFER if self.shape.is_shaped else _WHOLE
        return await asyncio.open_connection(sock=upstream, limit=limit)

    async def _carry(
        self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """What is read on one side is written on the other, when the link has delivered it."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver(under_way, writer))
            group.create_task(self._take(way, reader, under_way))

    async def _take(
        self, way: str, reader: asyncio.StreamReader, under_way: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._lanes[way].full_for(loop.time()))
            data = await reader.read(_SLICE if self.shape.is_shaped else _WHOLE)
            at = self._lanes[way].departs(len(data), loop.time())
            under_way.put_nowait((at, data))
            if not data:
                return
            setattr(self, way, getattr(self, way) + len(data))

    async def _deliver(
        self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            at, data = await under_way.get()
            if at > loop.time():
                await asyncio.sleep(at - loop.time())
            if writer in self._dead:
                if not data:
                    return
                continue
            if not data:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            writer.write(data)
            await writer.drain()


def obey(relay: Relay, order: dict[str, Any]) -> dict[str, Any]:
    """The answer to one order, which has been carried out."""
    match order:
        case {"do": "count"}:
            pass
        case {"do": "cut"}:
            relay.cut()
        case {"do": "swallow"}:
            relay.swallow()
        case {"do": "shape", **members}:
            relay.set_shape(Shape(**members))
        case _:
            raise ValueError(f"no such order: {order}")
    return {"down": relay.down, "up": relay.up}


async def main(listen: int, target: int) -> None:
    """Relays until standard input ends."""
    relay = Relay(target)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", listen, limit=_WHOLE)
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print(json.dumps({"ready": True}), flush=True)
    while line := await orders.readline():
        print(json.dumps(obey(relay, json.loads(line))), flush=True)
    server.close()
    while relay.busy:
        relay.cut()
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
