"""The application settings of one session: put into it before its user comes, saved at its end.

Nothing is known between the two but that the session got all of them: then what is missing at its
end was deleted in it. A session that did not get them all is not saved.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event

from ownstream.control.agent_files import SETTINGS, AgentFiles, AgentGone, NotDone
from ownstream.domain.app_settings import bounded
from ownstream.domain.home_folders import Stored, Tree, is_in, is_path, parents
from ownstream.log import Log
from ownstream.storage.base import HomeFolderStore, StorageError, Unstorable

MOST_BREAKS = 5


@dataclass(frozen=True)
class SettingsFolder:
    """One user's settings, in the session and in the store."""

    session: str
    folder: str
    store: HomeFolderStore
    endpoint: str
    called_off: Event

    @property
    def log(self) -> Log:
        return Log("control").bind(session=self.session, settings=self.folder)

    def fill(self, is_late: Callable[[], bool]) -> None:
        """The session has the settings that are in the store, in place of what it had.

        StorageError, AgentGone or NotDone if it does not have them all, as when it is late: its
        user is there already.
        """
        stored = self._stored()
        with self._visit() as visit:
            tree = visit.scan().tree or Tree()
            made = set(tree.folders)
            for path in sorted(stored):
                if is_late():
                    raise StorageError("the settings took longer than users wait")
                for folder in [*parents(path), *([path] if path.endswith("/") else [])]:
                    if folder not in made:
                        visit.make_folder(folder)
                        made.add(folder)
                if not path.endswith("/") and not self._is_same(path, stored, tree):
                    with self.store.read(self.folder, path) as (found, content):
                        visit.write(path, content, found, replaces=True)

    def save(self) -> None:
        """The store has the session's settings, as far as they are not too much.

        StorageError or AgentGone if that did not come to be.
        """
        stored = self._stored()
        try:
            with self._visit() as visit:
                whole = visit.scan().tree or Tree()
        except NotDone as error:  # there are too many of them, and will be when asked again
            return self.log.warning("settings not saved", why=str(error))
        tree = bounded(whole)
        if tree is not whole:
            left_out = len(whole.files) - len(tree.files)
            self.log.warning("more settings than are kept", files_left_out=left_out)
        for path in sorted(set(tree.folders) - set(stored)):
            self.store.make_folder(self.folder, path)
        for path in sorted(tree.files, key=lambda path: tree.files[path].size):
            if not self._is_same(path, stored, tree):
                self._save_one(path)
        for path in sorted(stored, reverse=True):
            if not is_in(tree, path):
                self.store.remove(self.folder, path)
        return None

    def _visit(self) -> AgentFiles:
        return AgentFiles(self.endpoint, self.session, self.called_off, tree=SETTINGS)

    def _stored(self) -> Mapping[str, Stored | None]:
        found = self.store.list(self.folder)
        return {path: stored for path, stored in found.items() if is_path(path)}

    def _is_same(self, path: str, stored: Mapping[str, Stored | None], tree: Tree) -> bool:
        known, seen = stored.get(path), tree.files.get(path)
        if known is None or seen is None or known.size != seen.size:
            return False
        dated = known if known.modified is not None else self.store.look(self.folder, path)
        return dated is not None and dated.modified == seen.modified

    def _save_one(self, path: str) -> None:
        """The store has the file; one that cannot be read to its end is left as it was there.

        Applications may still write, and each try is a visit of its own: after a file that ended
        early nothing more is said on it.
        """
        for tries_left in reversed(range(MOST_BREAKS)):
            try:
                with self._visit() as visit, visit.read(path) as reading:
                    as_read = Stored(reading.seen.size, reading.seen.modified)
                    return self.store.write(self.folder, path, reading, as_read)
            except (NotDone, Unstorable) as error:
                return self.log.warning("setting not saved", path=path, why=str(error))
            except AgentGone as error:
                if not tries_left:
                    self._must_answer()
                    self.log.warning("setting not saved", path=path, why=str(error))
        return None

    def _must_answer(self) -> None:
        """Nothing if the agent is there, and it was the file that ended; else AgentGone."""
        with self._visit() as visit:
            visit.scan()
