"""A real agent with a real sound server: what a browser hears, and what applications do."""

import asyncio
import contextlib
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ownstream.agent.opus import FRAME, SAMPLE_BYTES, Decoder, Encoder, Opus
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
from tests.agent.agent_process import WITHIN_S, Agent, Browser, running_agent
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


async def hear_sound(browser: Browser) -> list[bytes]:
    """The packets of one sound, from its first to the one before silence."""
    packets: list[bytes] = []
    while True:
        message = await browser.hear_tag(FromAgent.SOUND)
        flags, number = SOUND.unpack_from(message, 1)
        packets.append(message[1 + SOUND.size :])
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


def test_silence_that_an_application_plays_is_not_sent(tmp_path: Path, tone: Any) -> None:
    write_tone(tmp_path / "late.wav", hertz=880, seconds=0.3, before_s=1.5)
    late = command("Late", "paplay", str(tmp_path / "late.wav"))

    async def scenario(agent: Agent) -> None:
        browser = await listening(agent)
        for name in ("Tone", "Late"):
            launch(browser, name)
            first, *_ = packets = await hear_sound(browser)
            assert len(packets) < 40
            assert loudest_hertz(decoded([first, packets[1]])) > 400

    run(tmp_path, scenario, tone, late)


def test_who_does_not_listen_is_sent_nothing(tmp_path: Path, tone: Any) -> None:
    done = tmp_path / "done"
    marked = command("Marked", "sh", "-c", f"paplay {tmp_path}/tone.wav; : > {done}; exec xterm")

    async def scenario(agent: Agent) -> None:
        browser = await listening(agent)
        browser.say(bytes([FromBrowser.LISTEN, 0]))
        launch(browser, "Marked")
        heard: set[int] = set()
        while not done.exists():
            message = await browser.hear()
            assert message is not None
            heard.add(message[0])
        assert FromAgent.SOUND not in heard
        browser.say(bytes([FromBrowser.LISTEN, 1]))
        launch(browser, "Tone")
        assert await hear_sound(browser)

    run(tmp_path, scenario, tone, marked)


def test_who_does_not_say_what_has_arrived_is_sent_less_than_a_second(
    tmp_path: Path, tone: Any
) -> None:
    write_tone(tmp_path / "long.wav", hertz=440, seconds=2)
    long = command("Long", "sh", "-c", f"paplay {tmp_path}/long.wav; exec xterm")

    async def scenario(agent: Agent) -> None:
        browser = await listening(agent)
        launch(browser, "Long")
        packets = 0
        message = b""
        while b"Long" not in message:  # whose window is there once the tone is over
            message = await browser.hear_tag_of(FromAgent.SOUND, FromAgent.RUNNING)
            packets += message[0] == FromAgent.SOUND
        assert packets == 40
        browser.say(bytes([FromBrowser.HEARD]) + HEARD.pack(39))
        launch(browser, "Tone")
        assert await hear_sound(browser)

    run(tmp_path, scenario, tone, long)


@pytest.mark.parametrize("codec", [VoiceCodec.OPUS, VoiceCodec.PCM])
def test_an_application_that_records_hears_the_microphone_while_it_is_on(
    tmp_path: Path, codec: VoiceCodec
) -> None:
    recorded = tmp_path / "recorded"
    os.mkfifo(recorded)
    take = "parecord --raw --format=s16le --rate=48000 --channels=1 --latency-msec=20"
    recorder = command("Recorder", "sh", "-c", f"{take} > {recorded}")

    async def scenario(agent: Agent) -> None:
        browser = await listening(agent)
        async with reading(recorded) as recording:
            launch(browser, "Recorder")
            assert not any(await recording.readexactly(9600))
            browser.say(bytes([FromBrowser.MICROPHONE, 1]))
            assert await browser.hear_tag(FromAgent.MICROPHONE) == bytes([FromAgent.MICROPHONE, 1])
            heard = b""
            for message in voice(codec):
                browser.say(message)
                heard += await recording.readexactly(FRAME * SAMPLE_BYTES)
            assert loudest_hertz(heard) == pytest.approx(600, abs=6)
            browser.say(bytes([FromBrowser.MICROPHONE, 0]))
            assert await browser.hear_tag(FromAgent.MICROPHONE) == bytes([FromAgent.MICROPHONE, 0])
            while any(await recording.readexactly(9600)):
                pass

    run(tmp_path, scenario, recorder)


@contextlib.asynccontextmanager
async def reading(fifo: Path) -> AsyncIterator[asyncio.StreamReader]:
    """What is written into this pipe, whoever opens it."""
    reader = asyncio.StreamReader()
    # Opened for both ways, it does not end with the first that writes.
    pipe = os.fdopen(os.open(fifo, os.O_RDWR | os.O_NONBLOCK), "rb", buffering=0)
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    try:
        async with asyncio.timeout(WITHIN_S):
            yield reader
    finally:
        transport.close()


def voice(codec: VoiceCodec) -> list[bytes]:
    """A second of 600 Hz, as a browser sends it."""
    angles = np.arange(SOUND_RATE) * (2 * math.pi * 600 / SOUND_RATE)
    samples = (8000 * np.sin(angles)).astype("<i2").tobytes()
    size = FRAME * SAMPLE_BYTES
    frames = [samples[at : at + size] for at in range(0, len(samples), size)]
    if codec is VoiceCodec.OPUS:
        encoder = Encoder(Opus(), channels=1, bits_per_s=32_000, complexity=5)
        frames = [encoder.encode(frame) for frame in frames]
    return [bytes([FromBrowser.VOICE]) + VOICE.pack(codec) + frame for frame in frames]
