"""Whether anything has grown between the first minutes of a soak and its end. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TOLERANCE = 0.05  # of what there was
LEAST_TOLERANCE = 3.0  # MiB, or pieces of what is counted
POOL = 8.0  # threads that a pool keeps for a while after use
_MOST_TOGETHER = 6  # samples whose median stands for an instant: rounds are of six kinds


@dataclass(frozen=True)
class Row:
    """Something of which there is more or less."""

    who: str
    what: str
    unit: str  # empty of what is counted
    is_judged: bool = True
    of_page: bool = False  # it begins anew with each page
    least: float = LEAST_TOLERANCE  # that it may grow, however little there is

    @property
    def title(self) -> str:
        """It in words."""
        unit = f", {self.unit}" if self.unit else ""
        return f"{self.who}: {self.what}{unit}"


@dataclass(frozen=True)
class Sample:
    """What there was at one rest."""

    at_s: float  # since the session was first shown
    page: int  # the number of the page that showed it
    page_s: float  # since that page was opened
    values: Mapping[Row, float]


@dataclass(frozen=True)
class Judged:
    """A row at three instants; `grown` is None where there are too few samples to tell."""

    row: Row
    first: float
    last: float
    greatest: float
    grown: bool | None

    @property
    def allowed(self) -> float:
        """The most that it may be at the end."""
        return self.first + max(self.row.least, TOLERANCE * self.first)


def judge(samples: Sequence[Sample], warm_up_s: float) -> Sequence[Judged]:
    """Every row that the last sample has, from what it was after the warm-up to what it is.

    A page's rows are told of the page that was open longest.
    """
    rows = samples[-1].values if samples else {}
    return [_judged(row, _series(row, samples), warm_up_s) for row in rows]


def _series(row: Row, samples: Sequence[Sample]) -> Sequence[tuple[float, float]]:
    """When, and what there was."""
    has = [sample for sample in samples if row in sample.values]
    if not row.of_page:
        return [(sample.at_s, sample.values[row]) for sample in has]
    longest = max(has, key=lambda sample: sample.page_s).page
    return [(each.page_s, each.values[row]) for each in has if each.page == longest]


def _judged(row: Row, series: Sequence[tuple[float, float]], warm_up_s: float) -> Judged:
    values = [value for at_s, value in series if at_s >= warm_up_s]
    together = min(_MOST_TOGETHER, len(values) // 2)
    if not together:
        known = [value for _, value in series]
        return Judged(row, known[0], known[-1], max(known), None)
    first, last = (statistics.median(part) for part in (values[:together], values[-together:]))
    found = Judged(row, first, last, max(value for _, value in series), None)
    grown = last > found.allowed if row.is_judged else None
    return Judged(row, first, last, found.greatest, grown)
