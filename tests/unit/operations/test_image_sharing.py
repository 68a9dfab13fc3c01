"""An image between two accounts: given, run, taken back."""

from typing import Any

import pytest

from ownstream.domain.keys import fleet_key
from ownstream.model.errors import (
    OperationNotPermittedException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from tests.support.services import PRINCIPAL
from tests.unit.operations.world import FLEET, OTHERS, World

MINE = PRINCIPAL.scope.arn("image", "Mine")
SHARED = {"Name": "Mine", "SharedAccountId": OTHERS.account}
FLEETS = {"allowFleet": True, "allowImageBuilder": False}
BUILDERS = {"allowFleet": False, "allowImageBuilder": True}


@pytest.fixture(autouse=True)
def their_fleet(world: World) -> None:
    """Another account has a fleet on the caller's image."""
    world.image("Mine", owner=PRINCIPAL.account)
    share(world, FLEETS)
    members = {member: value for member, value in FLEET.items() if member != "ImageName"}
    world.call("CreateFleet", {"Name": "theirs", "ImageArn": MINE, **members}, OTHERS)
    world.call("StartFleet", {"Name": "theirs"}, OTHERS)
    with world.row("theirs", OTHERS) as row:
        row.goal_met = True
    world.touched.clear()


def share(world: World, permissions: dict[str, bool]) -> None:
    world.call("UpdateImagePermissions", {**SHARED, "ImagePermissions": permissions})


def take_back(world: World) -> None:
    world.call("DeleteImagePermissions", SHARED)


def described(world: World) -> dict[str, Any]:
    [fleet] = world.call("DescribeFleets", {"Names": ["theirs"]}, OTHERS)["Fleets"]
    return fleet


def update(world: World, **members: Any) -> dict[str, Any]:
    return world.call("UpdateFleet", {"Name": "theirs", **members}, OTHERS)["Fleet"]


def test_a_fleet_on_a_shared_image_has_no_error(world: World) -> None:
    fleet = described(world)
    assert (fleet["FleetErrors"], fleet["ComputeCapacityStatus"]["Desired"]) == ([], 2)


def share_for_builders(world: World) -> None:
    share(world, BUILDERS)


@pytest.mark.parametrize("how", [take_back, share_for_builders], ids=["deleted", "updated"])
def test_a_fleet_whose_image_is_taken_back_wants_no_instances(world: World, how: Any) -> None:
    how(world)
    fleet = described(world)
    assert fleet["ComputeCapacityStatus"]["Desired"] == 0
    [error] = fleet["FleetErrors"]
    assert error["ErrorCode"] == "IMAGE_NOT_FOUND"
    assert MINE in error["ErrorMessage"]
    assert world.touched == [fleet_key(OTHERS.scope, "theirs")]


def test_such_a_fleet_is_given_no_capacity(world: World) -> None:
    take_back(world)
    with pytest.raises(ResourceNotFoundException, match=MINE):
        update(world, ComputeCapacity={"DesiredInstances": 1})


def test_such_a_fleet_does_not_start_again(world: World) -> None:
    world.call("StopFleet", {"Name": "theirs"}, OTHERS)
    with world.row("theirs", OTHERS) as row:
        row.goal_met = True
    share(world, BUILDERS)
    with pytest.raises(OperationNotPermittedException, match="for image builders alone"):
        world.call("StartFleet", {"Name": "theirs"}, OTHERS)


def test_such_a_fleet_goes_on_with_another_image(world: World) -> None:
    take_back(world)
    fleet = update(world, ImageName="Host", ComputeCapacity={"DesiredInstances": 1})
    assert (fleet["FleetErrors"], fleet["ComputeCapacityStatus"]["Desired"]) == ([], 1)


def test_its_description_can_be_changed_meanwhile(world: World) -> None:
    take_back(world)
    assert update(world, DisplayName="idle")["DisplayName"] == "idle"


def test_the_owners_fleets_are_left_alone(world: World) -> None:
    world.fleet("mine", ImageName="Mine")
    take_back(world)
    mine = world.described("mine")
    assert (mine["FleetErrors"], mine["ComputeCapacityStatus"]["Desired"]) == ([], 2)


def test_a_shared_image_is_deleted_only_when_it_has_been_taken_back(world: World) -> None:
    with pytest.raises(ResourceInUseException, match=OTHERS.account):
        world.call("DeleteImage", {"Name": "Mine"})
    take_back(world)
    assert world.call("DeleteImage", {"Name": "Mine"})["Image"]["Name"] == "Mine"
    assert described(world)["FleetErrors"][0]["ErrorCode"] == "IMAGE_NOT_FOUND"


def test_nobody_else_learns_of_the_image(world: World) -> None:
    take_back(world)
    with pytest.raises(ResourceNotFoundException):
        world.call("DescribeImages", {"Arns": [MINE]}, OTHERS)
    names = [image["Name"] for image in world.call("DescribeImages", {}, OTHERS)["Images"]]
    assert "Mine" not in names


def test_whoever_an_image_is_shared_with_cannot_share_it_on_or_delete_it(world: World) -> None:
    permissions = {"Name": "Mine", "SharedAccountId": "310987654321", "ImagePermissions": FLEETS}
    for operation, members in (
        ("UpdateImagePermissions", permissions),
        ("DeleteImagePermissions", SHARED),
        ("DescribeImagePermissions", {"Name": "Mine"}),
        ("DeleteImage", {"Name": "Mine"}),
    ):
        with pytest.raises(ResourceNotFoundException):
            world.call(operation, members, OTHERS)
