"""The applications of the session: started by their names, watched until they end."""

from collections.abc import Callable, Mapping
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
    _launched: int = 0

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
            self.starter.start(key, application.argv, self.environment)
            self.changed()

    def running(self) -> list[str]:
        """The names of what runs, each once, in order of start."""
        return list(dict.fromkeys(application.name for application in self._keys.values()))

    def hear(self, event: Event) -> None:
        """Takes note of what became of a process."""
        match event:
            case Started():
                return
            case Failed(key, reason):
                self._gone(key, f"could not be started: {reason}")
            case Ended(key, status):
                self._gone(key, f"ended with code {status}" if status > 0 else "")

    def _gone(self, key: str, trouble: str) -> None:
        application = self._keys.pop(key, None)
        if application is None:
            return
        if trouble:
            text = f"{application.display_name} {trouble}."
            self.notify(Notice("ApplicationFailed", text))
        self.changed()
