"""The part of the page that tells of many sessions at once."""

import statistics
from collections.abc import Sequence

from benchmarks.sheet.markdown import table
from benchmarks.sheet.rows import SYSTEMS
from benchmarks.sheet.samples import Samples

CORES = 2.0
FLUENT_FPS = 25.0  # of a video's 30; with less, frames were left out that would have cost more
_STATES = ("idle", "typing", "video")
_NOTE = """
Cores are the servers' alone: the browser works on the same two, where in life it works elsewhere.
"Sessions on two cores" divides two cores by what one more session takes, after what the first
costs anyhow; it says nothing of memory. Typing is four letters a second by every user. Videos count
where the first page showed 25 frames a second or more: browser and server share the machine.
"""


def capacity_section(samples: Samples) -> str:
    """Tables of what sessions cost by their number; empty if none were measured."""
    measured = [system for system in SYSTEMS if _counts(samples, system)]
    if not measured:
        return ""
    counts = sorted({pair for system in measured for pair in _counts(samples, system)})
    lines = [_line(samples, state, count, measured) for state, count in counts]
    by_count = table(("sessions", *measured), lines)
    in_all = table(("", *measured), _conclusions(samples, measured))
    return f"## Many sessions, 1280x720\n\n{by_count}\n{in_all}{_NOTE}"


def fits(points: Sequence[tuple[int, float]]) -> float | None:
    """How many sessions take two cores, by the cores that so many took; None if none is known."""
    if not points:
        return None
    counts, cores = zip((0, 0.0), *points, strict=True)
    each, fixed = statistics.linear_regression(counts, cores)
    return (CORES - max(0.0, fixed)) / each if each > 0 else None


def growth(points: Sequence[tuple[int, float]]) -> float | None:
    """What one more session takes, by what so many took; None of one point alone."""
    if len(points) < 2:
        return None
    counts, taken = zip(*points, strict=True)
    return statistics.linear_regression(counts, taken).slope


def _counts(samples: Samples, system: str) -> set[tuple[str, int]]:
    return {
        (state, count)
        for state in _STATES
        for count in range(1, 65)
        if samples.of(system, f"{state} {count}", "cores")
    }


def _line(samples: Samples, state: str, count: int, systems: Sequence[str]) -> list[str]:
    return [f"{count} {state}", *(_cell(samples, system, f"{state} {count}") for system in systems)]


def _cell(samples: Samples, system: str, condition: str) -> str:
    """All that is known of so many sessions."""
    known = [
        f"{statistics.median(values):.{digits}f} {unit}"
        for row, unit, digits in (
            ("cores", "cores", 2),
            ("memory", "MiB", 0),
            ("key", "ms key to pixel", 0),
            ("fps", "frames/s", 0),
        )
        if (values := samples.of(system, condition, row))
    ]
    return ", ".join(known) or "-"


def _conclusions(samples: Samples, systems: Sequence[str]) -> list[list[str]]:
    def points(system: str, state: str, row: str) -> list[tuple[int, float]]:
        found = [
            (count, samples.of(system, f"{state} {count}", row))
            for known, count in sorted(_counts(samples, system))
            if known == state
        ]
        return [(count, statistics.median(values)) for count, values in found if values]

    def fluent(system: str) -> list[tuple[int, float]]:
        smooth = dict(points(system, "video", "fps"))
        found = points(system, "video", "cores")
        return [(count, cores) for count, cores in found if smooth[count] >= FLUENT_FPS]

    def row(title: str, values: Sequence[float | None], digits: int) -> list[str]:
        return [title, *("-" if value is None else f"{value:.{digits}f}" for value in values)]

    return [
        row("memory of one more idle session, MiB",
            [growth(points(system, "idle", "memory")) for system in systems], 0),
        row("cores of one more idle session",
            [growth(points(system, "idle", "cores")) for system in systems], 3),
        row("sessions on two cores, users typing",
            [fits(points(system, "typing", "cores")) for system in systems], 0),
        row("sessions on two cores, videos playing",
            [fits(fluent(system)) for system in systems], 0),
    ]  # fmt: skip
