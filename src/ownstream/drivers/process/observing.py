"""What is seen of an instance: whether its processes run, and whether its agent answers."""

import os
import socket
from contextlib import suppress

from ownstream.drivers.base import Observation, Seen
from ownstream.drivers.process import waiting
from ownstream.drivers.process.layout import Layout
from ownstream.drivers.process.processes import alive
from ownstream.drivers.process.record import Record

_SOCKET = "agent.sock"
_LOG_BYTES = 4 << 20

# Which log tells why a process is missing, and what the owner of a fleet calls it.
_ROLES = {
    "agent": ("display", "its agent has ended"),
    "display": ("display", "its agent has ended"),
    "init": ("sandbox", "the sandbox of its applications has ended"),
    "sandbox": ("sandbox", "the sandbox of its applications has ended"),
    "network": ("network", "its way to the internet has ended"),
}


def look(layout: Layout, record: Record, *, launching: bool) -> Observation:
    """This instance as it is now."""
    if not layout.top.exists():
        return _without_files(layout, record)
    reason = _why_not_whole(layout, record)
    if reason:
        return Observation(Seen.LOST, reason=reason)
    if not record.complete:
        if launching:
            return Observation(Seen.STARTING)
        return Observation(Seen.LOST, reason="its launch was interrupted")
    _bound_logs(layout)
    return _knock(layout)


def _without_files(layout: Layout, record: Record) -> Observation:
    if any(alive(process) for process in record.all_processes().values()):
        return Observation(Seen.LOST, reason=f"{layout.top} has been removed")
    return Observation(Seen.GONE)


def _why_not_whole(layout: Layout, record: Record) -> str:
    """Empty if all that was started still runs."""
    running = record.all_processes()
    if record.processes and not running:
        return "the machine was started anew"
    for role, process in running.items():
        if not alive(process):
            log, reason = _ROLES[role]
            return waiting.blame(reason, layout.log(log))
    return ""


def _knock(layout: Layout) -> Observation:
    """READY if the agent takes a connection; it is let go at once."""
    endpoint = f"unix:{layout.run / _SOCKET}"
    try:
        # The path through a descriptor is short, however deep the folder lies.
        folder = os.open(layout.run, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return Observation(Seen.LOST, reason=f"{layout.run} has been removed")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            knock.setblocking(False)
            knock.connect(f"/proc/self/fd/{folder}/{_SOCKET}")
    except (FileNotFoundError, ConnectionRefusedError):
        return Observation(Seen.STARTING)
    except BlockingIOError:  # its backlog is full: it has not accepted for a long time
        return Observation(Seen.LOST, reason="its agent no longer takes connections")
    finally:
        os.close(folder)
    return Observation(Seen.READY, endpoint=endpoint)


def _bound_logs(layout: Layout) -> None:
    """An application that prints without end fills no disk; what it appends to may be cut."""
    for role in ("display", "sandbox", "network"):
        with suppress(FileNotFoundError):
            path = layout.log(role)
            if path.stat().st_size > _LOG_BYTES:
                os.truncate(path, 0)
