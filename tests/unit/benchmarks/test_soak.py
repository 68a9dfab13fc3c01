"""Whether a soak finds what has grown, and how it tells of it."""

from collections.abc import Sequence

from benchmarks.soak.report import Soak, page
from benchmarks.soak.verdict import Judged, Row, Sample, judge

MEMORY = Row("agent", "memory", "MiB")
PSS = Row("agent", "PSS", "MiB", is_judged=False)
HEAP = Row("page", "heap", "MiB", of_page=True)


def minutely(row: Row, values: Sequence[float]) -> Sequence[Sample]:
    """A sample a minute, all of one page."""
    return [
        Sample(60.0 * minute, 1, 60.0 * minute, {row: value})
        for minute, value in enumerate(values, 1)
    ]


def judged(row: Row, values: Sequence[float]) -> Judged:
    [found] = judge(minutely(row, values), warm_up_s=300)
    return found


def test_what_is_the_same_has_not_grown() -> None:
    found = judged(MEMORY, [80, 120, 100, 100, 100, 101, 99, 100, 102, 100])
    assert (found.first, found.last, found.greatest, found.grown) == (100, 100, 120, False)


def test_five_percent_are_allowed_of_much() -> None:
    assert judged(MEMORY, [100] * 7 + [105] * 3).grown is False
    assert judged(MEMORY, [100] * 7 + [105.1] * 3).grown is True


def test_three_are_allowed_of_little() -> None:
    assert judged(MEMORY, [10] * 7 + [13] * 3).grown is False
    assert judged(MEMORY, [10] * 7 + [13.1] * 3).grown is True


def test_growth_before_the_first_five_minutes_are_over_does_not_count() -> None:
    assert judged(MEMORY, [10, 20, 30, 40, *[50] * 6]).grown is False


def test_one_high_sample_at_the_end_is_no_growth() -> None:
    assert judged(MEMORY, [*[50] * 9, 90]).grown is False


def test_with_too_few_samples_nothing_is_judged() -> None:
    assert judged(MEMORY, [10, 10, 10, 10, 10]).grown is None


def test_what_is_only_told_is_not_judged() -> None:
    assert judged(PSS, [10] * 7 + [90] * 3).grown is None


def test_a_pages_rows_are_of_the_page_that_was_open_longest() -> None:
    early = [Sample(60.0, 1, 60.0, {HEAP: 90.0})]
    long = [Sample(60.0 * n, 2, 60.0 * (n - 1), {HEAP: 5.0 + n}) for n in range(2, 13)]
    late = [Sample(780.0, 3, 10.0, {HEAP: 1.0})]
    [found] = judge([*early, *long, *late], warm_up_s=300)
    assert (found.first, found.last, found.grown) == (12.0, 16.0, True)


def soak(samples: Sequence[Sample], *failures: str) -> Soak:
    return Soak(10.0, 300.0, {"cores": "2"}, samples, {"cuts": 3}, {"cuts": 0.25}, failures)


def test_the_page_has_a_verdict_on_every_row() -> None:
    told = page(soak(minutely(MEMORY, [100] * 7 + [110.5] * 3)))
    assert "| agent: memory, MiB | 100 | 110.5 | 110.5 | 105 | **grown** |" in told
    assert "Grown: agent: memory, MiB." in told
    assert "| cuts | 3 | 0.25 |" in told


def test_a_soak_in_which_something_went_wrong_has_not_passed() -> None:
    same = minutely(MEMORY, [100] * 10)
    assert soak(same).passed
    assert not soak(same, "round 3: files: it came back other").passed
    assert "* round 3: files: it came back other" in page(
        soak(same, "round 3: files: it came\nback other")
    )


def test_a_soak_that_has_measured_nothing_has_not_passed() -> None:
    assert not soak([]).passed
    assert not soak(minutely(MEMORY, [100] * 3)).passed
