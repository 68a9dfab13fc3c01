"""The world that operations' tests act in."""

from collections.abc import Iterator

import pytest

from ownstream.store import open_store
from tests.unit.operations.world import GIB, OTHERS, World


@pytest.fixture
def world() -> Iterator[World]:
    """A service with one public image, another account's image, and room for 8 GiB."""
    store = open_store("sqlite://")
    world = World(store)
    world.image("Host")
    world.image("Theirs", owner=OTHERS.account)
    world.node(8 * GIB)
    with store.listened(world.touched.append):
        yield world
    store.close()
