"""Servers on the host, and whether a program in an instance reaches them."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.instances import Inside

HAS_TUN = os.access("/dev/net/tun", os.R_OK | os.W_OK)


@contextmanager
def listening(address: str) -> Iterator[int]:
    """The port of a server on this address of the host that takes connections."""
    with socket.create_server((address, 0)) as server:
        yield server.getsockname()[1]


def host_address() -> str | None:
    """An address that this host has beside loopback, if it has one."""
    shown = subprocess.run(
        ["ip", "-4", "-o", "address", "show", "scope", "global", "up"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return shown[3].partition("/")[0] if shown else None


def connects(inside: Inside, address: str, port: int) -> bool:
    """Whether a program in the instance gets a connection to there."""
    said = inside.said(
        f"socket.create_connection(({address!r}, {port}), 5).close()", after="import socket"
    )
    return "value" in said
