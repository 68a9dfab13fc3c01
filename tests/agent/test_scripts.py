"""Scripts that the service has run in the sandbox: how they end, and what they cannot outlast."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ownstream.agent.scripts import MOST_OUTPUT_BYTES
from ownstream.channel.framing import json_message
from ownstream.channel.tags import FromGateway, ToService
from tests.agent.agent_process import WITHIN_S, Agent, Browser, running_agent


def order(*argv: str, **members: Any) -> bytes:
    body = {"session": "s-1", "argv": list(argv), "folder": "/", "environment": {}, "within": 20}
    return json_message(FromGateway.SCRIPT, {**body, **members})


async def asked(agent: Agent, message: bytes) -> Browser:
    service = await agent.connect_raw()
    service.say(message)
    return service


async def ran(agent: Agent, *argv: str, **members: Any) -> Any:
    """How it ended; None if the connection was closed without a word."""
    message = await (await asked(agent, order(*argv, **members))).hear()
    if not message:
        return None
    assert message[0] == ToService.ANSWER
    return json.loads(message[1:])


def played(folder: Path, scenario: Callable[[Agent], Awaitable[None]]) -> None:
    async def play() -> None:
        async with running_agent(folder) as agent:
            await scenario(agent)

    asyncio.run(play())


def shell(script: str) -> tuple[str, str, str]:
    return ("/bin/sh", "-c", script)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not condition():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.02)


def test_it_tells_how_they_ended_and_what_they_printed(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        assert await ran(agent, "/bin/true") == {"status": 0, "output": ""}
        printed = await ran(agent, *shell("echo out; echo err >&2; exit 3"))
        assert printed == {"status": 3, "output": "out\nerr\n"}
        where = await ran(
            agent, *shell('pwd; echo "$NAME"'), folder="/usr", environment={"NAME": "x"}
        )
        assert where == {"status": 0, "output": "/usr\nx\n"}
        missing = await ran(agent, "./nothing")
        assert (missing["status"], "nothing" in missing["output"]) == (127, True)
        nowhere = await ran(agent, "/bin/true", folder="/nowhere")
        assert (nowhere["status"], "/nowhere" in nowhere["output"]) == (126, True)
        long = await ran(agent, *shell("yes | head -c 1000000; echo end"))
        assert long["output"].endswith("y\nend\n")
        assert len(long["output"]) == MOST_OUTPUT_BYTES

    played(tmp_path, scenario)


def test_one_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    marks = [tmp_path / "one", tmp_path / "two"]
    beats = [f"while sleep 0.05; do date +%N > {mark}; done" for mark in marks]

    async def scenario(agent: Agent) -> None:
        script = f"trap '' TERM; echo begun; ({beats[0]}) & {beats[1]}"
        told = await ran(agent, *shell(script), within=1)
        assert told == {"reason": "timeout", "output": "begun\n"}
        await asyncio.sleep(0.5)
        before = [mark.read_text() for mark in marks]
        await asyncio.sleep(0.5)
        assert [mark.read_text() for mark in marks] == before

    played(tmp_path, scenario)


def test_what_it_leaves_running_goes_on_and_holds_nobody_up(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    async def scenario(agent: Agent) -> None:
        began = time.monotonic()
        left = f"(sleep 1; echo still there; touch {mark}) & echo done"
        assert await ran(agent, *shell(left)) == {"status": 0, "output": "done\n"}
        assert time.monotonic() - began < 1
        await until(mark.exists)

    played(tmp_path, scenario)


def test_it_is_ended_when_the_service_goes(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    beat = f"while sleep 0.05; do date +%N > {mark}; done"

    async def scenario(agent: Agent) -> None:
        service = await asked(agent, order(*shell(beat)))
        await until(mark.exists)
        service.writer.close()
        await asyncio.sleep(0.5)
        before = mark.read_text()
        await asyncio.sleep(0.5)
        assert mark.read_text() == before

    played(tmp_path, scenario)


def test_it_is_the_sessions_that_is_to_come_and_no_others(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        assert await ran(agent, "/bin/true") is not None
        assert await ran(agent, "/bin/true", session="s-2") is None
        other = await agent.connect(session="s-2")
        assert not await other.hear()
        await agent.connect(session="s-1")

    played(tmp_path, scenario)


@pytest.mark.parametrize(
    "members",
    [
        {"argv": []},
        {"argv": ["a\0b"]},
        {"argv": [1]},
        {"argv": "true"},
        {"folder": "here"},
        {"within": 0},
        {"within": 3601},
        {"within": True},
        {"environment": {"A B": "c"}},
        {"session": ""},
    ],
    ids=str,
)
def test_a_bad_order_is_none(members: dict[str, Any]) -> None:
    from ownstream.agent.scripts import order_of
    from ownstream.channel.framing import FramingError

    with pytest.raises(FramingError):
        order_of(order("/bin/true", **members))


def test_a_browser_cannot_give_one(tmp_path: Path) -> None:
    async def scenario(agent: Agent) -> None:
        mark = tmp_path / "mark"
        browser = await agent.connect()
        browser.say(order("/bin/touch", str(mark)))
        assert not await browser.hear()
        assert not mark.exists()

    played(tmp_path, scenario)
