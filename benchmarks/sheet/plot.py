"""The main rows of the sheet as bars, in one picture."""

import statistics
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.sheet.rows import SYSTEMS
from benchmarks.sheet.samples import Samples

_COLOURS = ("#1f6feb", "#8b949e", "#c69026")
_PANELS = (
    ("key_typing", "key to pixel, typing, ms", ("720p", "1080p", "50ms", "100ms")),
    ("key_video", "key to pixel, during video, ms", ("720p", "1080p", "50ms", "100ms")),
    ("new", "new session to first frame, ms", ("720p", "1080p")),
    ("scrolling_mbit", "scrolling text, Mbit/s", ("720p", "1080p", "50ms", "100ms")),
    ("video_mbit", "video, Mbit/s", ("720p", "1080p", "50ms", "100ms")),
    ("memory", "memory of a session, MiB", ("720p", "1080p")),
    ("scrolling_fps", "scrolling text, frames shown a second", ("720p", "1080p", "50ms", "100ms")),
    ("video_fps", "video, frames shown a second", ("720p", "1080p", "50ms", "100ms")),
    ("video_cpu", "video, cores", ("720p", "1080p")),
)


def write(samples: Samples, path: Path) -> None:
    """The file has the picture, as SVG."""
    mpl.rcParams.update({"svg.hashsalt": "numbers", "svg.fonttype": "path", "font.size": 8})
    figure = Figure(figsize=(11, 7.5), layout="constrained")
    axes = figure.subplots(3, 3)
    for axis, (row, title, conditions) in zip(axes.flat, _PANELS, strict=True):
        known = [name for name in conditions if any(samples.of(s, name, row) for s in SYSTEMS)]
        _bars(axis, samples, row, known)
        axis.set_title(title, loc="left", fontsize=9)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(SYSTEMS), frameon=False)
    figure.savefig(path, metadata={"Date": None}, facecolor="white")


def _bars(axis: Axes, samples: Samples, row: str, conditions: list[str]) -> None:
    """A group of bars for each condition: medians, and the middle half of the samples."""
    width = 0.8 / len(SYSTEMS)
    for number, system in enumerate(SYSTEMS):
        measured = [samples.of(system, condition, row) or (0.0,) for condition in conditions]
        middles = [statistics.median(values) for values in measured]
        quarters = [statistics.quantiles(values, n=4) if len(values) > 1 else [values[0]] * 3
                    for values in measured]  # fmt: skip
        below = [max(0.0, m - q[0]) for m, q in zip(middles, quarters, strict=True)]
        above = [max(0.0, q[2] - m) for m, q in zip(middles, quarters, strict=True)]
        places = [place + (number - 1) * width for place in range(len(conditions))]
        axis.bar(
            *(places, middles, width),
            yerr=[below, above],
            label=system,
            color=_COLOURS[number],
            error_kw={"elinewidth": 0.8, "ecolor": "#24292f"},
        )
    axis.set_xticks(range(len(conditions)), conditions)
    axis.spines[["top", "right"]].set_visible(False)
