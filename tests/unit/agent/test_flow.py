"""Frames leave as fast as the link takes them, however long it is, and wait when it is full."""

from collections import deque
from dataclasses import dataclass, field

import pytest

from ownstream.agent.flow import BASE_LIFE_S, MAX_IN_FLIGHT, SLACK_S, UNKNOWN_WINDOW, Flow

STEP_S = 0.001


@dataclass
class Link:
    """A client behind a link of this delay and rate, in time that is turned by hand."""

    round_trip_s: float
    bytes_per_s: float
    flow: Flow = field(default_factory=Flow)
    now: float = 0.0
    sent: int = 0
    delays: list[float] = field(default_factory=list)
    _free_at: float = 0.0
    _acks: deque[tuple[float, int, float]] = field(default_factory=deque)

    def run(self, seconds: float, *, frame_bytes: int, rate: float = 60.0) -> None:
        """A screen that always has a new frame, at this rate."""
        until, next_frame = self.now + seconds, self.now
        while self.now < until:
            self.now += STEP_S
            while self._acks and self._acks[0][0] <= self.now:
                _, frame, at = self._acks.popleft()
                self.flow.acknowledged(frame, self.now)
                self.delays.append(self.now - at)
            if self.now >= next_frame and self.flow.may_send(self.now):
                self._send(frame_bytes)
                next_frame = max(next_frame + 1 / rate, self.now)

    def _send(self, size: int) -> None:
        self.flow.sent(self.sent, size=size, now=self.now)
        self._free_at = max(self._free_at, self.now) + size / self.bytes_per_s
        self._acks.append((self._free_at + self.round_trip_s, self.sent, self.now))
        self.sent += 1


@pytest.mark.parametrize("round_trip_s", [0.001, 0.05, 0.3, 0.8])
def test_a_round_trip_costs_no_rate(round_trip_s: float) -> None:
    link = Link(round_trip_s, bytes_per_s=12.5e6)
    link.run(10 * round_trip_s, frame_bytes=5000)
    before = link.sent
    link.run(5, frame_bytes=5000)
    assert link.sent - before > 0.9 * 60 * 5


@pytest.mark.parametrize("bytes_per_s", [125_000, 500_000, 1_250_000])
@pytest.mark.parametrize("round_trip_s", [0.01, 0.1])
def test_a_slow_link_is_kept_busy_with_a_short_queue(
    round_trip_s: float, bytes_per_s: float
) -> None:
    link, size = Link(round_trip_s, bytes_per_s), 25_000
    link.run(60, frame_bytes=size)
    per_frame = size / bytes_per_s
    assert link.sent > 0.75 * 60 / per_frame
    assert max(link.delays) < round_trip_s + SLACK_S + 5 * per_frame


def test_after_a_burst_the_next_frame_waits_until_the_queue_has_drained() -> None:
    link = Link(0.02, bytes_per_s=1e6)
    link.run(2, frame_bytes=2000)
    link.run(0.02, frame_bytes=400_000)
    assert not link.flow.may_send(link.now + 0.1)
    link.run(1, frame_bytes=2000)
    assert link.flow.may_send(link.now)


def test_a_link_that_became_longer_is_found_out() -> None:
    link = Link(0.02, bytes_per_s=12.5e6)
    link.run(3, frame_bytes=2000)
    link.round_trip_s = 0.4
    link.run(2 * BASE_LIFE_S, frame_bytes=2000)
    before = link.sent
    link.run(5, frame_bytes=2000)
    assert link.sent - before > 0.8 * 60 * 5


def test_a_client_that_acknowledges_nothing_gets_a_few_frames_and_no_more() -> None:
    flow = Flow()
    for frame in range(UNKNOWN_WINDOW):
        assert flow.may_send(100.0)
        flow.sent(frame, size=10, now=100.0)
    assert not flow.may_send(100.1)
    assert not flow.may_send(10_000.0)


def test_a_client_that_stops_acknowledging_gets_no_more_however_long_it_takes() -> None:
    link = Link(0.02, bytes_per_s=12.5e6)
    link.run(1, frame_bytes=2000)
    link.flow.sent(link.sent, size=10, now=link.now)
    assert not link.flow.may_send(link.now + 1)
    assert not link.flow.may_send(link.now + 1000)


def test_the_frames_in_flight_are_bounded_however_long_the_link_is() -> None:
    link = Link(10.0, bytes_per_s=12.5e6)
    for _ in range(150):
        link.run(1, frame_bytes=2000)
        assert link.flow.in_flight <= MAX_IN_FLIGHT
    assert link.flow.in_flight > MAX_IN_FLIGHT // 2


def test_an_acknowledgement_stands_for_all_before_it_and_an_unknown_one_for_none() -> None:
    flow = Flow()
    for frame in (65534, 65535, 0):
        flow.sent(frame, size=100, now=0.0)
    assert flow.acknowledged(7, 0.1).size_bytes == 0
    assert flow.acknowledged(65535, 0.1).size_bytes == 200
    assert flow.acknowledged(65534, 0.1).size_bytes == 0
    assert flow.acknowledged(0, 0.1).size_bytes == 100


def test_a_flight_that_is_forgotten_holds_nothing_back() -> None:
    flow = Flow()
    for frame in range(UNKNOWN_WINDOW):
        flow.sent(frame, size=10, now=0.0)
    flow.forget_flight()
    assert flow.may_send(100.0)
