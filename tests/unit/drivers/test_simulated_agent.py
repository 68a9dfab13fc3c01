"""The agent of simulated instances, spoken to as the gateway does."""

import asyncio
from collections.abc import Callable, Coroutine
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ownstream.channel.framing import framed, json_body, json_message, read_message
from ownstream.channel.tags import (
    FRAME,
    MAX_FROM_AGENT_BYTES,
    VERSION,
    Codec,
    FromAgent,
    FromBrowser,
    FromGateway,
    ToService,
)
from ownstream.drivers.simulated import Agent

OPEN = json_message(FromGateway.OPEN, {"session": "s-1", "application": "", "environment": {}})
HELLO = json_message(
    FromBrowser.HELLO,
    {"version": VERSION, "width": 800, "height": 600, "scale": 1, "codecs": ["h264", "jpeg"]},
)
PING = bytes([FromBrowser.PING]) + b"when"
CLOSED = None


class Wire:
    """A connection to the agent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def say(self, *messages: bytes) -> None:
        """These are sent."""
        for message in messages:
            self._writer.write(framed(message))

    async def heard(self) -> bytes | None:
        """The next message, or None at the end."""
        try:
            return await read_message(self._reader, max_bytes=MAX_FROM_AGENT_BYTES)
        except ConnectionError:
            return CLOSED

    def leave(self) -> None:
        """The gateway has gone."""
        self._writer.close()


Dial = Callable[[], Coroutine[Any, Any, Wire]]


def run(folder: Path, scenario: Callable[[Dial], Coroutine[Any, Any, None]]) -> None:
    """The scenario, with a way to connect to an agent that listens."""

    async def main() -> None:
        agent, wires = Agent(folder / "agents" / "agent.sock"), list[Wire]()

        async def dial() -> Wire:
            endpoint = await agent.listen()
            path = endpoint.removeprefix("unix:")
            wires.append(Wire(*await asyncio.open_unix_connection(path)))
            return wires[-1]

        try:
            async with asyncio.timeout(20):
                await scenario(dial)
        finally:
            for wire in wires:
                wire.leave()
            await agent.close()
        assert not any((folder / "agents").iterdir())

    asyncio.run(main())


def test_a_browser_is_welcomed_and_shown_a_picture_of_the_size_it_was_told(tmp_path: Path) -> None:
    async def scenario(dial: Dial) -> None:
        wire = await dial()
        wire.say(OPEN, HELLO)
        welcome = await wire.heard()
        assert welcome is not None
        assert welcome[0] == FromAgent.WELCOME
        size = json_body(welcome)["width"], json_body(welcome)["height"]
        frame = await wire.heard()
        assert frame is not None
        assert frame[0] == FromAgent.FRAME
        codec, _, x, y, *shown = FRAME.unpack_from(frame, 3)
        assert (codec, x, y, tuple(shown)) == (Codec.JPEG, 0, 0, size)
        assert Image.open(BytesIO(frame[3 + FRAME.size :])).size == size

    run(tmp_path, scenario)


def test_what_is_asked_is_answered(tmp_path: Path) -> None:
    async def scenario(dial: Dial) -> None:
        wire = await dial()
        wire.say(OPEN, PING, HELLO, PING, bytes([FromBrowser.REFRESH]))
        wire.say(json_message(FromBrowser.LAUNCH, {"application": "notepad"}))
        heard = [await wire.heard() for _ in range(6)]
        assert [message[0] for message in heard if message] == [
            FromAgent.PONG,
            FromAgent.WELCOME,
            FromAgent.FRAME,
            FromAgent.PONG,
            FromAgent.FRAME,
            FromAgent.NOTICE,
        ]

    run(tmp_path, scenario)


def test_a_later_connection_of_the_session_ends_the_one_before(tmp_path: Path) -> None:
    async def scenario(dial: Dial) -> None:
        first, second = await dial(), await dial()
        first.say(OPEN, PING)
        await first.heard()
        second.say(OPEN, PING)
        await second.heard()
        assert await first.heard() is CLOSED
        second.say(PING)
        assert await second.heard() is not CLOSED

    run(tmp_path, scenario)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([HELLO], id="no OPEN first"),
        pytest.param([bytes([FromGateway.OPEN]) + b"{"], id="an OPEN that is no JSON"),
        pytest.param([json_message(FromGateway.OPEN, {"session": 5})], id="no session"),
        pytest.param([OPEN, bytes([FromBrowser.RELEASE])], id="input before HELLO"),
        pytest.param([OPEN, json_message(FromBrowser.HELLO, {"version": 0})], id="a wrong version"),
        pytest.param([OPEN, bytes([FromBrowser.HELLO]) + b"[]"], id="a HELLO that is a list"),
    ],
)
def test_what_is_not_the_protocol_ends_the_connection(
    tmp_path: Path, messages: list[bytes]
) -> None:
    async def scenario(dial: Dial) -> None:
        wire = await dial()
        wire.say(*messages)
        assert await wire.heard() is CLOSED

    run(tmp_path, scenario)


def test_many_launches_at_once_listen_once(tmp_path: Path) -> None:
    async def scenario(dial: Dial) -> None:
        wires = await asyncio.gather(*(dial() for _ in range(10)))
        for wire in wires:
            wire.say(PING)  # not OPEN, so each is heard and ended
        assert [await wire.heard() for wire in wires] == [CLOSED] * 10

    run(tmp_path, scenario)


EVERYTHING = {"own": None, "more": []}


def opening(session: str, application: str = "", catalog: Any = EVERYTHING) -> bytes:
    """OPEN of a session that may start what is in the catalog."""
    body = {"session": session, "application": application, "environment": {}, "catalog": catalog}
    return json_message(FromGateway.OPEN, body)


async def told(wire: Wire, *launched: Any) -> list[str]:
    """What the service hears has been started, once the browser has asked for these."""
    messages = [json_message(FromBrowser.LAUNCH, {"application": name}) for name in launched]
    wire.say(*messages, PING)
    names: list[str] = []
    while (message := await wire.heard()) and message[0] != FromAgent.PONG:
        if message[0] == ToService.LAUNCHED:
            names += json_body(message)["applications"]
    return names


def test_the_service_is_told_what_a_real_agent_would_have_started(tmp_path: Path) -> None:
    async def scenario(dial: Dial) -> None:
        wire = await dial()
        wire.say(opening("s-1", "editor"), HELLO)
        assert await told(wire) == ["editor"]
        assert await told(wire, "shell", "", "n" * 257, 7, None) == ["shell"]
        again = await dial()
        again.say(opening("s-1", "editor"), HELLO)
        assert await told(again) == []
        desktop = await dial()
        desktop.say(opening("s-2", "Desktop"), HELLO)
        assert await told(desktop) == []

    run(tmp_path, scenario)


@pytest.mark.parametrize(
    ("catalog", "started"),
    [
        ({"own": ["editor"], "more": []}, ["editor"]),
        ({"own": [], "more": [{"name": "shell"}]}, ["shell"]),
        ({"own": [], "more": []}, []),
        (None, []),
    ],
    ids=["of the image", "of the fleet", "none", "not told"],
)
def test_what_a_session_may_not_start_is_not_told_of(
    tmp_path: Path, catalog: Any, started: list[str]
) -> None:
    async def scenario(dial: Dial) -> None:
        wire = await dial()
        wire.say(opening("s-1", catalog=catalog), HELLO)
        assert await told(wire, "editor", "shell") == started

    run(tmp_path, scenario)
