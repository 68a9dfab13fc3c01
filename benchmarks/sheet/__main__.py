"""Measures the number sheet: `python -m benchmarks.sheet --help`.

The systems take turns in rounds, so that what else the machine does meets all of them alike.
"""

import argparse
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from benchmarks.sheet.capacity import capacity
from benchmarks.sheet.machine import machine
from benchmarks.sheet.novnc import NoVnc
from benchmarks.sheet.ownstream import Ownstream
from benchmarks.sheet.peers import ROOT, Peer
from benchmarks.sheet.plan import CAPACITY, CONDITIONS, FULL, QUICK, SMALL, Turn, parts, turns
from benchmarks.sheet.report import page, sheet
from benchmarks.sheet.rows import FREE_ROWS, SHAPED_ROWS
from benchmarks.sheet.samples import Samples, load
from benchmarks.sheet.selkies import Selkies
from benchmarks.sheet.visit import TROUBLE, Stage, stage

PEERS: Sequence[Peer] = (Ownstream(), NoVnc(), Selkies())
SAMPLES = ROOT / "build" / "numbers.json"
Work = tuple[str, Callable[[], None]]


def main() -> None:
    """Measures what the command line asks for, and reports it."""
    asked = _arguments()
    console = Console(width=140)
    if asked.report:
        _publish(load(asked.report), asked.out)
        return
    samples = Samples(machine={**machine(), "day": time.strftime("%Y-%m-%d")})
    for title, work in _works(asked, _installed(asked.peer, samples), samples):
        began = time.monotonic()
        try:
            work()
        except Exception as error:  # the rest of half an hour's run is not lost for it
            console.print_exception()
            samples.failures.append(f"{title}: {error!r}")
        console.print(f"{title} ({time.monotonic() - began:.0f} s)", style="dim")
        samples.save(asked.samples)
    console.print(Markdown(sheet(samples, CONDITIONS)))
    if not (asked.quick or asked.only or asked.peer or asked.condition):
        _publish(samples, asked.out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sheet", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="one round, short windows; prints, writes no page")
    rows = [*dict.fromkeys(row.id for row in (*FREE_ROWS, *SHAPED_ROWS)), CAPACITY]
    add("--only", action="append", default=[], choices=rows, metavar="ROW", help=", ".join(rows))
    add("--peer", action="append", default=[], metavar="NAME", help="this system (its beginning)")
    add("--condition", action="append", default=[], choices=[each.name for each in CONDITIONS])
    add("--samples", type=Path, default=SAMPLES, help="the file that all samples are kept in")
    add("--report", type=Path, metavar="SAMPLES", help="measure nothing; write the page of these")
    add("--out", type=Path, default=ROOT / "docs", help="the folder of the page and its picture")
    return parser.parse_args()


def _works(asked: argparse.Namespace, peers: Sequence[Peer], samples: Samples) -> Iterator[Work]:
    """What is to be done, each with its title; a stage is there meanwhile."""
    plan = QUICK if asked.quick else FULL
    wanted = [each for each in CONDITIONS if not asked.condition or each.name in asked.condition]
    rows = [name for name in asked.only if name != CAPACITY]
    with stage({SMALL, *(each.size for each in wanted)}) as made:
        for peer in peers:
            yield f"{peer.name}, warm-up", partial(_warm_up, made, peer, samples)
        if rows or not asked.only:
            for turn in turns(plan, peers, wanted):
                title = f"{turn.peer.name}, {turn.condition.name}"
                yield title, partial(_visit, made, turn, rows, samples)
        if CAPACITY in asked.only or not (asked.only or asked.condition):
            for peer in peers:
                work = partial(capacity, made, peer, CONDITIONS[0], plan.counts, samples)
                yield f"{peer.name}, many sessions", work


def _installed(names: Collection[str], samples: Samples) -> list[Peer]:
    """The systems that are asked for and can be started."""
    found: list[Peer] = []
    for peer in PEERS:
        if names and not peer.name.lower().startswith(tuple(name.lower() for name in names)):
            continue
        try:
            samples.versions[peer.name] = peer.version()
            found.append(peer)
        except TROUBLE as error:
            samples.fail(peer.name, "every condition", "starting it", str(error))
    return found


def _warm_up(stage: Stage, peer: Peer, samples: Samples) -> None:
    try:
        stage.measure_margin(peer, CONDITIONS[0])
    except TROUBLE as error:
        samples.fail(peer.name, "warm-up", "showing a screen", str(error))


def _visit(stage: Stage, turn: Turn, rows: Collection[str], samples: Samples) -> None:
    try:
        with stage.begun(turn.peer, turn.condition, turn.effort, samples) as visit:
            visit.run(parts(turn.condition, rows))
    except TROUBLE as error:
        samples.fail(turn.peer.name, turn.condition.name, "starting it", str(error))


def _publish(samples: Samples, folder: Path) -> None:
    """The page and its picture are in the folder."""
    from benchmarks.sheet import plot  # what draws is installed for `make bench` alone

    (folder / "numbers.md").write_text(page(samples, CONDITIONS))
    plot.write(samples, folder / "numbers.svg")


if __name__ == "__main__":
    main()
