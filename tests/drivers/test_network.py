"""What an instance reaches without EnableDefaultInternetAccess, or where that cannot be had."""

from pathlib import Path

import pytest

from ownstream.drivers.base import Terminal
from ownstream.drivers.process import ProcessDriver, Tools
from tests.drivers.reaching import HAS_TUN, connects, host_address, listening
from tests.drivers.remains import remains
from tests.support.instances import Inside, launch, launch_ready, run, spec


def test_without_internet_access_nothing_of_the_host_is_reached(
    folder: Path, driver: ProcessDriver
) -> None:
    handle = run(launch_ready(driver, spec()))
    address = host_address() or "127.0.0.1"
    with Inside(folder, "i-1", handle) as inside, listening(address) as port:
        assert not connects(inside, address, port)
        assert inside.value("[name for _, name in socket.if_nameindex()]") == ["lo"]


def test_where_internet_access_cannot_be_given_the_launch_fails_and_says_so(folder: Path) -> None:
    tools = Tools(slirp4netns="/usr/bin/false") if HAS_TUN else Tools()
    driver = ProcessDriver(folder, tools=tools)
    words = "slirp4netns gave no network" if HAS_TUN else "cannot open /dev/net/tun"
    with pytest.raises(Terminal, match=words):
        run(launch(driver, spec(internet=True)))
    run(driver.retire("i-1", None))
    run(driver.close())
    assert remains(folder) == {}
