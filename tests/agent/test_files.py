"""Files of a running session: whose they are, and what the page is told of them."""

import asyncio
import json
from pathlib import Path
from typing import Any

from ownstream.channel.framing import json_message
from ownstream.channel.tags import FromAgent, FromGateway
from ownstream.domain.user_settings import complete_settings
from tests.agent.agent_process import Agent, Browser, running_agent

EVERYTHING = complete_settings()
NO_DOWNLOAD = complete_settings([{"Action": "FILE_DOWNLOAD", "Permission": "DISABLED"}])


async def begun(agent: Agent, settings: list[Any]) -> dict[str, Any]:
    """The greeting of a session that has begun under these settings."""
    browser = await agent.connect_raw()
    body = {"session": "s-1", "application": "", "environment": {}, "userSettings": settings}
    browser.say(json_message(FromGateway.OPEN, body))
    browser.hello()
    return dict(await browser.hear_json(FromAgent.WELCOME))


async def asked(agent: Agent, opening: bytes, do: str = "list", **members: Any) -> Any:
    """What one request on a connection that opens so is answered; None if it is closed."""
    visitor: Browser = await agent.connect_raw()
    visitor.say(opening)
    visitor.say(json_message(FromGateway.ASK, {"do": do, "path": [], **members}))
    message = await visitor.hear()
    return json.loads(message[1:]) if message else None


def files_of(session: str, settings: list[Any]) -> bytes:
    return json_message(FromGateway.FILES, {"session": session, "userSettings": settings})


def names(answer: Any) -> list[str]:
    return sorted(row["name"] for row in answer["entries"])


def test_files_are_of_the_session_that_runs_and_of_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_agent(tmp_path) as agent:
            before = await asked(agent, files_of("s-1", EVERYTHING))
            assert before["error"] == "no_session"
            greeting = await begun(agent, NO_DOWNLOAD)
            files = {"upload": True, "download": False, "home": ""}
            assert greeting["features"]["files"] == files
            assert names(await asked(agent, files_of("s-1", EVERYTHING))) == ["TemporaryFiles"]
            other = await asked(agent, files_of("s-2", EVERYTHING))
            assert other["error"] == "no_session"
            keeper = json_message(FromGateway.KEEP, {"session": "s-2"})
            assert (await asked(agent, keeper, "scan"))["error"] == "no_session"

    asyncio.run(scenario())


def test_control_may_come_before_the_user_and_fixes_the_session(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_agent(tmp_path) as agent:
            keeper = json_message(FromGateway.KEEP, {"session": "s-1"})
            made = await asked(agent, keeper, "folder", path=["HomeFolder"])
            assert made == {"existed": False}
            stranger = await agent.connect(session="s-2")
            assert await stranger.heard_end()
            await asked(agent, keeper, "tell", home="filling")
            greeting = await begun(agent, EVERYTHING)
            assert greeting["features"]["files"]["home"] == "filling"
            listed = await asked(agent, files_of("s-1", EVERYTHING))
            assert names(listed) == ["HomeFolder", "TemporaryFiles"]


def test_a_page_hears_how_its_home_folder_stands(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_agent(tmp_path) as agent:
            browser = await agent.connect()
            browser.hello()
            await browser.hear_json(FromAgent.WELCOME)
            keeper = json_message(FromGateway.KEEP, {"session": "s-1"})
            for home in ("trouble", "kept"):
                assert await asked(agent, keeper, "tell", home=home) == {}
                assert await browser.hear_json(FromAgent.FILES) == {"home": home}
            # A browser's own visit cannot say so.
            refused = await asked(agent, files_of("s-1", EVERYTHING), "tell", home="trouble")
            assert refused["error"] == "bad_request"
            assert await asked(agent, keeper, "tell", home="on fire") is None

    asyncio.run(scenario())


def test_a_browsers_messages_reach_no_files(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running_agent(tmp_path) as agent:
            browser = await agent.connect()
            browser.hello()
            await browser.hear_json(FromAgent.WELCOME)
            browser.say(json_message(FromGateway.ASK, {"do": "list", "path": []}))
            assert await browser.heard_end()

    asyncio.run(scenario())
