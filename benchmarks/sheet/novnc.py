"""TigerVNC's X server, and noVNC's client through websockify.

Xvnc and websockify run with their defaults; the client with noVNC's own (quality 6, compression 2).
noVNC's package for other pages is measured in a page that does nothing else, its best case.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.service import free_port

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

_PACKAGE = ROOT / "requirements/peers/node_modules/@novnc/novnc"
_WEBSOCKIFY = ROOT / ".venv-peers/websockify/bin/websockify"
_PAGE = Path(__file__).with_name("novnc.html")


@dataclass(frozen=True)
class NoVnc:
    """TigerVNC with noVNC."""

    name: str = "TigerVNC+noVNC"

    def version(self) -> str:
        """The versions of its three parts."""
        for needed in (_PACKAGE, _WEBSOCKIFY):
            if not needed.exists():
                raise CannotRun(f"{needed} is missing; `make setup-bench` installs it")
        said = subprocess.run(["Xvnc", "-version"], capture_output=True, text=True).stderr
        xvnc = next(word for word in said.split() if word[0].isdigit())
        novnc = (_PACKAGE / "package.json").read_text().partition('"version": "')[2].split('"')[0]
        pip = [_WEBSOCKIFY.with_name("python"), "-m", "pip", "show", "websockify"]
        shown = subprocess.run(pip, capture_output=True, text=True).stdout
        websockify = shown.partition("Version: ")[2].split()[0]
        return f"TigerVNC {xvnc}, noVNC {novnc}, websockify {websockify}"

    @contextmanager
    def start(self, place: Place) -> Iterator[OwnSession]:
        """A session of its own X server."""
        port = free_port()
        width, height = place.size
        log = place.folder / "novnc.log"
        web = place.folder / "web"
        shutil.copytree(_PACKAGE, web)
        shutil.copy(_PAGE, web)
        xvnc = [
            *("Xvnc", "-geometry", f"{width}x{height}", "-depth", "24"),
            *("-rfbport", str(port), "-localhost", "-SecurityTypes", "None"),
        ]
        bridge = [str(_WEBSOCKIFY), "--web", str(web), f"127.0.0.1:{place.link.target}"]
        with own() as started, x_display(xvnc, started, log) as display:
            for argv in (*application(place), [*bridge, f"127.0.0.1:{port}"]):
                started.run(argv, log=log, environment={"DISPLAY": display})
            await_port(place.link.target, started, log)
            yield OwnSession(f"{place.link.url}/novnc.html", started, started.elapsed_s())
