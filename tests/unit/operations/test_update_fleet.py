"""UpdateFleet: what control hears of a change, and what the table of cases cannot say."""

from collections.abc import Mapping
from typing import Any

import pytest

from ownstream.domain.fleet_changes import ATTRIBUTES
from ownstream.domain.keys import fleet_key
from ownstream.model.catalog import appstream
from ownstream.model.errors import ResourceInUseException
from tests.support.services import PRINCIPAL
from tests.unit.operations.world import World


@pytest.fixture(autouse=True)
def fleet(world: World) -> None:
    """A fleet to update, with every part that can be taken away."""
    world.image("Other")
    world.call(
        "CreateDirectoryConfig",
        {"DirectoryName": "corp", "OrganizationalUnitDistinguishedNames": ["OU=a"]},
    )
    world.fleet(
        VpcConfig={"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-a"]},
        IamRoleArn="arn:aws:iam::123456789012:role/fleet",
        UsbDeviceFilterStrings=["a,b,c,d,1,2,0,1"],
        DomainJoinInfo={"DirectoryName": "corp"},
        RootVolumeConfig={"VolumeSizeInGb": 250},
    )
    world.touched.clear()


def update(world: World, **members: Any) -> dict[str, Any]:
    return world.call("UpdateFleet", {"Name": "fleet", **members})["Fleet"]


CHANGES: Mapping[str, Mapping[str, Any]] = {
    "ImageName": {"ImageName": "Other"},
    "ImageArn": {"ImageArn": "arn:aws:appstream:us-east-1::image/Other"},
    "InstanceType": {"InstanceType": "stream.standard.medium"},
    "ComputeCapacity": {"ComputeCapacity": {"DesiredInstances": 1}},
    "VpcConfig": {"VpcConfig": {"SubnetIds": ["subnet-b"]}},
    "MaxUserDurationInSeconds": {"MaxUserDurationInSeconds": 600},
    "DisconnectTimeoutInSeconds": {"DisconnectTimeoutInSeconds": 60},
    "IdleDisconnectTimeoutInSeconds": {"IdleDisconnectTimeoutInSeconds": 60},
    "Description": {"Description": "new"},
    "DisplayName": {"DisplayName": "new"},
    "EnableDefaultInternetAccess": {"EnableDefaultInternetAccess": True},
    "StreamView": {"StreamView": "DESKTOP"},
    "DisableIMDSV1": {"DisableIMDSV1": True},
    "DeleteVpcConfig": {"DeleteVpcConfig": True},
}
# What instances are made of: a change wants them made anew.
IN_INSTANCES = {
    "ImageName",
    "ImageArn",
    "InstanceType",
    "VpcConfig",
    "EnableDefaultInternetAccess",
    "StreamView",
    "DisableIMDSV1",
    "DeleteVpcConfig",
}


@pytest.mark.parametrize("state", ["STARTING", "RUNNING", "STOPPING"])
def test_a_member_that_is_given_its_present_value_does_not_change(world: World, state: str) -> None:
    world.bring_to(state)
    fleet = update(world, InstanceType="stream.standard.small", StreamView="APP")
    assert fleet["State"] == state
    assert world.touched == []


@pytest.mark.parametrize("member", CHANGES)
def test_the_generation_counts_what_instances_are_made_of(world: World, member: str) -> None:
    update(world, **CHANGES[member])
    with world.row() as row:
        assert row.generation == int(member in IN_INSTANCES)


@pytest.mark.parametrize("member", CHANGES)
def test_control_hears_of_every_change(world: World, member: str) -> None:
    update(world, **CHANGES[member])
    assert world.touched == [fleet_key(PRINCIPAL.scope, "fleet")]


def test_every_attribute_of_the_model_can_be_deleted() -> None:
    assert set(ATTRIBUTES) == set(appstream().shape("FleetAttribute").enum)


def test_an_image_that_went_away_hinders_no_other_change(world: World) -> None:
    with world.row() as row:
        row.document = {**row.document, "ImageName": "Gone", "ImageArn": "Gone"}
    assert update(world, DisplayName="new")["DisplayName"] == "new"


def test_a_refused_change_changes_nothing(world: World) -> None:
    world.bring_to("RUNNING")
    before = world.described()
    with pytest.raises(ResourceInUseException, match="ACTIVE"):
        update(world, StreamView="DESKTOP", DisplayName="new")
    assert world.described() == before
