"""What AppStream asks of a fleet's members: which go together, and in what range.

The rules are those of the service model's documentation strings. Documents and members have the
names of the model.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ownstream.domain.capacity import InstanceSize, NodeView, instance_size, largest_count
from ownstream.domain.refusals import COMBINATION, LIMIT, VALUE, Refusal, Refusals

Members = Mapping[str, Any]

DEFAULTS: Members = {
    "FleetType": "ALWAYS_ON",
    "StreamView": "APP",
    "MaxUserDurationInSeconds": 57600,
    "DisconnectTimeoutInSeconds": 900,
    "IdleDisconnectTimeoutInSeconds": 0,
    "EnableDefaultInternetAccess": False,
}

RANGES: Mapping[str, range] = {
    "MaxUserDurationInSeconds": range(600, 432001),
    "DisconnectTimeoutInSeconds": range(60, 36001),
    "IdleDisconnectTimeoutInSeconds": range(60, 36001),
    "MaxConcurrentSessions": range(1, 2**31),
}
OFF: Mapping[str, int] = {"IdleDisconnectTimeoutInSeconds": 0}
VOLUME_GB = range(200, 501)
SEATS = range(2, 51)

ELASTIC_ONLY = ("MaxConcurrentSessions", "SessionScriptS3Location")
NEVER_ELASTIC = (
    "ComputeCapacity",
    "DomainJoinInfo",
    "ImageName",
    "ImageArn",
    "MaxSessionsPerInstance",
)
ELASTIC_PLATFORMS = ("WINDOWS_SERVER_2019", "AMAZON_LINUX2", "UBUNTU_PRO_2404")
ELASTIC_FAMILY = "stream.standard."
TWO_SUBNETS = "VpcConfig with two subnets is required for Elastic fleets."


def member_refusals(members: Members, fleet_type: str) -> Refusals:
    """What is wrong with these members of a request for a fleet of this type."""
    yield from range_refusals(members)
    if fleet_type == "ELASTIC":
        yield from _elastic_refusals(members)
    else:
        for member in ELASTIC_ONLY:
            if member in members:
                yield Refusal(COMBINATION, f"{member} is allowed for Elastic fleets only.")
    yield from _capacity_refusals(members.get("ComputeCapacity", {}))
    yield from _directory_refusals(members.get("DomainJoinInfo", {}))


def creation_refusals(members: Members, fleet_type: str) -> Refusals:
    """What a new fleet of this type lacks."""
    if fleet_type == "ELASTIC":
        if "MaxConcurrentSessions" not in members:
            yield Refusal(COMBINATION, "MaxConcurrentSessions is required for Elastic fleets.")
        if "VpcConfig" not in members:
            yield Refusal(COMBINATION, TWO_SUBNETS)
        if "Platform" not in members:
            yield Refusal(COMBINATION, "Platform is required for Elastic fleets.")
        return
    if not members.get("ComputeCapacity"):
        wanted = "DesiredSessions" if "MaxSessionsPerInstance" in members else "DesiredInstances"
        yield Refusal(COMBINATION, f"ComputeCapacity with {wanted} is required.")
    if "ImageName" not in members and "ImageArn" not in members:
        yield Refusal(COMBINATION, "ImageName or ImageArn is required.")


def range_refusals(members: Members) -> Refusals:
    """Which members are out of their range."""
    for member, allowed in RANGES.items():
        value = members.get(member)
        if value is None or value in allowed or value == OFF.get(member):
            continue
        off = f" or {OFF[member]}" if member in OFF else ""
        bounds = f"{allowed.start} and {allowed.stop - 1}{off}"
        yield Refusal(VALUE, f"{member} is {value}. Specify a value between {bounds}.")
    volume_gb = members.get("RootVolumeConfig", {}).get("VolumeSizeInGb", VOLUME_GB.start)
    if volume_gb not in VOLUME_GB:
        yield Refusal(VALUE, f"VolumeSizeInGb is {volume_gb}. Specify a value between 200 and 500.")
    seats = members.get("MaxSessionsPerInstance", SEATS.start)
    if seats not in SEATS:
        yield Refusal(
            VALUE,
            f"MaxSessionsPerInstance is {seats}. Specify a value between 2 and 50, or leave it out"
            " for instances of one session.",
        )


def instance_type_refusals(instance_type: str, families: Iterable[str] | None) -> Refusals:
    """Why instances of this type cannot be made of an image for these instance families.

    None as families means that the image does not say. The second text is AppStream's own.
    """
    size = instance_size(instance_type)
    if size is None:
        yield Refusal(VALUE, f"There is no instance type '{instance_type}'.")
        return
    known = list(families) if families is not None else None
    if known is not None and not any(_is_of(family, instance_type, size) for family in known):
        yield Refusal(
            COMBINATION,
            f"The combination of instance type {instance_type} and image instance family"
            f" {', '.join(known) or 'null'} is not supported. Select an image that belongs to image"
            " instance family supported by this instance type.",
        )


def room_refusals(
    fleet: str, *, instance_type: str, desired: int, nodes: Iterable[NodeView]
) -> Refusals:
    """Why the machine cannot hold so many instances; none while it is not known what it has.

    The text is AppStream's own, with its stray quotation mark.
    """
    known = list(nodes)
    limit = largest_count(instance_type, known)
    if known and desired > limit:
        yield Refusal(
            LIMIT,
            f"The Instance type '{instance_type}' capacity limit for fleet {fleet}' was exceeded."
            f" Requested: {desired}, Limit: {limit}",
        )


def _elastic_refusals(members: Members) -> Refusals:
    for member in NEVER_ELASTIC:
        if members.get(member):
            yield Refusal(COMBINATION, f"{member} is not allowed for Elastic fleets.")
    if members.get("Platform", ELASTIC_PLATFORMS[0]) not in ELASTIC_PLATFORMS:
        allowed = ", ".join(ELASTIC_PLATFORMS)
        yield Refusal(COMBINATION, f"An Elastic fleet's Platform is one of {allowed}.")
    if not members.get("InstanceType", ELASTIC_FAMILY).startswith(ELASTIC_FAMILY):
        yield Refusal(COMBINATION, "Elastic fleets have instance types of stream.standard.")
    if "VpcConfig" in members and len(members["VpcConfig"].get("SubnetIds", ())) < 2:
        yield Refusal(COMBINATION, TWO_SUBNETS)
    if "S3Key" not in members.get("SessionScriptS3Location", {"S3Key": ""}):
        yield Refusal(COMBINATION, "SessionScriptS3Location needs an S3Key.")


def _capacity_refusals(wanted: Members) -> Refusals:
    if len(wanted.keys() & {"DesiredInstances", "DesiredSessions"}) > 1:
        yield Refusal(COMBINATION, "Give either DesiredInstances or DesiredSessions, not both.")
    for member, number in wanted.items():
        if number < 0:
            yield Refusal(VALUE, f"{member} is {number}, less than 0.")


def _directory_refusals(wanted: Members) -> Refusals:
    if wanted.get("OrganizationalUnitDistinguishedName") and not wanted.get("DirectoryName"):
        yield Refusal(COMBINATION, "DomainJoinInfo with an organizational unit needs a directory.")


def _is_of(family: str, instance_type: str, size: InstanceSize) -> bool:
    if size.gpu:
        return family.startswith("Graphics")
    wanted = {"standard": "General Purpose", "compute": "Compute Optimized"}
    return family == wanted.get(instance_type.split(".")[1], "Memory Optimized")
