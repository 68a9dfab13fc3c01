"""The link by which users of a session say what they think of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.support import fleets
from tests.support.browser import await_state
from tests.support.service import Served, served

ADDRESS = "https://feedback.example/form?of=s"


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("feedback")
    arguments = ("--driver", "simulated")
    with served(folder / "data", folder / "instances", arguments=arguments) as running:
        fleets.running_pair(running.client(), "s")
        yield running


def test_the_link_is_there_if_the_stack_has_one(simulated: Served, page: Page) -> None:
    client = simulated.client()
    client.update_stack(Name="s", FeedbackURL=ADDRESS)
    page.context.route("https://feedback.example/**", lambda route: route.fulfill(body="Thanks"))
    page.goto(fleets.streaming_url(client, "s"))
    await_state(page, "streaming")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Send feedback").click()
    opened.value.wait_for_url(ADDRESS)
    assert opened.value.evaluate("window.opener") is None


def test_there_is_no_link_if_the_stack_has_none(simulated: Served, page: Page) -> None:
    client = simulated.client()
    client.update_stack(Name="s", AttributesToDelete=["FEEDBACK_URL"])
    page.goto(fleets.streaming_url(client, "s"))
    await_state(page, "streaming")
    assert page.get_by_role("link", name="Send feedback").count() == 0
