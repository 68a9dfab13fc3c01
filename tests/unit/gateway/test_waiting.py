"""The relay while no instance is ready yet, and what it tells the store of a user's input."""

import asyncio
from datetime import timedelta
from pathlib import Path

from ownstream.channel.framing import json_message
from ownstream.channel.tags import KEY, FromAgent, FromBrowser
from ownstream.gateway.relay import LOOK_EVERY_S
from ownstream.store import InstanceRow
from tests.support.clock import settle
from tests.support.gateway import FakeSocket
from tests.unit.gateway.test_relay import Desk, joined, play

HELLO = json_message(FromBrowser.HELLO, {"version": 1, "width": 800})
SMALL = json_message(FromBrowser.RESIZE, {"width": 640})
LARGE = json_message(FromBrowser.RESIZE, {"width": 1920})
PING = bytes([FromBrowser.PING]) + b"12345678"
PRESS = bytes([FromBrowser.KEY]) + KEY.pack(0x20, 1)


def see_instance(desk: Desk, seen: str) -> None:
    session_id = desk.session().id
    with desk.store.transaction() as tx:
        row = tx.get(InstanceRow, "i-1")
        assert row
        row.seen = seen
        tx.touch(("session", session_id))


async def waiting(desk: Desk) -> FakeSocket:
    """A browser whose instance is not ready yet."""
    see_instance(desk, "starting")
    socket = desk.socket()
    socket.open()
    assert (await socket.next())["type"] == "websocket.accept"
    return socket


def test_what_was_said_before_the_instance_was_ready_reaches_its_agent(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket = await waiting(desk)
        for message in (HELLO, SMALL, PRESS, LARGE, PING):
            socket.send(message)
        assert (await socket.next())["bytes"] == bytes([FromAgent.PONG]) + PING[1:]
        see_instance(desk, "ready")
        end = await desk.agent.accepted()
        await end.next()  # OPEN
        # The keys of a user who saw nothing yet are for nobody; of sizes the last one counts.
        assert [await end.next(), await end.next()] == [HELLO, LARGE]
        socket.send(PRESS)
        assert await end.next() == PRESS

    play(tmp_path, scenario)


def test_a_browser_that_leaves_while_it_waits_is_waited_for_no_more(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket = await waiting(desk)
        socket.leave()
        await socket.ended()
        assert desk.session().connected is False

    play(tmp_path, scenario)


def test_a_browser_that_says_what_it_may_not_while_it_waits_is_closed(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket = await waiting(desk)
        socket.send(bytes([FromAgent.FRAME]))
        assert (await socket.next())["code"] == 1008

    play(tmp_path, scenario)


def test_the_store_hears_of_input_before_time_makes_a_leap(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        for _ in range(4):
            await desk.clock.advance(timedelta(minutes=5))
            socket.send(PRESS)
            await end.next()
            async with asyncio.timeout(LOOK_EVERY_S / 2):  # which would come to it at last
                while desk.session().last_input_at != desk.clock.now():
                    await settle()

    play(tmp_path, scenario)
