"""What the agent makes of samples, and of what a browser says about sound."""

import asyncio
import json
import os
from array import array
from collections.abc import Awaitable, Callable, Mapping, Sequence

import pytest

from ownstream.agent.features import Outlet
from ownstream.agent.opus import BadPacket, Decoder, Encoder, Opus
from ownstream.agent.samples import FRAME_BYTES, Frames, Gate, Verdict
from ownstream.agent.sandbox import Ended, Event, Failed, Started
from ownstream.agent.sound import Sound, session_sound
from ownstream.channel.framing import FramingError
from ownstream.channel.tags import HEARD, SOUND, FromAgent, FromBrowser, SoundFlag, VoiceCodec

SILENCE = bytes(FRAME_BYTES)
LOUD = array("h", [3000, -3000] * (FRAME_BYTES // 4)).tobytes()
FAINT = array("h", [2, -2] * (FRAME_BYTES // 4)).tobytes()


class FakeSandbox:
    """Takes orders, and plays the server and the microphone's process when told to."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.pipes: list[int] = []  # our copies of what the processes were given
        self.hears: dict[str, Callable[[Event], None]] = {}

    def tell_of(self, key: str, on_event: Callable[[Event], None]) -> None:
        self.hears[key] = on_event

    def write(self, path: str, text: str) -> None:
        self.started.append(path)

    def serve(self, key: str, path: str, argv: Sequence[str], descriptors: Sequence[int]) -> None:
        self.started.append(path)
        self.pipes += map(os.dup, descriptors)

    def start(
        self, key: str, argv: Sequence[str], env: Mapping[str, str], descriptors: Sequence[int]
    ) -> None:
        self.started.append(key)
        self.pipes += map(os.dup, descriptors)

    def play(self, samples: bytes) -> None:
        """An application plays this."""
        os.write(self.pipes[0], samples)

    def close(self) -> None:
        """All of its processes end."""
        for pipe in self.pipes:
            os.close(pipe)


class Stage:
    """A Sound with a browser at its other end."""

    def __init__(self) -> None:
        self.sandbox = FakeSandbox()
        self.sound = Sound(self.sandbox, Opus())
        self.sent: asyncio.Queue[bytes] = asyncio.Queue()
        self.backlog = 0
        self.asked: asyncio.Queue[int] = asyncio.Queue()  # for the backlog, before every packet
        self.connect()

    def connect(self) -> None:
        self.sound.connected(Outlet(self.sent.put_nowait, self._tell_backlog))

    def _tell_backlog(self) -> int:
        self.asked.put_nowait(self.backlog)
        return self.backlog

    def say(self, tag: FromBrowser, *body: int) -> None:
        self.sound.hear(bytes([tag, *body]))

    async def packet(self) -> tuple[int, int]:
        """The next packet's flags and number."""
        async with asyncio.timeout(10):
            message = await self.sent.get()
        assert message[0] == FromAgent.SOUND
        return SOUND.unpack_from(message, 1)

    def heard(self) -> list[bytes]:
        """All that has been sent."""
        return [self.sent.get_nowait() for _ in range(self.sent.qsize())]


def on_stage(scenario: Callable[[Stage], Awaitable[None]]) -> None:
    async def play() -> None:
        stage = Stage()
        await scenario(stage)
        stage.sound.disconnected()
        stage.sandbox.close()

    asyncio.run(play())


# Frames


def test_frames_are_cut_whatever_the_pieces() -> None:
    frames = Frames()
    data = LOUD + SILENCE
    pieces = [data[at : at + 1000] for at in range(0, len(data), 1000)]
    assert [frame for piece in pieces for frame in frames.cut(piece, 1.0)] == [LOUD, SILENCE]


def test_no_more_is_taken_than_real_sound_would_be() -> None:
    frames = Frames()
    flood = LOUD * 8
    taken = [len(frames.cut(flood, now / 100)) for now in range(1000)]
    assert sum(taken) <= 10 * 50 * 1.05 + 6


def test_of_too_many_frames_the_newest_are_taken() -> None:
    frames = Frames()
    assert frames.cut(SILENCE * 20 + LOUD, 0.0)[-1] == LOUD


# Gate


def test_silence_is_sent_for_a_moment_after_sound_and_its_end_is_marked() -> None:
    gate = Gate()
    verdicts = [gate.judge(frame) for frame in [SILENCE, LOUD, *([SILENCE] * 12), LOUD]]
    send, last, leave = Verdict.SEND, Verdict.SEND_AS_LAST, Verdict.LEAVE
    assert verdicts == [leave, send, *([send] * 9), last, leave, leave, send]


def test_what_nobody_hears_is_silence() -> None:
    assert Gate().judge(FAINT) is Verdict.LEAVE


@pytest.mark.parametrize("channel", [0, 1])
def test_sound_of_one_channel_is_no_silence(channel: int) -> None:
    samples = array("h", SILENCE)
    samples[channel::2] = array("h", [500] * (len(samples) // 2))
    assert Gate().judge(samples.tobytes()) is Verdict.SEND


# Opus


def test_a_voice_is_decoded_as_long_as_it_was() -> None:
    opus = Opus()
    packet = Encoder(opus, channels=1, bits_per_s=32_000, complexity=5).encode(LOUD[:1920])
    assert len(Decoder(opus).decode(packet)) == 1920


@pytest.mark.parametrize("packet", [b"", b"\xff" * 10, bytes(2000)])
def test_what_is_no_packet_is_not_decoded(packet: bytes) -> None:
    with pytest.raises(BadPacket):
        Decoder(Opus()).decode(packet)


# Sound


def test_sound_is_sent_with_numbers_up_to_its_end() -> None:
    async def scenario(stage: Stage) -> None:
        stage.say(FromBrowser.LISTEN, 1)
        stage.sandbox.play(LOUD)
        assert await stage.packet() == (0, 0)
        for number in range(1, 11):
            stage.sandbox.play(SILENCE)
            assert await stage.packet() == (SoundFlag.LAST if number == 10 else 0, number)

    on_stage(scenario)


def test_what_was_played_before_somebody_listened_is_old() -> None:
    async def scenario(stage: Stage) -> None:
        stage.sandbox.play(SILENCE + LOUD)
        stage.say(FromBrowser.LISTEN, 1)
        stage.sandbox.play(LOUD)
        await stage.packet()
        assert stage.heard() == []

    on_stage(scenario)


def test_packets_are_dropped_while_what_is_sent_waits_unread() -> None:
    async def scenario(stage: Stage) -> None:
        stage.say(FromBrowser.LISTEN, 1)
        stage.backlog = 1 << 20
        stage.sandbox.play(LOUD)
        async with asyncio.timeout(10):
            await stage.asked.get()
        assert stage.heard() == []
        stage.backlog = 0
        stage.sandbox.play(LOUD)
        assert await stage.packet() == (0, 0)

    on_stage(scenario)


def test_a_browser_that_comes_back_has_to_ask_again() -> None:
    async def scenario(stage: Stage) -> None:
        stage.say(FromBrowser.LISTEN, 1)
        stage.sound.disconnected()
        stage.connect()
        stage.sandbox.play(LOUD)
        stage.say(FromBrowser.HEARD, *HEARD.pack(7))
        stage.say(FromBrowser.LISTEN, 1)
        stage.sandbox.play(LOUD)
        assert await stage.packet() == (0, 0)

    on_stage(scenario)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param([FromBrowser.LISTEN], id="no-switch"),
        pytest.param([FromBrowser.LISTEN, 2], id="no-such-switch"),
        pytest.param([FromBrowser.HEARD, 0], id="half-a-number"),
        pytest.param([FromBrowser.HEARD, 0, 0, 0], id="more-than-a-number"),
        pytest.param([FromBrowser.MICROPHONE, 1, 1], id="two-switches"),
        pytest.param([FromBrowser.VOICE], id="voice-without-codec"),
        pytest.param([FromBrowser.VOICE, 3, 0, 0], id="voice-of-unknown-codec"),
        pytest.param([FromBrowser.VOICE, VoiceCodec.PCM], id="no-samples"),
        pytest.param([FromBrowser.VOICE, VoiceCodec.PCM, 1], id="half-a-sample"),
        pytest.param([FromBrowser.VOICE, VoiceCodec.PCM, *bytes(1922)], id="too-many-samples"),
        pytest.param([FromBrowser.VOICE, VoiceCodec.OPUS, *b"\xff\xff"], id="no-opus"),
    ],
)
def test_what_a_browser_may_not_say_is_refused(message: list[int]) -> None:
    async def scenario(stage: Stage) -> None:
        stage.say(FromBrowser.MICROPHONE, 1)
        with pytest.raises(FramingError):
            stage.sound.hear(bytes(message))

    on_stage(scenario)


def test_without_a_sound_server_the_session_has_no_sound_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    sandbox = FakeSandbox()
    sound = session_sound(sandbox)
    reason = "pulseaudio is not installed where the session runs"
    assert sound.greeting() == {"offered": False, "reason": reason}
    assert sandbox.started == []
    with pytest.raises(FramingError):
        sound.hear(bytes([FromBrowser.LISTEN, 1]))


def test_a_server_that_fails_is_told_now_and_to_the_next_browser() -> None:
    async def scenario(stage: Stage) -> None:
        assert stage.sound.greeting() == {"offered": True, "reason": ""}
        stage.sandbox.hears["sound"](Failed("sound", "it ended with code 1"))
        (notice,) = stage.heard()
        assert notice[0] == FromAgent.NOTICE
        assert json.loads(notice[1:])["code"] == "SoundFailed"
        assert stage.sound.greeting()["offered"] is False

    on_stage(scenario)


# Microphone

ON, OFF = bytes([FromAgent.MICROPHONE, 1]), bytes([FromAgent.MICROPHONE, 0])


def test_a_voice_goes_nowhere_while_the_microphone_is_off() -> None:
    async def scenario(stage: Stage) -> None:
        stage.say(FromBrowser.VOICE, VoiceCodec.PCM, 1, 0)
        stage.say(FromBrowser.VOICE, VoiceCodec.OPUS, 1, 0)
        assert len(stage.sandbox.pipes) == 1

    on_stage(scenario)


def test_a_voice_that_nobody_takes_waits_for_a_tenth_of_a_second_at_most() -> None:
    async def scenario(stage: Stage) -> None:
        stage.say(FromBrowser.MICROPHONE, 1)
        for _ in range(100):
            stage.say(FromBrowser.VOICE, VoiceCodec.PCM, *LOUD[:1920])
        assert len(os.read(stage.sandbox.pipes[1], 1 << 20)) <= 9600 + 1920
        stage.say(FromBrowser.VOICE, VoiceCodec.PCM, *LOUD[:1920])
        assert len(os.read(stage.sandbox.pipes[1], 1 << 20)) == 1920

    on_stage(scenario)


@pytest.mark.parametrize("end", ["its process ends", "its pipe breaks"])
def test_the_page_hears_that_applications_do_not_hear_it_any_more(end: str) -> None:
    async def scenario(stage: Stage) -> None:
        stage.say(FromBrowser.MICROPHONE, 1)
        stage.sandbox.hears["microphone"](Started("microphone"))
        if end == "its process ends":
            stage.sandbox.hears["microphone"](Ended("microphone", 1))
        else:
            os.close(stage.sandbox.pipes.pop())
            stage.say(FromBrowser.VOICE, VoiceCodec.PCM, *LOUD[:1920])
        assert stage.heard() == [ON, OFF]

    on_stage(scenario)


def test_the_end_of_an_earlier_process_turns_nothing_off() -> None:
    async def scenario(stage: Stage) -> None:
        for switch in (1, 0, 1):
            stage.say(FromBrowser.MICROPHONE, switch)
        stage.sandbox.hears["microphone"](Ended("microphone", 0))
        assert stage.heard() == [ON, OFF, ON]
        stage.sandbox.hears["microphone"](Ended("microphone", 0))
        assert stage.heard() == [OFF]

    on_stage(scenario)


def test_with_the_browser_the_microphone_goes() -> None:
    async def scenario(stage: Stage) -> None:
        stage.say(FromBrowser.MICROPHONE, 1)
        stage.sound.disconnected()
        os.set_blocking(stage.sandbox.pipes[1], False)
        assert os.read(stage.sandbox.pipes[1], 1) == b""  # its end

    on_stage(scenario)
