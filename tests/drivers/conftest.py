"""What tests of drivers are given."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ownstream.drivers.process import ProcessDriver
from tests.drivers.reaching import HAS_TUN
from tests.support.instances import instances_folder, run

# What this user cannot try here; `test_network` tells what happens where there is no such device.
collect_ignore = [] if HAS_TUN else ["test_internet.py"]
if os.geteuid() != 0:
    collect_ignore.append("test_ordinary_user.py")  # this user is one, and runs the rest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for instances; nothing that was made in it outlives the test."""
    with instances_folder() as path:
        yield path


@pytest.fixture
def driver(folder: Path) -> Iterator[ProcessDriver]:
    """The process driver, of whatever user runs the tests."""
    made = ProcessDriver(folder)
    yield made
    run(made.close())
