"""A soak under way: rounds of everything, and a look at memory after each."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.sheet.visit import TROUBLE
from benchmarks.soak.copying import copying
from benchmarks.soak.desk import Desk
from benchmarks.soak.measures import measures
from benchmarks.soak.steps import (
    Step,
    cut,
    files,
    hearing,
    resizing,
    scrolling,
    silence,
    takeover,
    typing,
    video,
)
from benchmarks.soak.verdict import Sample

ROUND_S = 60.0
ALWAYS: Sequence[Step] = (typing, scrolling, video, hearing, resizing, copying, files)
TURNS: Sequence[Step] = (takeover, takeover)  # at the beginning, and once more when it is late
LATE = 2 / 3
TOO_MANY = 20  # failures, after which there is nothing left to learn


@dataclass
class Run:
    """A soak under way."""

    desk: Desk
    minutes: float
    pictures: Path | None = None  # where the page is drawn when a step goes wrong
    began: float = field(default_factory=time.monotonic)
    opened: float = field(default_factory=time.monotonic)
    page: int = 1
    samples: list[Sample] = field(default_factory=list[Sample])
    failures: list[str] = field(default_factory=list[str])

    def rounds(self) -> Iterator[int]:
        """Numbers of rounds, from 0 on, until the time is over or too much has gone wrong."""
        number = 0
        while self.elapsed_s < 60 * self.minutes and len(self.failures) < TOO_MANY:
            yield number
            number += 1

    @property
    def elapsed_s(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began

    def round(self, number: int) -> None:
        """Everything is done once, and memory is looked at after it."""
        until = time.monotonic() + ROUND_S
        for step in self._steps(number):
            self._attempt(number, step)
        self.desk.page.pause(max(0.0, until - time.monotonic()))
        self._attempt(number, self._look)

    def _steps(self, number: int) -> Sequence[Step]:
        losses = [silence] if number % 6 == 2 else [cut] if number % 3 == 1 else []
        turned = self.desk.done["takeovers"] > len(TURNS)
        is_late = self.elapsed_s >= 60 * self.minutes * LATE and not turned
        return (*ALWAYS, *losses, *(TURNS if number == 0 or is_late else ()))

    def _attempt(self, number: int, step: Step) -> None:
        """What goes wrong is noted, and the next step is another chance."""
        try:
            step(self.desk)
        except (*TROUBLE, AssertionError) as error:
            name = step.__name__.strip("_").replace("_", " ")
            self.failures.append(f"round {number + 1}: {name}: {error}")
            with suppress(*TROUBLE):
                self._draw(f"{number + 1:02}-{name.replace(' ', '-')}.png")
            with suppress(*TROUBLE):
                self.desk.begin_again()

    def _draw(self, name: str) -> None:
        if self.pictures is not None:
            self.desk.page.page.screenshot(path=self.pictures / name)

    def _look(self, desk: Desk) -> None:
        if desk.pages != self.page:
            self.page, self.opened = desk.pages, time.monotonic()
        desk.rest()
        page_s = time.monotonic() - self.opened
        self.samples.append(Sample(self.elapsed_s, self.page, page_s, measures(desk)))
