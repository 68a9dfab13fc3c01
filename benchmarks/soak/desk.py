"""A user at work: the session, the page that shows it, and what has been done in it so far."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser
from tests.support.device import READ_AND_WRITE
from tests.support.earphones import wear_earphones

from benchmarks.sheet.browser import NotShown, Watched, browser, watched
from benchmarks.sheet.link import Link
from benchmarks.sheet.ownstream import Ownstream, OwnstreamSessions
from benchmarks.sheet.pictures import Size
from benchmarks.sheet.stamp import Scene
from benchmarks.sheet.visit import Condition, Stage

SIZE: Size = (1280, 720)  # of the screen whenever memory is looked at
OTHER_SIZES: tuple[Size, ...] = ((1024, 640), (1600, 900), (1920, 1080), (3840, 2160))

_CONDITION = Condition("soak", "a soak", SIZE)
_SETTLED_S = 4.0  # the picture is exact, video has ended


class NotDone(NotShown):
    """A step did not come to what it should; the text says what."""


@dataclass
class Desk:
    """One session for the whole soak, in one page after another."""

    session: OwnstreamSessions
    link: Link
    browser: Browser
    folder: Path  # for files that go up
    page: Watched
    pages: int = 1
    done: Counter[str] = field(default_factory=Counter[str])  # what was verified, and how often
    slowest_s: dict[str, float] = field(default_factory=dict[str, float])

    def note(self, what: str, seconds: float) -> None:
        """It was done, and took so long."""
        self.done[what] += 1
        self.slowest_s[what] = max(self.slowest_s.get(what, 0.0), seconds)

    def rest(self) -> None:
        """The same screen as at every rest, and nothing moves on it."""
        if self.page.size() != SIZE:
            self.page.fit(SIZE)
        self.page.begin(Scene.STILL)
        self.page.pause(_SETTLED_S)
        self.page.forget()

    def begin_again(self) -> None:
        """The page is loaded anew: a step that went wrong has left it anyhow."""
        self.pages += 1
        self.page.page.reload(wait_until="commit")
        self.page.fit(SIZE)

    def turn_to(self, page: Watched) -> None:
        """Another page shows the session from now on."""
        self.page.close()
        self.page = page
        self.pages += 1

    def another_page(self) -> Watched:
        """A page of the same user's in a browser window of its own, with nothing on it yet."""
        window = self.page.page.viewport_size
        assert window is not None
        return _page(self.browser, (window["width"], window["height"]))


@contextmanager
def desk(stage: Stage) -> Iterator[Desk]:
    """A session whose application is shown."""
    with stage.session(Ownstream(), _CONDITION) as (session, link), browser() as started:
        assert isinstance(session, OwnstreamSessions)
        page = _page(started, SIZE)
        page.show(session.url())
        page.fit(SIZE)
        page.begin(Scene.STILL)
        yield Desk(session, link, started, stage.folder, page)


def _page(started: Browser, window: Size) -> Watched:
    page = watched(started, window, permissions=READ_AND_WRITE)
    wear_earphones(page.page)
    return page
