"""A soak as text: what there was, whether it has grown, and what was done meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.sheet.markdown import listed, table
from benchmarks.soak.verdict import LEAST_TOLERANCE, POOL, TOLERANCE, Judged, Sample, judge

_HEAD = """# Soak

`make soak` works in a session for an hour, as a user would, in headless Chromium against a running
service, and looks at what that leaves behind. `.venv/bin/python -m benchmarks.soak --quick` does so
for six minutes, and prints. Both need root, and end with exit status 1 if anything has grown or
went wrong.

"""
_NOTES = """## How it is done

* A round takes a minute. Letters are typed, and each is answered on the screen; text scrolls; a
  video fills the screen, and letters are typed meanwhile; a tone is played, and heard; the window
  gets five sizes, up to 3840x2160; a text and a picture are copied into the session and back, and
  compared; a file of 20 MiB goes up, comes down, and is compared; for the rest of the minute
  nothing is done.
* Every third round all connections are reset; every sixth they fall silent and neither side is
  told, so that the page has to find out by itself. In the first round, and after two thirds of the
  time, another window takes the session over, twice each.
* At the end of each round the screen has the same size and nothing moves on it. Then memory is
  looked at, and the page collects its garbage before.
* Memory is what processes have written themselves: anonymous and shared memory, in proportion
  where several have it, and what of it is swapped. What they have mapped of programs changes with
  whoever else has mapped them: PSS has it, and is told but not judged. Applications are not ours,
  and are not judged either.
* A page's rows are of the page that was open longest, and its first minutes are its own.
* What there was after the first minutes, and at the end, are medians of six samples each.
"""


@dataclass(frozen=True)
class Soak:
    """What a soak has found."""

    minutes: float
    warm_up_s: float
    machine: Mapping[str, str]
    samples: Sequence[Sample]
    done: Mapping[str, int]  # by what it was
    slowest_s: Mapping[str, float]
    failures: Sequence[str] = field(default=())

    @property
    def judged(self) -> Sequence[Judged]:
        """Every row."""
        return judge(self.samples, self.warm_up_s)

    @property
    def passed(self) -> bool:
        """Whether everything was done, and nothing has grown."""
        return not (self.failures or any(each.grown for each in self.judged)) and any(
            each.grown is False for each in self.judged
        )


def page(soak: Soak) -> str:
    """The whole page."""
    return f"{_HEAD}{text(soak)}\n{_NOTES}"


def text(soak: Soak) -> str:
    """What was found, as Markdown."""
    return "\n".join(
        part for part in (_about(soak), _rows(soak), _done(soak), _failures(soak)) if part
    )


def _about(soak: Soak) -> str:
    where = ", ".join(f"{name} {value}" for name, value in soak.machine.items())
    grown = [each.row.title for each in soak.judged if each.grown]
    verdict = f"Grown: {'; '.join(grown)}." if grown else "Nothing has grown."
    return (
        f"{soak.minutes:.0f} minutes. Machine: {where}.\n\n{verdict} Grown is what is at the end "
        f"larger by more than {TOLERANCE:.0%} or {LEAST_TOLERANCE:g} MiB (or pieces, of what is "
        f"counted; {POOL:g} threads, which pools keep for a while), whichever is more, than it was "
        "after the first "
        f"{soak.warm_up_s / 60:.0f} minutes.\n"
    )


def _rows(soak: Soak) -> str:
    after = f"after {soak.warm_up_s / 60:.0f} minutes"
    lines = [
        (each.row.title, *(_number(value) for value in (each.first, each.last, each.greatest)),
         _number(each.allowed) if each.row.is_judged else "-", _verdict(each))
        for each in soak.judged
    ]  # fmt: skip
    return table(("", after, "at the end", "the most", "allowed", ""), lines)


def _verdict(each: Judged) -> str:
    if not each.row.is_judged:
        return "not judged"
    return {True: "**grown**", False: "the same", None: "too few samples"}[each.grown]


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def _done(soak: Soak) -> str:
    lines = [
        (what, f"{count}", f"{soak.slowest_s[what]:.2f}" if what in soak.slowest_s else "-")
        for what, count in soak.done.items()
    ]
    return table(("what was done and made sure of", "times", "slowest, s"), lines) if lines else ""


def _failures(soak: Soak) -> str:
    return listed("## What went wrong", soak.failures)
