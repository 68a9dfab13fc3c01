"""A real agent: what a browser sees of real applications, and what a bad one gains."""

import asyncio
import contextlib
import itertools
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ownstream.channel import tags
from ownstream.channel.framing import json_message
from ownstream.channel.tags import FromAgent, FromBrowser, FromGateway
from tests.agent.agent_process import (
    BLUE,
    PICTURES,
    RED,
    WITHIN_S,
    Agent,
    Browser,
    centre,
    close,
    frame_is_key,
    pixel,
    running_agent,
    terminal,
)

Scenario = Callable[[Agent], Awaitable[None]]

BLUE_BACKGROUND = r"printf '\033]11;blue\007'"
RED_BACKGROUND = r"printf '\033]11;red\007'"


def script(text: str) -> Any:
    """A terminal that turns blue, and then runs this."""
    return terminal("bash", "--norc", "-c", f"{BLUE_BACKGROUND}; {text}")


def expecting(line: str) -> Any:
    """A terminal that turns from blue to red once it reads this line."""
    return script(f'read -r line; [ "$line" = {line!r} ] && {RED_BACKGROUND}; exec cat')


def run(folder: Path, scenario: Scenario, *applications: Any, view: str = "APP") -> None:
    """Plays the scenario on an agent of its own."""

    async def play() -> None:
        async with running_agent(folder, *applications, view=view) as agent:
            await scenario(agent)

    asyncio.run(play())


async def at_terminal(agent: Agent, *codecs: str) -> Browser:
    """A browser that sees the terminal's blue background, and that it has the focus."""
    browser = await agent.connect(application="Terminal")
    browser.hello(*codecs)
    await browser.see_centre(BLUE)
    await browser.see(_first_window_has_focus)
    return browser


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("hello 42", id="keys-as-they-are"),
        pytest.param("Hello, (World)!", id="shifted-symbols-without-shift"),
        pytest.param("a@bA@Ba", id="a-symbol-and-the-letters-around-it"),
        pytest.param("größe déjà", id="letters-that-the-keymap-has-not"),
        pytest.param("10 € ≠ ½", id="symbols-that-the-keymap-has-not"),
    ],
)
def test_what_is_typed_reaches_the_application_exactly(tmp_path: Path, line: str) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.type(f"{line}\n")
        await browser.see_centre(RED)

    run(tmp_path, scenario, expecting(line))


def test_a_symbol_arrives_while_shift_is_held_for_another_layout(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.press(0xFFE1)  # Shift_L, as for "/" on a German keyboard
        browser.type("/A/a")
        browser.release(0xFFE1)
        browser.type("\n")
        await browser.see_centre(RED)

    run(tmp_path, scenario, expecting("/A/a"))


def test_the_first_picture_is_exact_and_of_the_whole_screen(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await agent.connect(application="Terminal")
        browser.hello("jpeg", "h264", size=(1003, 701))
        welcome = await browser.hear_json(FromAgent.WELCOME)
        assert (welcome["width"], welcome["height"], welcome["codec"]) == (1002, 700, "h264")
        await browser.see_centre(BLUE)
        assert browser.canvas.size == (1002, 700)

    run(tmp_path, scenario, script("exec cat"))


@pytest.mark.parametrize("codec", ["h264", "jpeg"])
def test_what_moves_is_video_and_exact_when_it_rests(tmp_path: Path, codec: str) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent, codec)
        browser.type("\n")
        await browser.hear_tag(FromAgent.VIDEO)
        assert frame_is_key(await browser.hear_tag(FromAgent.FRAME))
        await browser.see(lambda image: browser.video_pixels == 0 and close(RED, centre(image)))
        other = await agent.connect()
        other.hello(codec)
        await other.see_centre(RED)
        await other.see(lambda image: image == browser.canvas)

    storm = "for i in $(seq 150); do head -c 3000 /dev/urandom | base64 -w 0; sleep 0.01; done"
    run(tmp_path, scenario, script(f"read -r line; {storm}; clear; {RED_BACKGROUND}; exec cat"))


def test_typing_is_never_video(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent, "h264")
        for _ in range(20):
            browser.type("the quick brown fox jumps over the lazy dog ")
            await browser.hear_tag(FromAgent.RECTANGLES)
        browser.say(bytes([FromBrowser.PING]))
        heard = await browser.hear_tag_of(FromAgent.VIDEO, FromAgent.FRAME, FromAgent.PONG)
        assert heard[0] == FromAgent.PONG

    run(tmp_path, scenario, script("exec cat"))


def test_a_screen_that_has_come_to_rest_sends_nothing(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent, "h264")
        answered = 0
        async with asyncio.timeout(WITHIN_S):
            while answered < 2000:
                browser.say(bytes([FromBrowser.PING]))
                message = await browser.hear()
                assert message is not None
                answered = answered + 1 if message[0] == FromAgent.PONG else 0

    run(tmp_path, scenario, script("exec cat"))


def test_a_resize_is_answered_with_the_new_size_and_a_picture_of_it(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        for size in ((1024, 768), (3840, 2160), (640, 480)):
            body = {"width": size[0], "height": size[1], "scale": 1}
            browser.say(json_message(FromBrowser.RESIZE, body))
            told = await browser.hear_json(FromAgent.SIZE)
            assert told == {"width": size[0], "height": size[1], "screens": [[0, 0, *size]]}
            assert browser.canvas.size == size
            corner = (size[0] - 40, size[1] - 40)
            await browser.see(lambda image, at=corner: close(BLUE, pixel(image, *at)))

    run(tmp_path, scenario, script("exec cat"))


def test_a_resize_is_followed_while_the_whole_screen_is_video(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent, "h264")
        browser.type("\n")
        await browser.see(lambda image: browser.video_pixels == image.width * image.height)
        for _ in range(10):
            await browser.hear_tag(FromAgent.FRAME)
        browser.say(json_message(FromBrowser.RESIZE, {"width": 640, "height": 480, "scale": 1}))
        assert (await browser.hear_json(FromAgent.SIZE))["width"] == 640

    storm = "while :; do head -c 3000 /dev/urandom | base64 -w 0; sleep 0.01; done"
    run(tmp_path, scenario, script(f"read -r line; {storm}"))


def test_the_pointer_is_never_in_the_picture(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.point(790, 300)
        browser.say(json_message(FromBrowser.RESIZE, {"width": 640, "height": 480, "scale": 1}))
        await browser.hear_tag(FromAgent.SIZE)
        # The X server draws what it takes for moved by others from the next full second on.
        clock = asyncio.get_running_loop().time
        until = clock() + 2.1
        while clock() < until:
            browser.type("x")
            await browser.hear_tag(FromAgent.RECTANGLES)
        edge = browser.canvas.crop((628, 285, 639, 315))
        assert edge.getcolors() == [(11 * 30, BLUE)]

    run(tmp_path, scenario, script("exec cat"))


def test_a_second_window_is_a_second_monitor(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        body = {"width": 800, "height": 600, "scale": 1, "second": {"width": 640, "height": 480}}
        browser.say(json_message(FromBrowser.RESIZE, body))
        told = await browser.hear_json(FromAgent.SIZE)
        assert told["screens"] == [[0, 0, 800, 600], [800, 0, 640, 480]]
        assert (told["width"], told["height"]) == (1440, 600)
        await browser.see(lambda image: close(RED, pixel(image, 400, 300)))
        assert not close(RED, pixel(browser.canvas, 1100, 240))  # windows fill one monitor
        body["second"] = {"width": 640, "height": 400}
        browser.say(json_message(FromBrowser.RESIZE, body))
        told = await browser.hear_json(FromAgent.SIZE)
        assert told["screens"] == [[0, 0, 800, 600], [800, 0, 640, 400]]

    two = "until xrandr --listmonitors | grep -q 'Monitors: 2'; do sleep 0.1; done"
    run(tmp_path, scenario, script(f"{two}; {RED_BACKGROUND}; exec cat"))


def test_a_later_connection_replaces_the_earlier_and_finds_what_runs(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        first = await at_terminal(agent)
        second = await agent.connect(application="Terminal")
        second.hello("jpeg")
        assert await first.heard_end()
        welcome = await second.hear_json(FromAgent.WELCOME)
        assert welcome["running"] == ["Terminal"]
        second.type("again\n")
        await second.see_centre(RED)

    run(tmp_path, scenario, expecting("again"))


def test_another_session_is_refused_and_does_not_disturb(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        stranger = await agent.connect(session="s-2")
        stranger.hello("jpeg")
        assert await stranger.heard_end()
        browser.type("still here\n")
        await browser.see_centre(RED)

    run(tmp_path, scenario, expecting("still here"))


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(b"\x77", id="unknown-tag"),
        pytest.param(bytes([FromBrowser.KEY]) + b"\0", id="short-key"),
        pytest.param(bytes([FromBrowser.HELLO]) + b"{}", id="bad-hello"),
        pytest.param(json_message(FromGateway.OPEN, {"session": "s-1"}), id="second-open"),
        pytest.param(bytes([FromBrowser.POINTER, 0, 0, 0, 0, 0xFF]), id="unknown-button"),
    ],
)
def test_a_bad_message_ends_its_connection_alone(tmp_path: Path, message: bytes) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.say(message)
        assert await browser.heard_end()
        await at_terminal(agent)

    run(tmp_path, scenario, script("exec cat"))


def test_an_application_that_ends_is_told_and_one_that_is_missing_noticed(tmp_path: Path) -> None:
    missing = {"name": "Missing", "displayName": "A missing one", "command": ["/no/such/thing"]}

    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.say(json_message(FromBrowser.LAUNCH, {"application": "Missing"}))
        notice = await browser.hear_json(FromAgent.NOTICE)
        assert notice["code"] == "ApplicationFailed"
        assert "A missing one could not be started: No such file" in notice["message"]
        browser.say(json_message(FromBrowser.LAUNCH, {"application": "Unheard"}))
        assert (await browser.hear_json(FromAgent.NOTICE))["code"] == "UnknownApplication"
        browser.type("the\nend\n")
        await browser.hear_until(is_running([]))

    run(tmp_path, scenario, script("read -r line; read -r line"), missing)


def test_applications_have_the_variables_of_their_session(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.type("\n")
        await browser.see_centre(RED)

    check = '[ "$AppStream_UserName" = ann@example.com ] && [ -S "$XDG_RUNTIME_DIR/bus" ]'
    run(tmp_path, scenario, script(f"read -r line; {check} && {RED_BACKGROUND}; exec cat"))


@pytest.mark.parametrize(
    ("third", "button"),
    [
        pytest.param((0, -40), 64, id="up"),
        pytest.param((0, 40), 65, id="down"),
        pytest.param((-40, 0), 66, id="left"),
        pytest.param((40, 0), 67, id="right"),
    ],
)
def test_the_wheel_turns_whole_notches(tmp_path: Path, third: tuple[int, int], button: int) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.point(400, 300)
        for _ in range(3):
            browser.say(bytes([FromBrowser.WHEEL]) + tags.WHEEL.pack(*third))
        await browser.see_centre(RED)

    # The terminal reports a notch of a button as ESC [ < button ; column ; row M.
    report = r"printf '\033[?1000h\033[?1006h'; stty raw -echo"
    heard = f"head -c 6 | grep -q '<{button};' && {RED_BACKGROUND}"
    ready = f"{report}; {BLUE_BACKGROUND}; {heard}; exec cat"
    run(tmp_path, scenario, terminal("bash", "--norc", "-c", ready))


def test_the_cursor_is_sent_when_the_pointer_enters_a_window(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await agent.connect(application="Terminal")
        browser.hello("jpeg")
        first = await browser.hear_tag(FromAgent.CURSOR)
        x, y, width, height = tags.CURSOR.unpack_from(first, 1)
        assert 0 < width <= 128
        assert x < width
        assert y < height
        assert len(first) == 1 + tags.CURSOR.size + width * height * 4
        await browser.see_centre(BLUE)
        await _point_until_cursor_is_not(browser, first)

    run(tmp_path, scenario, script("exec cat"))


def test_a_browser_that_stops_acknowledging_gets_no_more_pictures(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await agent.connect(application="Terminal")
        browser.acknowledges = False
        browser.hello("h264")
        for _ in range(3):
            last = await browser.hear_tag_of(*PICTURES)
        for number in range(20):
            browser.say(bytes([FromBrowser.PING, number]))
            browser.type("x")
        heard = [(await browser.hear_tag_of(*PICTURES, FromAgent.PONG))[0] for _ in range(20)]
        assert heard == [FromAgent.PONG] * 20
        browser.acknowledges = True
        browser.ack(int.from_bytes(last[1:3], "big"))
        await browser.hear_tag_of(*PICTURES)

    run(tmp_path, scenario, script("while :; do date; done"))


def test_refresh_brings_everything_anew(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent, "h264")
        browser.say(bytes([FromBrowser.REFRESH]))
        browser.forget_canvas()
        await browser.see_centre(BLUE)

    run(tmp_path, scenario, script("exec cat"))


def test_the_desktop_has_a_panel_that_starts_applications(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await agent.connect()
        browser.hello("jpeg")
        await browser.hear_json(FromAgent.WELCOME)
        await browser.see(lambda image: close((22, 32, 42), pixel(image, 400, 575)))
        await _click_until_blue(browser, 40, 583)

    run(tmp_path, scenario, script("exec cat"), view="DESKTOP")


@pytest.mark.parametrize("victim", ["init", "xserver"])
def test_the_agent_ends_when_what_it_needs_has_ended(tmp_path: Path, victim: str) -> None:
    async def scenario(agent: Agent) -> None:
        await at_terminal(agent)
        if victim == "init":
            agent.init.send_signal(signal.SIGKILL)
        else:
            os.kill(_child_of(agent.process.pid), signal.SIGKILL)
        async with asyncio.timeout(WITHIN_S):
            assert await agent.process.wait() == 1
        said = await agent.errors()
        assert {"init": "the sandbox ended", "xserver": "the X server"}[victim] in said
        with pytest.raises(FileNotFoundError):
            await agent.connect_raw()

    run(tmp_path, scenario, script("exec cat"))


def test_sigterm_ends_agent_x_server_and_init(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        await at_terminal(agent)
        xserver = _child_of(agent.process.pid)
        agent.process.terminate()
        async with asyncio.timeout(WITHIN_S):
            assert await agent.process.wait() == 0
            assert await agent.init.wait() == 0
        with pytest.raises(ProcessLookupError):
            os.kill(xserver, 0)

    run(tmp_path, scenario, script("exec cat"))


async def _click_until_blue(browser: Browser, x: int, y: int) -> None:
    """Clicks until it has an effect: a panel is drawn a moment before it takes clicks."""
    async with asyncio.timeout(WITHIN_S):
        while not close(BLUE, centre(browser.canvas)):
            browser.point(x, y, 1)
            browser.point(x, y, 0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(3):
                    await browser.see_centre(BLUE)


async def _point_until_cursor_is_not(browser: Browser, known: bytes) -> None:
    """Goes from the title bar into the window and back: where the pointer begins is not known."""
    async with asyncio.timeout(WITHIN_S):
        for place in itertools.cycle(((100, 10), (400, 300))):
            browser.point(*place)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(3):
                    if await browser.hear_tag(FromAgent.CURSOR) != known:
                        return


def _first_window_has_focus(image: Image.Image) -> bool:
    """Whether the title bar at the top has the theme's colour for the window with the focus."""
    seen = pixel(image, 100, 10)
    return all(abs(a - b) < 12 for a, b in zip(seen, (0xCF, 0xDB, 0xE2), strict=True))


def is_running(names: list[str]) -> Callable[[bytes], bool]:
    wanted = json_message(FromAgent.RUNNING, {"applications": names})
    return lambda message: message == wanted


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0])


def test_nothing_of_an_agent_is_left_in_the_machines_shared_memory(tmp_path: Path) -> None:
    def segments() -> int:
        return len(Path("/proc/sysvipc/shm").read_text().splitlines())

    async def scenario(agent: Agent) -> None:
        await at_terminal(agent)

    before = segments()
    run(tmp_path, scenario, expecting("anything"))
    assert segments() <= before
