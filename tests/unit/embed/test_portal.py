"""Users of the user pool who sign in by method calls, embedded and in a running service."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

import ownstream
from ownstream.gateway.admission import Refused
from ownstream.portal.refusals import TurnedAway
from tests.support.service import Served, simulated
from tests.unit.embed.test_remote import session_with

PASSWORD, OTHER = "Correct-horse-1", "Another-horse-2"
NUMBERS = count(1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service in test mode, in a process of its own."""
    with simulated(tmp_path_factory.mktemp("served"), "--test-mode") as service:
        yield service


class Desk:
    """A fleet and a stack, and a user of the pool who may open them."""

    def __init__(self, session: ownstream.Session) -> None:
        self.service: Any = session.service
        self.client: Any = session.create_client("appstream", region_name="us-east-1")
        self.name = f"portal-{next(NUMBERS)}"
        self.user = f"{self.name}@example.com"
        image = self.client.describe_images()["Images"][0]
        self.application = image["Applications"][0]["Name"]
        self.client.create_fleet(
            Name=self.name,
            ImageName=image["Name"],
            InstanceType="stream.standard.small",
            ComputeCapacity={"DesiredInstances": 1},
        )
        self.client.create_stack(Name=self.name)
        self.client.associate_fleet(FleetName=self.name, StackName=self.name)
        self.client.start_fleet(Name=self.name)
        self.client.get_waiter("fleet_started").wait(Names=[self.name])
        self.client.create_user(UserName=self.user, AuthenticationType="USERPOOL")
        pair = {"StackName": self.name, "UserName": self.user, "AuthenticationType": "USERPOOL"}
        self.client.batch_associate_user_stack(UserStackAssociations=[pair])

    def mailed(self, pattern: str) -> str:
        """What a mail to the user has there; the last that has it."""
        texts = [mail.text for mail in self.service.mails if mail.to == self.user]
        return [found for text in texts for found in re.findall(pattern, text)][-1]

    @property
    def url(self) -> str:
        return self.mailed(r"http\S+/portal/\S+")

    @property
    def temporary(self) -> str:
        return self.mailed(r"Temporary password:\s+(\S+)")

    def sign_in(self, password: str = PASSWORD) -> Any:
        return self.service.users.sign_in(self.url, self.user, password)

    def join(self) -> Any:
        """The user has signed in and chosen PASSWORD."""
        portal = self.sign_in(self.temporary)
        portal.choose_password(PASSWORD)
        return portal

    def refusal(self, password: str = PASSWORD) -> str:
        with pytest.raises(TurnedAway) as turned:
            self.sign_in(password)
        return turned.value.refusal.code


@pytest.fixture(params=["embedded", "running"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    if request.param == "embedded":
        session = ownstream.Session(clock=ownstream.TurnedClock())
    else:
        session = session_with(request.getfixturevalue("running"))
    with session:
        desk = Desk(session)
        yield desk
        desk.client.stop_fleet(Name=desk.name)
        desk.service.clock.advance(minutes=1)


def test_a_user_gets_from_the_mail_into_a_session(desk: Desk) -> None:
    portal = desk.sign_in(desk.temporary)
    assert portal.must_change
    portal.choose_password(PASSWORD)
    assert not portal.must_change
    assert desk.application in [offered.application for offered in portal.catalog()]
    user = portal.open(desk.application)
    assert user.connected
    [session] = desk.client.describe_sessions(
        StackName=desk.name,
        FleetName=desk.name,
        UserId=desk.user,
        AuthenticationType="USERPOOL",
    )["Sessions"]
    assert session["Id"] == user.session_id


def test_nothing_is_to_be_had_by_a_temporary_password(desk: Desk) -> None:
    portal = desk.sign_in(desk.temporary)
    with pytest.raises(TurnedAway):
        portal.catalog()
    with pytest.raises(TurnedAway):
        portal.open(desk.application)


def test_a_temporary_password_is_good_for_seven_days(desk: Desk) -> None:
    desk.service.clock.advance(days=6, hours=23)
    assert desk.sign_in(desk.temporary).must_change
    desk.service.clock.advance(hours=1)
    assert desk.refusal(desk.temporary) == "expired"
    desk.client.create_user(
        UserName=desk.user, AuthenticationType="USERPOOL", MessageAction="RESEND"
    )
    assert desk.sign_in(desk.temporary).must_change


def test_who_guesses_waits_by_the_services_clock(desk: Desk) -> None:
    desk.join()
    assert [desk.refusal("guess") for _ in range(6)] == ["wrong"] * 5 + ["locked"]
    desk.service.clock.advance(seconds=5)
    assert desk.sign_in().catalog()


def test_a_forgotten_password_is_replaced_by_a_mailed_code(desk: Desk) -> None:
    desk.join()
    desk.service.users.ask_for_code(desk.url, desk.user)
    code = desk.mailed(r"\n  (\w{4}-\w{4}-\w{4}-\w{4})\n")
    with pytest.raises(TurnedAway, match="code"):
        desk.service.users.reset_password(desk.url, desk.user, "AAAA-AAAA", OTHER)
    desk.service.users.reset_password(desk.url, desk.user, code, OTHER)
    assert desk.refusal(PASSWORD) == "wrong"
    assert desk.sign_in(OTHER).catalog()


def test_a_login_runs_out_after_an_hour(desk: Desk) -> None:
    portal = desk.join()
    desk.service.clock.advance(minutes=59)
    assert portal.catalog()
    desk.service.clock.advance(minutes=2)
    with pytest.raises(TurnedAway):
        portal.catalog()


def test_who_signs_out_is_out_and_their_session_goes_on(desk: Desk) -> None:
    portal = desk.join()
    user = portal.open(desk.application)
    portal.sign_out()
    with pytest.raises(TurnedAway):
        portal.catalog()
    assert user.connected


def test_a_second_click_leads_to_the_same_session(desk: Desk) -> None:
    portal = desk.join()
    assert portal.open(desk.application).session_id == portal.open(desk.application).session_id


def test_a_user_of_a_streaming_url_by_the_same_name_is_somebody_else(desk: Desk) -> None:
    portal = desk.join()
    portal.open(desk.application)
    url = desk.client.create_streaming_url(
        StackName=desk.name, FleetName=desk.name, UserId=desk.user
    )["StreamingURL"]
    # The fleet has one instance: the session of the user of the pool is not to be had by a URL.
    with pytest.raises(Refused, match="No streaming resources"):
        desk.service.users.connect(url)


def test_what_is_not_offered_is_not_opened(desk: Desk) -> None:
    with pytest.raises(TurnedAway, match="not offered"):
        desk.join().open("nope")


def test_a_portal_is_named_by_its_url() -> None:
    with ownstream.Session() as session, pytest.raises(ValueError, match="no portal's URL"):
        session.service.users.sign_in("https://example.com/", "a@example.com", "x")
