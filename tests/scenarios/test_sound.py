"""The sound of a session, from an application to the user's ears and from his voice to it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.scenarios.test_main_job import GREEN, PAINT, type_line
from tests.scenarios.test_sessions import BLUE, BLUE_PAINT
from tests.support import fleets
from tests.support.browser import CHROMIUM, FLAGS, await_colour, new_page, open_session
from tests.support.earphones import await_hertz, wear_earphones

FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

# 440 Hz, for a minute or until it is told to stop.
TONE = (
    'python3 -c \'import array, math, sys; sys.stdout.buffer.write(array.array("h", [int(8000 *'
    " math.sin(math.tau * 440 * (i // 2) / 48000)) for i in range(96000)]).tobytes() * 60)'"
    " | pacat --raw --rate=48000"
)

# Paints once when what is recorded is silent, and again when it is not.
LISTENER = (
    "parecord --raw --channels=1 --latency-msec=20 | ("
    f"head -c 48000 | tr -d '\\0' | head -c 1 | grep -q . || {BLUE_PAINT};"
    f"tr -d '\\0' | head -c 1000 | grep -q . && {PAINT})"
)


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    """A browser with a microphone that beeps, and whose user lets pages use it."""
    # By the same driver: a thread has one at a time.
    arguments = [*FLAGS, *FAKE_MICROPHONE]
    running = browser.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    yield running
    running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that is listened to."""
    page = new_page(browser)
    wear_earphones(page)
    yield page
    page.context.close()


def test_a_tone_in_the_session_is_heard_and_muted(client, page: Page) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, TONE)
    await_hertz(page, 440)
    page.get_by_role("button", name="Mute").click()
    await_hertz(page, 0)
    page.get_by_role("button", name="Unmute").click()
    await_hertz(page, 440)
    page.reload()
    page.locator("main").click()
    await_hertz(page, 440)
    page.keyboard.press("Control+c")
    await_hertz(page, 0)


def test_an_application_hears_the_microphone_only_while_it_is_on(client, page: Page) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, LISTENER)
    await_colour(page, BLUE)
    page.get_by_role("button", name="Microphone", pressed=False).click()
    page.get_by_role("button", name="Microphone", pressed=True).wait_for()
    await_colour(page, GREEN)
