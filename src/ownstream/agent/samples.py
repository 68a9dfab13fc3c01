"""What applications play, from the sound server's pipe to frames of 20 ms.

Who writes into the pipe is not trusted: no more is taken than real sound would be.
"""

import asyncio
import os
import time
from collections.abc import Callable
from enum import Enum, auto

from ownstream.agent.opus import FRAME, SAMPLE_BYTES
from ownstream.agent.sound_server import CHANNELS
from ownstream.channel.tags import SOUND_RATE

FRAME_BYTES = FRAME * CHANNELS * SAMPLE_BYTES
PIPE_BYTES = 16 * 1024  # 85 ms: what more there would be is old

_LOOK_EVERY_S = 0.01
_DRY_LOOKS = 5
_FRAMES_PER_S = 1.05 * SOUND_RATE / FRAME
_MOST_AT_ONCE = 6.0

_ZEROS = bytes(FRAME_BYTES)
_FAINT = 3  # of 32768: nobody hears it
_LOOKED_AT = 7  # every seventh sample, of either channel by turns
_HELD_FRAMES = 10  # silence that is sent, lest the pauses between sounds chop them


class Verdict(Enum):
    """What becomes of a frame."""

    SEND = auto()
    SEND_AS_LAST = auto()
    LEAVE = auto()


class Frames:
    """Whole frames out of what is read piece by piece, not more of them than time allows."""

    def __init__(self) -> None:
        self._rest = b""
        self._allowed = _MOST_AT_ONCE
        self._cut_at = 0.0

    def cut(self, data: bytes, now: float) -> list[bytes]:
        """The frames that are complete with this; the newest of them if they are too many."""
        data = self._rest + data
        whole = len(data) // FRAME_BYTES
        self._rest = data[whole * FRAME_BYTES :]
        earned = (now - self._cut_at) * _FRAMES_PER_S
        self._allowed = min(_MOST_AT_ONCE, self._allowed + earned)
        self._cut_at = now
        taken = min(whole, int(self._allowed))
        self._allowed -= taken
        return [
            data[number * FRAME_BYTES : (number + 1) * FRAME_BYTES]
            for number in range(whole - taken, whole)
        ]


class Gate:
    """Shut while there is only silence."""

    def __init__(self) -> None:
        self._silent = _HELD_FRAMES + 1  # frames, up to where it shuts

    def judge(self, frame: bytes) -> Verdict:
        """Whether to send this one."""
        if not _is_silent(frame):
            self._silent = 0
            return Verdict.SEND
        self._silent = min(self._silent, _HELD_FRAMES) + 1
        if self._silent > _HELD_FRAMES:
            return Verdict.LEAVE
        return Verdict.SEND_AS_LAST if self._silent == _HELD_FRAMES else Verdict.SEND


class Samples:
    """The frames that come out of a pipe, given to `deliver` between `start` and `stop`.

    While sound comes it is looked for every 10 ms: the server writes in pieces of 5 ms, each of
    which would wake us. While none comes, or nobody wants it, nothing is done.
    """

    def __init__(self, pipe: int, deliver: Callable[[bytes], None]) -> None:
        self._pipe = pipe
        self._deliver = deliver
        self._frames = Frames()
        self._dry = 0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Watches from now on; what is in the pipe already is old."""
        self.stop()
        self._frames = Frames()
        self._read()
        self._watch()

    def stop(self) -> None:
        """Leaves the pipe alone; the server drops what has no room in it."""
        asyncio.get_running_loop().remove_reader(self._pipe)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self) -> None:
        self._timer = None
        asyncio.get_running_loop().add_reader(self._pipe, self._wake)

    def _wake(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pipe)
        self._dry = 0
        self._look()

    def _look(self) -> None:
        data = self._read()
        if data == b"":  # the sandbox has ended
            return
        self._dry = 0 if data else self._dry + 1
        if self._dry > _DRY_LOOKS:
            self._watch()
            return
        self._timer = asyncio.get_running_loop().call_later(_LOOK_EVERY_S, self._look)
        for frame in self._frames.cut(data or b"", time.monotonic()):
            self._deliver(frame)

    def _read(self) -> bytes | None:
        """What is in the pipe; None for nothing, empty if nothing can come any more."""
        try:
            return os.read(self._pipe, PIPE_BYTES)
        except BlockingIOError:
            return None


def _is_silent(frame: bytes) -> bool:
    if frame == _ZEROS:
        return True
    looked_at = memoryview(frame).cast("h")[::_LOOKED_AT].tolist()
    return max(looked_at) <= _FAINT and min(looked_at) >= -_FAINT
