"""When the next frame may leave, judged by the acknowledgements of those before. Pure.

A frame in flight is one sent and not yet acknowledged as decoded. What bounds them is not their
number but the age of the oldest: while acknowledgements come back about as fast as on an idle link
ever more may be under way, so a long round trip costs no rate; as soon as they come late, the
link or the decoder is full, and nothing more is sent until they catch up. A client that stops
acknowledging thus gets nothing more.
"""

from collections import deque
from dataclasses import dataclass, field

SLACK_S = 0.05  # how late an acknowledgement may be before we hold back
UNKNOWN_WINDOW = 3  # frames in flight before anything is known of the link
MAX_IN_FLIGHT = 256
MAX_IN_FLIGHT_BYTES = 8 * 1024 * 1024
BASE_LIFE_S = 10.0
_GROWTH = 1.5


@dataclass(frozen=True)
class Landed:
    """What an acknowledgement has ended the flight of."""

    size_bytes: int = 0
    delay_s: float = 0.0  # of the last of them, from its leaving


@dataclass
class _Sent:
    frame: int
    at: float
    size: int
    alone: bool  # nothing else was in flight: its delay is the link's own


@dataclass
class Flow:
    """The frames in flight to one client; times are seconds of any one steady clock."""

    base_s: float | None = None  # the delay of an acknowledgement on the idle link
    _base_at: float = 0.0
    _flight: deque[_Sent] = field(default_factory=deque[_Sent])
    _landings: deque[float] = field(default_factory=deque[float])
    _bytes: int = 0

    @property
    def in_flight(self) -> int:
        """How many frames are under way."""
        return len(self._flight)

    def carries(self, frame: int) -> bool:
        """Whether this frame is under way."""
        return any(sent.frame == frame for sent in self._flight)

    def may_send(self, now: float) -> bool:
        """Whether one more frame may leave."""
        if not self._flight:
            return True
        if len(self._flight) >= MAX_IN_FLIGHT or self._bytes >= MAX_IN_FLIGHT_BYTES:
            return False
        if len(self._flight) >= self._window(now):
            return False
        if self.base_s is None:
            return True
        if now - self._base_at > BASE_LIFE_S:
            # The link may have changed, or we measure our own queue: the flight has to land
            # once, so that the next frame measures the link alone.
            return False
        return now - self._flight[0].at <= self.base_s + SLACK_S

    def sent(self, frame: int, *, size: int, now: float) -> None:
        """This frame has left."""
        self._flight.append(_Sent(frame, now, size, alone=not self._flight))
        self._bytes += size

    def acknowledged(self, frame: int, now: float) -> Landed:
        """What this ends the flight of: the named frame and all before it, if it is under way."""
        if not self.carries(frame):
            return Landed()
        landed = 0
        while True:
            sent = self._flight.popleft()
            self._bytes -= sent.size
            landed += sent.size
            if sent.frame == frame:
                self._landings.append(now)
                self._measure(now - sent.at, alone=sent.alone, now=now)
                return Landed(landed, now - sent.at)

    def forget_flight(self) -> None:
        """The client says that what is under way is of no use to it."""
        self._flight.clear()
        self._bytes = 0

    def _window(self, now: float) -> int:
        """How many frames may be in flight: somewhat more than landed within the delay allowed.

        A link whose oldest frame is still young is not filled blindly.
        """
        if self.base_s is None:
            return UNKNOWN_WINDOW
        while self._landings and now - self._landings[0] > self.base_s + SLACK_S:
            self._landings.popleft()
        return max(UNKNOWN_WINDOW, int(_GROWTH * len(self._landings)) + 1)

    def _measure(self, delay: float, *, alone: bool, now: float) -> None:
        expired = now - self._base_at > BASE_LIFE_S
        if self.base_s is None or delay <= self.base_s or (expired and alone):
            self.base_s, self._base_at = delay, now
        elif delay <= self.base_s * 1.25 + 0.005:
            self._base_at = now
