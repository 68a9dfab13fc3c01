"""Real keyboards of many layouts at a real browser: what they type is what the session hears."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, WebSocket
from Xlib import X
from Xlib.display import Display

from ownstream.channel.tags import KEY, FromBrowser
from tests.support import fleets
from tests.support.browser import CHROMIUM, FLAGS, await_state
from tests.support.layouts import LEVELS, Layout, Stroke
from tests.support.service import Served

LETTERS = "aeoAEOεηω "
TAB_KEY, TAB, RETURN_KEY, RETURN = 23, 0xFF09, 36, 0xFF0D
NAMED = range(0xFD00, 0x10000)
UNICODE = 0x01000000
CODE_POINT = 0x1FFFFF


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """A display with a window manager, such as a user sits at."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-noreset"]
    server = subprocess.Popen([*command, "-nolisten", "tcp"], stdout=subprocess.PIPE)
    assert server.stdout is not None
    display = f":{server.stdout.readline().decode().strip()}"
    manager = subprocess.Popen(["openbox", "--sm-disable"], env={**os.environ, "DISPLAY": display})
    yield display
    for process in (manager, server):
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def url(simulated: Served) -> Callable[[], str]:
    """Makes streaming URLs."""
    client = simulated.client()
    name = fleets.running_pair(client, "typing")
    return lambda: fleets.streaming_url(client, name)


@pytest.mark.parametrize("name", ["de", "fr", "ch", "gr", "ru", "il", "pl", "us(intl)", "es", "tr"])
def test_what_a_keyboard_types_is_what_the_session_hears(
    browser: Browser, screen: str, url: Callable[[], str], name: str
) -> None:
    layout, _, variant = name.rstrip(")").partition("(")
    environment = {**os.environ, "DISPLAY": screen}
    subprocess.run(["setxkbmap", layout, variant], env=environment, check=True)
    user = browser.browser_type.launch(
        executable_path=CHROMIUM, args=FLAGS, headless=False, env=environment
    )
    try:
        typing = list(Layout(name).typing(LETTERS))
        strokes = [stroke for keys, _ in typing for stroke in keys]
        with contextlib.closing(Display(screen)) as keyboard:
            heard = typed_into(user.new_page(), url(), keyboard, strokes)
    finally:
        user.close()
    assert heard == "".join(text for _, text in typing)


def typed_into(page: Page, url: str, keyboard: Display, strokes: list[Stroke]) -> str:
    """The characters that the page sends to the session when these keys are struck."""
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    page.goto(url)
    await_state(page, "streaming")
    (socket,) = sockets
    sent: list[bytes] = []
    socket.on("framesent", lambda message: sent.append(bytes(message)))
    take_keyboard(socket, keyboard)
    with socket.expect_event("framesent", is_release_of(RETURN)):
        for stroke in strokes:
            strike(keyboard, *LEVELS[stroke.level], stroke.key)
        strike(keyboard, RETURN_KEY)
    return "".join(map(character, sent))


def take_keyboard(socket: WebSocket, user: Display) -> None:
    """The page has the keyboard: a window that is clicked gets it a moment later."""
    user.xtest_fake_input(X.MotionNotify, 0, x=500, y=400)
    for kind in (X.ButtonPress, X.ButtonRelease):
        user.xtest_fake_input(kind, 1)
    heard = False
    while not heard:
        with contextlib.suppress(TimeoutError):
            with socket.expect_event("framesent", is_release_of(TAB), timeout=500):
                strike(user, TAB_KEY)
            heard = True


def strike(keyboard: Display, *keys: int) -> None:
    """Keys pressed one after the other, and released in reverse."""
    for key in keys:
        keyboard.xtest_fake_input(X.KeyPress, key)
    for key in reversed(keys):
        keyboard.xtest_fake_input(X.KeyRelease, key)
    keyboard.sync()


def character(message: bytes) -> str:
    """The character of a KEY that is pressed; of anything else nothing."""
    if message[0] != FromBrowser.KEY:
        return ""
    keysym, pressed = KEY.unpack_from(message, 1)
    if not pressed or keysym in NAMED:
        return ""
    return chr(keysym & CODE_POINT if keysym >= UNICODE else keysym)


def is_release_of(keysym: int) -> Callable[[bytes], bool]:
    wanted = bytes([FromBrowser.KEY]) + KEY.pack(keysym, 0)
    return lambda message: message == wanted
