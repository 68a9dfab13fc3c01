"""Flow and pace together, as `video` joins them, behind a link whose rate changes. Virtual time."""

from collections import deque
from dataclasses import dataclass, field

import pytest

from ownstream.agent.flow import Flow
from ownstream.agent.pace import PERIOD_S, Pace

STEP_S = 0.001
FILM_FPS, FILM_BITS = 30.0, 8e6  # what the film takes where nothing bounds it
ROUND_TRIP_S = 0.04
FAST, SLOW = 30e6, 1e6  # bits a second
PAGE_S = 0.005  # a browser's own share of a picture's delay
WITHIN_S = 2.0
OLD_S = 0.5  # of a picture on a slow link


@dataclass
class Film:
    """A film that is captured, encoded, sent and shown; the encoder waits until there is room."""

    bits_per_s: float = FAST
    flow: Flow = field(default_factory=Flow)
    pace: Pace = field(default_factory=lambda: Pace(pixels=1280 * 720))
    now: float = 0.0
    ages: list[tuple[float, float]] = field(default_factory=list)  # when shown, how old then
    sent_bits: list[tuple[float, float]] = field(default_factory=list)
    _number: int = 0
    _waiting: tuple[float, int] | None = None  # when it was encoded, and its bytes
    _is_held: bool = False
    _blocked_since: float = 0.0
    _free_at: float = 0.0
    _next_at: float = 0.0
    _period_ends_at: float = PERIOD_S
    _under_way: deque[tuple[float, int, float]] = field(default_factory=deque)

    def run(self, seconds: float) -> None:
        """So much time passes."""
        until = self.now + seconds
        while self.now < until:
            self.now += STEP_S
            self._show()
            self._capture()
            self._send()
            if self.now >= self._period_ends_at:
                self._end_period()

    def rate(self, last_s: float) -> float:
        """Bits a second that have left in the last so many seconds."""
        return sum(bits for at, bits in self.sent_bits if at > self.now - last_s) / last_s

    def oldest(self, last_s: float) -> float:
        """How old a picture was at most that was shown in the last so many seconds."""
        return max(age for at, age in self.ages if at > self.now - last_s)

    def _show(self) -> None:
        while self._under_way and self._under_way[0][0] <= self.now:
            _, number, captured_at = self._under_way.popleft()
            self.pace.landed(self.flow.acknowledged(number, self.now), page_s=PAGE_S)
            self.ages.append((self.now, self.now - captured_at))

    def _capture(self) -> None:
        """A picture of what is there now, once there is room for it."""
        if self._is_held and self.flow.may_send(self.now):
            self._is_held = False
            self._count_blocked()
        if self._is_held or self._waiting is not None or self.now < self._next_at:
            return
        rate = min(FILM_FPS, self.pace.rate)
        size = int(min(FILM_BITS / FILM_FPS, self.pace.cap / rate) / 8)
        self._next_at = self.now + 1 / rate
        self._waiting = (self.now, size)
        self._blocked_since = self.now

    def _send(self) -> None:
        if self._waiting is None or not self.flow.may_send(self.now):
            return
        captured_at, size = self._waiting
        self._count_blocked()
        self._waiting, self._is_held = None, True
        self.pace.sent()
        self.flow.sent(self._number, size=size, now=self.now)
        self._free_at = max(self._free_at, self.now) + 8 * size / self.bits_per_s
        self._under_way.append((self._free_at + ROUND_TRIP_S, self._number, captured_at))
        self.sent_bits.append((self.now, 8 * size))
        self._number += 1

    def _count_blocked(self) -> None:
        self.pace.waited(self.now - self._blocked_since)
        self._blocked_since = self.now

    def _end_period(self) -> None:
        if self._waiting is not None or self._is_held:
            self._count_blocked()
        self.pace.end_period()
        self._period_ends_at += PERIOD_S


@pytest.fixture
def film() -> Film:
    """A film that has played for a while on a fast link."""
    made = Film()
    made.run(20)
    return made


def test_a_fast_link_shows_the_film_as_it_is(film: Film) -> None:
    assert film.rate(5) == pytest.approx(FILM_BITS, rel=0.05)
    assert film.oldest(5) < 2 * ROUND_TRIP_S


def test_a_link_that_falls_to_a_megabit_is_followed_within_two_seconds(film: Film) -> None:
    film.bits_per_s = SLOW
    film.run(WITHIN_S)
    assert film.oldest(WITHIN_S / 4) < OLD_S
    film.run(5)
    assert 0.6 * SLOW < film.rate(5) <= SLOW
    assert film.oldest(5) < OLD_S


def test_what_is_shown_is_never_a_queue_old(film: Film) -> None:
    film.bits_per_s = SLOW
    film.run(5)
    # Pictures were under way that the slow link takes its time for, and one waited for them.
    assert film.oldest(5) < 5 * (FILM_BITS / FILM_FPS / SLOW)


def test_a_link_that_is_fast_again_is_used_within_two_seconds(film: Film) -> None:
    film.bits_per_s = SLOW
    film.run(20)
    film.bits_per_s = FAST
    film.run(WITHIN_S)
    assert film.pace.rate >= FILM_FPS
    film.run(1)
    assert film.rate(1) == pytest.approx(FILM_BITS, rel=0.05)
    assert film.oldest(1) < 2 * ROUND_TRIP_S
