"""A second window of the browser is a second monitor of the session."""

from playwright.sync_api import Page

from tests.scenarios.test_main_job import GREEN, PAINT, type_line
from tests.support import fleets
from tests.support.browser import await_colour, open_session

BLUE = (0, 0, 255)


def test_an_application_works_on_a_second_monitor_and_comes_back_from_it(
    client, page: Page
) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, PAINT)
    await_colour(page, GREEN)

    with page.expect_popup() as opening:
        page.get_by_role("button", name="Second monitor").click()
    second = opening.value
    second.locator(".veil.lifted").wait_for(state="attached")
    # An ordinary window fills the monitor that it is on.
    type_line(page, "xterm -geometry +1500+100 &")
    await_window(page, count=2)
    await_colour(page, GREEN)
    second.mouse.click(400, 300)
    type_line(second, PAINT.replace("#00ff00", "#0000ff"))
    await_colour(second, BLUE, share=0.9)

    second.close(run_before_unload=True)
    await_colour(page, BLUE, share=0.8)


def await_window(page: Page, *, count: int) -> None:
    """So many windows are open."""
    page.get_by_role("button", name="Windows").click()
    page.locator(".windows .entry").nth(count - 1).wait_for()
    page.keyboard.press("Escape")
