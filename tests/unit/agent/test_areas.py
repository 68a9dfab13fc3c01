"""Rectangles of the screen, and how what stood still is taken from them in bands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownstream.agent.area import Area, bounding
from ownstream.agent.stale import FIRST_PIXELS, Stale

SCREEN = Area(0, 0, 1280, 720)
WITHOUT_LIMIT = float("inf")


@st.composite
def areas(draw: st.DrawFn) -> Area:
    x, y = draw(st.integers(0, 1279)), draw(st.integers(0, 719))
    return Area(x, y, draw(st.integers(1, 1280 - x)), draw(st.integers(1, 720 - y)))


@given(areas())
def test_what_is_around_a_hole_is_all_but_the_hole_and_nothing_twice(hole: Area) -> None:
    pieces = SCREEN.around(hole)
    assert sum(piece.pixels for piece in pieces) == SCREEN.pixels - hole.pixels
    assert not any(piece.meets(hole) for piece in pieces)
    assert not any(a.meets(b) for a in pieces for b in pieces if a is not b)


@given(areas())
def test_a_widened_area_holds_what_it_was_and_stays_on_the_screen(area: Area) -> None:
    wide = area.widened(16, SCREEN)
    assert bounding([wide, area]) == wide
    assert bounding([wide, SCREEN]) == SCREEN
    assert (wide.x % 2, wide.y % 2, wide.width % 2, wide.height % 2) == (0, 0, 0, 0)


def taken(stale: Stale | None, cost_bytes: int) -> list[Area]:
    """All bands until nothing is left, each at the same cost."""
    bands: list[Area] = []
    while stale is not None:
        bands.append(stale.band())
        stale = stale.without(bands[-1], cost_bytes)
    return bands


@given(areas(), st.integers(1, 100_000))
def test_the_bands_make_up_the_area_from_its_top(area: Area, cost_bytes: int) -> None:
    bands = taken(Stale(area, budget_bytes=10_000), cost_bytes)
    assert sum(band.pixels for band in bands) == area.pixels
    assert [band.y for band in bands] == sorted({band.y for band in bands})
    assert bounding(bands) == area


def test_on_a_link_without_limits_one_band_is_all() -> None:
    assert taken(Stale(SCREEN, WITHOUT_LIMIT), 10) == [SCREEN]


@pytest.mark.parametrize(("cost_bytes", "wider"), [(100, True), (5000, False), (90_000, False)])
def test_bands_grow_while_they_cost_little(cost_bytes: int, wider: bool) -> None:
    first, second = taken(Stale(SCREEN, budget_bytes=5000), cost_bytes)[:2]
    assert first.pixels <= FIRST_PIXELS
    assert (second.pixels > first.pixels) == wider
