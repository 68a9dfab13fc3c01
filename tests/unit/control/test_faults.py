"""Fleets whose launches and sessions are struck by faults."""

import asyncio
from datetime import timedelta

from ownstream.drivers.base import Transient
from ownstream.drivers.fake import FailingLaunchDriver
from ownstream.faults import Faults, InstanceDeath, LaunchFailure, NoCapacity
from tests.unit.control.world import World, world


def pass_s(here: World, seconds: float) -> None:
    asyncio.run(here.clock.advance(timedelta(seconds=seconds)))


def codes(here: World) -> list[str]:
    return [error["ErrorCode"] for error in here.fleet().errors]


def test_a_drivers_own_code_shows() -> None:
    error = Transient("There are 0 addresses left.", code="SUBNET_HAS_INSUFFICIENT_IP_ADDRESSES")
    here = world(FailingLaunchDriver(error=error, times=1), desired=1)
    here.look()
    assert codes(here) == ["SUBNET_HAS_INSUFFICIENT_IP_ADDRESSES"]
    assert here.errors() == ["There are 0 addresses left."]


def test_a_fleet_without_capacity_waits_its_back_off_out() -> None:
    faults = Faults()
    added = faults.add(NoCapacity("f"))
    here = world(faults=faults, desired=1)
    delay_s = here.look()
    assert (here.state(), codes(here)) == ("STARTING", ["FLEET_INSTANCE_PROVISIONING_FAILURE"])
    added.remove()
    here.look(2)
    assert here.instances() == []
    assert delay_s
    pass_s(here, delay_s)
    here.look(2)
    assert (here.state(), here.errors()) == ("RUNNING", [])


def test_launches_fail_one_by_one_for_their_own_reasons() -> None:
    faults = Faults()
    faults.add(LaunchFailure("IGW_NOT_ATTACHED"), count=1)
    faults.add(LaunchFailure("SUBNET_NOT_FOUND", message="No such subnet."), count=1)
    here = world(faults=faults, desired=3)
    here.look()
    assert codes(here) == ["IGW_NOT_ATTACHED", "SUBNET_NOT_FOUND"]
    assert here.errors()[1] == "No such subnet."
    assert len(here.driver.instances) == 1


def test_another_fleets_faults_are_not_this_ones() -> None:
    faults = Faults()
    faults.add(NoCapacity("g"))
    here = world(faults=faults)
    here.look(2)
    assert here.state() == "RUNNING"


def dying(death: InstanceDeath) -> World:
    """A user on the one instance of the fleet, and the fault that is to come over it."""
    faults = Faults()
    here = world(faults=faults, desired=1)
    here.look(2)
    faults.add(death, count=1)
    here.begin_session()
    return here


def test_an_instance_dies_so_long_after_its_session_was_placed() -> None:
    here = dying(InstanceDeath(30))
    (before,) = here.instances()
    here.look()
    pass_s(here, 29)
    here.look()
    assert here.session().end_reason == ""
    assert here.look() == 1
    pass_s(here, 1)
    here.look(3)
    (after,) = here.instances()
    assert (here.session().end_reason, here.state()) == ("instance_lost", "RUNNING")
    assert after.id != before.id


def test_the_instance_that_comes_after_lives() -> None:
    here = dying(InstanceDeath())
    here.look(3)
    here.begin_session("t")
    here.look(3)
    assert here.session("t").end_reason == ""


def test_a_death_that_is_removed_in_time_does_not_come() -> None:
    here = dying(InstanceDeath(30))
    here.look()
    here.fleets.deaths.faults.clear()
    pass_s(here, 30)
    here.look(2)
    assert here.session().end_reason == ""
