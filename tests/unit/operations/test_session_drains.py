"""DrainSessionInstance, as the store shows it; what comes of it is control's."""

from typing import Any

import pytest

from ownstream.domain.keys import fleet_key
from ownstream.model.errors import ServiceError
from ownstream.store import InstanceRow
from tests.support.services import PRINCIPAL
from tests.unit.operations.world import OTHERS, World

PAIR = {"FleetName": "fleet", "StackName": "stack"}
CALL = {"SessionId": "s-1"}


@pytest.fixture(autouse=True)
def pair(world: World) -> None:
    """A session on each of two seats of i-1, and one on i-2."""
    world.fleet(MaxSessionsPerInstance=2, ComputeCapacity={"DesiredSessions": 4})
    world.stack()
    for number, instance in enumerate(("i-1", "i-1", "i-2"), start=1):
        seat, session = f"seat-{number}", f"s-{number}"
        world.instance(seat, part_of=instance, seen="ready", session_id=session)
        world.session(session, state="ACTIVE", instance_id=seat, user_id=f"user-{number}")
    world.touched.clear()


def described(world: World) -> list[tuple[Any, ...]]:
    found = world.call("DescribeSessions", PAIR)["Sessions"]
    return [(each["Id"], each["InstanceId"], each["InstanceDrainStatus"]) for each in found]


def test_all_of_the_instance_drains_and_control_hears_of_it(world: World) -> None:
    assert world.call("DrainSessionInstance", CALL) == {}
    assert described(world) == [
        ("s-1", "i-1", "DRAINING"),
        ("s-2", "i-1", "DRAINING"),
        ("s-3", "i-2", "ACTIVE"),
    ]
    assert world.touched == [fleet_key(PRINCIPAL.scope, "fleet")]


def test_a_seat_is_not_told_from_another_from_outside(world: World) -> None:
    found = world.call("DescribeSessions", {**PAIR, "InstanceId": "i-1"})["Sessions"]
    assert [each["Id"] for each in found] == ["s-1", "s-2"]
    assert world.call("DescribeSessions", {**PAIR, "InstanceId": "seat-1"})["Sessions"] == []


def test_an_instance_drains_for_its_own_account_alone(world: World) -> None:
    with pytest.raises(ServiceError, match="does not exist"):
        world.call("DrainSessionInstance", CALL, by=OTHERS)
    with world.store.snapshot() as tx:
        seat = tx.get(InstanceRow, "seat-1")
    assert seat is not None
    assert seat.drain == ""
