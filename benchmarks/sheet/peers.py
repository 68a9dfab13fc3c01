"""What the sheet asks of every system that it measures, and what the systems share."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.sheet import bundle
from benchmarks.sheet.link import Link
from benchmarks.sheet.pictures import Size
from benchmarks.sheet.processes import Pids, command_line, tree

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 40.0


class CannotRun(Exception):
    """A system is not installed or does not start; the text says what is wrong."""


@dataclass(frozen=True)
class Place:
    """Where a system is to run."""

    folder: Path  # for what it writes
    probe: Path  # the folder that the probe runs from
    size: Size
    link: Link  # the browser connects to its port, the system listens on its target


class Session(Protocol):
    """A user's session that the probe can run in."""

    def url(self) -> str:
        """Where a browser opens it for the first time."""
        ...

    def again(self) -> str:
        """Where another browser of the same user's opens it."""
        ...

    def more(self) -> bool:
        """Whether its service takes one more user, by `url`; False where there is no such thing."""
        ...

    def processes(self) -> Pids:
        """What runs on the machine for it alone, without the probe; for all its users, if many."""
        ...

    def service(self) -> Pids:
        """What runs for all sessions; empty where every session is a world of its own."""
        ...

    @property
    def made_in_s(self) -> float:
        """How long it took to have what a browser can open, beginning with nothing of it."""
        ...


class Peer(Protocol):
    """A system that is measured."""

    @property
    def name(self) -> str:
        """What the sheet calls it."""
        ...

    def version(self) -> str:
        """What is measured, by name and version; CannotRun if it is not installed."""
        ...

    def start(self, place: Place) -> AbstractContextManager[Session]:
        """A session, begun when this is entered and ended when it is left.

        On entering it answers at its port. CannotRun if it does not come up.
        """
        ...


@dataclass(frozen=True)
class OwnSession:
    """A session whose processes the sheet started, and which shares none with others."""

    address: str
    own: "Own"
    made_in_s: float

    def url(self) -> str:
        """The page that shows it."""
        return self.address

    def again(self) -> str:
        """The same page."""
        return self.address

    def more(self) -> bool:
        """It is one user's."""
        return False

    def processes(self) -> Pids:
        """X server, window manager, and what brings the screen to the browser."""
        return self.own.processes()

    def service(self) -> Pids:
        """Nothing is shared."""
        return frozenset()


@dataclass(frozen=True)
class Own:
    """Processes that the sheet itself started, each with its descendants."""

    started: list[subprocess.Popen[bytes]]
    began: float = field(default_factory=time.monotonic)

    def elapsed_s(self) -> float:
        """Since before the first of them."""
        return time.monotonic() - self.began

    def processes(self) -> Pids:
        """What runs of them, without the probe."""
        found = tree(process.pid for process in self.started)
        return frozenset(pid for pid in found if not is_probe(pid))

    def run(self, argv: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> None:
        """One more process, which writes into this log."""
        with log.open("ab") as output:
            self.started.append(
                subprocess.Popen(
                    argv,
                    stdout=output,
                    stderr=output,
                    stdin=subprocess.DEVNULL,
                    env={**os.environ, **environment},
                    start_new_session=True,
                )
            )


def is_probe(pid: int) -> bool:
    """Whether this process is the probe: the same in every system, it is not counted."""
    words = command_line(pid).split()
    return bool(words) and words[-1].endswith(bundle.NAME) and "python3" in words[-2]


@contextmanager
def own() -> Iterator[Own]:
    """Nothing yet; whatever is run in it is ended at the end, the last first."""
    made = Own([])
    try:
        yield made
    finally:
        for process in reversed(made.started):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def application(place: Place) -> list[list[str]]:
    """What runs on a peer's display: a window manager, as every session has one, and the probe."""
    return [["openbox"], ["/usr/bin/python3", str(place.probe)]]


def await_port(port: int, started: Own, log: Path) -> None:
    """Somebody listens on the port; CannotRun if a process ends first or it takes too long."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if any(process.poll() is not None for process in started.started):
            break
        time.sleep(0.01)
    raise CannotRun(f"nobody listens on its port; its log ends:\n{tail(log)}")


def tail(log: Path) -> str:
    """The end of what a process has written."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else ""


@contextmanager
def x_display(argv: Sequence[str], started: Own, log: Path) -> Iterator[str]:
    """The display of an X server that is started by this command, and chooses its number itself."""
    told, tell = os.pipe()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*argv, "-displayfd", str(tell)], stdout=output, stderr=output, pass_fds=[tell],
            start_new_session=True,
        )  # fmt: skip
    started.started.append(process)
    os.close(tell)
    with os.fdopen(told) as pipe:
        number = pipe.readline().strip()
    if not number:
        raise CannotRun(f"{argv[0]} did not start; its log ends:\n{tail(log)}")
    yield f":{number}"
