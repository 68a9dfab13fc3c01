"""Selkies from PyPI, over WebSockets, on an X server whose screen has the right size at once.

Its launcher starts a larger one and has a program resize it: that costs time and memory.

Its stream has its defaults: H.264 at a constant 8 Mbit/s that its congestion control may lower.
Sound is off, as the others have none, and so is its password.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.sheet.peers import (
    ROOT,
    CannotRun,
    OwnSession,
    Place,
    application,
    await_port,
    own,
    x_display,
)

_SELKIES = ROOT / ".venv-peers/selkies/bin/selkies"
# As its own launcher's, but for the screen.
_XVFB = ("-nolisten", "tcp", "-noreset", "-s", "0", "-dpms")


@dataclass(frozen=True)
class Selkies:
    """Selkies."""

    name: str = "Selkies"

    def version(self) -> str:
        """Its version."""
        if not _SELKIES.exists():
            raise CannotRun(f"{_SELKIES} is missing; `make setup-bench` installs it")
        pip = [_SELKIES.with_name("python"), "-m", "pip", "show", "selkies"]
        shown = subprocess.run(pip, capture_output=True, text=True).stdout
        return f"Selkies {shown.partition('Version: ')[2].split()[0]}"

    @contextmanager
    def start(self, place: Place) -> Iterator[OwnSession]:
        """A session of its own X server."""
        log = place.folder / "selkies.log"
        server = [
            *(str(_SELKIES), "--addr", "127.0.0.1", "--port", str(place.link.target)),
            *("--mode", "websockets", "--enable-basic-auth", "false", "--audio-enabled", "false"),
        ]
        width, height = place.size
        xvfb = ["Xvfb", "-screen", "0", f"{width}x{height}x24", *_XVFB]
        with own() as started, x_display(xvfb, started, log) as display:
            environment = {"DISPLAY": display, "HOME": str(place.folder)}
            for argv in ([*server], *application(place)):
                started.run(argv, log=log, environment=environment)
            await_port(place.link.target, started, log)
            yield OwnSession(f"{place.link.url}/", started, started.elapsed_s())
