"""Many sessions at once: what they cost while idle, while users type, while videos play."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from playwright.sync_api import Browser

from benchmarks.sheet.browser import NotShown, Watched, browser, watched
from benchmarks.sheet.peers import Peer, Session
from benchmarks.sheet.processes import Pids, pss_mib, usage
from benchmarks.sheet.samples import Samples
from benchmarks.sheet.stamp import Scene
from benchmarks.sheet.visit import TROUBLE, Condition, Stage

_LETTERS_PER_S = 4.0


@dataclass(frozen=True)
class Counts:
    """How many sessions at once are looked at, in each state; and for how long."""

    idle: Sequence[int] = (1, 5, 10, 20)
    typing: Sequence[int] = (1, 2, 4, 8)
    video: Sequence[int] = (1, 2, 3)
    window_s: float = 5.0
    within_s: float = 180.0  # later none are added: a machine that is full does it no end


@dataclass
class Crowd:
    """Sessions of one system, each shown by a page of its own."""

    stack: ExitStack
    stage: Stage
    peer: Peer
    condition: Condition
    browser: Browser
    worlds: list[Session] = field(default_factory=list[Session])
    pages: list[Watched] = field(default_factory=list[Watched])

    def grow(self, count: int) -> None:
        """There are so many sessions; all but the first are only there."""
        while len(self.pages) < count:
            across, down = self.stage.margins.get(self.peer.name, (0, 0))
            size = (self.condition.size[0] + across, self.condition.size[1] + down)
            page = watched(self.browser, size)
            page.open(self._room().url())
            if self.pages:
                page.look_away()
            self.pages.append(page)

    def processes(self) -> Pids:
        """All that serves them."""
        each = [world.processes() | world.service() for world in self.worlds]
        return frozenset[int]().union(*each)

    def _room(self) -> Session:
        """Where one more user can open a session."""
        if not (self.worlds and self.worlds[0].more()):
            made = self.stage.session(self.peer, self.condition)
            self.worlds.append(self.stack.enter_context(made)[0])
        return self.worlds[-1]


def capacity(
    stage: Stage, peer: Peer, condition: Condition, counts: Counts, samples: Samples
) -> None:
    """Samples of "idle", "typing" and "video" by their number of sessions."""
    with ExitStack() as stack:
        try:
            crowd = Crowd(stack, stage, peer, condition, stack.enter_context(browser()))
            began = time.monotonic()
            for count in sorted({*counts.idle, *counts.typing, *counts.video}):
                if time.monotonic() - began > counts.within_s:
                    why = f"{count} were not tried after {counts.within_s:.0f} s"
                    samples.fail(peer.name, "capacity", "many sessions", why)
                    return
                crowd.grow(count)
                _measure(crowd, count, counts, samples)
        except TROUBLE as error:
            samples.fail(peer.name, "capacity", "many sessions", str(error))


def _measure(crowd: Crowd, count: int, counts: Counts, samples: Samples) -> None:
    """Each state that is wanted of so many sessions."""
    name = crowd.peer.name
    if count in counts.video:
        cores, frames = _video(crowd, counts.window_s)
        samples.add(name, f"video {count}", "cores", [cores])
        samples.add(name, f"video {count}", "fps", [frames])
    if count in counts.typing:
        cores, keys = _typing(crowd, counts.window_s)
        samples.add(name, f"typing {count}", "cores", [cores])
        samples.add(name, f"typing {count}", "key", keys)
    if count in counts.idle:
        _all(crowd, Scene.STILL)
        crowd.pages[0].pause(2.0)
        processes = crowd.processes()
        used, began = usage(processes), time.monotonic()
        crowd.pages[0].pause(counts.window_s)
        cores = usage(processes).since(used) / (time.monotonic() - began)
        samples.add(name, f"idle {count}", "cores", [cores])
        samples.add(name, f"idle {count}", "memory", [pss_mib(processes)])


def _video(crowd: Crowd, seconds: float) -> tuple[float, float]:
    """Cores in use, and frames a second that the first page shows, while all play a video."""
    first = crowd.pages[0]
    _all(crowd, Scene.VIDEO)
    first.pause(3.0)  # every probe has made its pictures
    processes, since = crowd.processes(), first.now_ms()
    used, began = usage(processes), time.monotonic()
    first.pause(seconds)
    elapsed = time.monotonic() - began
    shown = len({frame.number for frame in first.frames(Scene.VIDEO, since)})
    return usage(processes).since(used) / elapsed, shown / elapsed


def _typing(crowd: Crowd, seconds: float) -> tuple[float, list[float]]:
    """Cores in use, and the first page's key to pixel times, while all users type."""
    first, others = crowd.pages[0], crowd.pages[1:]
    _all(crowd, Scene.TYPING)
    first.pause(1.0)
    processes, keys = crowd.processes(), list[float]()
    used, began = usage(processes), time.monotonic()
    while (elapsed := time.monotonic() - began) < seconds:
        round_began = time.monotonic()
        first.strike()
        for page in others:
            page.strike(armed=False)
        answered = first.answered_ms()
        if answered is not None:
            keys.append(answered)
        first.pause(max(0.0, 1 / _LETTERS_PER_S - (time.monotonic() - round_began)))
    return usage(processes).since(used) / elapsed, keys


def _all(crowd: Crowd, scene: Scene) -> None:
    for page in crowd.pages:
        page.press(scene)
    if not crowd.pages[0].shows(scene):
        raise NotShown(f"the scene {scene.name} was not shown")
