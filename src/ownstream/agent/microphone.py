"""The user's microphone in the session: there while the user has it on, silent else."""

import array
import fcntl
import os
import termios
from collections.abc import Callable, Sequence
from typing import Protocol

from ownstream.agent import sound_server
from ownstream.agent.opus import FRAME, SAMPLE_BYTES, BadPacket, Decoder, Opus
from ownstream.agent.sandbox import Event, Started
from ownstream.channel.framing import FramingError
from ownstream.channel.tags import SOUND_RATE, VoiceCodec

KEY = "microphone"

_MAX_BYTES = FRAME * SAMPLE_BYTES  # of one message
_MAX_WAITING_BYTES = SOUND_RATE // 10 * SAMPLE_BYTES  # 100 ms; what comes after that is dropped


class Starter(Protocol):
    """Starts processes in the sandbox."""

    def start(
        self, key: str, argv: Sequence[str], env: dict[str, str], descriptors: Sequence[int]
    ) -> None:
        """See `Sandbox`."""
        ...


class Microphone:
    """The pipe to the process in the sandbox that plays the voice into the sound server."""

    def __init__(self, starter: Starter, opus: Opus, changed: Callable[[bool], None]) -> None:
        self._starter = starter
        self._opus = opus
        self._changed = changed
        self._pipe: int | None = None
        self._decoder: Decoder | None = None
        self._ending = 0  # processes that have been told to end, and have not yet

    def turn_on(self) -> None:
        """Applications hear it from now on."""
        if self._pipe is not None:
            return
        theirs, ours = os.pipe()
        os.set_blocking(ours, False)
        try:
            self._starter.start(KEY, sound_server.microphone_argv(), {}, [theirs])
        finally:
            os.close(theirs)
        self._pipe, self._decoder = ours, Decoder(self._opus)
        self._changed(True)

    def turn_off(self) -> None:
        """Applications hear silence again, once they have heard the last 40 ms."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = self._decoder = None
            self._ending += 1
            self._changed(False)

    def see(self, event: Event) -> None:
        """Takes note of what became of a process; one that ended by itself was not to."""
        if isinstance(event, Started):
            return
        if self._ending == 0:
            self.turn_off()
        self._ending = max(0, self._ending - 1)

    def hear(self, codec: int, voice: bytes) -> None:
        """Plays this, unless it is off or behind; FramingError if it is no voice."""
        samples = self._samples(codec, voice)
        if self._pipe is None or _waiting(self._pipe) > _MAX_WAITING_BYTES:
            return
        try:
            os.write(self._pipe, samples)  # whole or not at all: it is less than PIPE_BUF
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.turn_off()

    def _samples(self, codec: int, voice: bytes) -> bytes:
        if codec == VoiceCodec.PCM:
            if not voice or len(voice) > _MAX_BYTES or len(voice) % SAMPLE_BYTES:
                raise FramingError(f"VOICE: {len(voice)} bytes of samples")
            return voice
        if codec != VoiceCodec.OPUS:
            raise FramingError(f"VOICE: codec {codec}")
        if self._decoder is None:
            return b""
        try:
            return self._decoder.decode(voice)
        except BadPacket as error:
            raise FramingError(f"VOICE: {error}") from error


def _waiting(pipe: int) -> int:
    """Bytes that have not been read yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]
