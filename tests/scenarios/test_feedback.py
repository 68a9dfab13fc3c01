"""The link by which users of a session say what they think of it."""

from playwright.sync_api import Page

from tests.support import fleets
from tests.support.browser import await_state
from tests.support.service import Served

ADDRESS = "https://feedback.example/form?of=s"


def test_the_link_is_there_if_the_stack_has_one(simulated: Served, page: Page) -> None:
    client = simulated.client()
    fleets.running_pair(client, "asking")
    client.update_stack(Name="asking", FeedbackURL=ADDRESS)
    page.context.route("https://feedback.example/**", lambda route: route.fulfill(body="Thanks"))
    page.goto(fleets.streaming_url(client, "asking"))
    await_state(page, "streaming")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Send feedback").click()
    opened.value.wait_for_url(ADDRESS)
    assert opened.value.evaluate("window.opener") is None


def test_there_is_no_link_if_the_stack_has_none(simulated: Served, page: Page) -> None:
    client = simulated.client()
    page.goto(fleets.streaming_url(client, fleets.running_pair(client, "silent")))
    await_state(page, "streaming")
    assert page.get_by_role("link", name="Send feedback").count() == 0
