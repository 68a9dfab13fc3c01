"""The clipboard as users meet it, in a real browser with real applications; and as attackers do."""

import base64
import json
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from ownstream.channel.framing import json_message
from ownstream.channel.tags import FromAgent, FromBrowser
from ownstream.domain.user_settings import CLIPBOARD
from tests.scenarios.test_main_job import GREEN, PAINT, type_line
from tests.support import fleets
from tests.support.browser import (
    await_application,
    await_colour,
    await_state,
    new_page,
    open_session,
)
from tests.support.device import (
    READ_AND_WRITE,
    come_back,
    copied_picture,
    copied_text,
    copy_picture,
    copy_text,
)
from tests.support.service import Served

PASTE = "xclip -out -selection clipboard"
COPY = "xclip -in -selection clipboard"
# A text that is seen from afar: an editor pastes when it gets round to it.
BLOCKS, BLACK = "\n".join(["\N{FULL BLOCK}" * 90] * 30), (0, 0, 0)
# Lets a test speak for the page, and keeps what it hears.
PATCH = """
  globalThis.heard = [];
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      globalThis.socket = this;
      this.addEventListener("message", ({ data }) => heard.push(new Uint8Array(data)));
    }
  };
"""
HEARD = """
  () => heard.filter(([tag]) => tag >= 0x90 && tag <= 0x93)
    .map((message) => btoa(String.fromCharCode(...message)))
"""


@pytest.fixture
def device(browser: Browser, service: Served) -> Iterator[Page]:
    """Another page on the user's device that may use its clipboard, as any program there."""
    page = new_page(browser, permissions=READ_AND_WRITE)
    page.goto(f"{service.url}/healthz")
    yield page
    page.context.close()


def await_copied(device: Page, wanted: Image.Image | str) -> None:
    """The device's clipboard has this."""
    read = copied_text if isinstance(wanted, str) else copied_picture
    seen: Image.Image | str | None = None
    for _ in range(100):
        seen = read(device)
        if seen == wanted:
            return
        device.wait_for_timeout(100)
    raise AssertionError(f"the device's clipboard has {seen!r}, not {wanted!r}")


def copy_all(page: Page) -> None:
    """The user marks and copies all that is in the editor."""
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")


def paste(page: Page) -> None:
    """The user replaces what is marked by blocks, which the editor then shows."""
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+V")
    await_colour(page, BLACK, share=0.2)


def say(page: Page, message: bytes) -> None:
    """The page says this, whatever its own script thinks of it."""
    page.evaluate("bytes => globalThis.socket.send(new Uint8Array(bytes))", [*message])


def test_what_is_copied_on_one_side_is_pasted_on_the_other(
    client, page: Page, device: Page
) -> None:
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="mousepad"))
    page.keyboard.type("größe")
    copy_all(page)
    await_copied(device, "größe")
    copy_text(device, BLOCKS)
    come_back(page)
    paste(page)
    page.keyboard.type("and more")
    copy_all(page)
    await_copied(device, f"{BLOCKS}and more")
    page.reload()
    await_application(page)
    copy_text(device, BLOCKS)
    paste(page)
    page.keyboard.type("after a reload")
    copy_all(page)
    await_copied(device, f"{BLOCKS}after a reload")


def test_a_user_who_let_the_page_read_needs_no_key_to_paste(
    client, browser: Browser, device: Page
) -> None:
    name = fleets.running_pair(client)
    page = new_page(browser, permissions=READ_AND_WRITE)
    copy_text(device, "before the session")
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, f'until [ "$({PASTE})" = "before the session" ]; do :; done; {PAINT}')
    await_colour(page, GREEN)
    page.context.close()


def test_a_picture_goes_in_and_comes_out_of_a_page_that_was_loaded_anew(
    client, browser: Browser, device: Page
) -> None:
    name = fleets.running_pair(client)
    page = new_page(browser, permissions=READ_AND_WRITE)
    picture = Image.effect_noise((320, 200), 90).convert("RGB")
    copy_picture(device, picture)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    keep = f"{PASTE} -target image/png > /tmp/kept.png && [ -s /tmp/kept.png ]"
    type_line(page, f"until {keep}; do :; done; printf kept | {COPY}")
    await_copied(device, "kept")
    page.reload()
    await_application(page)
    type_line(page, f"{COPY} -target image/png /tmp/kept.png")
    await_copied(device, picture)
    page.context.close()


def test_a_patched_page_gains_nothing_where_the_stack_forbids_it(client, page: Page) -> None:
    name = fleets.running_pair(client)
    settings = [{"Action": action, "Permission": "DISABLED"} for action in CLIPBOARD]
    client.update_stack(Name=name, UserSettings=settings)
    page.add_init_script(PATCH)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    assert page.get_by_role("button", name="Clipboard").count() == 0
    type_line(page, f"printf secret | {COPY}; {PAINT}")
    await_colour(page, GREEN)
    announced = {"type": "text/plain", "bytes": 5, "after": None}
    say(page, json_message(FromBrowser.CLIPBOARD, announced))
    say(page, bytes([FromBrowser.CLIPBOARD_PIECE]) + b"enter")
    say(page, bytes([FromBrowser.CLIPBOARD_WANT]))
    await_state(page, "streaming")
    type_line(page, rf"""[ "$({PASTE})" = secret ] && printf '\033]11;#0000ff\007'""")
    await_colour(page, (0, 0, 255))
    heard = [base64.b64decode(each) for each in page.evaluate(HEARD)]
    assert [json.loads(message[1:])["way"] for message in heard] == ["in"]
    assert {message[0] for message in heard} == {FromAgent.CLIPBOARD_REFUSED}
