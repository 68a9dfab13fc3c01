"""The relay, between a browser and an agent that the test plays."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvloop

from ownstream.channel.framing import json_message
from ownstream.channel.tags import FromAgent, FromBrowser, FromGateway, ToBrowser, ToService
from ownstream.domain.attributes import UserAttributes
from ownstream.gateway.admission import Door
from ownstream.gateway.relay import connect, pass_on
from ownstream.store import (
    FleetRow,
    InstanceRow,
    LaunchRow,
    SessionRow,
    Store,
    resources,
    streaming,
)
from tests.support.clock import START, TurnedClock, settle
from tests.support.gateway import HANDLE, HOST, FakeAgent, FakeSocket, fake_agent, gateway_app
from tests.support.world import KEY, SCOPE, add_ready_instance, store_with_fleet, url
from tests.unit.gateway.test_admission import parts

FRAME = bytes([FromAgent.FRAME]) + b"picture"


@dataclass
class Desk:
    """A user let in, an agent waiting, and the gateway between them."""

    store: Store
    clock: TurnedClock
    agent: FakeAgent
    app: Any
    cookie: str
    sockets: list[FakeSocket] = field(default_factory=list)

    def socket(self, **headers: str) -> FakeSocket:
        usual = {
            "host": HOST,
            "origin": f"https://{HOST}",
            "cookie": f"ownstream-{HANDLE}={self.cookie}",
        }
        self.sockets.append(FakeSocket(self.app, {**usual, **headers}))
        return self.sockets[-1]

    def session(self) -> SessionRow:
        with self.store.snapshot() as tx:
            return tx.query(SessionRow).one()

    def end_session(self) -> None:
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, self.session().id)
            assert session
            streaming.end_session(tx, session, reason="expired_by_administrator", now=START)


@asynccontextmanager
async def desk(
    folder: Path, attributes: UserAttributes | None = None, **document: Any
) -> AsyncIterator[Desk]:
    store = store_with_fleet(**document)
    clock = TurnedClock()
    with store.transaction() as tx:
        add_ready_instance(tx).endpoint = f"unix:{folder / 'agent.sock'}"
        fleet = resources.find(tx, FleetRow, SCOPE, "f")
        assert fleet
        fleet.goal_met = True
    text = url(expires=START + timedelta(minutes=1), applicationId="xterm", userContext="c")
    cookie = Door(store, KEY).admit(*parts(text), (), START).cookie
    assert cookie
    async with fake_agent(folder / "agent.sock") as agent:
        with gateway_app(store, clock, attributes) as app:
            made = Desk(store, clock, agent, app, cookie)
            yield made
            for socket in made.sockets:
                socket.leave()
                await socket.ended()
    store.close()


Scenario = Callable[[Desk], Coroutine[Any, Any, None]]


def play(
    folder: Path,
    scenario: Scenario,
    attributes: UserAttributes | None = None,
    **document: Any,
) -> None:
    async def main() -> None:
        async with desk(folder, attributes, **document) as made:
            await scenario(made)

    asyncio.run(main())


async def joined(desk: Desk):
    """A browser that streams: its socket, and the agent's end of the connection."""
    socket = desk.socket()
    socket.open()
    assert (await socket.next())["type"] == "websocket.accept"
    end = await desk.agent.accepted()
    opening = await end.next()
    assert opening is not None
    # Whatever the browser says is passed on once the store knows that it is here.
    socket.send(bytes([FromBrowser.RELEASE]))
    assert await end.next() == bytes([FromBrowser.RELEASE])
    return socket, end, opening


def admit_another(desk: Desk, user: str) -> str:
    """The cookie of another user, who has an instance with the same agent."""
    with desk.store.transaction() as tx:
        first = tx.get(InstanceRow, "i-1")
        assert first
        add_ready_instance(tx, "i-2").endpoint = first.endpoint
    text = url(user, expires=START + timedelta(minutes=1), nonce="2")
    cookie = Door(desk.store, KEY).admit(*parts(text), (), START).cookie
    assert cookie
    return cookie


async def last_words(socket: FakeSocket) -> tuple[dict[str, Any], int]:
    """What the END message says, and the code that the socket is closed with."""
    end = await socket.next()
    while end["bytes"][0] != ToBrowser.END:
        end = await socket.next()
    return json.loads(end["bytes"][1:]), (await socket.next())["code"]


def test_the_agent_is_told_of_the_session_first(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        _socket, _, opening = await joined(desk)
        body = json.loads(opening[1:])
        assert opening[0] == FromGateway.OPEN
        assert (body["session"], body["application"]) == (desk.session().id, "xterm")
        assert body["environment"]["APPSTREAM_SESSION_CONTEXT"] == "c"
        assert body["environment"]["AppStream_UserName"] == "ann"
        granted = {item["Action"]: item["Permission"] for item in body["userSettings"]}
        assert granted["FILE_UPLOAD"] == "ENABLED"

    play(tmp_path, scenario)


def test_messages_pass_both_ways_and_the_session_is_active(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        end.say(FRAME)
        assert (await socket.next())["bytes"] == FRAME
        session = desk.session()
        assert (session.state, session.connected) == ("ACTIVE", True)
        assert session.expires_at == START + timedelta(hours=16)
        socket.leave()
        await socket.ended()
        assert desk.session().connected is False
        assert desk.session().state == "ACTIVE"

    play(tmp_path, scenario)


def test_what_a_report_tells_of_a_session_is_remembered(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        end.say(json_message(ToService.LAUNCHED, {"applications": ["xterm", "gedit"]}))
        end.say(FRAME)
        assert (await socket.next())["bytes"] == FRAME  # browsers hear nothing of it
        socket.leave()
        await socket.ended()
        with desk.store.snapshot() as tx:
            assert [row.application for row in tx.query(LaunchRow)] == ["xterm", "gedit"]
        assert desk.session().usage["addresses"] == ["192.0.2.7"]
        assert desk.session().usage["facts"]["instance_type"] == "stream.standard.small"

    play(tmp_path, scenario)


def test_a_launch_is_remembered_while_the_browser_is_there(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        for name in ("xterm", "gedit"):
            end.say(json_message(ToService.LAUNCHED, {"applications": [name]}))
            async with asyncio.timeout(5):
                while name not in known(desk):
                    socket.send(bytes([FromBrowser.RELEASE]))
                    await end.next()
        assert known(desk) == ["xterm", "gedit"]

    def known(desk: Desk) -> list[str]:
        with desk.store.snapshot() as tx:
            return [row.application for row in tx.query(LaunchRow)]

    play(tmp_path, scenario)


@pytest.mark.parametrize("body", [b"{}", b'{"applications": "xterm"}', b"nonsense"])
def test_a_launch_that_is_none_ends_the_connection(tmp_path: Path, body: bytes) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        end.say(bytes([ToService.LAUNCHED]) + body)
        assert (await socket.next())["code"] == 1008

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"cookie": ""}, 401),
        ({"cookie": f"ownstream-{HANDLE}=forged-cookie-of-some-length"}, 401),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": ""}, 403),
    ],
    ids=["without a cookie", "with a forged cookie", "from another site", "from no page"],
)
def test_a_stranger_is_refused_before_the_upgrade(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async def scenario(desk: Desk) -> None:
        socket = desk.socket(**headers)
        socket.open()
        assert (await socket.next())["status"] == status
        await socket.next()
        await socket.ended()
        assert desk.agent.connections.empty()

    play(tmp_path, scenario)


@pytest.mark.parametrize("message", [bytes([FromGateway.OPEN]) + b"{}", b"", b"\x81", b"\x00"])
def test_what_a_browser_may_not_say_closes_its_connection(tmp_path: Path, message: bytes) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        socket.send(message)
        assert (await socket.next())["code"] == 1008
        assert await end.next() is None

    play(tmp_path, scenario)


def test_an_ended_session_is_told_to_the_browser_at_once(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket, _, _ = await joined(desk)
        desk.end_session()
        body, code = await last_words(socket)
        assert body["reason"] == "expired_by_administrator"
        assert "administrator" in body["message"]
        assert code == 4410

    play(tmp_path, scenario)


def test_a_second_connection_takes_over_from_the_first(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        first, _, _ = await joined(desk)
        _second, _, _ = await joined(desk)
        assert (await first.next())["code"] == 4409
        await first.ended()
        assert desk.session().connected is True

    play(tmp_path, scenario)


def test_when_the_agent_is_lost_the_reason_is_told(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        end.writer.close()
        with desk.store.transaction() as tx:
            session = tx.get(SessionRow, desk.session().id)
            assert session
            streaming.end_session(tx, session, reason="instance_lost", now=START)
        body, code = await last_words(socket)
        assert (body["reason"], code) == ("instance_lost", 4410)

    play(tmp_path, scenario)


def test_what_is_typed_for_an_agent_that_is_gone_is_dropped(tmp_path: Path) -> None:
    async def main() -> None:
        async with fake_agent(tmp_path / "agent.sock"):
            _, writer = await connect(f"unix:{tmp_path / 'agent.sock'}")
            writer.transport.abort()
            await pass_on(bytes([FromBrowser.RELEASE]), writer)
            await settle()
            await pass_on(bytes([FromBrowser.RELEASE]), writer)

    # The loop that serves: its transports refuse what is written after their end.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


def test_a_browser_that_takes_nothing_stops_the_agent_not_the_memory(tmp_path: Path) -> None:
    big = bytes([FromAgent.FRAME]) + bytes(1_000_000)

    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        socket.may_take.clear()
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 100:
                end.say(big)
                sent += 1
                async with asyncio.timeout(0.5):
                    await end.writer.drain()
        assert sent < 8  # what sockets and the relay's one message hold, no more
        socket.may_take.set()

    play(tmp_path, scenario)


def test_a_browser_that_takes_nothing_holds_up_nobody_else(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        stalled, end, _ = await joined(desk)
        stalled.may_take.clear()
        for _ in range(30):
            end.say(bytes([FromAgent.FRAME]) + bytes(1_000_000))
        desk.cookie = admit_another(desk, "bob")
        other, others_end, _ = await joined(desk)
        for number in range(100):
            others_end.say(FRAME + bytes([number]))
            assert (await other.next())["bytes"] == FRAME + bytes([number])
        stalled.may_take.set()

    play(tmp_path, scenario)


def test_a_user_waits_until_the_instance_is_ready(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        with desk.store.transaction() as tx:
            tx.get(InstanceRow, "i-1").seen = "starting"  # type: ignore[union-attr]
        socket = desk.socket()
        socket.open()
        assert (await socket.next())["type"] == "websocket.accept"
        session_id = desk.session().id
        with desk.store.transaction() as tx:
            tx.get(InstanceRow, "i-1").seen = "ready"  # type: ignore[union-attr]
            tx.touch(("session", session_id))
        await desk.agent.accepted()

    play(tmp_path, scenario)
