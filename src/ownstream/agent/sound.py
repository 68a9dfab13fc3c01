"""The sound of a session: what applications play goes to the browser, its microphone to them."""

import fcntl
import logging
import os
from collections.abc import Collection, Mapping
from struct import Struct
from typing import Any

from ownstream.agent import microphone, sound_server
from ownstream.agent.features import Feature, Outlet
from ownstream.agent.microphone import Microphone
from ownstream.agent.opus import Encoder, NoOpus, Opus
from ownstream.agent.samples import PIPE_BYTES, Gate, Samples, Verdict
from ownstream.agent.sandbox import Event, Failed, Sandbox
from ownstream.channel.framing import FramingError, json_message
from ownstream.channel.tags import HEARD, SOUND, VOICE, FromAgent, FromBrowser, SoundFlag

LOG = logging.getLogger("ownstream.agent")

KEY = "sound"

_BITS_PER_S = 96_000
_COMPLEXITY = 5  # 0.1 ms a packet; 10, at the double, is not told from it at this bit rate
_MAX_BACKLOG_BYTES = 256 * 1024
_MAX_UNHEARD = 40  # packets: 0.8 s, after which what is sent would be old when it arrives
_NUMBERS = 1 << 16


def session_sound(sandbox: Sandbox) -> Feature:
    """The sound of this sandbox, or what says why there is none."""
    lacking = sound_server.lacking()
    if lacking:
        return NoSound(f"{lacking} is not installed where the session runs")
    try:
        return Sound(sandbox, Opus())
    except NoOpus as error:
        LOG.warning("no sound: %s", error)
        return NoSound("libopus is not installed where the session runs")


class NoSound:
    """Sound that is not there."""

    name = "sound"
    tags: Collection[int] = ()

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def greeting(self) -> Mapping[str, Any]:
        """See Feature."""
        return {"offered": False, "reason": self._reason}

    def connected(self, outlet: Outlet) -> None:
        """See Feature."""

    def disconnected(self) -> None:
        """See Feature."""

    def hear(self, message: bytes) -> None:
        """See Feature."""
        raise FramingError("there is no sound")


class Sound:
    """Sound that is sent while somebody listens and there is any."""

    name = "sound"
    tags: Collection[int] = (
        FromBrowser.LISTEN,
        FromBrowser.HEARD,
        FromBrowser.MICROPHONE,
        FromBrowser.VOICE,
    )

    def __init__(self, sandbox: Sandbox, opus: Opus) -> None:
        self._opus = opus
        self._outlet: Outlet | None = None
        self._reason = ""  # why there is none any more
        self._microphone = Microphone(sandbox, opus, self._microphone_changed)
        sandbox.tell_of(KEY, self._tell_of_server)
        sandbox.tell_of(microphone.KEY, self._microphone.see)
        sandbox.write(sound_server.SCRIPT_FILE, sound_server.script())
        self._samples = Samples(_serve(sandbox), self._take)
        self._encoder: Encoder | None = None
        self._begin_anew()

    def greeting(self) -> Mapping[str, Any]:
        """See Feature."""
        return {"offered": not self._reason, "reason": self._reason}

    def connected(self, outlet: Outlet) -> None:
        """See Feature."""
        self._outlet = outlet

    def disconnected(self) -> None:
        """See Feature."""
        self._outlet = None
        self._samples.stop()
        self._microphone.turn_off()

    def hear(self, message: bytes) -> None:
        """See Feature."""
        match message[0]:
            case FromBrowser.LISTEN:
                if _switch(message):
                    self._begin_anew()
                    self._samples.start()
                else:
                    self._samples.stop()
            case FromBrowser.HEARD:
                (self._heard,) = _unpacked(HEARD, message, rest=False)
            case FromBrowser.MICROPHONE:
                if _switch(message):
                    self._microphone.turn_on()
                else:
                    self._microphone.turn_off()
            case _:
                (codec,) = _unpacked(VOICE, message, rest=True)
                self._microphone.hear(codec, message[1 + VOICE.size :])

    def _begin_anew(self) -> None:
        self._encoder = None
        self._gate = Gate()
        self._number = 0
        self._heard = _NUMBERS - 1

    def _take(self, frame: bytes) -> None:
        verdict = self._gate.judge(frame)
        if self._outlet is None or verdict is Verdict.LEAVE or self._is_behind(self._outlet):
            return
        if self._encoder is None:
            self._encoder = Encoder(
                self._opus,
                channels=sound_server.CHANNELS,
                bits_per_s=_BITS_PER_S,
                complexity=_COMPLEXITY,
            )
        flags = SoundFlag.LAST if verdict is Verdict.SEND_AS_LAST else 0
        head = bytes([FromAgent.SOUND]) + SOUND.pack(flags, self._number)
        self._outlet.send(head + self._encoder.encode(frame))
        self._number = (self._number + 1) % _NUMBERS

    def _is_behind(self, outlet: Outlet) -> bool:
        """Whether what is sent now would come too late."""
        unheard = (self._number - 1 - self._heard) % _NUMBERS
        return unheard >= _MAX_UNHEARD or outlet.backlog() > _MAX_BACKLOG_BYTES

    def _microphone_changed(self, is_on: bool) -> None:
        if self._outlet is not None:
            self._outlet.send(bytes([FromAgent.MICROPHONE, is_on]))

    def _tell_of_server(self, event: Event) -> None:
        if not isinstance(event, Failed):
            return
        LOG.warning("no sound any more: %s", event.reason)
        self._reason = "the sound server of the session has failed"
        if self._outlet is not None:
            body = {"code": "SoundFailed", "message": f"There is no sound: {self._reason}."}
            self._outlet.send(json_message(FromAgent.NOTICE, body))


def _serve(sandbox: Sandbox) -> int:
    """The pipe that the sound server will write into."""
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    fcntl.fcntl(ours, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    # The server opens it anew, as another user; who has not been given it finds it nowhere.
    os.fchmod(theirs, 0o666)
    try:
        sandbox.serve(KEY, sound_server.SOCKET, sound_server.server_argv(), [theirs])
    finally:
        os.close(theirs)
    return ours


def _switch(message: bytes) -> bool:
    if message[1:] not in (b"\0", b"\1"):
        raise FramingError(f"tag {message[0]:#x}: neither 0 nor 1")
    return message[1] == 1


def _unpacked(struct: Struct, message: bytes, *, rest: bool) -> tuple[int, ...]:
    size = 1 + struct.size
    if len(message) < size or (len(message) > size and not rest):
        raise FramingError(f"tag {message[0]:#x}: {len(message) - 1} bytes")
    return struct.unpack_from(message, 1)
