"""What the browser is told before its session ends or is disconnected, and what puts that off."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ownstream.channel.tags import KEY, POINTER, WHEEL, FromBrowser, ToBrowser
from tests.support.gateway import FakeSocket
from tests.unit.gateway.test_relay import FRAME, Desk, joined, play

IDLE = {"IdleDisconnectTimeoutInSeconds": 600}
ACTIVE: Mapping[FromBrowser, bytes] = {
    FromBrowser.KEY: KEY.pack(0x61, 1),
    FromBrowser.POINTER: POINTER.pack(1, 2, 0),
    FromBrowser.WHEEL: WHEEL.pack(0, 120),
}
QUIET = [tag for tag in FromBrowser if tag not in ACTIVE]


async def news(socket: FakeSocket) -> Mapping[str, Any]:
    """The next that the browser is told of its session."""
    message = await socket.next()
    while message["bytes"][0] != ToBrowser.SESSION:
        message = await socket.next()
    return json.loads(message["bytes"][1:])


def test_five_minutes_before_its_end_the_session_warns(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket, _, _ = await joined(desk)
        await desk.clock.advance(timedelta(hours=15, minutes=56))
        warning = await news(socket)
        assert "five minutes" in warning["warning"]
        assert warning["seconds"] == 240

    play(tmp_path, scenario)


@pytest.mark.parametrize("tag", ACTIVE, ids=lambda tag: tag.name.lower())
def test_an_idle_user_is_warned_and_stays_by(tmp_path: Path, tag: FromBrowser) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        await desk.clock.advance(timedelta(minutes=9, seconds=20))
        warning = await news(socket)
        assert "type or click" in warning["warning"]
        assert warning["seconds"] == 40
        socket.send(bytes([tag]) + ACTIVE[tag])
        await end.next()
        assert await news(socket) == {**warning, "warning": None, "seconds": None}

    play(tmp_path, scenario, **IDLE)


@pytest.mark.parametrize("tag", QUIET, ids=lambda tag: tag.name.lower())
def test_an_idle_user_stays_idle_by(tmp_path: Path, tag: FromBrowser) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        await desk.clock.advance(timedelta(minutes=5))
        socket.send(bytes([tag]))
        await end.next()
        end.say(FRAME)
        await desk.clock.advance(timedelta(minutes=4, seconds=20))
        assert (await news(socket))["seconds"] == 40

    play(tmp_path, scenario, **IDLE)


def test_a_user_who_comes_back_by_a_lost_connection_has_been_idle_since(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        first, _, _ = await joined(desk)
        await desk.clock.advance(timedelta(minutes=5))
        first.leave()
        await first.ended()
        await desk.clock.advance(timedelta(minutes=3))
        second, _, _ = await joined(desk)
        await desk.clock.advance(timedelta(minutes=4, seconds=20))
        assert (await news(second))["seconds"] == 40

    play(tmp_path, scenario, **IDLE)


def test_news_of_the_session_is_sent_once(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        socket, end, _ = await joined(desk)
        await desk.clock.advance(timedelta(minutes=9, seconds=20))
        await news(socket)
        await desk.clock.advance(timedelta(seconds=10))
        end.say(FRAME)
        assert (await socket.next())["bytes"] == FRAME

    play(tmp_path, scenario, **IDLE)
