"""A real agent with a real sound server: what a browser hears, and what applications do."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ownstream.agent.opus import Decoder, Opus
from ownstream.channel.framing import json_message
from ownstream.channel.tags import (
    HEARD,
    SOUND,
    SOUND_RATE,
    VOICE,
    FromAgent,
    FromBrowser,
    SoundFlag,
    VoiceCodec,
)
from tests.agent.agent_process import Agent, Browser, running_agent
from tests.support.tones import loudest_hertz, write_tone

Scenario = Callable[[Agent], Awaitable[None]]


def command(name: str, *argv: str) -> Any:
    """A catalog entry without a terminal."""
    return {"name": name, "displayName": name, "command": list(argv)}


def run(folder: Path, scenario: Scenario, *applications: Any) -> None:
    """Plays the scenario on an agent of its own."""

    async def play() -> None:
        async with running_agent(folder, *applications) as agent:
            await scenario(agent)

    asyncio.run(play())


@pytest.fixture
def tone(tmp_path: Path) -> Any:
    """An application that plays half a second of 440 Hz."""
    write_tone(tmp_path / "tone.wav", hertz=440, seconds=0.5)
    return command("Tone", "paplay", str(tmp_path / "tone.wav"))


async def listening(agent: Agent) -> Browser:
    """A browser that wants to hear."""
    browser = await agent.connect()
    browser.hello("jpeg")
    welcome = await browser.hear_json(FromAgent.WELCOME)
    assert welcome["features"]["sound"] == {"offered": True, "reason": ""}
    browser.say(bytes([FromBrowser.LISTEN, 1]))
    return browser


def launch(browser: Browser, name: str) -> None:
    browser.say(json_message(FromBrowser.LAUNCH, {"application": name}))


async def hear_sound(browser: Browser, *, acknowledged: bool = True) -> list[bytes]:
    """The packets of one sound, from its first to the one before silence."""
    packets: list[bytes] = []
    while True:
        message = await browser.hear_tag(FromAgent.SOUND)
        flags, number = SOUND.unpack_from(message, 1)
        packets.append(message[1 + SOUND.size :])
        if acknowledged:
            browser.say(bytes([FromBrowser.HEARD]) + HEARD.pack(number))
        if flags & SoundFlag.LAST:
            return packets


def decoded(packets: list[bytes]) -> bytes:
    decoder = Decoder(Opus())
    return b"".join(map(decoder.decode, packets))


def test_what_an_application_plays_is_heard_and_silence_sends_nothing(
    tmp_path: Path, tone: Any
) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await listening(agent)
        for _ in range(2):  # the second time the server runs already
            launch(browser, "Tone")
            packets = await hear_sound(browser)
            assert loudest_hertz(decoded(packets)) == pytest.approx(440, abs=3)
            # Half a second, the silence that is held, and a packet at either end.
            assert 25 <= len(packets) <= 25 + 10 + 2

    run(tmp_path, scenario, tone)
