"""The rows of the sheet and whether their aims are met."""

import pytest
from benchmarks.sheet.rows import (
    FREE_ROWS,
    OWN,
    SELKIES,
    SHAPED_ROWS,
    TIGERVNC,
    Aim,
    Row,
    aims,
    not_twice,
    verdict,
)

TIME = Row("time", "time", "ms")
RATE = Row("rate", "rate", "/s", high_is_good=True)
PICTURE = Row("picture", "picture", "dB", high_is_good=True, in_decibels=True)


def medians(own: float, selkies: float, tigervnc: float) -> dict[str, float]:
    return {OWN: own, SELKIES: selkies, TIGERVNC: tigervnc}


@pytest.mark.parametrize(
    ("row", "aim", "own", "met"),
    [
        pytest.param(TIME, Aim(), 20, True, id="as good as the best"),
        pytest.param(TIME, Aim(), 21, False, id="better than one, not than the best"),
        pytest.param(TIME, Aim(SELKIES, 0.9), 27, True, id="by so much better than one"),
        pytest.param(TIME, Aim(SELKIES, 0.9), 28, False, id="better than one, too little"),
        pytest.param(TIME, Aim(TIGERVNC, plus=10), 30, True, id="within an allowance"),
        pytest.param(TIME, Aim(TIGERVNC, plus=10), 31, False, id="beyond an allowance"),
        pytest.param(TIME, not_twice(TIME), 40, True, id="the best is just twice as fast"),
        pytest.param(TIME, not_twice(TIME), 41, False, id="the best is more than twice as fast"),
        pytest.param(RATE, Aim(), 30, True, id="as high as the best"),
        pytest.param(RATE, Aim(), 29, False, id="not as high as the best"),
        pytest.param(RATE, not_twice(RATE), 15, True, id="half the rate of the best"),
        pytest.param(RATE, not_twice(RATE), 14, False, id="less than half the rate of the best"),
        pytest.param(PICTURE, not_twice(PICTURE), 24, True, id="six decibels worse"),
        pytest.param(PICTURE, not_twice(PICTURE), 23, False, id="seven decibels worse"),
    ],
)
def test_an_aim_is_met_or_missed(row: Row, aim: Aim, own: float, met: bool) -> None:
    assert verdict(row, medians(own, selkies=30, tigervnc=20), [aim]).met is met


def test_every_aim_of_a_row_has_to_be_met() -> None:
    assert verdict(TIME, medians(19, 20, 30), [Aim(), Aim(SELKIES, 0.9)]).met is False


def test_the_ratio_is_to_the_best_peer() -> None:
    assert verdict(TIME, medians(30, 20, 60), []).ratio == 1.5
    assert verdict(RATE, medians(30, 20, 60), []).ratio == 0.5


def test_decibels_are_set_against_each_other_by_their_difference() -> None:
    assert verdict(PICTURE, medians(36, 30, 34), []).ratio == 2


def test_there_is_no_ratio_to_nothing() -> None:
    found = verdict(TIME, medians(0.4, 5, 0), [Aim(plus=1)])
    assert (found.ratio, found.met) == (None, True)


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({SELKIES: 1.0}, id="without ownstream"),
        pytest.param({OWN: 1.0}, id="without peers"),
        pytest.param({OWN: 1.0, TIGERVNC: 2.0}, id="without the peer that the aim names"),
    ],
)
def test_what_was_not_measured_is_neither_met_nor_missed(known: dict[str, float]) -> None:
    assert verdict(TIME, known, [Aim(SELKIES)]).met is None


@pytest.mark.parametrize(
    ("aim", "row", "text"),
    [
        (Aim(), TIME, "at most the best peer"),
        (Aim(SELKIES, 0.5), TIME, "at most 0.5 of Selkies"),
        (Aim(TIGERVNC, plus=10), TIME, "at most TigerVNC+noVNC + 10 ms"),
        (Aim(TIGERVNC, plus=-0.5), RATE, "at least TigerVNC+noVNC - 0.5 /s"),
    ],
    ids=["plain", "a share", "an allowance", "a rate"],
)
def test_an_aim_reads_as_words(aim: Aim, row: Row, text: str) -> None:
    assert aim.text(row) == text


def test_every_row_has_an_aim_under_every_condition() -> None:
    for rows, conditions, shaped in (
        (FREE_ROWS, ("720p", "1080p"), False),
        (SHAPED_ROWS, ("50ms", "100ms"), True),
    ):
        assert all(aims(row, name, shaped=shaped) for row in rows for name in conditions)


def test_video_at_720p_is_to_need_half_of_tigervncs_bandwidth() -> None:
    video = next(row for row in FREE_ROWS if row.id == "video_mbit")
    assert aims(video, "720p", shaped=False) == (Aim(TIGERVNC, 0.5),)
    assert aims(video, "1080p", shaped=False) == (not_twice(video),)
