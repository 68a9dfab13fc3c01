"""The sheet as a page: tables with medians, spread, ratios and whether the aims were met."""

import statistics
from collections.abc import Sequence

from benchmarks.sheet.many import capacity_section
from benchmarks.sheet.markdown import listed, table
from benchmarks.sheet.reasons import reason
from benchmarks.sheet.rows import (
    FREE_ROWS,
    SHAPED_ROWS,
    SYSTEMS,
    Row,
    Spread,
    Verdict,
    aims,
    verdict,
)
from benchmarks.sheet.samples import Samples
from benchmarks.sheet.visit import Condition

_HEAD = """# Numbers

`make bench` measures this sheet: ownstream and two of its peers, one after another in rounds whose
order turns, in the same headless Chromium, against the same application, in one run on one machine.
The machine is noisy: compare ratios, not figures, and see the spread beside each median.

![The main rows as bars](numbers.svg)

"""
_NOTES = """## What is counted

* The application is a probe that fills the screen and stamps every frame, so that the page can tell
  which frame it shows and how old it is. Text is a page of small antialiased words that scrolls by
  6 pixels, 60 times a second, by CopyArea. The video fills the screen but for a band of 32 pixels:
  a camera that turns, zooms and pans over a textured picture, with three objects that move by
  themselves, 30 frames a second.
* Key to pixel: from a letter's arrival in the page to the first animation frame whose canvas or
  video shows the answer, p95 beside the median. Headless Chromium's own share is about 25 ms. A
  letter without an answer counts with 5 seconds.
* Bandwidth: bytes of TCP's payload from server to browser, counted by a relay in front of each
  system. The same relay makes the slow links: delay, rate, outages and a queue of 250 ms. It loses
  no packets.
* Picture: PSNR over all colours of what the page shows, against what the probe drew for the frame
  whose stamp it bears. 99 dB is equality.
* CPU and memory: of the session's own processes: X server, window manager, and what brings the
  screen to the browser, without the probe. With ownstream also the agent, the two sandboxes, the
  session bus, and the service itself: its CPU wholly, of its memory what it grew by with the
  session.
* A new session: with ownstream, opening a streaming URL of a fleet with a warm instance, in which
  the application is then started; the others have no fleets: their processes are started and their
  page opened as soon as the port answers. "With nothing ready" counts launching the instance, too.
* Peers run with their packages' defaults, and openbox as their window manager. noVNC shows quality
  6 and compression 2. Selkies streams H.264 at a constant 8 Mbit/s, its congestion control on,
  sound off. TigerVNC and noVNC do not come back by themselves after a cut.
* A row is met if ownstream's median keeps to every aim of it. Where nothing else is written the
  aim is that no peer is twice as good. The ratio is ownstream to the best peer; of pictures, the
  difference.
"""


def page(samples: Samples, conditions: Sequence[Condition]) -> str:
    """The whole page, which shows a picture numbers.svg beside it."""
    return _HEAD + sheet(samples, conditions) + "\n" + _NOTES


def sheet(samples: Samples, conditions: Sequence[Condition]) -> str:
    """What was measured, as Markdown."""
    sections = [_about(samples), _summary(samples, conditions)]
    sections += [_condition(samples, condition) for condition in conditions]
    sections += [capacity_section(samples), _failures(samples)]
    return "\n".join(section for section in sections if section)


def _about(samples: Samples) -> str:
    machine = samples.machine
    versions = "; ".join(samples.versions.values())
    where = ", ".join(f"{name} {value}" for name, value in machine.items())
    return f"{versions}. Machine: {where}.\n"


def _summary(samples: Samples, conditions: Sequence[Condition]) -> str:
    """How many rows are met, and which are not; empty if there is none to judge."""
    judged = [
        (found.met, f"{row.title}, {condition.name}")
        for condition in conditions
        for row in _rows(condition)
        if (found := _verdict(samples, condition, row)).met is not None
    ]
    if not judged:
        return ""
    missed = "; ".join(title for met, title in judged if not met)
    count = sum(bool(met) for met, _ in judged)
    return f"{count} of {len(judged)} rows are met. Missed: {missed or 'none'}.\n"


def _rows(condition: Condition) -> Sequence[Row]:
    return SHAPED_ROWS if condition.shape.is_shaped else FREE_ROWS


def _condition(samples: Samples, condition: Condition) -> str:
    """The table of one condition; empty if nothing of it was measured."""
    lines = [
        _line(samples, condition, row)
        for row in _rows(condition)
        if any(samples.of(system, condition.name, row.id) for system in SYSTEMS)
    ]
    if not lines:
        return ""
    head = ("", *SYSTEMS, "ratio", "aim", "")
    return f"## {condition.title}\n\n{table(head, lines)}{_reasons(samples, condition)}"


def _reasons(samples: Samples, condition: Condition) -> str:
    """What is known of why rows are missed; empty if none is."""
    missed = [row for row in _rows(condition) if _verdict(samples, condition, row).met is False]
    texts = [f"{row.title}: {reason(row.id, condition.name) or 'not known yet.'}" for row in missed]
    return listed("\nWhy rows are missed:", texts)


def _line(samples: Samples, condition: Condition, row: Row) -> list[str]:
    found = _verdict(samples, condition, row)
    cells = [_cell(row, samples.of(system, condition.name, row.id)) for system in SYSTEMS]
    aim = " and ".join(aim.text(row) for aim in found.aims)
    return [f"{row.title}, {row.unit}", *cells, _ratio(row, found), aim, _met(found)]


def _verdict(samples: Samples, condition: Condition, row: Row) -> Verdict:
    measured = {system: samples.of(system, condition.name, row.id) for system in SYSTEMS}
    medians = {name: statistics.median(values) for name, values in measured.items() if values}
    wanted = aims(row, condition.name, shaped=condition.shape.is_shaped)
    return verdict(row, medians, wanted)


def _cell(row: Row, values: Sequence[float]) -> str:
    if not values:
        return "-"
    middle = f"{statistics.median(values):.{row.digits}f}"
    if row.spread is Spread.P95:
        return f"{middle} / {percentile(values, 0.95):.{row.digits}f}"
    low, high = percentile(values, 0.25), percentile(values, 0.75)
    return f"{middle} ({low:.{row.digits}f}-{high:.{row.digits}f})"


def _ratio(row: Row, found: Verdict) -> str:
    if found.ratio is None:
        return "-"
    return f"{found.ratio:+.1f} dB" if row.in_decibels else f"{found.ratio:.2f}"


def _met(found: Verdict) -> str:
    return {True: "met", False: "**missed**", None: "-"}[found.met]


def _failures(samples: Samples) -> str:
    return listed("## What could not be measured", samples.failures)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the others lies, between two of them if need be."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
