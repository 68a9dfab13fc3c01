"""How one learns that a process has come up: what it says on a pipe, runs, or wrote in its log."""

import os
import re
import select
import time
from collections.abc import Sequence
from pathlib import Path

from ownstream.drivers.process import processes
from ownstream.drivers.process.processes import Process
from ownstream.drivers.process.tools import Tools

_LOOK_AGAIN_S = 0.002
_TAIL_BYTES = 4096
_WORDS = 300
# Lines of agents in good health, and of slirp4netns about its settings.
_CHATTER = re.compile(r"\S+ \S+ (INFO|WARNING) |\*|sent tapfd|received tapfd|_XSERVTransmkdir")
_ENTER = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 71; shift; done; shift; exec "$@"'


def entering(entrances: Sequence[str], argv: Sequence[str], tools: Tools) -> list[str]:
    """The command that first puts itself into these control groups."""
    return [tools.sh, "-c", _ENTER, "sh", *entrances, "--", *argv] if entrances else [*argv]


def read_until(fd: int, end: bytes, *, within_s: float) -> bytes:
    """What comes down a pipe up to `end`; empty if it closes or the time is up before."""
    deadline = time.monotonic() + within_s
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    data = b""
    while end not in data:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            return b""
        chunk = os.read(fd, 4096)
        if not chunk:
            return b""
        data += chunk
    return data


def until_it_runs_another(process: Process, program: str, *, within_s: float) -> bool:
    """Whether the process came to run something else than this program, and not to its end."""
    deadline = time.monotonic() + within_s
    while (now := processes.program(process)) == program:
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_AGAIN_S)  # an exec sends no word to anybody
    return bool(now)


def blame(what: str, log: Path) -> str:
    """What went wrong, for the owner of a fleet, with the last line of the log that tells of it."""
    lines = [line.strip() for line in _tail(log).splitlines()]
    telling = [line for line in lines if line and not _CHATTER.match(line)]
    if not telling:
        return what
    return f"{what}: {re.sub(r'[^ -~]', '?', telling[-1])[:_WORDS]}"


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
