"""The programs of the host that instances are made with, and where they are."""

import os
from dataclasses import dataclass

from ownstream.drivers.base import Terminal

PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
"""Where programs are looked for inside an instance; a service's own PATH is not passed on."""


@dataclass(frozen=True)
class Tools:
    """Absolute paths of programs that the driver itself starts, and of those instances need."""

    sh: str = "/bin/sh"
    bwrap: str = "/usr/bin/bwrap"
    setpriv: str = "/usr/bin/setpriv"
    slirp4netns: str = "/usr/bin/slirp4netns"
    nsenter: str = "/usr/bin/nsenter"
    ip: str = "/usr/bin/ip"
    python: str = "/usr/bin/python3"  # inside the sandbox, where only the host's /usr is
    xvnc: str = "/usr/bin/Xvnc"
    openbox: str = "/usr/bin/openbox"
    tint2: str = "/usr/bin/tint2"
    dbus_daemon: str = "/usr/bin/dbus-daemon"
    pulseaudio: str = "/usr/bin/pulseaudio"
    pacat: str = "/usr/bin/pacat"


def usable(tool: str) -> bool:
    """Whether this program is there and may be run."""
    return os.path.isfile(tool) and os.access(tool, os.X_OK)


def require(*tools: str) -> None:
    """Nothing, if all these programs can be run; Terminal names the first that cannot."""
    for tool in tools:
        if not usable(tool):
            raise Terminal(
                f"{tool} is missing, and instances cannot be made without it; "
                "`ownstream doctor` shows the command that installs it"
            )
