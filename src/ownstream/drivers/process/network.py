"""The way from one sandbox to the internet: slirp4netns, attached to its network namespace."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ownstream.drivers.base import Terminal
from ownstream.drivers.process import waiting
from ownstream.drivers.process.processes import Process, spawn
from ownstream.drivers.process.tools import Tools

_TUN = Path("/dev/net/tun")
_WITHIN_S = 10.0
# A cloud's metadata service hands its machine's credentials to whoever asks from the machine.
_CLOSED = "169.254.0.0/16"


def attach(
    sandbox: Process,
    tools: Tools,
    *,
    entrances: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
) -> Process:
    """The process that carries the sandbox's traffic, once it does; Terminal if it cannot."""
    if not os.access(_TUN, os.R_OK | os.W_OK):
        raise Terminal(
            f"the fleet has EnableDefaultInternetAccess and this user cannot open {_TUN}, which "
            "slirp4netns needs: run the service as root, let this user read and write "
            f"{_TUN}, or leave internet access off"
        )
    _close_link_local(sandbox, tools)
    ready, written = os.pipe()
    try:
        argv = waiting.entering(entrances, _command(sandbox, tools, ready_fd=written), tools)
        process = spawn(argv, environment=environment, log=log, keep=(written,))
    finally:
        os.close(written)
    try:
        if not waiting.read_until(ready, b"1", within_s=_WITHIN_S):
            raise Terminal(f"slirp4netns gave no network: {waiting.last_words(log)}")
    finally:
        os.close(ready)
    return process


def _command(sandbox: Process, tools: Tools, *, ready_fd: int) -> list[str]:
    argv = [tools.slirp4netns, "--configure", "--mtu=65520", "--disable-host-loopback"]
    argv += [f"--ready-fd={ready_fd}"]
    if os.geteuid() != 0:
        argv += [f"--userns-path=/proc/{sandbox.pid}/ns/user"]
    return [*argv, str(sandbox.pid), "tap0"]


def _close_link_local(sandbox: Process, tools: Tools) -> None:
    enter = [tools.nsenter, f"--net=/proc/{sandbox.pid}/ns/net"]
    if os.geteuid() != 0:
        enter += [f"--user=/proc/{sandbox.pid}/ns/user", "--preserve-credentials"]
    close = [tools.ip, "route", "add", "unreachable", _CLOSED]
    done = subprocess.run(
        [*enter, *close], capture_output=True, text=True, timeout=_WITHIN_S, check=False
    )
    if done.returncode != 0:
        raise Terminal(f"the sandbox's network cannot be set up: {done.stderr.strip()}")
