"""One visit of a system: a session is begun, a browser opens it, and samples are taken."""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error

from benchmarks.sheet.browser import NotShown, Watched, browser, watched
from benchmarks.sheet.bundle import make_bundle
from benchmarks.sheet.link import Link, link
from benchmarks.sheet.peers import CannotRun, Peer, Place, Session
from benchmarks.sheet.pictures import Size
from benchmarks.sheet.processes import Pids, pss_mib
from benchmarks.sheet.samples import Samples
from benchmarks.sheet.shape import FREE, Shape

TROUBLE = (CannotRun, NotShown, Error, OSError, ValueError)


@dataclass(frozen=True)
class Condition:
    """Under which circumstances rows are measured."""

    name: str
    title: str
    size: Size
    shape: Shape = FREE


@dataclass(frozen=True)
class Effort:
    """How much is measured in one visit."""

    letters: int
    letters_in_video: int
    window_s: float
    settle_s: float  # before each window
    pictures: int


@dataclass
class Visit:
    """One session in one browser, and where its samples go."""

    peer: Peer
    condition: Condition
    effort: Effort
    samples: Samples
    session: Session
    link: Link
    browser: Browser
    window: Size  # of the browser, so that the screen has the condition's size
    service_mib: float  # of what serves all sessions, before this one
    page: Watched | None = field(default=None)

    def run(self, parts: Sequence[Callable[["Visit", Watched], None]]) -> None:
        """Each part in its turn; one that fails is noted, and the next goes on.

        Nothing goes on after a failure of the first, which opens the session.
        """
        for part in parts:
            try:
                part(self, self.page or self.fresh_page())
            except TROUBLE as error:
                what = part.__name__.replace("_", " ")
                self.samples.fail(self.peer.name, self.condition.name, what, str(error))
                if part is parts[0]:
                    return

    def add(self, row: str, *values: float) -> None:
        """Samples of the row."""
        self.samples.add(self.peer.name, self.condition.name, row, values)

    def fresh_page(self) -> Watched:
        """A page whose user was never here; the one before is gone."""
        if self.page is not None:
            self.page.close()
        self.page = watched(self.browser, self.window)
        return self.page

    def serving(self) -> Pids:
        """What does the work of this session."""
        return self.session.processes() | self.session.service()


@dataclass(frozen=True)
class Stage:
    """What visits need: the probe, and a folder for each of them."""

    folder: Path
    probe: Path
    margins: dict[str, Size] = field(default_factory=dict[str, Size])  # by system

    @contextmanager
    def begun(
        self, peer: Peer, condition: Condition, effort: Effort, samples: Samples
    ) -> Iterator[Visit]:
        """A session that a browser can open."""
        with self.session(peer, condition) as (session, way), browser() as started:
            across, down = self.margins.get(peer.name, (0, 0))
            yield Visit(
                *(peer, condition, effort, samples, session, way, started),
                window=(condition.size[0] + across, condition.size[1] + down),
                service_mib=pss_mib(session.service()),
            )

    @contextmanager
    def session(self, peer: Peer, condition: Condition) -> Iterator[tuple[Session, Link]]:
        """A session in a folder of its own, and the link to it."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        folder.chmod(0o755)  # users of ownstream's instances pass through it
        try:
            with link(condition.shape) as way:
                place = Place(folder, self.probe, condition.size, way)
                with peer.start(place) as session:
                    yield session, way
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def measure_margin(self, peer: Peer, condition: Condition) -> None:
        """How much of a window the system's page takes for itself is known from now on."""
        with self.session(peer, condition) as (session, _), browser() as started:
            page = watched(started, condition.size)
            page.show(session.url())
            self.margins[peer.name] = page.fit(condition.size)


@contextmanager
def stage(sizes: Iterable[Size], **options: Any) -> Iterator[Stage]:
    """A folder for visits, and in it the probe for screens of these sizes (see `make_bundle`)."""
    folder = Path(tempfile.mkdtemp(prefix="ownstream-bench-", dir="/var/tmp"))
    folder.chmod(0o755)  # users of ownstream's instances pass through it
    try:
        yield Stage(folder, make_bundle(folder, sizes, **options))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
