"""One real service for all scenarios that leave it as they found it; one browser."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support import fleets
from tests.support import service as services
from tests.support.browser import chromium, new_page
from tests.support.service import Served, served


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    """A folder that users of instances may pass through, which pytest's own do not let them."""
    path = Path(tempfile.mkdtemp(prefix="ownstream-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="package")
def service(folder: Path) -> Iterator[Served]:
    """A running service."""
    with served(folder / "data", folder / "instances") as running:
        yield running


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running service with simulated instances."""
    with services.simulated(tmp_path_factory.mktemp("simulated")) as running:
        yield running


@pytest.fixture(scope="module")
def in_test_mode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same in test mode."""
    with services.simulated(tmp_path_factory.mktemp("turned"), "--test-mode") as running:
        yield running


@pytest.fixture
def own_service(folder: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """A service for this test alone, which may stop or kill it."""
    name = f"own-{abs(hash(request.node.name)) % 10**8}"
    with served(folder / name / "data", folder / name / "instances") as running:
        yield running


@pytest.fixture
def client(service: Served):
    """boto3's client; what a test makes is taken away after it."""
    client = service.client()
    yield client
    take_all_away(client)


def take_all_away(client) -> None:
    """The service has neither fleets nor stacks."""
    names = [fleet["Name"] for fleet in client.describe_fleets()["Fleets"]]
    for name in names:
        client.stop_fleet(Name=name)
    if names:
        client.get_waiter("fleet_stopped").wait(Names=names, WaiterConfig=fleets.QUICK)
    for name in names:
        for stack in client.list_associated_stacks(FleetName=name)["Names"]:
            client.disassociate_fleet(FleetName=name, StackName=stack)
        client.delete_fleet(Name=name)
    for stack in client.describe_stacks()["Stacks"]:
        client.delete_stack(Name=stack["Name"])


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a user's own browser."""
    page = new_page(browser)
    yield page
    page.context.close()
