"""The cap follows what is delivered while frames wait, and grows back while none do."""

import itertools

import pytest

from ownstream.agent.flow import Landed
from ownstream.agent.pace import LEAST_BITS, MOST_BITS, PERIOD_S, Pace

PIXELS = 1280 * 720


def full_periods(
    pace: Pace, count: int, *, bits_per_s: float, page_s: float = 0.01, rate: float = 60.0
) -> None:
    """So many periods in which frames waited while so much was delivered, each in 100 ms."""
    for _ in range(count):
        for _ in range(int(min(rate, pace.rate) * PERIOD_S)):
            pace.sent()
        pace.waited(PERIOD_S * 0.8)
        pace.landed(Landed(int(bits_per_s * PERIOD_S / 8), 0.1), page_s=page_s)
        pace.end_period()


def clear_periods(pace: Pace, count: int) -> None:
    """So many periods in which nothing waited."""
    for _ in range(count):
        pace.end_period()


@pytest.mark.parametrize("bits_per_s", [1e6, 3e6, 10e6])
def test_a_full_link_lowers_the_cap_to_below_what_it_delivers(bits_per_s: float) -> None:
    pace = Pace(PIXELS)
    full_periods(pace, 12, bits_per_s=bits_per_s)
    assert 0.7 * bits_per_s < pace.cap < bits_per_s


def busy_periods(pace: Pace, count: int, *, rate: float) -> None:
    """So many periods of a browser that cannot show more frames than these a second."""
    for _ in range(count):
        if pace.rate > rate:
            full_periods(pace, 1, bits_per_s=1e6, page_s=0.08, rate=rate)
        else:
            clear_periods(pace, 1)


@pytest.mark.parametrize("rate", [50.0, 28.0, 13.0])
def test_a_browser_that_is_slow_to_decode_gets_fewer_frames_and_no_coarser_ones(
    rate: float,
) -> None:
    pace = Pace(PIXELS)
    busy_periods(pace, 8, rate=rate)
    assert rate / 2 < pace.rate <= rate
    assert pace.cap == MOST_BITS


def test_a_browser_that_is_late_and_yet_shows_all_is_sent_no_fewer() -> None:
    pace = Pace(PIXELS)
    full_periods(pace, 20, bits_per_s=1e6, page_s=0.08, rate=60.0)
    assert pace.rate == 60


def test_a_slow_browser_is_tried_with_more_ever_more_seldom() -> None:
    pace, tried = Pace(PIXELS), list[int]()
    for period in range(1200):
        busy_periods(pace, 1, rate=25.0)
        if pace.rate > 25:
            tried.append(period)
    gaps = [b - a for a, b in itertools.pairwise(tried) if b - a > 4]
    assert len(gaps) >= 3
    assert gaps == sorted(gaps)


def test_a_browser_that_was_slow_is_sent_all_once_it_is_not() -> None:
    pace = Pace(PIXELS)
    busy_periods(pace, 8, rate=13.0)
    clear_periods(pace, 400)
    assert pace.rate == 60


def test_what_a_browser_can_show_of_a_large_area_says_it_of_a_small_one() -> None:
    pace = Pace(PIXELS)
    busy_periods(pace, 8, rate=28.0)
    pace.begin(PIXELS // 4)
    assert pace.rate == 60
    pace.begin(PIXELS)
    assert pace.rate < 28


def test_a_film_that_took_little_begins_from_there_when_the_link_is_full() -> None:
    pace = Pace(PIXELS)
    for _ in range(8):
        pace.landed(Landed(int(8e6 * PERIOD_S / 8), 0.05), page_s=0.01)
        pace.end_period()
    assert pace.cap == MOST_BITS
    full_periods(pace, 5, bits_per_s=1e6)
    assert pace.cap < 1e6


def test_a_film_that_has_just_begun_is_given_what_the_link_delivers() -> None:
    pace = Pace(PIXELS)
    pace.landed(Landed(int(1e6 * PERIOD_S / 8), 0.05), page_s=0.01)
    pace.end_period()
    full_periods(pace, 3, bits_per_s=10e6)
    assert 7e6 < pace.cap < 10e6


def test_one_hiccup_changes_nothing() -> None:
    pace = Pace(PIXELS)
    full_periods(pace, 1, bits_per_s=1e5)
    clear_periods(pace, 1)
    full_periods(pace, 1, bits_per_s=1e5)
    assert (pace.cap, pace.rate, pace.fineness) == (MOST_BITS, 60.0, 1.0)


def test_a_free_link_gets_everything_back() -> None:
    pace = Pace(PIXELS)
    full_periods(pace, 20, bits_per_s=1e6)
    assert pace.rate < 60
    clear_periods(pace, 80)
    assert (pace.cap, pace.rate) == (MOST_BITS, 60.0)


def test_a_link_that_delivers_nothing_leaves_a_least_pace() -> None:
    pace = Pace(PIXELS)
    full_periods(pace, 40, bits_per_s=0)
    assert (pace.cap, pace.rate, pace.fineness) == (LEAST_BITS, 8.0, 0.0)


def test_the_rate_does_not_swing_between_two_steps() -> None:
    pace, rates = Pace(PIXELS), list[float]()
    full_periods(pace, 20, bits_per_s=4e6)
    for _ in range(40):
        full_periods(pace, 2, bits_per_s=4.2e6)
        clear_periods(pace, 3)
        rates.append(pace.rate)
    assert sum(a != b for a, b in itertools.pairwise(rates)) <= 1
