"""A served service whose instances are simulated, and whose clock is turned by requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from ownstream import profile
from tests.support import fleets
from tests.support.browser import await_colour, await_state
from tests.support.service import Served, served
from tests.support.signing import Signing, request_of, send

NO_PROGRAMS = ("/usr/bin/env", "PATH=/nonexistent")  # no X server, no bubblewrap, no sudo
SIMULATED = ("--driver", "simulated")
BACKGROUND = (30, 41, 59)  # of the picture that says so
DAY_S = 24 * 3600


@contextmanager
def simulated(folder: Path, *arguments: str) -> Iterator[Served]:
    """A running service with simulated instances, which finds no program to run."""
    folders = folder / "data", folder / "instances"
    with served(*folders, arguments=(*SIMULATED, *arguments), prefix=NO_PROGRAMS) as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with simulated instances."""
    with simulated(tmp_path_factory.mktemp("plain")) as running:
        yield running


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same in test mode."""
    with simulated(tmp_path_factory.mktemp("turned"), "--test-mode") as running:
        yield running


def owner(service: Served, **changes: Any) -> Signing:
    """Who has the profile's key."""
    pair = profile.key_pair(service.data_dir / "aws")
    assert pair is not None
    known = {"access_key": pair.access_key, "secret_key": pair.secret_key}
    return Signing(service.url, **{**known, **changes})


def fleet_state(service: Served, name: str) -> str:
    """What the API calls the fleet's state."""
    return service.client().describe_fleets(Names=[name])["Fleets"][0]["State"]


def test_simulated_fleets_run_where_no_program_can_be_run(plain: Served) -> None:
    client = plain.client()
    fleets.running_pair(client, "many", instances=10)
    [fleet] = client.describe_fleets(Names=["many"])["Fleets"]
    assert fleet["ComputeCapacityStatus"]["Running"] == 10


def test_the_images_are_those_of_the_simulation(plain: Served) -> None:
    platforms = {image["Platform"] for image in plain.client().describe_images()["Images"]}
    assert platforms == {"WINDOWS_SERVER_2019", "AMAZON_LINUX2"}


def test_a_browser_is_shown_that_the_instance_is_simulated(plain: Served, page: Page) -> None:
    client = plain.client()
    page.goto(fleets.streaming_url(client, fleets.running_pair(client, "seen")))
    await_state(page, "streaming")
    await_colour(page, BACKGROUND)


PATHS = [
    ("GET", "/test/clock"),
    ("POST", "/test/clock"),
    ("GET", "/test/instances"),
    ("PATCH", "/test/instances"),
    ("POST", "/test/instances/i-1/lose"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_without_test_mode_the_path_is_not_there(plain: Served, method: str, path: str) -> None:
    answer = owner(plain).ask(method, path, {"advance_s": 1} if "clock" in path else None)
    assert (answer.status, answer.body) == (404, None)


def test_the_log_says_loudly_that_it_is_test_mode(plain: Served, turned: Served) -> None:
    assert 'level=warning event="TEST MODE' in turned.log.read_text()
    assert "TEST MODE" not in plain.log.read_text()


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nobody_gets_in_unsigned(turned: Served, method: str, path: str) -> None:
    answer = send(request_of(method, turned.url + path, {"advance_s": DAY_S}))
    assert (answer.status, answer.error) == (403, "MissingAuthenticationTokenException")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"secret_key": "wrong"}, "InvalidSignatureException", id="another secret"),
        pytest.param({"access_key": "NOBODY"}, "UnrecognizedClientException", id="no such key"),
    ],
)
def test_a_wrong_key_gets_nobody_in(turned: Served, changes: dict[str, str], error: str) -> None:
    answer = owner(turned, **changes).ask("POST", "/test/clock", {"advance_s": DAY_S})
    assert (answer.status, answer.error) == (403, error)


def test_the_clock_is_turned(turned: Served) -> None:
    before = datetime.fromisoformat(owner(turned).ask("GET", "/test/clock").body["now"])
    answer = owner(turned).ask("POST", "/test/clock", {"advance_s": 3 * DAY_S})
    after = datetime.fromisoformat(answer.body["now"])
    assert timedelta(0) <= after - before - timedelta(days=3) < timedelta(minutes=1)


def test_signatures_are_still_judged_by_the_systems_time(turned: Served) -> None:
    owner(turned).ask("POST", "/test/clock", {"advance_s": DAY_S})
    assert turned.client().describe_fleets()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[" * 100_000, id="a deep nest"),
        pytest.param([1], id="a list"),
        pytest.param({}, id="an empty object"),
        pytest.param({"advance_s": -1}, id="a negative number"),
        pytest.param({"advance_s": 1e308}, id="a huge number"),
        pytest.param({"advance_s": 10**400}, id="a number beyond any float"),
        pytest.param(b'{"advance_s": NaN}', id="not a number"),
        pytest.param(b'{"advance_s": Infinity}', id="infinity"),
        pytest.param({"advance_s": "60"}, id="a text"),
        pytest.param({"advance_s": True}, id="a truth"),
        pytest.param({"advance_s": None}, id="null"),
        pytest.param({"advance_s": 60, "back": 1}, id="a member that there is not"),
    ],
)
def test_the_clock_is_not_turned_by(turned: Served, body: Any) -> None:
    before = datetime.fromisoformat(owner(turned).ask("GET", "/test/clock").body["now"])
    answer = owner(turned).ask("POST", "/test/clock", body)
    assert (answer.status, answer.error) in (
        (400, "ValidationException"),
        (400, "SerializationException"),
    )
    after = datetime.fromisoformat(owner(turned).ask("GET", "/test/clock").body["now"])
    assert after - before < timedelta(minutes=1)


def test_a_body_that_is_too_long_is_refused(turned: Served) -> None:
    answer = owner(turned).ask("POST", "/test/clock", b" " * (2 << 20))
    assert answer.status == 413


def test_an_error_names_the_member_and_the_way_out(turned: Served) -> None:
    answer = owner(turned).ask("POST", "/test/clock", {"advance_s": "soon"})
    assert answer.body["Message"] == (
        'advance_s is a number of seconds from 0 to 2678400, not "soon".'
    )


def test_a_fleet_starts_when_its_instances_have_taken_their_time(turned: Served) -> None:
    client = turned.client()
    answer = owner(turned).ask("PATCH", "/test/instances", {"launch_takes_s": 600})
    assert answer.body == {"launch_takes_s": 600.0, "stop_takes_s": 0.0}
    client.create_fleet(
        Name="slow",
        ImageName=client.describe_images()["Images"][0]["Name"],
        InstanceType="stream.standard.small",
        ComputeCapacity={"DesiredInstances": 1},
    )
    client.start_fleet(Name="slow")
    owner(turned).ask("POST", "/test/clock", {"advance_s": 500})
    assert fleet_state(turned, "slow") == "STARTING"
    owner(turned).ask("POST", "/test/clock", {"advance_s": 101})
    assert fleet_state(turned, "slow") == "RUNNING"
    owner(turned).ask("PATCH", "/test/instances", {"launch_takes_s": 0})


def test_an_instance_that_is_not_there_cannot_be_lost(turned: Served) -> None:
    answer = owner(turned).ask("POST", "/test/instances/i-none/lose", {"reason": "fire"})
    assert answer.error == "ResourceNotFoundException"
    assert "i-none" in answer.body["Message"]


def test_instances_that_are_processes_are_not_told_how_long_they_take(tmp_path: Path) -> None:
    folders = tmp_path / "data", tmp_path / "instances"
    with served(*folders, arguments=("--test-mode",)) as service:
        answer = owner(service).ask("PATCH", "/test/instances", {"launch_takes_s": 1})
    assert answer.error == "OperationNotPermittedException"
    assert "--driver simulated" in answer.body["Message"]
