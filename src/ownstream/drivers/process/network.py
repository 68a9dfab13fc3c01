"""The way from one sandbox to the internet: slirp4netns, attached to its network namespace."""

import fcntl
import os
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ownstream.drivers.base import Terminal
from ownstream.drivers.process import waiting
from ownstream.drivers.process.processes import Process, spawn
from ownstream.drivers.process.tools import Tools

_TUN = Path("/dev/net/tun")
_NS_GET_USERNS = 0xB701  # ioctl_ns(2)
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
    with _namespaces(sandbox) as (network, owner):
        _close_link_local(network, owner, tools)
        return _start(network, owner, tools, entrances, environment, log)


def _start(
    network: int,
    owner: int,
    tools: Tools,
    entrances: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
) -> Process:
    ready, written = os.pipe()
    argv = [tools.slirp4netns, "--configure", "--mtu=65520", "--disable-host-loopback"]
    if os.geteuid() == 0:  # it reads packets of untrusted makers: not with all of root's power
        argv += ["--enable-sandbox", "--enable-seccomp"]
    argv += [f"--ready-fd={written}", *_joining(owner, "--userns-path=")]
    argv += ["--netns-type=path", f"/proc/self/fd/{network}", "tap0"]
    try:
        process = spawn(
            waiting.entering(entrances, argv, tools),
            environment=environment,
            log=log,
            keep=(written, network, owner),
        )
    finally:
        os.close(written)
    try:
        if not waiting.read_until(ready, b"1", within_s=_WITHIN_S):
            raise Terminal(waiting.blame("slirp4netns gave no network", log))
    finally:
        os.close(ready)
    return process


def _close_link_local(network: int, owner: int, tools: Tools) -> None:
    enter = [tools.nsenter, f"--net=/proc/self/fd/{network}", *_joining(owner, "--user=")]
    keep = ["--preserve-credentials"] if os.geteuid() != 0 else []
    close = [tools.ip, "route", "add", "unreachable", _CLOSED]
    done = subprocess.run(
        [*enter, *keep, *close],
        capture_output=True,
        text=True,
        timeout=_WITHIN_S,
        check=False,
        pass_fds=(network, owner),
    )
    if done.returncode != 0:
        raise Terminal(f"the sandbox's network cannot be set up: {done.stderr.strip()}")


def _joining(owner: int, option: str) -> list[str]:
    """Root has power over the network as it is; others have it in the namespace that owns it."""
    return [] if os.geteuid() == 0 else [f"{option}/proc/self/fd/{owner}"]


@contextmanager
def _namespaces(sandbox: Process) -> Generator[tuple[int, int]]:
    """The sandbox's network namespace, and the user namespace that owns it.

    That is not the one its processes are in: bubblewrap sets up in one and enters another.
    """
    with ExitStack() as stack:
        network = os.open(f"/proc/{sandbox.pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        stack.callback(os.close, network)
        owner = fcntl.ioctl(network, _NS_GET_USERNS)
        stack.callback(os.close, owner)
        yield network, owner
