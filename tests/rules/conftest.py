"""The two services that every row is tried on."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

import ownstream
from ownstream.storage.folder_locations import FolderLocations
from ownstream.store import open_store, sqlite_url
from tests.rules.acts import LONG
from tests.rules.subjects import Subject
from tests.support.service import Served, simulated

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACCOUNT = "000000000000"
Errors = Callable[[], list[str]]


@pytest.fixture(scope="package")
def embedded() -> Iterator[Callable[[], Subject]]:
    """The engine in this process, its clock turned."""
    with ownstream.Session(clock=ownstream.TurnedClock(start=START)) as session:
        store = session.service.engine.store
        yield lambda: Subject(session, store, ACCOUNT, session.service.locations)


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`ownstream serve` with simulated instances."""
    with simulated(tmp_path_factory.mktemp("rules"), "--test-mode") as service:
        yield service


@pytest.fixture(scope="package")
def running(service: Served) -> Iterator[Callable[[], Subject]]:
    """That service, over HTTP."""
    store = open_store(sqlite_url(service.data_dir / "ownstream.db"))
    session = ownstream.Session(endpoint_url=service.url)
    for name, variable in (("config_file", "config"), ("credentials_file", "credentials")):
        session.set_config_variable(name, str(service.data_dir / "aws" / variable))
    session.set_config_variable("profile", "ownstream")
    locations = FolderLocations(service.data_dir / "s3")
    yield lambda: Subject(session, store, ACCOUNT, locations)
    store.close()


@pytest.fixture
def embedded_errors(caplog: pytest.LogCaptureFixture) -> Errors:
    """What this process logs as errors: an operation's breach of the service model, say."""
    return lambda: [
        str(record.msg)
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR and record.name.startswith("ownstream")
    ]


@pytest.fixture
def running_errors(service: Served) -> Errors:
    """What the service logs as errors from now on."""
    before = service.log.stat().st_size

    def errors() -> list[str]:
        with service.log.open() as log:
            log.seek(before)
            return [line for line in log if "level=error" in line]

    return errors


@pytest.fixture(params=["embedded", "running"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """A region of one of the two, with nothing in it; nothing goes wrong inside meanwhile."""
    subject: Subject = request.getfixturevalue(request.param)()
    errors: Errors = request.getfixturevalue(f"{request.param}_errors")
    yield subject
    assert errors() == []
    inside = subject.service
    inside.faults.clear()
    if inside.driver.stop_takes:
        inside.clock.advance(seconds=LONG.total_seconds())
    inside.driver.launch_takes = inside.driver.stop_takes = timedelta(0)
    subject.remove_images()
