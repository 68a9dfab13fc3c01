"""A real agent starts what its session was granted, and nothing else that a page asks for."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ownstream.channel.framing import json_message
from ownstream.channel.tags import FromAgent, FromBrowser
from tests.agent.agent_process import WITHIN_S, Agent, Browser
from tests.agent.test_agent import run


def touching(name: str, path: Path | str) -> Mapping[str, Any]:
    """An application that leaves a file, and ends."""
    return {"name": name, "displayName": name, "command": ["/usr/bin/touch", str(path)]}


def granting(own: Sequence[str], *more: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"own": list(own), "more": list(more)}


async def opened(agent: Agent, catalog: Mapping[str, Any]) -> tuple[Browser, list[str]]:
    """A browser whose session has this catalog, and the names that it is told."""
    browser = await agent.connect(catalog=catalog)
    browser.hello("jpeg")
    welcome = await browser.hear_json(FromAgent.WELCOME)
    return browser, [entry["name"] for entry in welcome["applications"]]


def launch(browser: Browser, name: str) -> None:
    browser.say(json_message(FromBrowser.LAUNCH, {"application": name}))


async def appears(path: Path) -> None:
    """Returns once the file is there."""
    await asyncio.to_thread(_await, path.exists)


def _await(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_is_not_granted_is_neither_shown_nor_started(tmp_path: Path) -> None:
    left, right = tmp_path / "left", tmp_path / "right"

    async def scenario(agent: Agent) -> None:
        browser, names = await opened(agent, granting(["Left"]))
        assert names == ["Left"]
        for name in ("Right", "right", "/usr/bin/touch", f"/usr/bin/touch {right}", "Left\n"):
            launch(browser, name)
            assert (await browser.hear_json(FromAgent.NOTICE))["code"] == "UnknownApplication"
        launch(browser, "Left")
        await appears(left)
        assert not right.exists()

    run(tmp_path, scenario, touching("Left", left), touching("Right", right))


def test_a_connection_has_what_was_granted_with_it(tmp_path: Path) -> None:
    left, right = tmp_path / "left", tmp_path / "right"

    async def scenario(agent: Agent) -> None:
        _, names = await opened(agent, granting(["Left", "Right"]))
        assert names == ["Left", "Right"]
        browser, names = await opened(agent, granting(["Right"]))
        assert names == ["Right"]
        launch(browser, "Left")
        assert (await browser.hear_json(FromAgent.NOTICE))["code"] == "UnknownApplication"
        launch(browser, "Right")
        await appears(right)
        assert not left.exists()

    run(tmp_path, scenario, touching("Left", left), touching("Right", right))


def test_an_application_of_the_fleet_starts_in_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a block's folder"
    folder.mkdir()
    block = {**touching("Block", "made"), "directory": str(folder)}

    async def scenario(agent: Agent) -> None:
        browser, names = await opened(agent, granting([], block))
        assert names == ["Block"]
        launch(browser, "Block")
        await appears(folder / "made")

    run(tmp_path, scenario, touching("Left", tmp_path / "left"))


@pytest.mark.parametrize("file", ["openbox/menu.xml", "panel/tint2rc"])
def test_the_desktops_menu_and_panel_name_what_is_granted(tmp_path: Path, file: str) -> None:
    shown = tmp_path / "runtime" / "ownstream" / file

    async def scenario(agent: Agent) -> None:
        assert "Right" in shown.read_text()
        await opened(agent, granting(["Left"]))
        await asyncio.to_thread(_await, is_of_left_alone)

    def is_of_left_alone() -> bool:
        text = shown.read_text()
        return "Left" in text and "Right" not in text

    applications = [touching("Left", tmp_path / "l"), touching("Right", tmp_path / "r")]
    run(tmp_path, scenario, *applications, view="DESKTOP")
