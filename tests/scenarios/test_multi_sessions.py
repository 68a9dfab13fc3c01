"""Several users on one instance of a multi-session fleet, as they and an administrator see it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.scenarios.test_main_job import GREEN, PAINT, type_line
from tests.scenarios.test_sessions import BLUE, BLUE_PAINT
from tests.support import fleets
from tests.support.browser import await_colour, new_page, open_session

SHARED: dict[str, Any] = {
    "MaxSessionsPerInstance": 3,
    "ComputeCapacity": {"DesiredSessions": 3},
}


@pytest.fixture
def pages(browser: Browser) -> Iterator[list[Page]]:
    """Three users' browsers."""
    made = [new_page(browser) for _ in range(3)]
    yield made
    for page in made:
        page.context.close()


def numbers(client: Any, name: str) -> dict[str, int]:
    return client.describe_fleets(Names=[name])["Fleets"][0]["ComputeCapacityStatus"]


def await_numbers(client: Any, name: str, page: Page, **expected: int) -> None:
    """Such are the fleet's numbers soon."""
    for _ in range(200):
        found = numbers(client, name)
        if expected.items() <= found.items():
            return
        page.wait_for_timeout(100)
    raise AssertionError(found)


def session(client: Any, name: str, user: str) -> dict[str, Any]:
    (found,) = client.describe_sessions(
        StackName=name, FleetName=name, UserId=user, AuthenticationType="API"
    )["Sessions"]
    return found


def instance(client: Any, name: str, user: str) -> str:
    return session(client, name, user)["InstanceId"]


def stream(client: Any, name: str, user: str, page: Page) -> None:
    url = fleets.streaming_url(client, name, user, ApplicationId="xterm")
    open_session(page, url)


def test_two_users_share_an_instance_and_a_third_is_kept_off_it_while_it_drains(
    client, pages: list[Page]
) -> None:
    alice, bob, carol = pages
    name = fleets.running_pair(client, **SHARED)
    stream(client, name, "alice", alice)
    stream(client, name, "bob", bob)
    assert instance(client, name, "alice") == instance(client, name, "bob")
    type_line(alice, f"touch ~/mine /tmp/mine /dev/shm/mine; {PAINT}")
    await_colour(alice, GREEN)
    type_line(bob, f"ls ~/mine /tmp/mine /dev/shm/mine || {BLUE_PAINT}")
    await_colour(bob, BLUE)

    client.update_fleet(Name=name, ComputeCapacity={"DesiredSessions": 6})
    await_numbers(client, name, carol, Running=2, AvailableUserSessions=4)
    client.drain_session_instance(SessionId=session(client, name, "alice")["Id"])
    assert session(client, name, "bob")["InstanceDrainStatus"] == "DRAINING"
    stream(client, name, "carol", carol)
    assert instance(client, name, "carol") != instance(client, name, "alice")
    assert session(client, name, "carol")["InstanceDrainStatus"] == "ACTIVE"
    await_colour(alice, GREEN)
    await_numbers(client, name, alice, Draining=1, DrainModeActiveUserSessions=2)

    for user in ("alice", "bob"):
        client.expire_session(SessionId=session(client, name, user)["Id"])
    await_numbers(client, name, carol, Running=2, Draining=0, AvailableUserSessions=5)
    type_line(carol, PAINT)
    await_colour(carol, GREEN)


def test_the_next_user_of_a_seat_finds_nothing_of_the_one_before(client, pages: list[Page]) -> None:
    alice, bob, carol = pages
    capacity = {"DesiredSessions": 2}
    name = fleets.running_pair(client, MaxSessionsPerInstance=2, ComputeCapacity=capacity)
    stream(client, name, "alice", alice)
    stream(client, name, "bob", bob)
    shared = instance(client, name, "alice")
    type_line(alice, f"touch ~/mine /tmp/mine; {PAINT}")
    await_colour(alice, GREEN)
    client.expire_session(SessionId=session(client, name, "alice")["Id"])
    await_numbers(client, name, bob, ActiveUserSessions=1, AvailableUserSessions=1)
    stream(client, name, "carol", carol)
    assert instance(client, name, "carol") == instance(client, name, "bob") == shared
    type_line(carol, f"ls ~/mine /tmp/mine || {BLUE_PAINT}")
    await_colour(carol, BLUE)
