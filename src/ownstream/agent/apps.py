"""The applications of the session: started by their names, watched until they end."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ownstream.agent.catalog import Application, Catalog
from ownstream.agent.sandbox import Ended, Event, Failed, Started

MOST_RUNNING = 32


class Starter(Protocol):
    """Where processes run."""

    def start(self, key: str, argv: tuple[str, ...], env: Mapping[str, str]) -> None:
        """The process is being started; an event tells how that went."""
        ...


@dataclass(frozen=True)
class Notice:
    """Something that the user should know."""

    code: str
    message: str


@dataclass
class Applications:
    """What of the catalog runs, told to `changed`; what went wrong, told to `notify`."""

    catalog: Catalog
    starter: Starter
    environment: Mapping[str, str]
    changed: Callable[[], None]
    notify: Callable[[Notice], None]
    _keys: dict[str, Application] = field(default_factory=dict[str, Application])
    _unseen: dict[str, None] = field(default_factory=dict[str, None])  # keys, in order of start
    _launched: int = 0
    _windows: int = 0

    def launch(self, name: str) -> None:
        """One more of this application starts; who asks in vain hears why by a notice."""
        application = self.catalog.get(name)
        if application is None:
            self.notify(Notice("UnknownApplication", f"There is no application {name!r} here."))
        elif len(self._keys) >= MOST_RUNNING:
            text = f"{MOST_RUNNING} applications are open; close one to open another."
            self.notify(Notice("TooManyApplications", text))
        else:
            self._launched += 1
            key = f"app-{self._launched}"
            self._keys[key] = application
            self._unseen[key] = None
            self.starter.start(key, application.argv, self.environment)

    def running(self) -> list[str]:
        """The names of what runs and has shown itself, each once, in order of start."""
        return self._names(key for key in self._keys if key not in self._unseen)

    def starting(self) -> list[str]:
        """The names of what has been started and not been seen yet, each once."""
        return self._names(self._unseen)

    def count_windows(self, windows: int) -> None:
        """So many windows are open now; one more than before is taken for the longest awaited."""
        if windows > self._windows:
            self._see(next(iter(self._unseen), ""))
        self._windows = windows

    def stop_waiting(self) -> None:
        """What has not been seen by now runs without a window, and counts as running."""
        for key in list(self._unseen):
            self._see(key)

    def hear(self, event: Event) -> None:
        """Takes note of what became of a process."""
        match event:
            case Started():
                return
            case Failed(key, reason):
                self._gone(key, f"could not be started: {reason}")
            case Ended(key, status):
                self._gone(key, f"ended with code {status}" if status > 0 else "")

    def _names(self, keys: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self._keys[key].name for key in keys))

    def _see(self, key: str) -> None:
        if key in self._unseen:
            del self._unseen[key]
            self.changed()

    def _gone(self, key: str, trouble: str) -> None:
        self._unseen.pop(key, None)
        application = self._keys.pop(key, None)
        if application is None:
            return
        if trouble:
            text = f"{application.display_name} {trouble}."
            self.notify(Notice("ApplicationFailed", text))
        self.changed()
