"""The gateway without sockets towards the browser: ASGI messages in, ASGI messages out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp

from ownstream.channel.framing import framed, read_message
from ownstream.clock import Clock
from ownstream.domain.attributes import Unstated, UserAttributes
from ownstream.gateway.admission import Door
from ownstream.gateway.app import Gateway
from ownstream.gateway.presence import Presence
from ownstream.gateway.relay import Bells
from ownstream.storage.locations import Locations
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.store import Store
from tests.support.clock import settle
from tests.support.world import KEY

HOST = "desk.example"
HANDLE = "5e55"
WITHIN_S = 20
MAX_BYTES = 1 << 24


@contextmanager
def gateway_app(
    store: Store,
    clock: Clock,
    attributes: UserAttributes | None = None,
    locations: Locations | None = None,
) -> Iterator[ASGIApp]:
    """The gateway's application, on the loop that runs."""
    bells = Bells()
    loop = asyncio.get_running_loop()
    gateway = Gateway(
        door=Door(store, KEY),
        presence=Presence(store, clock, attributes or Unstated()),
        bells=bells,
        store=store,
        clock=clock,
        public_url=f"https://{HOST}",
        locations=locations or MemoryLocations(),
    )
    with store.listened(lambda key: loop.call_soon_threadsafe(bells.ring, key)):
        yield Starlette(routes=gateway.routes())


@dataclass
class FakeSocket:
    """A browser's WebSocket, from its opening to its end."""

    app: ASGIApp
    headers: dict[str, str]
    inbox: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    outbox: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    task: asyncio.Task[None] | None = None
    may_take: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        """The handshake has been sent."""
        scope = {
            "type": "websocket",
            "path": "/stream",
            "raw_path": b"/stream",
            "query_string": f"session={HANDLE}".encode(),
            "root_path": "",
            "client": ("192.0.2.7", 40000),
            "headers": [(k.lower().encode(), v.encode()) for k, v in self.headers.items()],
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
            "state": {},
        }
        self.may_take.set()
        self.inbox.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(self.app(scope, self.inbox.get, self._take))  # type: ignore[arg-type]

    async def _take(self, message: Any) -> None:
        await self.may_take.wait()
        await self.outbox.put(message)

    def send(self, message: bytes) -> None:
        """A message has been sent."""
        self.inbox.put_nowait({"type": "websocket.receive", "bytes": message})

    def leave(self) -> None:
        """The browser is gone."""
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def next(self) -> dict[str, Any]:
        """The next ASGI message from the gateway."""
        async with asyncio.timeout(WITHIN_S):
            return await self.outbox.get()

    async def ended(self) -> None:
        """The gateway has done with it."""
        assert self.task
        async with asyncio.timeout(WITHIN_S):
            await self.task


@dataclass
class FakeAgent:
    """An agent that notes what it is sent and says what it is told to."""

    connections: asyncio.Queue["AgentEnd"] = field(default_factory=asyncio.Queue)

    async def accepted(self) -> "AgentEnd":
        """The next connection."""
        async with asyncio.timeout(WITHIN_S):
            return await self.connections.get()


@dataclass
class AgentEnd:
    """The agent's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def next(self) -> bytes | None:
        """The next message, None at the end."""
        async with asyncio.timeout(WITHIN_S):
            return await read_message(self.reader, max_bytes=MAX_BYTES)

    def say(self, message: bytes) -> None:
        """The message is on its way."""
        self.writer.write(framed(message))


@asynccontextmanager
async def fake_agent(path: Path) -> AsyncIterator[FakeAgent]:
    """An agent that listens here."""
    agent = FakeAgent()
    writers: list[asyncio.StreamWriter] = []

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        agent.connections.put_nowait(AgentEnd(reader, writer))

    server = await asyncio.start_unix_server(accept, path)
    try:
        yield agent
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await settle()
