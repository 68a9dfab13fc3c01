"""A real agent and a real application that copies and pastes: what passes, and what does not."""

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ownstream.channel.framing import json_message
from ownstream.channel.tags import CLIPBOARD_PIECE_BYTES, FromAgent, FromBrowser
from ownstream.domain.user_settings import CLIPBOARD, complete_settings
from tests.agent.agent_process import WITHIN_S, Agent, Browser, running_agent

BOTH = complete_settings()
XCLIP = ("xclip", "-selection", "clipboard")


def disabled(*actions: str) -> Any:
    """A stack's settings without these permissions."""
    return complete_settings([{"Action": each, "Permission": "DISABLED"} for each in actions])


def limited(length: int) -> Any:
    """A stack's settings that let texts of so many characters pass."""
    return complete_settings(
        {"Action": action, "Permission": "ENABLED", "MaximumLength": length} for action in CLIPBOARD
    )


def run(folder: Path, scenario: Callable[[Agent], Awaitable[None]]) -> None:
    """Plays the scenario on an agent of its own."""

    async def play() -> None:
        async with running_agent(folder) as agent:
            await scenario(agent)

    asyncio.run(play())


async def at_work(agent: Agent, settings: Any = BOTH) -> Browser:
    """A browser that has been welcomed to a session with these settings."""
    browser = await agent.connect(settings=settings)
    browser.hello("jpeg")
    await browser.hear_json(FromAgent.WELCOME)
    return browser


@contextlib.asynccontextmanager
async def copying(agent: Agent, data: bytes, target: str = "UTF8_STRING") -> AsyncIterator[Process]:
    """An application that has copied this, until it ends."""
    process = await agent.client(*XCLIP, "-quiet", "-in", "-target", target)
    assert process.stdin is not None
    process.stdin.write(data)
    process.stdin.close()
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.communicate()


async def pasted(agent: Agent, target: str = "UTF8_STRING") -> bytes:
    """What an application gets that pastes now."""
    process = await agent.client(*XCLIP, "-out", "-target", target)
    async with asyncio.timeout(WITHIN_S):
        out, _ = await process.communicate()
    return out


def say(browser: Browser, data: bytes, kind: str = "text/plain", after: int | None = None) -> None:
    """The browser's user pastes this."""
    body = {"type": kind, "bytes": len(data), "after": after}
    browser.say(json_message(FromBrowser.CLIPBOARD, body))
    for start in range(0, len(data), CLIPBOARD_PIECE_BYTES):
        piece = data[start : start + CLIPBOARD_PIECE_BYTES]
        browser.say(bytes([FromBrowser.CLIPBOARD_PIECE]) + piece)


async def put(browser: Browser, data: bytes, kind: str = "text/plain") -> None:
    """The browser's user pastes this, and the agent has taken it."""
    say(browser, data, kind)
    for _ in range(0, len(data), CLIPBOARD_PIECE_BYTES):
        await browser.hear_tag(FromAgent.CLIPBOARD_ACK)


async def heard(browser: Browser) -> tuple[Mapping[str, Any], bytes]:
    """What the agent says next of the clipboard, and all of it."""
    head = await browser.hear_json(FromAgent.CLIPBOARD)
    data = bytearray()
    while len(data) < head["bytes"]:
        data += (await browser.hear_tag(FromAgent.CLIPBOARD_PIECE))[1:]
        browser.say(bytes([FromBrowser.CLIPBOARD_ACK]))
    return head, bytes(data)


async def asked(browser: Browser) -> str:
    """What kind of contents the agent answers with when it is asked for the clipboard."""
    browser.say(bytes([FromBrowser.CLIPBOARD_WANT]))
    head, data = await heard(browser)
    assert data == b"" or head["type"] in ("text/plain", "image/png")
    return head["type"]


def picture() -> bytes:
    """A PNG file of half a megabyte, more than a request to the X server holds."""
    noise = Image.effect_noise((800, 600), 90)
    file = BytesIO()
    noise.save(file, "PNG")
    return file.getvalue()


TEXT = "größe 10 € 日本\n".encode()
LONG = TEXT * 300_000
PICTURE = picture()


@pytest.mark.parametrize(
    ("data", "kind", "target"),
    [
        pytest.param(TEXT, "text/plain", "UTF8_STRING", id="a-text"),
        pytest.param(LONG, "text/plain", "UTF8_STRING", id="five-megabytes"),
        pytest.param(PICTURE, "image/png", "image/png", id="a-picture"),
    ],
)
def test_what_is_copied_on_one_side_is_pasted_on_the_other(
    tmp_path: Path, data: bytes, kind: str, target: str
) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent)
        async with copying(agent, data, target):
            assert await heard(browser) == ({"count": 1, "type": kind, "bytes": len(data)}, data)
        assert (await browser.hear_json(FromAgent.CLIPBOARD))["type"] == "none"
        await put(browser, data, kind)
        first, second = await asyncio.gather(pasted(agent, target), pasted(agent, target))
        assert first == data
        assert second == data

    run(tmp_path, scenario)


def test_a_text_is_there_in_every_form_that_applications_ask_for(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent)
        await put(browser, "größe 10 €".encode())
        targets = (await pasted(agent, "TARGETS")).decode().split()
        assert {"TARGETS", "UTF8_STRING", "text/plain;charset=utf-8", "STRING"} <= {*targets}
        assert await pasted(agent, "text/plain;charset=utf-8") == "größe 10 €".encode()
        assert await pasted(agent, "STRING") == "größe 10 ?".encode("latin-1")
        assert await pasted(agent, "image/png") == b""

    run(tmp_path, scenario)


def test_what_a_browser_sent_is_not_sent_back(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent)
        await put(browser, TEXT)
        async with copying(agent, b"of an application"):
            head, data = await heard(browser)
        assert (head["count"], data) == (1, b"of an application")

    run(tmp_path, scenario)


def test_after_a_reconnection_it_goes_on_and_what_was_missed_is_told(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent)
        await put(browser, TEXT)
        browser.writer.close()
        async with copying(agent, b"meanwhile"):
            again = await at_work(agent)
            assert (await heard(again))[1] == b"meanwhile"
            await put(again, LONG)
            assert await pasted(agent) == LONG
            third = await at_work(agent)
            third.say(bytes([FromBrowser.CLIPBOARD_WANT]))
            assert (await heard(third))[1] == LONG

    run(tmp_path, scenario)


def test_what_an_application_copied_unheard_is_not_replaced(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent)
        async with copying(agent, b"newer"):
            await browser.hear_tag(FromAgent.CLIPBOARD)
            say(browser, b"older", after=0)
            await browser.hear_tag(FromAgent.CLIPBOARD_ACK)
            assert await pasted(agent) == b"newer"
            say(browser, b"newest", after=1)
            await browser.hear_tag(FromAgent.CLIPBOARD_ACK)
            assert await pasted(agent) == b"newest"

    run(tmp_path, scenario)


def test_what_an_application_gives_without_end_is_not_taken(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent, limited(1000))
        endless = await agent.client(sys.executable, str(Path(__file__).parent / "endless.py"))
        refused = await browser.hear_json(FromAgent.CLIPBOARD_REFUSED)
        assert "a text of more than 1,000 characters" in refused["message"]
        endless.terminate()
        await endless.communicate()

    run(tmp_path, scenario)


def test_an_application_that_does_not_answer_costs_nobody_else_anything(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent)
        async with copying(agent, b"silence") as silent:
            await heard(browser)
            silent.send_signal(signal.SIGSTOP)
            browser.say(bytes([FromBrowser.CLIPBOARD_WANT]))
            browser.say(bytes([FromBrowser.PING]))
            first = await browser.hear_tag_of(FromAgent.PONG, FromAgent.CLIPBOARD)
            assert first[0] == FromAgent.PONG
            assert (await browser.hear_json(FromAgent.CLIPBOARD))["type"] == "other"
            silent.send_signal(signal.SIGCONT)

    run(tmp_path, scenario)


def test_a_hostile_page_puts_nothing_into_a_session_that_takes_nothing(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent, disabled("CLIPBOARD_COPY_FROM_LOCAL_DEVICE"))
        for data, kind in ((TEXT, "text/plain"), (PICTURE, "image/png")):
            say(browser, data, kind)
            await browser.hear_tag(FromAgent.CLIPBOARD_REFUSED)
            assert await pasted(agent, "TARGETS") == b""
        async with copying(agent, b"out all the same"):
            assert (await heard(browser))[1] == b"out all the same"

    run(tmp_path, scenario)


def test_a_hostile_page_gets_nothing_out_of_a_session_that_gives_nothing(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent, disabled("CLIPBOARD_COPY_TO_LOCAL_DEVICE"))
        for data, target in ((TEXT, "UTF8_STRING"), (PICTURE, "image/png")):
            async with copying(agent, data, target):
                assert (await heard(browser))[0]["type"] == "other"
                assert await asked(browser) == "other"
            assert (await heard(browser))[0]["type"] == "none"
        await put(browser, b"in all the same")
        assert await pasted(agent) == b"in all the same"
        assert await asked(browser) == "other"

    run(tmp_path, scenario)


def test_a_text_over_the_length_is_not_copied_either_way(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        browser = await at_work(agent, limited(5))
        await put(browser, "größe".encode())
        for text in (b"longer", b"much longer than that"):
            say(browser, text)
            refused = await browser.hear_json(FromAgent.CLIPBOARD_REFUSED)
            assert "a text of more than 5 characters" in refused["message"]
            assert await pasted(agent) == "größe".encode()
        async with copying(agent, b"longer"):
            refused = await browser.hear_json(FromAgent.CLIPBOARD_REFUSED)
            assert "out of this session" in refused["message"]
            assert (await browser.hear_json(FromAgent.CLIPBOARD))["type"] == "other"
        async with copying(agent, "größe".encode()):
            while (await heard(browser))[1] != "größe".encode():
                pass

    run(tmp_path, scenario)
