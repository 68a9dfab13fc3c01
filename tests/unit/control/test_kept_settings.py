"""Application settings from a session's begin to its instance's end, whatever fails between."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ownstream.domain.app_settings import settings_folder
from ownstream.store import InstanceRow, SessionRow, troubles
from tests.support.files_agent import files_agent
from tests.support.world import SCOPE
from tests.unit.control.test_home_folders import AgentDriver, Desk
from tests.unit.control.world import world

FOLDER = settings_folder(SCOPE, "group", "ann")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with files_agent(tmp_path) as agent:
        driver = AgentDriver()
        driver.endpoint = agent.endpoint
        made = Desk(world(driver, desired=1), agent, tmp_path / "homes")
        yield made
        asyncio.run(made.home_folders.close())


def begin(desk: Desk, *, home: bool = False) -> None:
    """A session of ann's whose stack keeps settings."""
    desk.begin()
    with desk.world.store.transaction() as tx:
        session = tx.get(SessionRow, "s")
        assert session
        session.wish = {"home": home, "settings": {"group": "group", "filled": False}}


def put(desk: Desk, path: str, text: str) -> None:
    """The setting is there from an earlier session."""
    place = desk.homes / FOLDER / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def kept(desk: Desk) -> dict[str, str]:
    root = desk.homes / FOLDER
    return {path.name: path.read_text() for path in root.iterdir()} if root.is_dir() else {}


def wished(desk: Desk) -> dict[str, object]:
    with desk.world.store.snapshot() as tx:
        session = tx.get(SessionRow, "s")
        assert session
        return session.wish["settings"]


def trouble(desk: Desk) -> str:
    with desk.world.store.snapshot() as tx:
        return troubles.why(tx, SCOPE, "s")


def test_the_stream_waits_for_settings_and_nothing_is_done_until_the_session_ends(
    desk: Desk,
) -> None:
    put(desk, ".apprc", "mine")
    (desk.agent.home / ".apprc").write_text("default")
    begin(desk)
    assert desk.endpoint() == ""
    assert desk.reconcile() is None
    assert desk.endpoint() == desk.agent.endpoint
    assert (desk.agent.home / ".apprc").read_text() == "mine"
    assert not desk.agent.folder.exists()
    (desk.agent.home / ".apprc").write_text("changed")
    assert desk.reconcile() is None
    assert kept(desk) == {".apprc": "mine"}
    desk.end()
    assert desk.goals() == {"i-1": "save"}
    assert desk.reconcile() is None
    assert desk.goals() == {"i-1": "retire"}
    assert kept(desk) == {".apprc": "changed"}


def test_a_service_that_was_started_anew_saves_what_the_session_has(desk: Desk) -> None:
    put(desk, ".gone", "x")
    begin(desk)
    desk.reconcile()
    (desk.agent.home / ".gone").unlink()
    (desk.agent.home / ".new").write_text("x")
    desk.end()
    desk.start_anew()
    assert desk.reconcile() is None
    assert kept(desk) == {".new": "x"}


def test_home_folder_and_settings_are_kept_side_by_side(desk: Desk) -> None:
    put(desk, ".apprc", "mine")
    begin(desk, home=True)
    assert desk.reconcile() is not None
    assert desk.agent.folder.is_dir()
    assert (desk.agent.home / ".apprc").read_text() == "mine"
    (desk.agent.folder / "a.txt").write_text("x")
    (desk.agent.home / ".apprc").write_text("changed")
    desk.end()
    assert desk.reconcile() is None
    assert kept(desk) == {".apprc": "changed"}
    assert len(list(desk.homes.rglob("a.txt"))) == 1


def test_settings_that_cannot_be_read_stop_no_session_and_are_not_written_over(
    desk: Desk,
) -> None:
    put(desk, ".apprc", "mine")
    begin(desk)
    desk.kept_in.is_down = True
    assert desk.reconcile() is not None
    assert desk.endpoint() == desk.agent.endpoint
    assert trouble(desk) == "down"
    assert wished(desk)["filled"] is False
    (desk.agent.home / ".apprc").write_text("default")
    desk.kept_in.is_down = False
    assert desk.reconcile() is None
    desk.end()
    assert desk.reconcile() is None
    assert desk.goals() == {"i-1": "retire"}
    assert kept(desk) == {".apprc": "mine"}


def test_a_stack_is_in_no_trouble_once_its_storage_answers(desk: Desk) -> None:
    begin(desk, home=True)
    desk.kept_in.is_down = True
    desk.reconcile()
    assert trouble(desk) == "down"
    desk.kept_in.is_down = False
    desk.reconcile()
    assert trouble(desk) == ""


def test_settings_that_take_longer_than_users_wait_are_not_put_in_while_they_work(
    desk: Desk,
) -> None:
    put(desk, ".apprc", "mine")
    begin(desk)
    clock = desk.world.clock
    desk.kept_in.meanwhile = lambda: None

    async def main() -> None:
        turn = asyncio.create_task(desk.home_folders.reconcile("s"))
        loop = asyncio.get_running_loop()
        listed, late = asyncio.Event(), asyncio.Event()

        def list_slowly() -> None:
            loop.call_soon_threadsafe(listed.set)
            asyncio.run_coroutine_threadsafe(late.wait(), loop).result(20)

        desk.kept_in.meanwhile = list_slowly
        async with asyncio.timeout(20):
            await listed.wait()
            opened = asyncio.Event()
            with desk.world.store.listened(lambda _: loop.call_soon_threadsafe(opened.set)):
                await clock.advance(timedelta(seconds=15))
                await opened.wait()
            late.set()
            assert await turn is not None

    asyncio.run(main())
    assert not (desk.agent.home / ".apprc").exists()
    assert wished(desk)["filled"] is False


def test_an_instance_that_is_lost_is_waited_for_no_longer(desk: Desk) -> None:
    begin(desk)
    desk.reconcile()
    with desk.world.store.transaction() as tx:
        row = tx.get(InstanceRow, "i-1")
        assert row
        row.goal = "retire"
    desk.end()
    assert desk.reconcile() is None


def test_a_store_that_is_down_at_the_end_is_tried_again(desk: Desk) -> None:
    begin(desk)
    desk.reconcile()
    (desk.agent.home / ".apprc").write_text("mine")
    desk.end()
    desk.kept_in.is_down = True
    assert (desk.reconcile() or 0) > 0
    assert desk.goals() == {"i-1": "save"}
    desk.kept_in.is_down = False
    assert desk.reconcile() is None
    assert kept(desk) == {".apprc": "mine"}
