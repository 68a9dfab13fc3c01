"""What an instance reaches with EnableDefaultInternetAccess, and what it does not even so.

Collected where /dev/net/tun can be opened; what happens elsewhere is in `test_network`.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ownstream.drivers.base import Seen
from ownstream.drivers.process import ProcessDriver
from tests.drivers.reaching import connects, host_address, listening
from tests.drivers.remains import remains
from tests.support.instances import Inside, launch_ready, run, spec, until


@pytest.fixture
def connected(folder: Path, driver: ProcessDriver) -> Iterator[Inside]:
    handle = run(launch_ready(driver, spec(internet=True)))
    with Inside(folder, "i-1", handle) as inside:
        yield inside


def test_with_internet_access_the_host_s_network_is_reached(connected: Inside) -> None:
    address = host_address()
    assert address, "this host has no network, so the test cannot tell"
    with listening(address) as port:
        assert connects(connected, address, port)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.2.2"])
def test_with_internet_access_the_host_s_loopback_is_not_reached(
    connected: Inside, address: str
) -> None:
    with listening("127.0.0.1") as port:
        assert not connects(connected, address, port)


def test_with_internet_access_the_cloud_s_metadata_is_not_reached(connected: Inside) -> None:
    said = connected.said(
        "socket.create_connection(('169.254.169.254', 80), 5)", after="import socket"
    )
    assert "No route to host" in said["text"]


def test_with_internet_access_names_are_asked_of_the_host(connected: Inside) -> None:
    assert connected.value("open('/etc/resolv.conf').read()") == "nameserver 10.0.2.3\n"


def test_an_instance_whose_network_is_killed_is_lost_and_leaves_nothing(
    folder: Path, driver: ProcessDriver
) -> None:
    handle = run(launch_ready(driver, spec(internet=True)))
    os.kill(handle["processes"]["network"]["pid"], signal.SIGKILL)
    lost = run(until(driver, "i-1", handle, Seen.LOST))
    assert lost.reason.startswith("its way to the internet has ended")
    run(driver.retire("i-1", handle))
    assert remains(folder) == {}


def test_retiring_ends_the_network_too(folder: Path, driver: ProcessDriver) -> None:
    run(launch_ready(driver, spec(internet=True)))
    run(driver.retire("i-1", None))
    assert remains(folder) == {}
