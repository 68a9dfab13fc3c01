"""Processes that outlive the service: started apart, known again, ended for certain.

A process is known by its number and its start, so a number used again is never taken for it, and
found without either by a mark in the environment that it was started with.
"""

import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "OWNSTREAM_INSTANCE"

# What Python ignores or catches and a program expects to find as the kernel gives it.
_DEFAULT_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Process:
    """One process for all time since the machine was booted."""

    pid: int
    started: int  # clock ticks after boot


def spawn(
    argv: Sequence[str], *, environment: Mapping[str, str], log: Path, keep: Sequence[int] = ()
) -> Process:
    """A running process in a session of its own, with its output appended to a log.

    It inherits the descriptors in `keep`, by their numbers, and no other.
    """
    appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    pid = os.posix_spawn(
        argv[0],
        list(argv),
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.fspath(log), appending, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            # A descriptor duplicated onto itself loses its close-on-exec flag, in the child alone.
            *((os.POSIX_SPAWN_DUP2, fd, fd) for fd in keep),
        ],
        setsid=True,
        setsigmask=(),
        setsigdef=_DEFAULT_SIGNALS,
    )
    # A child that has ended already is still there to be looked at until it is waited for.
    return Process(pid, _stat(pid)[1])


def alive(process: Process) -> bool:
    """Whether it runs; a child that has ended is reaped by this look."""
    try:
        state, started = _stat(process.pid)
    except ProcessLookupError:
        return False
    if started != process.started:
        return False
    if state in "ZX":
        with suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
        return False
    return True


def identify(pid: int) -> Process | None:
    """The running process that has this number now."""
    try:
        state, started = _stat(pid)
    except ProcessLookupError:
        return None
    return None if state in "ZX" else Process(pid, started)


def program(process: Process) -> str:
    """The name of the program that it runs, or nothing if it has ended."""
    try:
        name = Path(f"/proc/{process.pid}/comm").read_text().strip()
    except OSError:
        return ""
    return name if alive(process) else ""


def marked(value: str) -> set[Process]:
    """All running processes that carry this mark."""
    return {process for process, mark in marks().items() if mark == value}


def marks() -> dict[Process, str]:
    """The marks of all running processes whose environment this user may read."""
    prefix = f"{MARK}=".encode()
    found: dict[Process, str] = {}
    for pid in _pids():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        mark = next((entry for entry in environment if entry.startswith(prefix)), None)
        process = identify(pid) if mark else None
        if mark and process:
            found[process] = mark.removeprefix(prefix).decode(errors="replace")
    return found


def owned_by(uids: frozenset[int]) -> set[Process]:
    """All running processes of which any user id is one of these."""
    found: set[Process] = set()
    for pid in _pids():
        if uids.intersection(_uids(pid)) and (process := identify(pid)):
            found.add(process)
    return found


def live_uids() -> set[int]:
    """Every user id that a process on this host has."""
    return {uid for pid in _pids() for uid in _uids(pid)}


def end_all(remaining: Callable[[], set[Process]], *, within_s: float) -> set[Process]:
    """What still runs of what `remaining` finds, after killing it again and again until then."""
    deadline = time.monotonic() + within_s
    while victims := remaining():
        _kill(victims, deadline=deadline)
        if time.monotonic() > deadline:
            break
    return victims


def _kill(victims: set[Process], *, deadline: float) -> None:
    with ExitStack() as stack:
        waiting = select.poll()
        count = 0
        for victim in victims:
            try:
                fd = os.pidfd_open(victim.pid)
            except ProcessLookupError:
                continue
            stack.callback(os.close, fd)
            if identify(victim.pid) != victim:
                continue
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(fd, signal.SIGKILL)
            waiting.register(fd, select.POLLIN)
            count += 1
        while count and (left := deadline - time.monotonic()) > 0:
            for fd, _ in waiting.poll(left * 1000):
                waiting.unregister(fd)
                count -= 1
    for victim in victims:
        alive(victim)  # reaps it


def _stat(pid: int) -> tuple[str, int]:
    """Its state letter and its start; ProcessLookupError if there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError) as error:
        raise ProcessLookupError(pid) from error
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[19])


def _uids(pid: int) -> tuple[int, ...]:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ()
    line = next(line for line in status.splitlines() if line.startswith("Uid:"))
    return tuple(int(uid) for uid in line.split()[1:])


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
