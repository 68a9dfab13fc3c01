"""CreateFleet: defaults, and every rule of a fleet's members."""

import pytest

from ownstream.model.errors import ResourceAlreadyExistsException
from ownstream.store import streaming
from ownstream.store.tables import TagRow
from tests.support.services import NOON
from tests.unit.operations.world import (
    FLEET,
    MY_ACCOUNT,
    OTHERS,
    Refused,
    World,
    cases,
    expect,
    without_none,
)

COMBINATION = "InvalidParameterCombinationException"
VALUE = "InvalidParameterValueException"
NOT_FOUND = "ResourceNotFoundException"
LIMIT = "LimitExceededException"
NOT_PERMITTED = "OperationNotPermittedException"

ELASTIC = {
    "FleetType": "ELASTIC",
    "ImageName": None,
    "ComputeCapacity": None,
    "MaxConcurrentSessions": 5,
    "VpcConfig": {"SubnetIds": ["subnet-a", "subnet-b"]},
    "Platform": "AMAZON_LINUX2",
}


def test_a_new_fleet_is_stopped_and_has_the_services_defaults(world: World) -> None:
    """Source: AWS's PowerShell examples for the timers, the model's documentation for the rest."""
    assert world.fleet("f") == {
        "Arn": f"arn:aws:appstream:us-east-1:{MY_ACCOUNT}:fleet/f",
        "Name": "f",
        "ImageName": "Host",
        "ImageArn": "arn:aws:appstream:us-east-1::image/Host",
        "InstanceType": "stream.standard.small",
        "FleetType": "ALWAYS_ON",
        "StreamView": "APP",
        "Platform": "AMAZON_LINUX2",
        "State": "STOPPED",
        "ComputeCapacityStatus": {"Desired": 2, "Running": 0, "InUse": 0, "Available": 0},
        "MaxUserDurationInSeconds": 57600,
        "DisconnectTimeoutInSeconds": 900,
        "IdleDisconnectTimeoutInSeconds": 0,
        "EnableDefaultInternetAccess": False,
        "CreatedTime": NOON,
        "FleetErrors": [],
    }


def test_a_new_fleet_is_described_as_it_was_answered(world: World) -> None:
    assert world.fleet("f", StreamView="DESKTOP") == world.described("f")


def test_an_arn_alone_names_the_image(world: World) -> None:
    fleet = world.fleet(ImageName=None, ImageArn="arn:aws:appstream:us-east-1::image/Host")
    assert fleet["ImageName"] == "Host"


def test_an_image_of_the_account_has_an_arn_with_the_account(world: World) -> None:
    world.image("Mine", owner=MY_ACCOUNT)
    arn = f"arn:aws:appstream:us-east-1:{MY_ACCOUNT}:image/Mine"
    assert world.fleet(ImageName="Mine", ImageArn=arn)["ImageArn"] == arn


def test_members_without_a_meaning_here_are_kept(world: World) -> None:
    members = {
        "VpcConfig": {"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-a"]},
        "IamRoleArn": "arn:aws:iam::123456789012:role/fleet",
        "UsbDeviceFilterStrings": ["a,b,c,d,1,2,0,1"],
        "RootVolumeConfig": {"VolumeSizeInGb": 250},
        "DisableIMDSV1": True,
        "Description": "what it is for",
        "DisplayName": "Fleet",
    }
    fleet = world.fleet(**members)
    assert {member: fleet[member] for member in members} == members


def test_empty_texts_and_an_empty_directory_are_as_if_not_given(world: World) -> None:
    """Source: Terraform's acceptance test of an empty DomainJoinInfo."""
    fleet = world.fleet(Description="", DisplayName="", DomainJoinInfo={"DirectoryName": ""})
    assert not {"Description", "DisplayName", "DomainJoinInfo"} & set(fleet)


def test_an_idle_timeout_is_kept_unrounded(world: World) -> None:
    """Source: Terraform's acceptance test reads 70 back; the rounding is where it takes effect."""
    assert world.fleet(IdleDisconnectTimeoutInSeconds=70)["IdleDisconnectTimeoutInSeconds"] == 70


def test_capacity_is_not_refused_while_the_machine_is_not_known(world: World) -> None:
    with world.store.transaction() as tx:
        streaming.replace_nodes(tx, [])
    assert world.fleet(ComputeCapacity={"DesiredInstances": 50})["Name"] == "fleet"


def test_a_name_is_taken_once_in_an_account_and_region(world: World) -> None:
    world.fleet("f")
    world.call("CreateFleet", {"Name": "f", **FLEET}, by=OTHERS)
    with pytest.raises(ResourceAlreadyExistsException, match="The fleet f "):
        world.fleet("f")


def test_tags_are_kept_for_the_fleets_arn(world: World) -> None:
    arn = world.fleet(Tags={"team": "blue"})["Arn"]
    with world.store.snapshot() as tx:
        row = tx.get(TagRow, (arn, "team"))
    assert row is not None
    assert row.value == "blue"


@cases(
    ("no image", "model", {"ImageName": None}, COMBINATION, "ImageName or ImageArn is required"),
    (
        "a name and an arn of two images",
        "ours",
        {"ImageName": "Other", "ImageArn": "arn:aws:appstream:us-east-1::image/Host"},
        COMBINATION,
        "two images",
    ),
    (
        "an image that there is not",
        "Terraform #25875",
        {"ImageName": "Nope"},
        NOT_FOUND,
        f"The image Nope for account {MY_ACCOUNT} does not exist.",
    ),
    ("another account's image", "ours", {"ImageName": "Theirs"}, NOT_FOUND, "The image Theirs"),
    (
        "an image's arn in another region",
        "ours",
        {"ImageName": None, "ImageArn": "arn:aws:appstream:eu-west-1::image/Host"},
        NOT_FOUND,
        "eu-west-1",
    ),
    ("another platform than the image's", "ours", {"Platform": "RHEL8"}, COMBINATION, "not RHEL8"),
    ("an instance type that there is not", "ours", {"InstanceType": "m5.large"}, VALUE, "m5.large"),
    ("a session shorter than 600 s", "model", {"MaxUserDurationInSeconds": 599}, VALUE, "600"),
    ("a session over 432000 s", "model", {"MaxUserDurationInSeconds": 432001}, VALUE, "432000"),
    ("a disconnect under 60 s", "model", {"DisconnectTimeoutInSeconds": 59}, VALUE, "60"),
    ("a disconnect over 36000 s", "model", {"DisconnectTimeoutInSeconds": 36001}, VALUE, "36000"),
    ("an idle time of 1 to 59 s", "model", {"IdleDisconnectTimeoutInSeconds": 59}, VALUE, "or 0"),
    ("a volume under 200 GB", "model", {"RootVolumeConfig": {"VolumeSizeInGb": 199}}, VALUE, "200"),
    ("a volume over 500 GB", "model", {"RootVolumeConfig": {"VolumeSizeInGb": 501}}, VALUE, "500"),
    ("no capacity", "model", {"ComputeCapacity": None}, COMBINATION, "ComputeCapacity"),
    ("an empty capacity", "model", {"ComputeCapacity": {}}, COMBINATION, "ComputeCapacity"),
    (
        "both kinds of capacity",
        "model",
        {"ComputeCapacity": {"DesiredInstances": 1, "DesiredSessions": 1}},
        COMBINATION,
        "not both",
    ),
    ("a negative capacity", "ours", {"ComputeCapacity": {"DesiredInstances": -1}}, VALUE, "-1"),
    (
        "more than the machine holds",
        "developer guide, troubleshooting fleets",
        {"ComputeCapacity": {"DesiredInstances": 5}},
        LIMIT,
        "The Instance type 'stream.standard.small' capacity limit for fleet f' was exceeded."
        " Requested: 5, Limit: 4",
    ),
    (
        "a graphics instance without a GPU",
        "ours",
        {"InstanceType": "stream.graphics.g5.xlarge"},
        LIMIT,
        "Limit: 0",
    ),
    ("concurrent sessions", "model", {"MaxConcurrentSessions": 1}, COMBINATION, "Elastic"),
    (
        "session scripts",
        "model",
        {"SessionScriptS3Location": {"S3Bucket": "bucket", "S3Key": "scripts.zip"}},
        COMBINATION,
        "Elastic",
    ),
    (
        "a directory that there is not",
        "issue",
        {"DomainJoinInfo": {"DirectoryName": "corp.example.com"}},
        NOT_FOUND,
        "corp.example.com",
    ),
    (
        "a unit without a directory",
        "ours",
        {"DomainJoinInfo": {"OrganizationalUnitDistinguishedName": "OU=a"}},
        COMBINATION,
        "directory",
    ),
    (
        "several sessions on an instance",
        "not run yet",
        {"MaxSessionsPerInstance": 4},
        NOT_PERMITTED,
        "multi-session",
    ),
    (
        "a number of sessions",
        "not run yet",
        {"ComputeCapacity": {"DesiredSessions": 4}},
        NOT_PERMITTED,
        "multi-session",
    ),
    ("an elastic fleet", "not run yet", ELASTIC, NOT_PERMITTED, "does not run Elastic"),
    (
        "an elastic fleet with capacity",
        "model",
        {**ELASTIC, "ComputeCapacity": {"DesiredInstances": 1}},
        COMBINATION,
        "ComputeCapacity is not allowed",
    ),
    (
        "an elastic fleet in one subnet",
        "model",
        {**ELASTIC, "VpcConfig": {"SubnetIds": ["subnet-a"]}},
        COMBINATION,
        "two subnets",
    ),
    (
        "an elastic fleet without a number of sessions",
        "model",
        {**ELASTIC, "MaxConcurrentSessions": None},
        COMBINATION,
        "MaxConcurrentSessions is required",
    ),
    (
        "an elastic fleet in a directory",
        "model",
        {**ELASTIC, "DomainJoinInfo": {"DirectoryName": "corp.example.com"}},
        COMBINATION,
        "DomainJoinInfo is not allowed",
    ),
    (
        "an elastic fleet of another platform",
        "model",
        {**ELASTIC, "Platform": "RHEL8"},
        COMBINATION,
        "WINDOWS_SERVER_2019",
    ),
    (
        "an elastic fleet of large instances",
        "model",
        {**ELASTIC, "InstanceType": "stream.memory.large"},
        COMBINATION,
        "stream.standard",
    ),
)
def test_refused(case: Refused, world: World) -> None:
    world.image("Other")
    members = without_none({"Name": "f", **FLEET, **case.members})
    expect(case, world, "CreateFleet", members)
    assert world.call("DescribeFleets", {})["Fleets"] == []


@cases(("PENDING", "ours", {}, "ResourceNotAvailableException", "The image Young is PENDING"))
def test_an_image_that_is_not_ready_is_refused(case: Refused, world: World) -> None:
    world.image("Young", State="PENDING")
    expect(case, world, "CreateFleet", {"Name": "f", **FLEET, "ImageName": "Young"})


@cases(
    (
        "a type that the image's families leave out",
        "awslabs/aws-virtual-application-management #15",
        {"InstanceType": "stream.graphics-design.xlarge"},
        COMBINATION,
        "The combination of instance type stream.graphics-design.xlarge and image instance family"
        " General Purpose is not supported. Select an image that belongs to image instance family"
        " supported by this instance type.",
    ),
    (
        "a memory type on an image for general purposes",
        "model",
        {"InstanceType": "stream.memory.z1d.large"},
        COMBINATION,
        "stream.memory.z1d.large",
    ),
)
def test_instance_families(case: Refused, world: World) -> None:
    world.image("Plain", SupportedInstanceFamilies=["General Purpose"])
    members = {"Name": "f", **FLEET, "ImageName": "Plain", **case.members}
    expect(case, world, "CreateFleet", members)


@cases(("one more than may be", "developer guide, limits", {}, LIMIT, "may have 1"))
def test_the_number_of_fleets_is_limited(case: Refused, world: World) -> None:
    world.limit(fleets=1)
    world.fleet("f")
    expect(case, world, "CreateFleet", {"Name": "g", **FLEET})
