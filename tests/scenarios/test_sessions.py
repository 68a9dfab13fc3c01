"""Sessions as users meet them: URLs, returning, two users side by side, applications, ends."""

from playwright.sync_api import Browser, Page

from tests.scenarios.test_main_job import GREEN, PAINT, type_line
from tests.support import fleets
from tests.support.browser import (
    await_application,
    await_colour,
    await_state,
    new_page,
    open_session,
    picture,
)

BLUE_PAINT = r"printf '\033]11;#0000ff\007'"
BLUE = (0, 0, 255)


def test_a_url_opens_once(client, browser: Browser, page: Page) -> None:
    name = fleets.running_pair(client)
    url = fleets.streaming_url(client, name, ApplicationId="xterm")
    open_session(page, url)
    stranger = new_page(browser)
    stranger.goto(url)
    await_state(stranger, "error")
    assert "used already" in stranger.inner_text("body")
    assert len(client.describe_sessions(StackName=name, FleetName=name)["Sessions"]) == 1
    stranger.context.close()


def test_an_altered_url_is_refused_with_an_honest_page(client, page: Page) -> None:
    name = fleets.running_pair(client)
    url = fleets.streaming_url(client, name)
    page.goto(url.replace("signature=", "signature=A"))
    await_state(page, "error")
    assert "not valid" in page.inner_text("body")
    assert client.describe_sessions(StackName=name, FleetName=name)["Sessions"] == []


def test_a_reload_comes_back_to_the_same_running_application(client, page: Page) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, PAINT)
    await_colour(page, GREEN)
    page.reload()
    await_state(page, "streaming")
    await_colour(page, GREEN)
    assert "signature" not in page.url


def test_a_new_url_leads_back_to_the_session_from_another_browser(
    client, browser: Browser, page: Page
) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, PAINT)
    await_colour(page, GREEN)
    elsewhere = new_page(browser)
    open_session(elsewhere, fleets.streaming_url(client, name))
    await_colour(elsewhere, GREEN)
    assert len(client.describe_sessions(StackName=name, FleetName=name)["Sessions"]) == 1
    elsewhere.context.close()


def test_two_users_work_side_by_side(client, browser: Browser, page: Page) -> None:
    name = fleets.running_pair(client, instances=2)
    other = new_page(browser)
    open_session(page, fleets.streaming_url(client, name, "alice", ApplicationId="xterm"))
    open_session(other, fleets.streaming_url(client, name, "bob", ApplicationId="xterm"))
    type_line(page, PAINT)
    type_line(other, BLUE_PAINT)
    await_colour(page, GREEN)
    await_colour(other, BLUE)
    await_colour(page, GREEN)
    other.context.close()


def test_without_room_a_user_is_told_so(client, browser: Browser, page: Page) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, "alice", ApplicationId="xterm"))
    other = new_page(browser)
    other.goto(fleets.streaming_url(client, name, "bob"))
    await_state(other, "error")
    assert "No streaming resources" in other.inner_text("body")
    other.context.close()


def test_nothing_of_one_user_is_left_for_the_next(client, browser: Browser, page: Page) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, "alice", ApplicationId="xterm"))
    type_line(page, f"touch ~/mine /tmp/mine; {PAINT}")
    await_colour(page, GREEN)
    (session,) = client.describe_sessions(StackName=name, FleetName=name)["Sessions"]
    client.expire_session(SessionId=session["Id"])
    await_free(client, name, page)
    other = new_page(browser)
    open_session(other, fleets.streaming_url(client, name, "bob", ApplicationId="xterm"))
    type_line(other, f"ls ~/mine /tmp/mine || {BLUE_PAINT}")
    await_colour(other, BLUE)
    other.context.close()


def test_an_on_demand_fleet_launches_when_a_user_comes(client, page: Page) -> None:
    name = fleets.running_pair(client, FleetType="ON_DEMAND")
    status = client.describe_fleets(Names=[name])["Fleets"][0]["ComputeCapacityStatus"]
    assert (status["Running"], status["Available"]) == (0, 1)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    status = client.describe_fleets(Names=[name])["Fleets"][0]["ComputeCapacityStatus"]
    assert (status["Running"], status["InUse"], status["Available"]) == (1, 1, 0)


def test_in_app_view_without_an_application_the_catalog_offers_them(client, page: Page) -> None:
    name = fleets.running_pair(client)
    page.goto(fleets.streaming_url(client, name))
    await_state(page, "streaming")
    page.get_by_role("button", name="XTerm", exact=False).first.click()
    await_application(page)
    type_line(page, PAINT)
    await_colour(page, GREEN)


def test_the_desktop_view_shows_a_desktop(client, page: Page) -> None:
    name = fleets.running_pair(client, StreamView="DESKTOP")
    open_session(page, fleets.streaming_url(client, name, ApplicationId="Desktop"))
    assert len(picture(page).getcolors(1 << 24) or ()) > 3


def test_the_user_may_end_the_session(client, page: Page) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    page.get_by_role("button", name="Profile").click()
    page.get_by_role("button", name="End session").click()
    question = page.get_by_role("dialog", name="End this session?")
    question.get_by_role("button", name="End session").click()
    await_state(page, "ended")
    sessions = client.describe_sessions(StackName=name, FleetName=name)["Sessions"]
    assert [session["State"] for session in sessions if session["State"] != "EXPIRED"] == []


def test_stopping_the_fleet_ends_its_sessions(client, page: Page) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    fleets.stop(client, name)
    await_state(page, "ended")


def test_a_running_fleet_scales(client) -> None:
    name = fleets.running_pair(client)
    for wanted in (2, 1):
        client.update_fleet(Name=name, ComputeCapacity={"DesiredInstances": wanted})
        await_capacity(client, name, wanted)


def await_capacity(client, name: str, available: int) -> None:
    """The fleet has so many instances free; polled as a client would."""
    from botocore.waiter import WaiterModel, create_waiter_with_client

    expression = (
        f"Fleets[0].ComputeCapacityStatus.[Running, Available] == `[{available}, {available}]`"
    )
    config = {
        "operation": "DescribeFleets",
        "delay": 1,
        "maxAttempts": 40,
        "acceptors": [
            {"state": "success", "matcher": "path", "argument": expression, "expected": True}
        ],
    }
    model = WaiterModel({"version": 2, "waiters": {"CapacityReached": config}})
    create_waiter_with_client("CapacityReached", model, client).wait(Names=[name])


def await_free(client, name: str, page: Page) -> None:
    """The fleet's one instance has been replaced."""
    await_state(page, "ended")
    await_capacity(client, name, 1)


def test_one_browser_may_have_two_sessions_in_two_tabs(client, page: Page) -> None:
    name = fleets.running_pair(client, instances=2)
    open_session(page, fleets.streaming_url(client, name, "alice", ApplicationId="xterm"))
    type_line(page, PAINT)
    await_colour(page, GREEN)
    second = page.context.new_page()
    open_session(second, fleets.streaming_url(client, name, "bob", ApplicationId="xterm"))
    page.reload()
    await_state(page, "streaming")
    await_colour(page, GREEN)


def test_the_catalog_brings_a_running_application_back_to_the_front(client, page: Page) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, PAINT)
    await_colour(page, GREEN)
    page.get_by_role("button", name="Catalog").click()
    page.get_by_role("button", name="Mousepad").click()
    page.locator(".toolbar .application", has_text="Mousepad").wait_for()
    page.get_by_role("button", name="Catalog").click()
    page.get_by_role("button", name="XTerm Running", exact=True).click()
    await_colour(page, GREEN)
    type_line(page, BLUE_PAINT)
    await_colour(page, BLUE)
