"""A network that breaks under a running session: the page comes back by itself to what it left."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.scenarios.test_main_job import GREEN, PAINT, type_line
from tests.support import fleets
from tests.support.browser import await_colour, await_state, open_session
from tests.support.network import Network, network
from tests.support.service import Served

BLUE = (0, 0, 255)
PAINT_BLUE = r"printf '\033]11;#0000ff\007'"


@pytest.mark.parametrize(
    "fail", [Network.cut, Network.swallow], ids=["that-is-cut", "that-swallows-everything"]
)
def test_a_session_goes_on_after_a_network(
    service: Served, client, page: Page, fail: Callable[[Network], None]
) -> None:
    name = fleets.running_pair(client)
    with network(service.port) as between:
        url = fleets.streaming_url(client, name, ApplicationId="xterm")
        open_session(page, between.reached(url))
        type_line(page, PAINT)
        await_colour(page, GREEN)
        page.keyboard.down("Control")
        with page.expect_websocket():
            fail(between)
            page.keyboard.press("c")  # is lost, and shows the page that nothing answers
        await_state(page, "streaming")
        page.keyboard.up("Control")
        await_colour(page, GREEN)
        type_line(page, PAINT_BLUE)
        await_colour(page, BLUE)
