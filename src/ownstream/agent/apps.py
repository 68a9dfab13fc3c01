"""The applications of the session: started by their names, watched until they end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    show: Callable[[int], None]  # brings a window to the front
    launched: Callable[[], None]  # there are `launches` to ask for
    _keys: dict[str, Application] = field(default_factory=dict[str, Application])
    _unseen: dict[str, None] = field(default_factory=dict[str, None])  # keys, in order of start
    _first_windows: dict[str, int] = field(default_factory=dict[str, int])  # by key
    _windows: Sequence[int] = ()
    _launched: int = 0
    _launches: list[str] = field(default_factory=list[str])

    def launch(self, name: str) -> None:
        """The application starts, or comes to the front; who asks in vain hears why by a notice."""
        application = self.catalog.get(name)
        if application is None:
            self.notify(Notice("UnknownApplication", f"There is no application {name!r} here."))
        elif key := self._with_window(name):
            self._bring_to_front(key)
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
        """The names of what runs and has shown itself, each once; the last is the one at work."""
        return self._names(key for key in self._keys if key not in self._unseen)

    def starting(self) -> list[str]:
        """The names of what has been started and not been seen yet, each once."""
        return self._names(self._unseen)

    def launches(self) -> list[str]:
        """The names of what has been started since this was asked last."""
        launches, self._launches = self._launches, []
        return launches

    def see_windows(self, windows: Sequence[int]) -> None:
        """These windows are open now; a new one is taken for the application awaited longest."""
        for window in windows:
            key = next(iter(self._unseen), "")
            if key and window not in self._windows:
                self._first_windows[key] = window
                self._see(key)
        self._windows = windows

    def stop_waiting(self) -> None:
        """What has not been seen by now runs without a window, and counts as running."""
        for key in list(self._unseen):
            self._see(key)

    def hear(self, event: Event) -> None:
        """Takes note of what became of a process."""
        match event:
            case Started(key):
                self._note_launch(key)
            case Failed(key, reason):
                self._gone(key, f"could not be started: {reason}")
            case Ended(key, status):
                self._gone(key, f"ended with code {status}" if status > 0 else "")

    def _note_launch(self, key: str) -> None:
        if key in self._keys:
            self._launches.append(self._keys[key].name)
            self.launched()

    def _with_window(self, name: str) -> str:
        """The key of this application if its window is open, or empty."""
        for key, application in self._keys.items():
            if application.name == name and self._first_windows.get(key) in self._windows:
                return key
        return ""

    def _bring_to_front(self, key: str) -> None:
        self.show(self._first_windows[key])
        self._keys[key] = self._keys.pop(key)  # the last of them is the one at work
        self.changed()

    def _names(self, keys: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self._keys[key].name for key in keys))

    def _see(self, key: str) -> None:
        if key in self._unseen:
            del self._unseen[key]
            self.changed()

    def _gone(self, key: str, trouble: str) -> None:
        self._unseen.pop(key, None)
        self._first_windows.pop(key, None)
        application = self._keys.pop(key, None)
        if application is None:
            return
        if trouble:
            text = f"{application.display_name} {trouble}."
            self.notify(Notice("ApplicationFailed", text))
        self.changed()
