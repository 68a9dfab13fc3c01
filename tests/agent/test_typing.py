"""Whatever is typed, however fast and on whatever keyboard, is what a real application reads."""

import json
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ownstream.channel.tags import FromAgent, FromBrowser
from tests.agent.agent_process import RED, Agent, Browser, terminal
from tests.agent.test_agent import at_terminal, expecting, is_running, run, script
from tests.support.layouts import Layout

CONTROL, SHIFT, ALT, SUPER, F4 = 0xFFE3, 0xFFE1, 0xFFE9, 0xFFEB, 0xFFC1
LINE = 60
LAYOUTS = ["us", "de", "fr", "ch", "gr", "ru", "ua", "il", "pl", "us(intl)", "es", "tr"]
HAN = "".join(chr(point) for point in range(0x4E00, 0x4F00))
KANA = "".join(chr(point) for point in range(0x3041, 0x3097))
HANGUL = "".join(chr(point) for point in range(0xAC00, 0xAC80))
BEYOND = "😀🎉𠮷𝔸"

# With a second group at work every key of the keymap means something else.
SECOND_GROUP = (
    "import ctypes; X = ctypes.CDLL('libX11.so.6'); X.XOpenDisplay.restype = ctypes.c_void_p;"
    "d = ctypes.c_void_p(X.XOpenDisplay(None)); X.XkbLockGroup(d, 0x100, 1); X.XSync(d, 0)"
)
SERVERS = {
    "as-it-is": "true",
    "german": "setxkbmap de",
    "french": "setxkbmap fr",
    "greek": "setxkbmap gr",
    "at-its-second-group": f'setxkbmap us,ru && /usr/bin/python3 -c "{SECOND_GROUP}"',
}


def in_lines(text: str) -> str:
    return "".join(f"{text[start : start + LINE]}\n" for start in range(0, len(text), LINE))


def shuffled(alphabet: str, length: int) -> str:
    """The same text every time."""
    return "".join(random.Random(length).choices(alphabet, k=length))


def editor(file: Path, *, first: str = "true") -> dict[str, Any]:
    """An editor that has opened this file, and what is done before it starts."""
    file.touch()
    command = ["sh", "-c", f'{first} && exec mousepad --disable-server "$0"', str(file)]
    return {**terminal(), "name": "Editor", "terminal": False, "command": command}


async def titled(browser: Browser, prefix: str) -> None:
    """Returns when a window's title begins so."""
    await browser.hear_until(
        lambda message: (
            message[0] == FromAgent.WINDOWS
            and any(
                window["title"].startswith(prefix) and window["active"]
                for window in json.loads(message[1:])["windows"]
            )
        )
    )


async def at_editor(agent: Agent, file: Path) -> Browser:
    browser = await agent.connect(application="Editor")
    browser.hello("jpeg")
    await titled(browser, str(file))
    return browser


async def save(browser: Browser, file: Path) -> None:
    """The editor's file has all that it has read when this returns."""
    browser.press(CONTROL)
    browser.type("s")
    browser.release(CONTROL)
    await titled(browser, f"*{file}")
    await titled(browser, str(file))


@pytest.mark.parametrize("server", SERVERS)
def test_every_character_of_every_layout_arrives(tmp_path: Path, server: str) -> None:
    file = tmp_path / "text"
    text = in_lines("".join(dict.fromkeys("".join(Layout(name).characters for name in LAYOUTS))))
    assert len(text) > 700

    async def scenario(agent: Agent) -> None:
        browser = await at_editor(agent, file)
        browser.type(text)
        await save(browser, file)

    run(tmp_path, scenario, editor(file, first=SERVERS[server]))
    assert file.read_text() == text


def test_an_application_that_reads_late_reads_what_was_typed_at_full_speed(tmp_path: Path) -> None:
    file = tmp_path / "text"
    alphabet = (
        "".join(Layout(name).characters for name in ("us", "de", "gr", "ru")) + HAN + KANA + HANGUL
    )
    text = in_lines(shuffled(alphabet + BEYOND, 2000))

    async def scenario(agent: Agent) -> None:
        browser = await at_editor(agent, file)
        (pid,) = processes(agent.init.pid, "mousepad")
        os.kill(pid, signal.SIGSTOP)
        browser.type(text)
        browser.say(bytes([FromBrowser.PING]))
        await browser.hear_tag(FromAgent.PONG)
        os.kill(pid, signal.SIGCONT)
        await save(browser, file)

    run(tmp_path, scenario, editor(file))
    assert file.read_text() == text


def test_a_terminal_which_answers_no_pings_reads_what_was_typed(tmp_path: Path) -> None:
    file = tmp_path / "text"
    text = in_lines(shuffled(Layout("us").characters + Layout("ru").characters, 2000))

    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.type(f"{text}the end\n")
        await browser.hear_until(is_running([]))

    run(tmp_path, scenario, script(f"sed '/^the end$/q' > {file}"))
    assert file.read_text() == f"{text}the end\n"


@pytest.mark.parametrize("replaced", [False, True], ids=["cut", "replaced-by-another-connection"])
def test_nothing_stays_held_when_a_connection_goes(tmp_path: Path, replaced: bool) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        for keysym in (SHIFT, CONTROL, ALT, SUPER):
            browser.press(keysym)
        if not replaced:
            browser.writer.close()
        again = await agent.connect(application="Terminal")
        again.hello("jpeg")
        await again.hear_tag(FromAgent.WELCOME)
        again.type("plain\n")
        await again.see_centre(RED)

    run(tmp_path, scenario, expecting("plain"))


def test_a_chord_closes_the_window_that_has_the_keyboard(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_terminal(agent)
        browser.press(ALT)
        browser.press(F4)
        browser.release(F4)
        browser.release(ALT)
        await browser.hear_until(is_running([]))

    run(tmp_path, scenario, script("exec cat"))


def processes(ancestor: int, program: str) -> Iterator[int]:
    """Those of this name that the ancestor, or a descendant of it, has started."""
    for child in map(int, Path(f"/proc/{ancestor}/task/{ancestor}/children").read_text().split()):
        if Path(f"/proc/{child}/comm").read_text().strip() == program:
            yield child
        yield from processes(child, program)
