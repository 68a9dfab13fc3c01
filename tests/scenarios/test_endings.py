"""How sessions end, and what their users see: what is said, where they are sent and asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support import fleets
from tests.support.browser import await_state
from tests.support.service import Served
from tests.support.signing import owner

AFTER, FEEDBACK = "https://portal.example/after", "https://portal.example/feedback"
TIMERS = {"MaxUserDurationInSeconds": 3600, "DisconnectTimeoutInSeconds": 300}


@dataclass
class Desk:
    """A session that a user looks at."""

    service: Served
    page: Page
    name: str

    def pass_time(self, seconds: int) -> None:
        """For the service; the user's own watch is another."""
        owner(self.service).ask("POST", "/test/clock", {"advance_s": seconds})

    def session(self) -> Any:
        client = self.service.client()
        return client.describe_sessions(StackName=self.name, FleetName=self.name)["Sessions"][0]

    def end_by_user(self) -> None:
        self.page.get_by_role("button", name="Profile").click()
        self.page.get_by_role("button", name="End session").click()
        question = self.page.get_by_role("dialog", name="End this session?")
        question.get_by_role("button", name="End session").click()

    def expire(self) -> None:
        self.service.client().expire_session(SessionId=self.session()["Id"])

    def reach_longest_duration(self) -> None:
        self.pass_time(3600)

    def stay_away(self) -> None:
        self.page.goto("https://portal.example/elsewhere")
        while self.session()["ConnectionState"] == "CONNECTED":
            pass
        self.pass_time(300)
        self.page.go_back()

    def lose_fleet(self) -> None:
        fleets.stop(self.service.client(), self.name)

    def lose_instance(self) -> None:
        path = f"/test/instances/{self.session()['InstanceId']}/lose"
        owner(self.service).ask("POST", path, {"reason": "fire"})


ENDS: dict[str, tuple[Callable[[Desk], None], str]] = {
    "by-its-user": (Desk.end_by_user, "You have ended your session"),
    "by-an-administrator": (Desk.expire, "Your session was ended by an administrator"),
    "at-its-longest": (Desk.reach_longest_duration, "Your session has reached its time limit"),
    "without-its-user": (Desk.stay_away, "Your session has ended"),
    "with-its-fleet": (Desk.lose_fleet, "The fleet has been stopped"),
    "with-its-machine": (Desk.lose_instance, "Your session's machine has failed"),
}


def open_desk(service: Served, page: Page, name: str, **timers: int) -> Desk:
    """The user has just come to a session of a fleet with these timers."""
    client = service.client()
    fleets.running_pair(client, name, **timers)
    client.update_stack(Name=name, RedirectURL=AFTER, FeedbackURL=FEEDBACK)
    page.context.route("https://portal.example/**", lambda route: route.fulfill(body="There"))
    page.goto(fleets.streaming_url(client, name))
    await_state(page, "streaming")
    return Desk(service, page, name)


@pytest.mark.parametrize("how", ENDS)
def test_a_session_that_ends(in_test_mode: Served, page: Page, how: str) -> None:
    end, headline = ENDS[how]
    page.clock.install()
    desk = open_desk(in_test_mode, page, how, **TIMERS)
    end(desk)
    await_state(page, "ended")
    page.get_by_role("heading", name=headline).wait_for()
    page.get_by_role("link", name="portal.example").wait_for()
    if how != "without-its-user":  # whose page has been loaded anew, and knows of no session
        assert page.get_by_role("link", name="Send feedback").get_attribute("href") == FEEDBACK
    page.clock.fast_forward(5000)
    page.wait_for_url(AFTER)


def test_a_user_is_warned_before_the_end_with_a_countdown(in_test_mode: Served, page: Page) -> None:
    desk = open_desk(in_test_mode, page, "ending", **TIMERS)
    desk.pass_time(3600 - 290)
    page.get_by_text("Your session ends in less than five minutes.").wait_for()
    assert page.get_by_role("timer").inner_text().startswith("4:")


def test_an_idle_user_is_warned_disconnected_and_taken_back(
    in_test_mode: Served, page: Page
) -> None:
    desk = open_desk(in_test_mode, page, "idle", IdleDisconnectTimeoutInSeconds=600)
    desk.pass_time(545)
    warning = page.get_by_text("You will be disconnected in less than a minute")
    warning.wait_for()
    assert page.get_by_role("timer").inner_text().startswith("0:")
    page.keyboard.press("a")
    warning.wait_for(state="detached")
    desk.pass_time(545)
    warning.wait_for()
    desk.pass_time(60)
    await_state(page, "ended")
    page.get_by_role("heading", name="You were away for a while").wait_for()
    assert desk.session()["ConnectionState"] == "NOT_CONNECTED"
    page.get_by_role("button", name="Continue").click()
    await_state(page, "streaming")
    assert desk.session()["ConnectionState"] == "CONNECTED"
