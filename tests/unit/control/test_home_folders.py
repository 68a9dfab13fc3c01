"""Home folders from a session's begin to its instance's end, with whatever fails between."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from ownstream.control import home_folder
from ownstream.control.controller import retire_all
from ownstream.control.home_folder import Turn
from ownstream.control.home_folders import LONGEST_LOOK_S, LOOK_S, SOON_S, HomeFolders
from ownstream.domain.home_folders import Stored, folder_of
from ownstream.domain.keys import fleet_key, session_key
from ownstream.drivers.base import InstanceSpec, Observation, Seen
from ownstream.drivers.fake import IMAGE, FakeInstance, ImmediateDriver
from ownstream.gateway.presence import Presence
from ownstream.storage.base import Source, StorageError
from ownstream.storage.local import LocalStore
from ownstream.store import InstanceRow, SessionRow, streaming
from tests.support.files_agent import FilesAgent, files_agent
from tests.support.world import SCOPE, add_ready_instance
from tests.unit.control.world import World, world

FOLDER = folder_of(SCOPE, "ann")
WITHIN_S = 20


class Down(LocalStore):
    """A store that can be down."""

    is_down = False
    meanwhile: Callable[[], object] = staticmethod(lambda: None)  # done while it is listed

    def list(self, folder: str) -> dict[str, Stored | None]:
        self._fail()
        self.meanwhile()
        return dict(super().list(folder))

    def write(self, folder: str, path: str, content: Source, stored: Stored) -> None:
        self._fail()
        super().write(folder, path, content, stored)

    def _fail(self) -> None:
        if self.is_down:
            raise StorageError("down")


class AgentDriver(ImmediateDriver):
    """Instances whose agent is this one."""

    endpoint = ""

    def _observe(self, instance: FakeInstance) -> Observation:
        return Observation(Seen.READY, endpoint=self.endpoint)


@dataclass
class Desk:
    """A fleet with a session that has a home folder, and who keeps it."""

    world: World
    agent: FilesAgent
    homes: Path
    kept_in: Down = field(init=False)
    home_folders: HomeFolders = field(init=False)

    def __post_init__(self) -> None:
        self.kept_in = Down(self.homes)
        self.start_anew()

    def start_anew(self) -> None:
        """The service has been started: nobody knows of anything but the store."""
        self.home_folders = HomeFolders(self.world.store, self.world.clock, self.kept_in)

    def begin(self, session_id: str = "s", instance_id: str = "i-1", user: str = "ann") -> None:
        with self.world.store.transaction() as tx:
            add_ready_instance(tx, instance_id).endpoint = self.agent.endpoint
            row = tx.get(InstanceRow, instance_id)
            assert row
            row.session_id, row.handle = session_id, {"id": instance_id}
            spec = InstanceSpec(instance_id, IMAGE, "APP", memory_bytes=1, cpus=1, internet=False)
            self.world.driver.instances[instance_id] = FakeInstance(spec, launched=True)
            tx.add(
                SessionRow(
                    id=session_id,
                    account=SCOPE.account,
                    region=SCOPE.region,
                    stack="s",
                    fleet="f",
                    user_id=user,
                    state="PENDING",
                    created_at=self.world.clock.now(),
                    instance_id=instance_id,
                    home_folder="wanted",
                    wish={},
                )
            )

    def reconcile(self, session_id: str = "s") -> float | None:
        async def main() -> float | None:
            return await self.home_folders.reconcile(session_id)

        return asyncio.run(main())

    def end(self, session_id: str = "s") -> None:
        with self.world.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            assert session
            streaming.end_session(tx, session, reason="ended_by_user", now=self.world.clock.now())

    def goals(self) -> dict[str, str]:
        return {row.id: row.goal for row in self.world.instances()}

    def endpoint(self, session_id: str = "s") -> str:
        return Presence(self.world.store, self.world.clock).standing(session_id).endpoint

    def touched(self, session_id: str = "s") -> set[object]:
        touched: set[object] = set()
        with self.world.store.listened(touched.add):
            self.reconcile(session_id)
        return touched


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr("ownstream.domain.home_folders.SETTLED_NS", -(1 << 62))
    with files_agent(tmp_path) as agent:
        driver = AgentDriver()
        driver.endpoint = agent.endpoint
        made = Desk(world(driver, desired=1), agent, tmp_path / "homes")
        yield made
        asyncio.run(made.home_folders.close())


def put(desk: Desk, path: str, text: str) -> None:
    """A file is there from an earlier session."""
    place = desk.homes / FOLDER / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def kept(desk: Desk) -> dict[str, str]:
    """What the store has of the user."""
    root = desk.homes / FOLDER
    return {path.name: path.read_text() for path in root.iterdir()} if root.is_dir() else {}


def test_the_stream_waits_until_the_home_folder_is_there(desk: Desk) -> None:
    put(desk, "a", "x")
    desk.begin()
    assert desk.endpoint() == ""
    assert session_key("s") in desk.touched()
    assert desk.endpoint() == desk.agent.endpoint
    assert (desk.agent.folder / "a").read_text() == "x"
    assert desk.reconcile() == LOOK_S


def test_a_session_without_one_neither_waits_nor_has_one(desk: Desk) -> None:
    desk.begin()
    with desk.world.store.transaction() as tx:
        session = tx.get(SessionRow, "s")
        assert session
        session.home_folder = ""
    assert desk.endpoint() == desk.agent.endpoint
    assert desk.reconcile() is None
    assert not desk.agent.folder.exists()
    desk.end()
    assert desk.goals() == {"i-1": "retire"}


def test_a_large_home_folder_does_not_keep_the_user_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_folder, "TURN_FILES", 1)
    for name in "abc":
        put(desk, name, "x")
    desk.begin()
    assert desk.reconcile() == 0
    assert desk.endpoint() == ""
    asyncio.run(desk.world.clock.advance(timedelta(seconds=15)))
    assert desk.reconcile() == 0
    assert desk.endpoint() == desk.agent.endpoint
    assert desk.reconcile() == LOOK_S


def test_one_large_file_does_not_keep_the_user_waiting_either(desk: Desk) -> None:
    put(desk, "a", "x")
    desk.begin()
    wait, go_on = threading.Event(), threading.Event()
    desk.kept_in.meanwhile = lambda: (wait.set(), go_on.wait(WITHIN_S))

    async def main() -> None:
        turn = asyncio.create_task(desk.home_folders.reconcile("s"))
        opened = asyncio.Event()
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(wait.wait, WITHIN_S)
        assert desk.endpoint() == ""
        with desk.world.store.listened(lambda _: loop.call_soon_threadsafe(opened.set)):
            await desk.world.clock.advance(timedelta(seconds=15))
            async with asyncio.timeout(WITHIN_S):
                await opened.wait()
        assert desk.endpoint() == desk.agent.endpoint
        assert not turn.done()
        go_on.set()
        assert await turn == LOOK_S

    asyncio.run(main())


def test_a_home_folder_of_very_many_files_is_looked_at_less_often(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    taking: list[float] = []

    def turn(*_: object, **__: object) -> Turn:
        return Turn(missing=0, look_took_s=taking[0])

    monkeypatch.setattr(home_folder.HomeFolder, "turn", turn)
    desk.begin()
    for took_s, look_s in ((0.01, LOOK_S), (1.5, 15.0), (1e9, LONGEST_LOOK_S)):
        taking[:] = [took_s]
        assert desk.reconcile() == look_s


def test_a_store_that_is_down_keeps_nobody_out_and_is_tried_again(desk: Desk) -> None:
    desk.begin()
    desk.kept_in.is_down = True
    delays = [desk.reconcile() for _ in range(3)]
    assert delays == [0.5, 1.0, 2.0]
    assert desk.endpoint() == desk.agent.endpoint
    (desk.agent.folder / "a").write_text("saved meanwhile")
    desk.kept_in.is_down = False
    put(desk, "b", "from before")
    assert desk.reconcile() == LOOK_S
    assert kept(desk) == {"a": "saved meanwhile", "b": "from before"}
    assert (desk.agent.folder / "b").read_text() == "from before"


def test_an_instance_is_retired_when_its_home_folder_has_been_saved(desk: Desk) -> None:
    desk.begin()
    desk.reconcile()
    (desk.agent.folder / "a").write_text("the last thing saved")
    desk.end()
    desk.world.look(3)
    assert desk.goals()["i-1"] == "save"
    assert fleet_key(SCOPE, "f") in desk.touched()
    assert kept(desk) == {"a": "the last thing saved"}
    assert desk.goals()["i-1"] == "retire"
    desk.world.look()
    assert "i-1" not in desk.goals()
    assert desk.reconcile() is None


@pytest.mark.parametrize("is_started_anew", [False, True], ids=["known", "started anew"])
def test_an_instance_stays_as_long_as_its_home_folder_cannot_be_saved(
    desk: Desk, is_started_anew: bool
) -> None:
    desk.begin()
    desk.reconcile()
    (desk.agent.folder / "a").write_text("the last thing saved")
    desk.end()
    desk.kept_in.is_down = True
    for _ in range(3):
        assert desk.reconcile() is not None
        desk.world.look()
    assert desk.goals()["i-1"] == "save"
    if is_started_anew:
        desk.start_anew()
    desk.kept_in.is_down = False
    assert desk.reconcile() is None
    assert kept(desk) == {"a": "the last thing saved"}
    assert desk.goals()["i-1"] == "retire"


def test_a_stopped_fleet_has_stopped_when_all_is_saved(desk: Desk) -> None:
    desk.begin()
    desk.reconcile()
    (desk.agent.folder / "a").write_text("x")
    desk.world.stop()
    desk.world.look(3)
    assert desk.world.state() == "STOPPING"
    assert desk.world.session().end_reason == "fleet_stopped"
    desk.reconcile()
    desk.world.look(2)
    assert desk.world.state() == "STOPPED"
    assert kept(desk) == {"a": "x"}


def test_an_instance_that_is_lost_is_not_waited_for(desk: Desk) -> None:
    desk.begin()
    desk.reconcile()
    desk.end()
    desk.world.driver.lose("i-1")
    desk.world.look(2)
    assert "i-1" not in desk.goals()


def test_an_agent_that_does_not_answer_has_its_fleet_looked_at(desk: Desk) -> None:
    desk.begin()
    with desk.world.store.transaction() as tx:
        row = tx.get(InstanceRow, "i-1")
        assert row
        row.endpoint = "unix:/nowhere/agent.sock"
    assert fleet_key(SCOPE, "f") in desk.touched()


def test_a_session_that_is_lost_in_the_middle_is_not_waited_for(desk: Desk) -> None:
    desk.begin()
    desk.reconcile()
    desk.world.driver.lose("i-1")
    desk.world.look(2)
    assert desk.world.session().end_reason == "instance_lost"
    assert "i-1" not in desk.goals()


def test_the_users_next_session_waits_for_what_the_last_one_saves(desk: Desk) -> None:
    desk.begin("s", "i-1")
    desk.reconcile("s")
    (desk.agent.folder / "a").write_text("from the last session")
    desk.end("s")
    desk.begin("t", "i-2")
    desk.begin("other", "i-3", user="bob")
    assert desk.reconcile("t") == SOON_S
    assert desk.endpoint("t") == ""
    assert desk.reconcile("other") == LOOK_S
    desk.reconcile("s")
    assert desk.reconcile("t") == LOOK_S
    assert desk.endpoint("t") == desk.agent.endpoint


def test_a_service_that_stops_saves_first(desk: Desk) -> None:
    desk.begin()
    desk.reconcile()
    (desk.agent.folder / "a").write_text("x")
    stop(desk)
    assert kept(desk) == {"a": "x"}
    assert desk.goals() == {}


def test_a_service_that_stops_leaves_behind_what_it_cannot_save(desk: Desk) -> None:
    desk.begin()
    desk.reconcile()
    (desk.agent.folder / "a").write_text("x")
    desk.kept_in.is_down = True
    stop(desk)
    assert desk.goals() == {"i-1": "save"}
    desk.start_anew()
    desk.kept_in.is_down = False
    assert desk.reconcile() is None
    assert (kept(desk), desk.goals()) == ({"a": "x"}, {"i-1": "retire"})


def stop(desk: Desk) -> None:
    async def main() -> None:
        parts = (desk.world.store, desk.world.driver, desk.world.clock)
        stopping = asyncio.create_task(retire_all(*parts, home_folders=desk.home_folders))
        while not stopping.done():
            due = desk.world.clock.next_due()
            if due is not None:
                desk.world.clock.wake_next(due)
            await asyncio.wait({stopping}, timeout=0.01)
        stopping.result()

    asyncio.run(main())


def test_a_session_is_not_forgotten_before_its_home_folder_is_saved(desk: Desk) -> None:
    desk.begin()
    desk.reconcile()
    desk.end()
    late = desk.world.clock.now() + timedelta(days=7)
    with desk.world.store.transaction() as tx:
        streaming.forget_ended(tx, late)
        assert tx.get(SessionRow, "s") is not None
    desk.reconcile()
    with desk.world.store.transaction() as tx:
        streaming.forget_ended(tx, late)
        assert tx.get(SessionRow, "s") is None


def test_a_session_that_is_not_there_has_no_home_folder(desk: Desk) -> None:
    assert desk.reconcile("nobody") is None
