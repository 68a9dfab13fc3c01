"""Works in a session for an hour, and looks at what that leaves behind."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from benchmarks.sheet.machine import machine
from benchmarks.sheet.peers import ROOT
from benchmarks.sheet.visit import stage
from benchmarks.soak import copying, steps
from benchmarks.soak.desk import OTHER_SIZES, SIZE, desk
from benchmarks.soak.report import Soak, page, text
from benchmarks.soak.run import Run

HOUR, QUICK = 60.0, 6.0  # minutes


def main() -> int:
    """The exit status: 1 if anything has grown or went wrong."""
    asked = _arguments()
    minutes = QUICK if asked.quick else asked.minutes
    console = Console(width=140)
    parts = {"without_video": OTHER_SIZES, "errands": copying.ERRANDS | steps.ERRANDS}
    with stage([SIZE], **parts) as made, desk(made) as at:
        run = Run(at, minutes, asked.pictures)
        for number in run.rounds():
            run.round(number)
            _tell(console, run)
        warm_up_s = 60 * (5 if minutes >= 15 else 2)
        soak = Soak(
            *(run.elapsed_s / 60, warm_up_s, machine(), run.samples),
            *(at.done, at.slowest_s, run.failures),
        )
    console.print(Markdown(text(soak)))
    if minutes >= HOUR:
        asked.out.write_text(page(soak))
    return 0 if soak.passed else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    add = parser.add_argument
    add("--minutes", type=float, default=HOUR, help="how long; less than an hour only prints")
    add("--quick", action="store_true", help=f"{QUICK:g} minutes, set beside the second")
    add("--out", type=Path, default=ROOT / "docs" / "soak.md", help="the page of a whole hour")
    add("--pictures", type=Path, help="a folder for pictures of the page, drawn when a step fails")
    return parser.parse_args()


def _tell(console: Console, run: Run) -> None:
    """How it stands, in a line."""
    if not run.samples:
        return
    values = run.samples[-1].values
    told = [f"{row.who} {value:.1f}" for row, value in values.items() if row.what == "memory"]
    console.print(
        f"{run.elapsed_s / 60:.1f} min: {', '.join(told)} MiB", style="dim", highlight=False
    )
    for failure in run.failures[-3:]:
        console.print(failure, style="red", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
