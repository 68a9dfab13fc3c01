"""A served service whose instances are simulated, and whose clock is turned by requests."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Page

import ownstream
from ownstream import profile
from ownstream.keyring import open_keyring
from ownstream.store import CredentialRow, open_store, sqlite_url
from tests.support import fleets
from tests.support.browser import await_colour, await_state
from tests.support.service import Served, served, simulated
from tests.support.signing import Signing, owner, request_of, send

NO_PROGRAMS = ("/usr/bin/env", "PATH=/nonexistent")  # no X server, no bubblewrap, no sudo
BACKGROUND = (30, 41, 59)  # of the picture that says so
DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with simulated instances, which finds no program to run."""
    with simulated(tmp_path_factory.mktemp("plain"), prefix=NO_PROGRAMS) as running:
        yield running


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same in test mode."""
    folder = tmp_path_factory.mktemp("turned")
    with simulated(folder, "--test-mode", prefix=NO_PROGRAMS) as running:
        yield running


def pair(client: Any, name: str, **members: Any) -> str:
    """The name of a running fleet and its stack, made when it is first asked for."""
    if name not in [stack["Name"] for stack in client.describe_stacks()["Stacks"]]:
        fleets.running_pair(client, name, **members)
    return name


def cookie_of(service: Served, url: str) -> str:
    """The cookie of a browser that has opened this URL."""
    query = parse_qs(urlsplit(url).query)
    ticket = {name: query[name][0] for name in ("parameters", "signature")}
    request = request_of("POST", f"{service.url}/authenticate", ticket)
    request.headers["Content-Type"] = "application/json"
    request.headers["Origin"] = service.url
    return send(request).cookie


def stranger_with_a_key(service: Served) -> Signing:
    """The owner of a key of another account."""
    keyring = open_keyring(service.data_dir / "secret.key")
    store = open_store(sqlite_url(service.data_dir / "ownstream.db"))
    with store.transaction() as tx:
        sealed = keyring.seal(b"another secret")
        row = CredentialRow(access_key="STRANGER", account="999999999999", sealed_secret=sealed)
        tx.add(row)
    store.close()
    return owner(service, access_key="STRANGER", secret_key="another secret")


@contextmanager
def profiled(service: Served) -> Iterator[ownstream.Session]:
    """A session that knows the service by its profile."""
    session = ownstream.Session(profile=profile.NAME)
    session.set_config_variable("config_file", service.environment["AWS_CONFIG_FILE"])
    keys = service.environment["AWS_SHARED_CREDENTIALS_FILE"]
    session.set_config_variable("credentials_file", keys)
    with session:
        yield session


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
    ("GET", "/test/sessions/0123456789abcdef"),
    ("GET", "/test/faults"),
    ("POST", "/test/faults"),
    ("DELETE", "/test/faults"),
    ("DELETE", "/test/faults/1"),
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


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_a_streaming_users_cookie_gets_nobody_in(turned: Served, method: str, path: str) -> None:
    client = turned.client()
    cookie = cookie_of(turned, fleets.streaming_url(client, pair(client, "cookies"), "ann"))
    request = request_of(method, turned.url + path, {"advance_s": DAY_S})
    request.headers["Cookie"] = cookie
    request.headers["Origin"] = turned.url
    assert send(request).error == "MissingAuthenticationTokenException"


def test_another_accounts_key_reaches_no_instance_or_session_of_this_one(turned: Served) -> None:
    client = turned.client()
    stack = pair(client, "apart")
    cookie = cookie_of(turned, fleets.streaming_url(client, stack, "ann"))
    stranger = stranger_with_a_key(turned)
    handle = cookie.partition("=")[0].removeprefix("ownstream-")
    [session] = client.describe_sessions(StackName=stack, FleetName=stack)["Sessions"]
    lose = f"/test/instances/{session['InstanceId']}/lose"
    assert owner(turned).ask("GET", f"/test/sessions/{handle}").status == 200
    assert stranger.ask("GET", f"/test/sessions/{handle}").error == "ResourceNotFoundException"
    assert stranger.ask("POST", lose).error == "ResourceNotFoundException"
    assert owner(turned).ask("POST", lose).status == 200
    assert client.describe_sessions(StackName=stack, FleetName=stack)["Sessions"] == []


def test_faults_are_added_listed_and_taken_away(turned: Served) -> None:
    client, by_key = turned.client(), owner(turned)
    fault = {"fault": "Throttling", "operation": "DescribeStacks"}
    added = by_key.ask("POST", "/test/faults", {**fault, "count": 1}).body
    assert {name: added[name] for name in fault} == fault
    with pytest.raises(ClientError, match=r"ThrottlingException|RequestLimitExceededException"):
        client.describe_stacks()
    client.describe_stacks()
    [listed] = by_key.ask("GET", "/test/faults").body["faults"]
    assert listed == {**added, "hits": 1}
    assert by_key.ask("DELETE", f"/test/faults/{added['id']}").body == listed
    assert by_key.ask("DELETE", f"/test/faults/{added['id']}").error == "ResourceNotFoundException"
    by_key.ask("POST", "/test/faults", fault)
    by_key.ask("DELETE", "/test/faults")
    assert by_key.ask("GET", "/test/faults").body == {"faults": []}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({}, "Throttling", id="no kind"),
        pytest.param({"fault": "Fire"}, "Throttling", id="a kind that there is not"),
        pytest.param({"fault": ["Error"]}, "Throttling", id="a kind that is a list"),
        pytest.param({"fault": "Error"}, "code", id="a member missing"),
        pytest.param({"fault": "Error", "code": 5}, "code", id="a number for a text"),
        pytest.param({"fault": "Throttling", "operation": "X"}, "'X'", id="no such operation"),
        pytest.param({"fault": "Throttling", "colour": "red"}, "colour", id="no such member"),
        pytest.param({"fault": "Throttling", "count": "two"}, "count", id="a text for a count"),
        pytest.param({"fault": "Throttling", "count": -1}, "count", id="a count below nothing"),
        pytest.param({"fault": "Throttling", "probability": 7}, "probability", id="too probable"),
        pytest.param(b'{"fault": "SlowAnswer", "delay_s": NaN}', "delay_s", id="no number"),
        pytest.param({"fault": "SlowAnswer", "delay_s": -1}, "delay_s", id="an early answer"),
    ],
)
def test_a_fault_is_refused_with_what_would_be_one(turned: Served, body: Any, words: str) -> None:
    answer = owner(turned).ask("POST", "/test/faults", body)
    assert (answer.status, answer.error) == (400, "ValidationException")
    assert words in answer.body["Message"]
    assert owner(turned).ask("GET", "/test/faults").body == {"faults": []}


def test_a_session_ends_when_the_clock_of_a_running_service_is_turned(turned: Served) -> None:
    client = turned.client()
    name = pair(client, "whole", IdleDisconnectTimeoutInSeconds=900, DisconnectTimeoutInSeconds=300)
    with profiled(turned) as session:
        user = session.service.users.connect(fleets.streaming_url(client, name, "ann"))
        [seen] = client.describe_sessions(StackName=name, FleetName=name)["Sessions"]
        assert (seen["Id"], seen["ConnectionState"]) == (user.session_id, "CONNECTED")
        user.go_idle()
        owner(turned).ask("POST", "/test/clock", {"advance_s": 901})
        [seen] = client.describe_sessions(StackName=name, FleetName=name)["Sessions"]
        assert (seen["ConnectionState"], user.connected) == ("NOT_CONNECTED", False)
        owner(turned).ask("POST", "/test/clock", {"advance_s": 301})
        assert user.ended == "disconnected"
        assert client.describe_sessions(StackName=name, FleetName=name)["Sessions"] == []


def test_a_late_answer_comes_when_the_clock_has_been_turned(turned: Served) -> None:
    fault = {"fault": "SlowAnswer", "operation": "DescribeStacks", "delay_s": 3600, "count": 1}
    owner(turned).ask("POST", "/test/faults", fault)
    with ThreadPoolExecutor() as threads:
        late = threads.submit(turned.client().describe_stacks)
        while owner(turned).ask("GET", "/test/faults").body["faults"][0]["hits"] == 0:
            assert not late.done()
        owner(turned).ask("POST", "/test/clock", {"advance_s": 3599})
        assert not late.done()
        owner(turned).ask("POST", "/test/clock", {"advance_s": 1})
        assert "Stacks" in late.result(timeout=20)
    owner(turned).ask("DELETE", "/test/faults")
