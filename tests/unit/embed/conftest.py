"""A desk whose clock is turned, and one whose clock is the system's."""

from collections.abc import Iterator

import pytest

import ownstream
from tests.unit.embed.desk import START, Desk


@pytest.fixture
def turned() -> Iterator[Desk]:
    with ownstream.Session(clock=ownstream.TurnedClock(start=START)) as session:
        yield Desk(session)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with ownstream.Session() as session:
        yield Desk(session)
