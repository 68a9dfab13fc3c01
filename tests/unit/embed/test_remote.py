"""The inside of a service, embedded or running elsewhere: the same members do the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import ownstream
from ownstream.embed.remote import NotInTestMode
from ownstream.faults import Throttling
from ownstream.gateway.admission import Refused
from ownstream.storage.folder_locations import FolderLocations
from ownstream.storage.locations import Location, Locations, read
from tests.support.service import Served, simulated

NUMBERS = count(1)
ONE_TRY = Config(retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service in test mode, in a process of its own."""
    with simulated(tmp_path_factory.mktemp("served"), "--test-mode") as service:
        yield service


def session_with(service: Served) -> ownstream.Session:
    """A session that knows the service by its profile."""
    session = ownstream.Session(profile="ownstream")
    session.set_config_variable("config_file", service.environment["AWS_CONFIG_FILE"])
    session.set_config_variable(
        "credentials_file", service.environment["AWS_SHARED_CREDENTIALS_FILE"]
    )
    return session


@dataclass
class Desk:
    """A fleet and a stack of this name, and the service that has them."""

    session: ownstream.Session
    client: Any
    name: str
    locations: Locations

    @property
    def service(self) -> Any:
        return self.session.service

    def run(self, **members: Any) -> None:
        """The fleet runs, and the stack offers it."""
        self.client.create_fleet(
            Name=self.name,
            ImageName=self.client.describe_images()["Images"][0]["Name"],
            InstanceType="stream.standard.small",
            **{"ComputeCapacity": {"DesiredInstances": 1}, **members},
        )
        self.client.create_stack(Name=self.name)
        self.client.associate_fleet(FleetName=self.name, StackName=self.name)
        self.client.start_fleet(Name=self.name)
        self.client.get_waiter("fleet_started").wait(Names=[self.name])

    def clear(self) -> None:
        """There is neither fleet nor stack, and instances take no time."""
        self.service.driver.launch_takes = self.service.driver.stop_takes = timedelta(0)
        self.service.faults.clear()
        for fleet in self.client.describe_fleets()["Fleets"]:
            self.client.stop_fleet(Name=fleet["Name"])
            self.client.get_waiter("fleet_stopped").wait(Names=[fleet["Name"]])
            self.client.disassociate_fleet(FleetName=fleet["Name"], StackName=fleet["Name"])
            self.client.delete_fleet(Name=fleet["Name"])
            self.client.delete_stack(Name=fleet["Name"])

    def url(self, user: str = "ann") -> str:
        """A streaming URL of this user."""
        answer = self.client.create_streaming_url(
            FleetName=self.name, StackName=self.name, UserId=user
        )
        return answer["StreamingURL"]

    def fleet(self) -> dict[str, Any]:
        """What the API says of the fleet."""
        return self.client.describe_fleets(Names=[self.name])["Fleets"][0]

    def sessions(self) -> list[dict[str, Any]]:
        """What the API says of its sessions."""
        answer = self.client.describe_sessions(FleetName=self.name, StackName=self.name)
        return answer["Sessions"]


@pytest.fixture(params=["embedded", "served"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk with nothing on it, of either kind of service."""
    if request.param == "embedded":
        session = ownstream.Session(clock=ownstream.TurnedClock(datetime(2026, 1, 1, tzinfo=UTC)))
        locations = session.service.locations
    else:
        running: Served = request.getfixturevalue("running")
        session, locations = session_with(running), FolderLocations(running.data_dir / "s3")
    with session:
        client = session.create_client("appstream")
        made = Desk(session, client, f"desk-{next(NUMBERS)}", locations)
        yield made
        made.clear()


def test_waiters_turn_the_clock_in_place_of_sleeping(desk: Desk) -> None:
    desk.service.driver.launch_takes = timedelta(minutes=15)
    before = desk.service.clock.now()
    desk.run()
    assert timedelta(minutes=15) <= desk.service.clock.now() - before < timedelta(minutes=17)


def test_a_user_who_comes_in_has_a_session(desk: Desk) -> None:
    desk.run()
    user = desk.service.users.connect(desk.url())
    [session] = desk.sessions()
    assert (session["Id"], session["ConnectionState"]) == (user.session_id, "CONNECTED")
    assert user.connected
    assert user.ended == ""


def test_a_user_who_is_idle_is_disconnected_then_the_session_ends(desk: Desk) -> None:
    desk.run(IdleDisconnectTimeoutInSeconds=900, DisconnectTimeoutInSeconds=300)
    user = desk.service.users.connect(desk.url())
    desk.service.clock.advance(minutes=14)
    assert user.connected
    user.type()
    desk.service.clock.advance(minutes=14)
    assert user.connected
    desk.service.clock.advance(minutes=1)
    assert (user.connected, user.ended) == (False, "")
    desk.service.clock.advance(minutes=5)
    assert user.ended == "disconnected"
    with pytest.raises(Refused, match="away for longer"):
        user.reconnect()


def test_what_users_start_is_in_the_report_of_the_day(desk: Desk) -> None:
    desk.run(MaxUserDurationInSeconds=3600)
    bucket = desk.client.create_usage_report_subscription()["S3BucketName"]
    day = desk.service.clock.now()
    url = desk.client.create_streaming_url(
        FleetName=desk.name, StackName=desk.name, UserId="ann", ApplicationId="firefox"
    )
    user = desk.service.users.connect(url["StreamingURL"])
    user.launch("notepad")
    user.disconnect()
    user.launch("notepad")
    user.reconnect()
    desk.service.clock.advance(days=1, minutes=10)
    desk.client.delete_usage_report_subscription()
    key = (
        f"applications/schedule=DAILY/year={day:%Y}/month={day:%m}/day={day:%d}"
        f"/daily-app-report-{day:%Y-%m-%d}.csv"
    )
    told = read(desk.locations, Location(bucket, key), most_bytes=4096).decode().splitlines()
    assert told[1:] == [f"{user.session_id},firefox", f"{user.session_id},notepad"]


def test_a_user_at_work_stays_until_the_longest_duration(desk: Desk) -> None:
    desk.run(IdleDisconnectTimeoutInSeconds=60, MaxUserDurationInSeconds=1200)
    user = desk.service.users.connect(desk.url())
    user.work()
    for _ in range(11):
        desk.service.clock.advance(seconds=100)
    assert user.connected
    desk.service.clock.advance(seconds=101)
    assert (user.connected, user.ended) == (False, "max_duration")


def test_a_user_who_goes_idle_after_work_is_disconnected(desk: Desk) -> None:
    desk.run(IdleDisconnectTimeoutInSeconds=120)
    user = desk.service.users.connect(desk.url())
    user.work()
    desk.service.clock.advance(minutes=10)
    user.go_idle()
    desk.service.clock.advance(seconds=110)
    assert user.connected
    desk.service.clock.advance(seconds=11)
    assert not user.connected


def test_a_user_comes_back_by_the_same_browser_and_another_takes_over(desk: Desk) -> None:
    desk.run()
    user = desk.service.users.connect(desk.url())
    user.disconnect()
    assert not user.connected
    user.reconnect()
    assert user.connected
    other = desk.service.users.connect(desk.url())
    assert (user.connected, other.connected) == (False, True)
    assert user.session_id == other.session_id


def test_a_user_ends_the_session_once(desk: Desk) -> None:
    desk.run()
    user = desk.service.users.connect(desk.url())
    user.end_session()
    assert (user.connected, user.ended) == (False, "ended_by_user")
    with pytest.raises(Refused, match="You have ended your session"):
        user.end_session()


def test_a_user_waits_for_an_instance_and_is_shown_it(desk: Desk) -> None:
    desk.run()
    desk.service.driver.launch_takes = timedelta(minutes=3)
    desk.client.stop_fleet(Name=desk.name)
    desk.client.get_waiter("fleet_stopped").wait(Names=[desk.name])
    desk.client.update_fleet(Name=desk.name, ComputeCapacity={"DesiredInstances": 2})
    desk.client.start_fleet(Name=desk.name)
    desk.client.get_waiter("fleet_started").wait(Names=[desk.name])
    first = desk.service.users.connect(desk.url("ann"))
    desk.service.lose_instance(desk.sessions()[0]["InstanceId"], "fire")
    assert first.ended == "instance_lost"
    second = desk.service.users.connect(desk.url("bob"))
    third = desk.service.users.connect(desk.url("cat"))
    assert (second.connected, third.connected) == (True, False)
    desk.service.clock.advance(minutes=4)
    assert (second.connected, third.connected) == (True, True)


def test_a_url_is_for_one_browser(desk: Desk) -> None:
    desk.run()
    url = desk.url()
    desk.service.users.connect(url)
    with pytest.raises(Refused, match="used already"):
        desk.service.users.connect(url)
    with pytest.raises(Refused, match="not valid"):
        desk.service.users.connect(desk.url("bob").replace("signature=", "signature=A"))


def test_a_url_expires_by_the_clock(desk: Desk) -> None:
    desk.run()
    url = desk.url()
    desk.service.clock.advance(seconds=61)
    with pytest.raises(Refused, match="expired"):
        desk.service.users.connect(url)


def test_the_clock_is_not_turned_back(desk: Desk) -> None:
    with pytest.raises(ValueError, match="not turned back"):
        desk.service.clock.advance(seconds=-1)


def test_an_instance_that_there_is_not_cannot_be_lost(desk: Desk) -> None:
    with pytest.raises(LookupError, match="no instance i-none"):
        desk.service.lose_instance("i-none")


def test_who_holds_a_user_sees_no_secret_of_it(desk: Desk) -> None:
    desk.run()
    user = desk.service.users.connect(desk.url())
    assert "ownstream-" not in repr(user)


def test_a_fault_strikes_as_often_as_it_was_asked_to(desk: Desk) -> None:
    added = desk.service.faults.add(Throttling("DescribeStacks"), count=2)
    client = desk.session.create_client("appstream", config=ONE_TRY)
    for _ in range(2):
        with pytest.raises(ClientError):
            client.describe_stacks()
    client.describe_stacks()
    assert (added.hits, added.used_up) == (2, True)
    added.remove()
    added.remove()
    assert added.hits == 2
    assert list(desk.service.faults.added()) == []


def test_a_fault_of_an_operation_that_there_is_not_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="no operation 'DescribeStax'"):
        desk.service.faults.add(Throttling("DescribeStax"))
    with pytest.raises(ValueError, match="probability"):
        desk.service.faults.add(Throttling(), probability=2.0)


def test_a_service_that_is_not_in_test_mode_says_how_it_would_be(tmp_path: Path) -> None:
    with simulated(tmp_path) as service, session_with(service) as session:
        for reach in (
            lambda: session.service.clock.now(),
            lambda: session.service.clock.advance(minutes=1),
            lambda: session.service.lose_instance("i-1"),
            lambda: session.service.faults.clear(),
            lambda: session.service.driver.launch_takes,
        ):
            with pytest.raises(NotInTestMode, match="--test-mode"):
                reach()


def test_aws_itself_is_not_asked() -> None:
    session = ownstream.Session(endpoint_url="https://appstream2.us-east-1.amazonaws.com")
    session.set_config_variable("region", "us-east-1")
    session.set_credentials("AKID", "secret")
    with pytest.raises(NotInTestMode, match="is AWS"):
        session.service.clock.advance(minutes=1)
