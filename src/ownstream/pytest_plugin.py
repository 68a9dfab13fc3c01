"""Fixtures for tests of programs that use AppStream; pytest finds them by an entry point.

Nothing of ownstream is imported before a test asks for one of them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ownstream import Session, TurnedClock


@pytest.fixture
def appstream_clock() -> "TurnedClock":
    """The clock of this test's service: 2026-01-01 00:00 UTC, and still until it is turned.

    A project that wants another time, or the system's, defines a fixture of this name.
    """
    from ownstream import TurnedClock

    return TurnedClock()


@pytest.fixture
def appstream_session(appstream_clock: "TurnedClock") -> "Iterator[Session]":
    """botocore's session, its AppStream a service of this test's own; closed after the test."""
    from ownstream import Session

    with Session(clock=appstream_clock) as session:
        yield session


@pytest.fixture
def appstream(appstream_session: "Session") -> Any:
    """botocore's client of an AppStream that is empty but for its public images."""
    return appstream_session.create_client("appstream")


@pytest.fixture
def appstream_service(appstream_session: "Session") -> Any:
    """The inside of `appstream`: `clock`, `users`, `faults`, `driver`, `lose_instance`."""
    return appstream_session.service


@pytest.fixture
def appstream_boto3(appstream_session: "Session", monkeypatch: pytest.MonkeyPatch) -> Any:
    """boto3's session on `appstream`, and boto3's default one for as long as the test runs.

    `boto3.client("appstream")` in the code under test then calls this test's service. Clients that
    were made before are not reached.
    """
    boto3 = pytest.importorskip("boto3", reason="the fixture appstream_boto3 needs boto3")
    session = boto3.Session(botocore_session=appstream_session, region_name="us-east-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    return session
