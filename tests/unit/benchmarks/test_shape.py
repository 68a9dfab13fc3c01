"""The arithmetic of slow links."""

import pytest
from benchmarks.sheet.shape import FREE, Lane, Shape

SLOW = Shape(round_trip_s=0.1, bits_per_s=8000)  # a byte a millisecond
PATCHY = Shape(bits_per_s=8000, outage_s=0.3, outage_every_s=5.0)


def test_a_free_link_delays_nothing() -> None:
    lane = Lane(FREE)
    assert lane.departs(10**9, now=7.0) == 7.0
    assert lane.full_for(7.0) == 0


def test_bytes_take_their_time_and_half_a_round_trip() -> None:
    assert Lane(SLOW).departs(100, now=7.0) == pytest.approx(7.0 + 0.1 + 0.05)


def test_bytes_wait_for_those_before_them() -> None:
    lane = Lane(SLOW)
    lane.departs(100, now=7.0)
    assert lane.departs(100, now=7.0) == pytest.approx(7.2 + 0.05)


def test_an_idle_link_saves_nothing_up() -> None:
    lane = Lane(SLOW)
    lane.departs(100, now=7.0)
    assert lane.departs(100, now=9.0) == pytest.approx(9.1 + 0.05)


def test_a_link_is_full_until_its_queue_is_short_enough() -> None:
    lane = Lane(SLOW)
    lane.departs(400, now=7.0)
    assert lane.full_for(7.0) == pytest.approx(0.15)
    assert lane.full_for(7.15) == pytest.approx(0)
    assert lane.full_for(8.0) == 0


@pytest.mark.parametrize(
    ("now", "size", "leaves"),
    [
        pytest.param(1.0, 100, 1.1, id="before an outage"),
        pytest.param(5.1, 100, 5.4, id="in an outage"),
        pytest.param(4.95, 100, 5.35, id="across an outage"),
        pytest.param(0.3, 10_000, 10.9, id="across two outages"),
        pytest.param(9.9, 0, 9.9, id="nothing at all"),
    ],
)
def test_nothing_moves_in_an_outage(now: float, size: int, leaves: float) -> None:
    assert Lane(PATCHY).departs(size, now) == pytest.approx(leaves)


def test_outages_of_a_link_without_bound_hold_back_too() -> None:
    lane = Lane(Shape(outage_s=0.3, outage_every_s=5.0))
    assert lane.departs(1 << 20, now=10.2) == pytest.approx(10.3)
