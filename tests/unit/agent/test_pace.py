"""The cap follows what is delivered while frames wait, and grows back while none do."""

import itertools

import pytest

from ownstream.agent.flow import Landed
from ownstream.agent.pace import LEAST_BITS, MOST_BITS, PERIOD_S, Pace

PIXELS = 1280 * 720


def full_periods(
    pace: Pace, count: int, *, bits_per_s: float, delay_s: float = 0.1, page_s: float = 0.01
) -> None:
    """So many periods in which frames waited while so much was delivered."""
    for _ in range(count):
        pace.waited(PERIOD_S * 0.8)
        pace.landed(Landed(int(bits_per_s * PERIOD_S / 8), delay_s), page_s=page_s)
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


def test_a_browser_that_is_slow_to_decode_gets_no_coarser_pictures() -> None:
    pace = Pace(PIXELS)
    full_periods(pace, 20, bits_per_s=1e6, page_s=0.08)
    assert (pace.cap, pace.rate) == (MOST_BITS, 60.0)
    full_periods(pace, 20, bits_per_s=1e6, page_s=0.02)
    assert pace.cap < 1e6


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
