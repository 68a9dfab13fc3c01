"""The windows of a real window manager, as a browser hears of them and has them moved about."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ownstream.channel.framing import json_message
from ownstream.channel.tags import WINDOW, FromAgent, FromBrowser, WindowAct
from tests.agent.agent_process import RED, Agent, Browser, terminal
from tests.agent.test_agent import run

UNTITLED = "while read -r title; do printf '\\033]2;%s\\007' \"$title\"; done"
TERMINAL = terminal("bash", "--norc", "-c", UNTITLED)
SECOND = {**TERMINAL, "name": "Second"}


def act(window: int, act: int) -> bytes:
    return bytes([FromBrowser.WINDOW]) + WINDOW.pack(window, act)


async def windows(browser: Browser, **wanted: object) -> list[Mapping[str, Any]]:
    """All windows, once the last of them is as wanted."""

    def as_wanted(message: bytes) -> bool:
        if message[0] != FromAgent.WINDOWS:
            return False
        found = json.loads(message[1:])["windows"]
        return bool(found) and wanted.items() <= found[-1].items()

    message = await browser.hear_until(as_wanted)
    return json.loads(message[1:])["windows"]


async def at_two_terminals(agent: Agent) -> tuple[Browser, list[Mapping[str, Any]]]:
    browser = await agent.connect(application="Terminal")
    browser.hello("jpeg")
    await windows(browser, active=True)
    browser.say(json_message(FromBrowser.LAUNCH, {"application": "Second"}))
    while len(found := await windows(browser, active=True)) < 2:
        pass
    return browser, found


def test_a_window_is_told_by_its_title_whenever_that_changes(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await agent.connect(application="Terminal")
        browser.hello("jpeg")
        await windows(browser, active=True)
        browser.type("Größe — 日本\n")
        (window,) = await windows(browser, title="Größe — 日本")
        again = await agent.connect()
        again.hello("jpeg")
        welcome = await again.hear_json(FromAgent.WELCOME)
        assert welcome["features"]["windows"] == {"windows": [window]}

    run(tmp_path, scenario, TERMINAL)


def test_a_window_is_shown_minimised_and_closed(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser, (first, second) = await at_two_terminals(agent)
        browser.say(act(second["id"], WindowAct.MINIMISE))
        await windows(browser, minimised=True, active=False)
        browser.say(act(second["id"], WindowAct.SHOW))
        await windows(browser, minimised=False, active=True)
        browser.say(act(first["id"], WindowAct.SHOW))
        await windows(browser, active=False)
        browser.say(act(second["id"], WindowAct.CLOSE))
        (left,) = await windows(browser, active=True)
        assert left["id"] == first["id"]

    run(tmp_path, scenario, TERMINAL, SECOND)


def test_the_desktops_panel_is_no_window_of_its_user(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await agent.connect()
        browser.hello("jpeg")
        browser.say(json_message(FromBrowser.LAUNCH, {"application": "Terminal"}))
        assert len(await windows(browser, title="A terminal")) == 1  # the panel may have the focus

    run(tmp_path, scenario, TERMINAL, view="DESKTOP")


def test_windows_of_a_monitor_that_goes_come_back_whole(tmp_path: Path) -> None:
    def has_terminal(monitor: Image.Image) -> bool:
        colours = monitor.getcolors(monitor.width * monitor.height) or []
        return sum(count for count, colour in colours if colour == RED) > 20_000

    async def scenario(agent: Agent) -> None:
        browser = await agent.connect()
        browser.hello("jpeg")
        one = {"width": 800, "height": 600, "scale": 1}
        two = {**one, "second": {"width": 640, "height": 480}}
        browser.say(json_message(FromBrowser.RESIZE, two))
        await browser.hear_tag(FromAgent.SIZE)
        place = ("-geometry", "40x10+1000+100")
        terminal = await agent.client("xterm", "-bg", "red", *place, "-e", "cat")
        await browser.see(lambda image: has_terminal(image.crop((800, 0, 1440, 480))))
        browser.say(json_message(FromBrowser.RESIZE, one))
        await browser.see(lambda image: image.width == 800 and has_terminal(image))
        terminal.terminate()
        await terminal.communicate()

    run(tmp_path, scenario, TERMINAL, view="DESKTOP")


@pytest.mark.parametrize(
    ("window", "survives"),
    [
        pytest.param(act(0x12345, WindowAct.CLOSE), True, id="a-window-that-is-none"),
        pytest.param(act(1, 9), False, id="an-act-that-is-none"),
        pytest.param(bytes([FromBrowser.WINDOW, 1]), False, id="a-short-message"),
    ],
)
def test_only_what_was_offered_is_done(tmp_path: Path, window: bytes, survives: bool) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await agent.connect()
        browser.hello("jpeg")
        await browser.hear_tag(FromAgent.WELCOME)
        browser.say(window)
        browser.say(bytes([FromBrowser.PING]))
        if survives:
            await browser.hear_tag(FromAgent.PONG)
        else:
            assert await browser.heard_end()

    run(tmp_path, scenario)


def test_an_application_asked_for_anew_starts_once_for_each_asking(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        first = await agent.connect(application="Terminal", asking="1")
        first.hello("jpeg")
        await windows(first, active=True)
        second = await agent.connect(application="Second", asking="2")
        second.hello("jpeg")
        while len(found := await windows(second, active=True)) < 2:
            pass
        again = await agent.connect(application="Second", asking="2")
        again.hello("jpeg")
        welcome = await again.hear_json(FromAgent.WELCOME)
        assert welcome["running"] == ["Terminal", "Second"]
        again.say(act(found[-1]["id"], WindowAct.CLOSE))
        while len(await windows(again)) > 1:
            pass
        once_more = await agent.connect(application="Second", asking="2")
        once_more.hello("jpeg")
        welcome = await once_more.hear_json(FromAgent.WELCOME)
        assert (welcome["running"], welcome["starting"]) == (["Terminal"], [])

    run(tmp_path, scenario, TERMINAL, SECOND)
