"""UpdateFleet: what may change in which state, and what a change makes of the fleet."""

from collections.abc import Mapping
from typing import Any

import pytest

from ownstream.domain.fleet_changes import ATTRIBUTES
from ownstream.domain.keys import fleet_key
from ownstream.model.catalog import appstream
from tests.support.services import PRINCIPAL
from tests.unit.operations.world import Refused, World, cases, expect

IN_USE = "ResourceInUseException"
COMBINATION = "InvalidParameterCombinationException"
ACTIVE = (
    "Cannot update the attribute for fleet fleet when it is ACTIVE."
    " The fleet must be stopped to complete this action."
)


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
# Source: the model's documentation of UpdateFleet.
WHILE_RUNNING = {
    "ImageName",
    "ImageArn",
    "ComputeCapacity",
    "DisconnectTimeoutInSeconds",
    "IdleDisconnectTimeoutInSeconds",
    "DisplayName",
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


@pytest.mark.parametrize("member", CHANGES)
def test_a_stopped_fleet_takes_any_change(world: World, member: str) -> None:
    before = world.described()
    after = update(world, **CHANGES[member])
    assert after != before
    assert after == world.described()


@pytest.mark.parametrize("member", sorted(WHILE_RUNNING))
def test_a_running_fleet_takes_this_change(world: World, member: str) -> None:
    world.bring_to("RUNNING")
    before = world.described()
    after = update(world, **CHANGES[member])
    assert after != before
    assert after["State"] == "RUNNING"


@pytest.mark.parametrize("member", sorted(set(CHANGES) - WHILE_RUNNING))
def test_a_running_fleet_refuses_this_change(world: World, member: str) -> None:
    """Source of the text: cloudformation-coverage-roadmap #1017."""
    world.bring_to("RUNNING")
    before = world.described()
    case = Refused(member, "model", {}, IN_USE, ACTIVE)
    expect(case, world, "UpdateFleet", {"Name": "fleet", **CHANGES[member]})
    assert world.described() == before


@pytest.mark.parametrize("state", ["STARTING", "STOPPING"])
def test_a_fleet_on_its_way_refuses_changes(world: World, state: str) -> None:
    world.bring_to(state)
    case = Refused(state, "model", {}, IN_USE, f"when it is {state}")
    expect(case, world, "UpdateFleet", {"Name": "fleet", "DisplayName": "new"})


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


def test_an_image_changes_by_name_and_arn_together(world: World) -> None:
    fleet = update(world, ImageName="Other")
    assert fleet["ImageArn"] == "arn:aws:appstream:us-east-1::image/Other"


def test_subnets_change_without_the_security_groups(world: World) -> None:
    assert update(world, VpcConfig={"SubnetIds": ["subnet-b"]})["VpcConfig"] == {
        "SubnetIds": ["subnet-b"],
        "SecurityGroupIds": ["sg-a"],
    }


def test_an_empty_text_takes_the_member_away(world: World) -> None:
    update(world, Description="old")
    assert "Description" not in update(world, Description="")


@pytest.mark.parametrize(
    ("attribute", "member"),
    [
        ("VPC_CONFIGURATION", "VpcConfig"),
        ("DOMAIN_JOIN_INFO", "DomainJoinInfo"),
        ("IAM_ROLE_ARN", "IamRoleArn"),
        ("USB_DEVICE_FILTER_STRINGS", "UsbDeviceFilterStrings"),
        ("VOLUME_CONFIGURATION", "RootVolumeConfig"),
    ],
)
def test_an_attribute_is_deleted(world: World, attribute: str, member: str) -> None:
    assert member in world.described()
    assert member not in update(world, AttributesToDelete=[attribute])


@pytest.mark.parametrize("attribute", ["SESSION_SCRIPT_S3_LOCATION", "MAX_SESSIONS_PER_INSTANCE"])
def test_an_attribute_that_is_not_there_is_deleted_without_effect(
    world: World, attribute: str
) -> None:
    before = world.described()
    assert update(world, AttributesToDelete=[attribute]) == before


def test_security_groups_are_deleted_without_the_subnets(world: World) -> None:
    fleet = update(world, AttributesToDelete=["VPC_CONFIGURATION_SECURITY_GROUP_IDS"])
    assert fleet["VpcConfig"] == {"SubnetIds": ["subnet-a"]}


def test_every_attribute_of_the_model_can_be_deleted() -> None:
    assert set(ATTRIBUTES) == set(appstream().shape("FleetAttribute").enum)


@cases(
    ("no name", "the model once required it", {"Name": None}, COMBINATION, "Name is required"),
    (
        "a fleet that there is not",
        "model",
        {"Name": "nope"},
        "ResourceNotFoundException",
        "The fleet nope for account 123456789012 does not exist.",
    ),
    (
        "set and deleted at once",
        "ours",
        {"AttributesToDelete": ["VPC_CONFIGURATION"], "VpcConfig": {"SubnetIds": ["subnet-b"]}},
        COMBINATION,
        "at once",
    ),
    (
        "a VPC set and deleted at once",
        "ours",
        {"DeleteVpcConfig": True, "VpcConfig": {"SubnetIds": ["subnet-b"]}},
        COMBINATION,
        "at once",
    ),
    (
        "more than the machine holds",
        "developer guide, troubleshooting fleets",
        {"ComputeCapacity": {"DesiredInstances": 5}},
        "LimitExceededException",
        "Requested: 5, Limit: 4",
    ),
    (
        "instances too large for the machine",
        "developer guide, troubleshooting fleets",
        {"InstanceType": "stream.memory.8xlarge"},
        "LimitExceededException",
        "Requested: 2, Limit: 0",
    ),
    ("another platform", "ours", {"Platform": "RHEL8"}, COMBINATION, "AMAZON_LINUX2, not RHEL8"),
    (
        "an unknown directory",
        "issue",
        {"DomainJoinInfo": {"DirectoryName": "nope"}},
        "ResourceNotFoundException",
        "nope",
    ),
)
def test_refused(case: Refused, world: World) -> None:
    members = {"Name": "fleet", **case.members}
    before = world.described()
    given = {member: value for member, value in members.items() if value is not None}
    expect(case, world, "UpdateFleet", given)
    assert world.described() == before


def test_an_image_that_went_away_hinders_no_other_change(world: World) -> None:
    with world.row() as row:
        row.document = {**row.document, "ImageName": "Gone"}
    assert update(world, DisplayName="new")["DisplayName"] == "new"
