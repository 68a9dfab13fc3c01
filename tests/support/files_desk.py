"""A user let in, an agent that a test plays, and what the user's page asks of its files by HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ownstream.channel.framing import json_message
from ownstream.channel.tags import FromGateway, ToService
from ownstream.gateway.admission import Door
from ownstream.store import FleetRow, Store, resources
from tests.support.clock import START, TurnedClock
from tests.support.gateway import (
    HANDLE,
    HOST,
    WITHIN_S,
    AgentEnd,
    FakeAgent,
    fake_agent,
    gateway_app,
)
from tests.support.world import KEY, SCOPE, add_ready_instance, store_with_fleet, url
from tests.unit.gateway.test_admission import parts

UPLOAD = f"/files/upload?session={HANDLE}&path=T/a%20b.txt&size=6&modified=1700000000123"
CONTENT = f"/files/content?session={HANDLE}&path=T/a"
FILE = {"size": 100, "modified": 1_700_000_000_123, "tag": "a-64-1-2"}


@dataclass
class Asked:
    """One request of a browser, and what it has been answered so far."""

    inbox: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    sent: list[dict[str, Any]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    may_take: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, data: bytes, *, more: bool = True) -> None:
        self.inbox.put_nowait({"type": "http.request", "body": data, "more_body": more})

    def leave(self) -> None:
        self.inbox.put_nowait({"type": "http.disconnect"})

    async def take(self, message: Any) -> None:
        await self.may_take.wait()
        self.sent.append(message)

    async def ended(self) -> None:
        assert self.task
        async with asyncio.timeout(WITHIN_S):
            await self.task

    async def answered(self) -> tuple[int, Any]:
        """The status, and the JSON of the answer."""
        await self.ended()
        return self.status, json.loads(self.body)

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {key.decode(): value.decode() for key, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])


@dataclass
class Desk:
    """A user let in, an agent that the test plays, and the gateway between them."""

    store: Store
    agent: FakeAgent
    app: Any
    cookie: str

    def ask(self, method: str, target: str, *, length: int | None = None, **headers: str) -> Asked:
        address = urlsplit(target)
        origin = {} if method in ("GET", "HEAD") else {"origin": f"https://{HOST}"}
        told = {"host": HOST, "cookie": f"ownstream-{HANDLE}={self.cookie}", **origin, **headers}
        if length is not None:
            told["content-length"] = str(length)
        scope = {
            "type": "http",
            "method": method,
            "path": address.path,
            "raw_path": address.path.encode(),
            "query_string": address.query.encode(),
            "root_path": "",
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in told.items()],
            "state": {},
        }
        asked = Asked()
        asked.may_take.set()
        asked.task = asyncio.create_task(self.app(scope, asked.inbox.get, asked.take))
        return asked

    async def visited(self) -> tuple[AgentEnd, dict[str, Any], dict[str, Any]]:
        """The agent's end of the next visit, what it opens with, and what it asks."""
        end = await self.agent.accepted()
        opening, ask = await end.next(), await end.next()
        assert opening is not None
        assert ask is not None
        assert (opening[0], ask[0]) == (FromGateway.FILES, FromGateway.ASK)
        return end, json.loads(opening[1:]), json.loads(ask[1:])

    def change(self, change: Callable[[Any], None]) -> None:
        with self.store.transaction() as tx:
            change(tx)


def answer(end: AgentEnd, **members: Any) -> None:
    """The agent's answer is on its way."""
    end.say(json_message(ToService.ANSWER, members))


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    store, clock = store_with_fleet(), TurnedClock()
    with store.transaction() as tx:
        add_ready_instance(tx).endpoint = f"unix:{folder / 'agent.sock'}"
        fleet = resources.find(tx, FleetRow, SCOPE, "f")
        assert fleet
        fleet.goal_met = True
    text = url(expires=START + timedelta(minutes=1))
    cookie = Door(store, KEY).admit(*parts(text), (), START).cookie
    assert cookie
    async with fake_agent(folder / "agent.sock") as agent:
        with gateway_app(store, clock) as app:
            yield Desk(store, agent, app, cookie)
    store.close()


Scenario = Callable[[Desk], Coroutine[Any, Any, None]]


def play(folder: Path, scenario: Scenario) -> None:
    async def main() -> None:
        async with desk(folder) as made:
            await scenario(made)

    asyncio.run(main())
