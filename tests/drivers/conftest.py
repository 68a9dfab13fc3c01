"""What tests of drivers are given."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ownstream.drivers.process import ProcessDriver
from tests.support.instances import instances_folder, run


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
