"""Rectangles of the screen, and how what stood still is taken from them in bands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownstream.agent.area import Area, bounding
from ownstream.agent.stale import BAND_S, FIRST_PIXELS, Stale

SCREEN = Area(0, 0, 1280, 720)


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


@given(areas(), areas())
def test_areas_share_what_the_one_has_not_around_the_other(one: Area, other: Area) -> None:
    around = sum(map(one.shared, SCREEN.around(other)))
    assert one.shared(other) + around == one.pixels
    assert one.meets(other) == (one.shared(other) > 0)


@given(areas())
def test_an_area_comes_within_bounds_as_it_is(area: Area) -> None:
    bounds = Area(200, 100, 640, 480)
    to = area.within(bounds)
    assert (to.width, to.height) == (area.width, area.height)
    assert to.shared(bounds) == min(area.width, 640) * min(area.height, 480)


@given(areas())
def test_a_widened_area_holds_what_it_was_and_stays_on_the_screen(area: Area) -> None:
    wide = area.widened(16, SCREEN)
    assert bounding([wide, area]) == wide
    assert bounding([wide, SCREEN]) == SCREEN
    assert (wide.x % 2, wide.y % 2, wide.width % 2, wide.height % 2) == (0, 0, 0, 0)


def taken(stale: Stale | None, took_s: float) -> list[Area]:
    """All bands until nothing is left, each of which takes so long."""
    bands: list[Area] = []
    while stale is not None:
        bands.append(stale.band())
        stale = stale.without(bands[-1], size_bytes=1000, took_s=took_s)
    return bands


@given(areas(), st.floats(0.001, 10))
def test_the_bands_make_up_the_area_from_its_top(area: Area, took_s: float) -> None:
    bands = taken(Stale(area, is_fast=True), took_s)
    assert sum(band.pixels for band in bands) == area.pixels
    assert [band.y for band in bands] == sorted({band.y for band in bands})
    assert bounding(bands) == area


def test_on_a_fast_link_few_bands_are_all() -> None:
    assert len(taken(Stale(SCREEN, is_fast=True), 0.005)) == 3


@pytest.mark.parametrize(("took_s", "grows"), [(0.01, 1), (BAND_S, 0), (1.0, -1)])
def test_bands_grow_until_each_takes_its_share_of_time(took_s: float, grows: int) -> None:
    first, second = taken(Stale(SCREEN, is_fast=True), took_s)[:2]
    assert first.pixels <= FIRST_PIXELS
    assert (second.pixels > first.pixels) - (second.pixels < first.pixels) == grows


@pytest.mark.parametrize(
    ("was_fast", "size_bytes", "took_s", "is_fast"),
    [
        pytest.param(False, 500_000, 0.02, True, id="much-in-little-time"),
        pytest.param(False, 50_000, 0.02, False, id="little"),
        pytest.param(True, 50_000, 0.02, True, id="little-to-send-says-nothing"),
        pytest.param(True, 500_000, 0.2, False, id="too-long"),
    ],
)
def test_what_a_band_takes_tells_how_fast_the_link_is(
    *, was_fast: bool, size_bytes: int, took_s: float, is_fast: bool
) -> None:
    stale = Stale(SCREEN, is_fast=was_fast)
    rest = stale.without(stale.band(), size_bytes=size_bytes, took_s=took_s)
    assert rest is not None
    assert rest.is_fast == is_fast
