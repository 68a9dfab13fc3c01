"""The home folder of one session: filled from the store, and what changes in it saved there.

The session's own files come first: what is there is never overwritten, and nothing is taken for
deleted that was not seen there before. Whatever fails is made good by the next turn.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock

from ownstream.control.agent_files import AgentFiles, AgentGone, NotDone
from ownstream.domain.home_folders import (
    Changes,
    Kept,
    Seen,
    Stored,
    Tree,
    changes,
    is_path,
    parents,
)
from ownstream.log import Log
from ownstream.storage.base import HomeFolderStore, StorageError, Unstorable

# What is filled in one turn, so that what the user saves meanwhile does not wait for all of it.
TURN_BYTES = 64 << 20
TURN_FILES = 200
MOST_BREAKS = 5


@dataclass(frozen=True)
class Turn:
    """What a turn came to."""

    missing: int  # how many files of the store are not in the session yet
    look_took_s: float = field(default=0.0, compare=False)  # the look at all that there is


@dataclass
class HomeFolder:
    """What is known of one session's home folder between turns."""

    session: str
    folder: str
    store: HomeFolderStore
    _kept: dict[str, Kept | None] = field(default_factory=dict[str, Kept | None])
    _missing: dict[str, Stored | None] = field(default_factory=dict[str, Stored | None])
    _filled: dict[str, tuple[Stored, str]] = field(default_factory=dict[str, tuple[Stored, str]])
    _since: dict[str, int] = field(default_factory=dict[str, int])
    _given_up: dict[str, Seen] = field(default_factory=dict[str, Seen])
    _breaks: dict[str, int] = field(default_factory=dict[str, int])
    _digest: str = ""
    _begun: bool = False
    _lock: Lock = field(default_factory=Lock)

    @property
    def log(self) -> Log:
        return Log("control").bind(session=self.session, home_folder=self.folder)

    def turn(self, endpoint: str, called_off: Event, *, last: bool = False) -> Turn:
        """Some of the store is filled in, and what has changed in the session is in the store.

        At the last turn nothing is filled in, and nothing that has changed waits. StorageError or
        AgentGone if not all of that came to be.
        """
        with self._lock, _Visits(endpoint, self.session, called_off) as visits:
            if visits.now.make_folder() and self._begun:
                self._forget()  # the folder itself was removed, which is not to remove what it had
            if not self._begun:
                self._begin(visits, last=last)
            self._fill(visits)
            look_took_s = self._save(visits, last=last)
            visits.now.tell("filling" if self._missing else "kept")
            return Turn(missing=len(self._missing), look_took_s=look_took_s)

    def tell_trouble(self, endpoint: str, called_off: Event) -> None:
        """The user hears that the home folder is not kept just now, if the agent is there."""
        with suppress(AgentGone), AgentFiles(endpoint, self.session, called_off) as visit:
            visit.tell("trouble")

    def _forget(self) -> None:
        for known in (self._kept, self._missing, self._filled, self._since, self._given_up):
            known.clear()
        self._begun, self._digest = False, ""

    def _begin(self, visits: "_Visits", *, last: bool) -> None:
        """What the store and the session have alike is kept; what only the store has is missing."""
        tree = visits.now.scan().tree or Tree()
        for path, stored in self.store.list(self.folder).items():
            if not is_path(path):
                self.log.warning("no file of a session can be called so", path=path)
            elif path in tree.folders:
                self._kept[path] = None
            elif path in tree.files:
                if stored and self._is_same(path, stored, tree.files[path]):
                    self._kept[path] = Kept(tree.files[path])
            elif not last:
                self._missing[path] = stored
        self._begun = True

    def _is_same(self, path: str, stored: Stored, seen: Seen) -> bool:
        if stored.size != seen.size:
            return False
        dated = stored if stored.modified is not None else self.store.look(self.folder, path)
        return dated is not None and dated.modified == seen.modified

    def _fill(self, visits: "_Visits") -> None:
        """Folders first, then small files before large ones, as many as belong in a turn."""
        budget = TURN_BYTES
        for path in sorted(self._missing, key=self._order)[:TURN_FILES]:
            stored = self._missing[path]
            budget -= stored.size if stored else 0
            self._fill_one(visits, path)
            del self._missing[path]
            if budget <= 0:
                return

    def _order(self, path: str) -> tuple[int, str]:
        stored = self._missing[path]
        return (stored.size if stored else -1, path)

    def _fill_one(self, visits: "_Visits", path: str) -> None:
        try:
            for folder in [*parents(path), *([path] if path.endswith("/") else [])]:
                if folder not in self._kept:
                    visits.now.make_folder(folder)
                    self._kept[folder] = None
            if not path.endswith("/"):
                with self.store.read(self.folder, path) as (stored, content):
                    digest = visits.now.write(path, content, stored)
                self._filled[path] = (stored, digest)
        except NotDone as refusal:
            if refusal.error == "disk_full":
                raise StorageError(f"the session has no space for {path!r}") from refusal
            # Something else has its place: it stays in the store as it is.
            self.log.warning("not filled in", path=path, why=str(refusal))
            visits.renew()

    def _save(self, visits: "_Visits", *, last: bool) -> float:
        """How many seconds it took to look for what has changed."""
        scan = visits.now.scan("" if last or self._since else self._digest)
        if scan.tree is None:
            return scan.took_s
        self._adopt(scan.tree)
        found = changes(scan.tree, self._kept, last=last, since=self._since)
        broken = self._save_all(visits, scan.tree, found)
        before = self._since
        self._since = {path: before.get(path, scan.tree.at) for path in found.unsettled}
        self._digest = "" if broken else scan.digest
        if broken and last:
            raise AgentGone(f"files changed while they were read: {broken}")
        return scan.took_s

    def _adopt(self, tree: Tree) -> None:
        """What was filled in and has not been changed since is kept."""
        for path, (stored, digest) in self._filled.items():
            here = Seen(stored.size, max(0, stored.modified or 0), 0, 0)
            seen = tree.files.get(path, here)  # what is gone by now was removed by somebody
            if (seen.size, seen.modified) == (here.size, here.modified):
                self._kept[path] = Kept(seen, digest)
        self._filled.clear()

    def _save_all(self, visits: "_Visits", tree: Tree, found: Changes) -> list[str]:
        """The files that could not be read to their end this time."""
        for path in found.folders:
            self.store.make_folder(self.folder, path)
            self._kept[path] = None
        wanted = [path for path in found.files if self._given_up.get(path) != tree.files[path]]
        broken = [path for path in wanted if not self._save_one(visits, path, tree.files[path])]
        for path in found.gone:
            self.store.remove(self.folder, path)
            del self._kept[path]
        return broken

    def _save_one(self, visits: "_Visits", path: str, seen: Seen) -> bool:
        """False if the file ended while it was read, and is to be tried again."""
        try:
            self._store(visits.now, path, seen)
            self._breaks.pop(path, None)
        except NotDone as refusal:
            if refusal.error != "not_found":
                self._give_up(path, seen, str(refusal))
        except Unstorable as error:
            self._give_up(path, seen, str(error))
            visits.renew()
        except AgentGone:
            visits.renew()  # which raises if it is the agent that is gone, and not the file
            self._breaks[path] = self._breaks.get(path, 0) + 1
            if self._breaks[path] < MOST_BREAKS:
                return False
            self._give_up(path, seen, "it becomes shorter whenever it is read")
        return True

    def _give_up(self, path: str, seen: Seen, why: str) -> None:
        self._given_up[path] = seen
        self.log.warning("not saved until it changes", path=path, why=why)

    def _store(self, visit: AgentFiles, path: str, seen: Seen) -> None:
        known = self._kept.get(path)
        if known and known.digest and known.seen.size == seen.size:
            now, digest = visit.digest(path)
            if digest == known.digest:
                self._kept[path] = Kept(now, digest)  # saved again as it was
                return
        with visit.read(path) as reading:
            stored = Stored(reading.seen.size, reading.seen.modified)
            self.store.write(self.folder, path, reading, stored)
        self._kept[path] = Kept(reading.seen, reading.digest)


class _Visits:
    """Visits to one agent, one at a time."""

    def __init__(self, endpoint: str, session: str, called_off: Event) -> None:
        self._visit = (endpoint, session, called_off)
        self.now = AgentFiles(*self._visit)

    def renew(self) -> None:
        """A visit on which nothing has been said replaces this one."""
        self.now.__exit__()
        self.now = AgentFiles(*self._visit)

    def __enter__(self) -> "_Visits":
        return self

    def __exit__(self, *_: object) -> None:
        self.now.__exit__()
