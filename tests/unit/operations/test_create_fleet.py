"""CreateFleet: what the table of cases cannot say."""

import pytest

from ownstream.model.errors import (
    LimitExceededException,
    ResourceAlreadyExistsException,
)
from ownstream.store import streaming
from tests.unit.operations.world import FLEET, OTHERS, World


def test_capacity_is_not_refused_while_the_machine_is_not_known(world: World) -> None:
    with world.store.transaction() as tx:
        streaming.replace_nodes(tx, [])
    assert world.fleet(ComputeCapacity={"DesiredInstances": 50})["Name"] == "fleet"


def test_a_name_is_taken_once_in_an_account_and_region(world: World) -> None:
    world.fleet("f")
    world.call("CreateFleet", {"Name": "f", **FLEET}, by=OTHERS)
    with pytest.raises(ResourceAlreadyExistsException, match="The fleet f "):
        world.fleet("f")


def test_a_graphics_instance_needs_a_gpu(world: World) -> None:
    with pytest.raises(LimitExceededException, match="Limit: 0"):
        world.fleet(InstanceType="stream.graphics.g5.xlarge")


def test_a_refused_fleet_is_not_there(world: World) -> None:
    with pytest.raises(LimitExceededException, match="Requested: 5, Limit: 4"):
        world.fleet(ComputeCapacity={"DesiredInstances": 5})
    assert world.call("DescribeFleets", {})["Fleets"] == []
