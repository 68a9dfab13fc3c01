"""Fleets made what they are to be, on drivers that fail in each way that there is."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from ownstream.control.controller import retire_all
from ownstream.control.fleets import FleetReconciler
from ownstream.control.launching import InstanceSetup
from ownstream.control.sweeper import Sweeper
from ownstream.domain.keys import session_key
from ownstream.drivers.base import Handle, InstanceSpec, Node, Terminal, Transient
from ownstream.drivers.fake import (
    IMAGE,
    DyingDriver,
    FailingLaunchDriver,
    FullDriver,
    ImmediateDriver,
    LeakyDriver,
    SlowDriver,
)
from ownstream.store import FleetRow, InstanceRow, NodeRow, SessionRow, resources, streaming
from tests.support.world import GIB, SCOPE
from tests.unit.control.world import world


def test_a_started_fleet_runs_once_all_its_instances_are_ready() -> None:
    here = world(SlowDriver(looks=1))
    assert here.state() == "STARTING"
    here.look(2)
    assert (here.state(), here.capacity()["Running"]) == ("STARTING", 0)
    here.look()
    assert (here.state(), here.capacity()["Available"]) == ("RUNNING", 2)


def test_a_stopped_fleet_has_nothing_left() -> None:
    here = world()
    here.look(2)
    here.stop()
    assert here.state() == "STOPPING"
    here.look()
    assert (here.state(), here.instances(), here.driver.instances) == ("STOPPED", [], {})


def test_stopping_ends_sessions() -> None:
    here = world()
    here.look(2)
    here.begin_session()
    here.stop()
    here.look()
    assert (here.session().state, here.session().end_reason) == ("EXPIRED", "fleet_stopped")


def test_an_instance_that_dies_is_replaced_and_its_session_ends() -> None:
    here = world(desired=1)
    here.look(2)
    here.begin_session()
    (before,) = here.instances()
    here.driver.lose(before.id)
    here.look(3)
    (after,) = here.instances()
    assert after.id != before.id
    assert here.session().end_reason == "instance_lost"
    assert here.state() == "RUNNING"
    assert here.capacity()["Available"] == 1


def test_after_a_session_its_instance_is_thrown_away_and_replaced() -> None:
    here = world(desired=1)
    here.look(2)
    here.begin_session()
    (before,) = here.instances()
    with here.store.transaction() as tx:
        row = tx.get(SessionRow, "s")
        assert row
        streaming.end_session(tx, row, reason="ended_by_user", now=here.clock.now())
    here.look(3)
    (after,) = here.instances()
    assert after.id != before.id
    assert before.id not in here.driver.instances


def test_a_stopping_fleet_leaves_nobody_waiting() -> None:
    here = world(SlowDriver(looks=99), desired=1)
    here.begin_session()
    here.stop()
    here.look()
    assert (here.session().instance_id, here.session().end_reason) == (None, "fleet_stopped")


def test_an_on_demand_fleet_launches_for_a_user_who_waits() -> None:
    here = world(FleetType="ON_DEMAND")
    here.look(2)
    assert (here.state(), here.instances()) == ("RUNNING", [])
    here.begin_session()
    here.look(2)
    (instance,) = here.instances()
    assert here.session().instance_id == instance.id
    assert here.capacity() == {"Desired": 2, "Running": 1, "InUse": 1, "Available": 1}


def test_a_launch_that_fails_shows_and_is_tried_again_later() -> None:
    here = world(FailingLaunchDriver(error=Transient("no disk"), times=1), desired=1)
    delay = here.look()
    assert (here.errors(), here.state()) == (["no disk"], "STARTING")
    assert here.fleet().errors[0]["ErrorCode"] == "FLEET_INSTANCE_PROVISIONING_FAILURE"
    assert delay is not None
    here.look(2)
    assert here.instances() == []  # waits, and what was left of the first launch is gone
    assert here.driver.instances == {}
    asyncio.run(here.clock.advance(timedelta(seconds=1)))
    here.look(2)
    assert (here.state(), here.errors()) == ("RUNNING", [])


def test_launches_that_go_on_failing_back_off() -> None:
    here = world(FailingLaunchDriver(error=Terminal("no sandbox"), times=99), desired=1)
    launches: list[int] = []
    for _ in range(60):
        here.look()
        launches.append(here.driver.launches)
        asyncio.run(here.clock.advance(timedelta(seconds=1)))
    assert 4 <= here.driver.launches <= 8
    assert here.errors() == ["no sandbox"]


def test_instances_that_die_as_they_start_back_off_too() -> None:
    here = world(DyingDriver(looks=0), desired=1)
    for _ in range(60):
        here.look()
        asyncio.run(here.clock.advance(timedelta(seconds=1)))
    assert 4 <= here.driver.launches <= 10
    assert here.state() == "STARTING"


def test_an_instance_that_never_gets_ready_is_given_up() -> None:
    here = world(SlowDriver(looks=10_000), desired=1)
    here.look(2)
    (first,) = here.instances()
    asyncio.run(here.clock.advance(timedelta(minutes=2)))
    here.look()
    assert first.id not in here.driver.instances
    assert any("within a minute" in text for text in here.errors())


def test_a_failed_retirement_is_not_recorded_as_done() -> None:
    here = world(LeakyDriver(times=1), desired=1)
    here.look(2)
    here.stop()
    delay = here.look()
    assert (here.state(), len(here.instances())) == ("STOPPING", 1)
    assert "do not end" in here.errors()[0]
    assert delay is not None
    assert delay > 0.4  # a driver that cannot is not asked without pause
    here.look()
    assert (here.state(), here.instances()) == ("STOPPED", [])


def test_what_does_not_fit_is_reported_and_what_fits_is_launched() -> None:
    here = world(desired=9)  # of 2 GiB each, on 16 GiB
    here.look(2)
    assert here.capacity()["Running"] == 8
    assert here.state() == "STARTING"
    assert "room for 8 of 9 more stream.standard.small" in here.errors()[0]


def test_a_driver_that_is_full_is_reported() -> None:
    here = world(FullDriver(room=1), desired=2)
    here.look(2)
    assert here.capacity()["Running"] == 1
    assert "no room" in here.errors()[0]


def test_scaling_in_spares_the_user() -> None:
    here = world(desired=2)
    here.look(2)
    here.begin_session()
    here.change(lambda row: row.document.update(ComputeCapacityStatus={"Desired": 1}))
    here.look(2)
    (left,) = here.instances()
    assert left.session_id == "s"


def test_a_launch_cut_short_by_a_crash_is_cleaned_up() -> None:
    here = world(desired=1)
    with here.store.transaction() as tx:
        tx.add(
            InstanceRow(
                id="i-cut",
                account=SCOPE.account,
                region=SCOPE.region,
                fleet="f",
                generation=0,
                spec={"memory_bytes": GIB},
                created_at=here.clock.now(),
            )
        )
    here.look()
    asyncio.run(here.clock.advance(timedelta(seconds=1)))
    here.look(2)
    (row,) = here.instances()
    assert row.id != "i-cut"
    assert here.state() == "RUNNING"


def test_running_instances_are_adopted_by_the_next_service() -> None:
    here = world(desired=1)
    here.look(2)
    (before,) = here.instances()
    setup = InstanceSetup(here.store, here.driver, here.clock)
    here.fleets = FleetReconciler(here.store, here.driver, here.clock, setup)
    here.look(2)
    assert [row.id for row in here.instances()] == [before.id]


def test_orphans_are_ended_and_known_instances_are_not() -> None:
    here = world(desired=1)
    here.look(2)

    async def leave_an_orphan() -> None:
        spec = InstanceSpec("i-orphan", IMAGE, "APP", GIB, 1, False)
        async for _ in here.driver.launch(spec):
            pass
        await Sweeper(here.store, here.driver, here.clock, GIB).sweep()

    asyncio.run(leave_an_orphan())
    assert list(here.driver.instances) == [row.id for row in here.instances()]
    with here.store.snapshot() as tx:
        (node,) = streaming.nodes(tx)
        assert node.memory_bytes == 15 * GIB


class ForbiddenDriver(ImmediateDriver):
    """Something of an instance that nobody launched is there for good."""

    async def inventory(self) -> Sequence[str]:
        return ["i-forbidden", *await super().inventory()]

    async def retire(self, instance_id: str, handle: Handle | None) -> None:
        if instance_id == "i-forbidden":
            raise Terminal("its files may not be removed")
        await super().retire(instance_id, handle)


def test_what_can_never_be_ended_stops_neither_sweeps_nor_a_clean_stop() -> None:
    here = world(ForbiddenDriver(), desired=1)
    here.look(2)
    asyncio.run(Sweeper(here.store, here.driver, here.clock, GIB).sweep())
    asyncio.run(retire_all(here.store, here.driver, here.clock))
    assert here.instances() == []


class AbsentDriver(ImmediateDriver):
    """What is here cannot be asked at first."""

    asked = 0

    async def nodes(self) -> Sequence[Node]:
        self.asked += 1
        if self.asked == 1:
            raise OSError("too many open files")
        return await super().nodes()


def test_a_sweep_that_fails_is_followed_by_the_next_one() -> None:
    driver = AbsentDriver()
    here = world(driver)

    async def sweep_twice() -> None:
        sweeping = asyncio.create_task(Sweeper(here.store, driver, here.clock, GIB).run())
        await here.clock.advance(timedelta(seconds=61))
        assert not sweeping.done()
        sweeping.cancel()

    asyncio.run(sweep_twice())
    assert driver.asked == 2


def test_a_clean_stop_tries_again_what_did_not_end() -> None:
    here = world(LeakyDriver(times=1), desired=1)
    here.look(2)

    async def stop() -> None:
        stopping = asyncio.create_task(retire_all(here.store, here.driver, here.clock))
        while not stopping.done():
            await here.clock.advance(timedelta(seconds=1))
            await asyncio.sleep(0.001)
        stopping.result()

    asyncio.run(stop())
    assert here.driver.instances == {}


def test_a_clean_stop_retires_everything_and_the_fleet_starts_anew() -> None:
    here = world(desired=1)
    here.look(2)
    here.begin_session()
    asyncio.run(retire_all(here.store, here.driver, here.clock))
    assert here.driver.instances == {}
    assert here.state() == "STARTING"
    assert here.session().end_reason == "service_stopped"


def test_a_deleted_fleet_is_not_looked_at_again() -> None:
    here = world()
    with here.store.transaction() as tx:
        row = resources.find(tx, FleetRow, SCOPE, "f")
        tx.delete(row)
    assert here.look() is None


def test_a_session_that_nobody_comes_to_gives_its_instance_back() -> None:
    here = world(desired=1)
    here.look(2)
    here.begin_session()
    delay = asyncio.run(here.sessions.reconcile(session_key("s")))
    assert delay == 300
    asyncio.run(here.clock.advance(timedelta(minutes=5)))
    asyncio.run(here.sessions.reconcile(session_key("s")))
    assert here.session().end_reason == "unclaimed"
    here.look(2)
    assert here.capacity()["Available"] == 1


def test_a_gpu_is_given_out_once() -> None:
    here = world(desired=1, InstanceType="stream.graphics.g4dn.xlarge")
    with here.store.transaction() as tx:
        tx.add(NodeRow(name="graphics", cpus=64, memory_bytes=256 * GIB, gpus=2))
    here.look(2)
    assert (len(here.instances()), here.errors()) == (1, [])
    here.change(lambda row: row.document.update(ComputeCapacityStatus={"Desired": 3}))
    here.look(2)
    assert len(here.instances()) == 2
    assert "room for 1 of 2 more stream.graphics.g4dn.xlarge" in here.errors()[0]
