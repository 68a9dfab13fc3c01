"""App block builders come and go: one instance, with a volume that is gone with it."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from ownstream.control.app_block_builders import AppBlockBuilderReconciler
from ownstream.control.launching import InstanceSetup
from ownstream.domain import app_block_builders as rules
from ownstream.domain import owners
from ownstream.domain.keys import app_block_builder_key
from ownstream.drivers.base import Terminal, Transient
from ownstream.drivers.fake import (
    FailingLaunchDriver,
    FullDriver,
    ImmediateDriver,
    LeakyDriver,
    SlowDriver,
)
from ownstream.store import AppBlockBuilderRow, InstanceRow, SessionRow, resources, streaming
from tests.support.clock import START, TurnedClock
from tests.support.world import SCOPE, store_with_fleet

KEY = app_block_builder_key(SCOPE, "b")
OWNER = owners.app_block_builder("b")
DOCUMENT = {"InstanceType": "stream.standard.small", "EnableDefaultInternetAccess": True}


@dataclass
class Desk:
    """An app block builder that is to run, and who makes it so."""

    driver: ImmediateDriver = field(default_factory=ImmediateDriver)

    def __post_init__(self) -> None:
        self.store = store_with_fleet(goal="STOPPED")
        self.clock = TurnedClock()
        setup = InstanceSetup(self.store, self.driver, self.clock)
        self.reconciler = AppBlockBuilderReconciler(self.store, self.driver, self.clock, setup)
        with self.store.transaction() as tx:
            tx.add(
                AppBlockBuilderRow(
                    account=SCOPE.account,
                    region=SCOPE.region,
                    name="b",
                    document=DOCUMENT,
                    goal="RUNNING",
                    goal_met=False,
                    app_block="block",
                    created_at=START,
                )
            )

    def look(self, times: int = 1) -> float | None:
        again_s: float | None = None
        for _ in range(times):
            again_s = asyncio.run(self.reconciler.reconcile(KEY))
        return again_s

    def row(self) -> AppBlockBuilderRow:
        with self.store.snapshot() as tx:
            found = resources.find(tx, AppBlockBuilderRow, SCOPE, "b")
        assert found
        return found

    def stop(self) -> None:
        with self.store.transaction() as tx:
            found = resources.find(tx, AppBlockBuilderRow, SCOPE, "b")
            assert found
            found.goal, found.goal_met = "STOPPED", False

    @property
    def state(self) -> str:
        return rules.state(self.row().goal, self.row().goal_met)

    @property
    def errors(self) -> list[str]:
        return [error["ErrorMessage"] for error in self.row().errors]

    def instances(self) -> list[InstanceRow]:
        with self.store.snapshot() as tx:
            return list(streaming.fleet_instances(tx, SCOPE, OWNER))

    def volumes(self) -> list[str]:
        return list(asyncio.run(self.driver.disks.volumes()))

    def begin_session(self) -> None:
        with self.store.transaction() as tx:
            session: Any = SessionRow(
                id="s",
                account=SCOPE.account,
                region=SCOPE.region,
                stack=OWNER,
                fleet=OWNER,
                user_id="admin",
                created_at=START,
                wish={},
            )
            tx.add(session)
            assert streaming.assign_administrator(tx, session)

    def session(self) -> SessionRow:
        with self.store.snapshot() as tx:
            found = tx.get(SessionRow, "s")
        assert found
        return found


def test_it_is_starting_until_its_instance_is_there() -> None:
    desk = Desk(SlowDriver(looks=1))
    desk.look(2)
    assert desk.state == "STARTING"
    desk.look(2)
    assert desk.state == "RUNNING"


def test_its_instance_is_a_desktop_over_a_volume_of_its_own() -> None:
    desk = Desk()
    desk.look(2)
    [row] = desk.instances()
    spec = desk.driver.instances[row.id].spec
    assert (spec.view, spec.internet, spec.fleet) == ("DESKTOP", True, OWNER)
    assert spec.image.applications[0].name == "app-block-assistant"
    assert desk.volumes() == [spec.volume]
    assert len(spec.image.layers) == 1


def test_what_was_written_is_gone_once_it_is_stopped() -> None:
    desk = Desk()
    desk.look(2)
    desk.begin_session()
    desk.stop()
    assert desk.state == "STOPPING"
    desk.look(2)
    assert (desk.state, desk.instances(), desk.volumes()) == ("STOPPED", [], [])
    assert (desk.session().state, desk.session().end_reason) == ("EXPIRED", "builder_stopped")


def test_an_administrator_who_leaves_leaves_the_instance_running() -> None:
    desk = Desk()
    desk.look(2)
    desk.begin_session()
    with desk.store.transaction() as tx:
        session = tx.get(SessionRow, "s")
        assert session
        streaming.end_session(tx, session, reason="ended_by_user", now=START)
    desk.look()
    [row] = desk.instances()
    assert (row.goal, row.session_id, desk.state) == ("run", None, "RUNNING")


def test_an_instance_that_is_lost_is_replaced() -> None:
    desk = Desk()
    desk.look(2)
    [first] = desk.instances()
    desk.begin_session()
    desk.driver.lose(first.id)
    desk.look()
    assert (desk.state, desk.session().end_reason) == ("STARTING", "instance_lost")
    desk.look(2)
    [second] = desk.instances()
    assert (desk.state, second.id != first.id) == ("RUNNING", True)


def test_a_launch_that_fails_is_told_and_tried_again() -> None:
    desk = Desk(FailingLaunchDriver(error=Transient("no luck"), times=1))
    desk.look()
    assert (desk.state, desk.errors) == ("STARTING", ["no luck"])
    asyncio.run(desk.clock.advance(timedelta(minutes=1)))
    desk.look(3)
    assert (desk.state, desk.errors) == ("RUNNING", [])


@pytest.mark.parametrize("error", [Terminal("never"), Transient("not now")], ids=str)
def test_one_that_does_not_start_for_long_is_stopped_and_says_why(error: Any) -> None:
    desk = Desk(FailingLaunchDriver(error=error, times=1000))
    for _ in range(20):
        desk.look(2)
        asyncio.run(desk.clock.advance(timedelta(minutes=1)))
    desk.look(2)
    assert (desk.state, desk.errors) == ("STOPPED", [str(error)])


def test_one_that_there_is_no_room_for_waits() -> None:
    desk = Desk(FullDriver(room=0))
    desk.look()
    assert desk.state == "STARTING"
    assert "there is no room" in desk.errors[0]


def test_one_that_ran_when_the_service_ended_starts_anew() -> None:
    desk = Desk()
    desk.look(2)
    with desk.store.transaction() as tx:
        for row in streaming.all_instances(tx):
            tx.delete(row)
    desk.look()
    assert desk.state == "STARTING"
    desk.look()
    assert desk.state == "RUNNING"


def test_an_instance_that_does_not_end_is_not_tried_without_pause() -> None:
    desk = Desk(LeakyDriver(times=3))
    desk.look(2)
    desk.stop()
    assert [desk.look() for _ in range(3)] == [0.5, 1.0, 2.0]
    assert "does not end" in desk.errors[0]
    desk.look(2)
    assert (desk.state, desk.instances()) == ("STOPPED", [])
