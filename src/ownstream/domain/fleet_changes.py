"""A fleet's document, new and changed: what a request makes of it, and which changes may be made.

A document has the members of the model's Fleet but for those that are found out at each look
(State, FleetErrors, how many instances run); ComputeCapacityStatus holds `Desired` alone, and
`DesiredUserSessions` of a multi-session fleet, which has MaxSessionsPerInstance.
"""

from collections.abc import Collection, Mapping
from typing import Any

from ownstream.domain.capacity import of_sessions
from ownstream.domain.fleet_rules import DEFAULTS, TWO_SUBNETS, Members
from ownstream.domain.refusals import COMBINATION, IN_USE, Refusal, Refusals

Document = dict[str, Any]

# What AttributesToDelete names, as a path in the document.
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "VPC_CONFIGURATION": ("VpcConfig",),
    "VPC_CONFIGURATION_SECURITY_GROUP_IDS": ("VpcConfig", "SecurityGroupIds"),
    "DOMAIN_JOIN_INFO": ("DomainJoinInfo",),
    "IAM_ROLE_ARN": ("IamRoleArn",),
    "USB_DEVICE_FILTER_STRINGS": ("UsbDeviceFilterStrings",),
    "SESSION_SCRIPT_S3_LOCATION": ("SessionScriptS3Location",),
    "MAX_SESSIONS_PER_INSTANCE": ("MaxSessionsPerInstance",),
    "VOLUME_CONFIGURATION": ("RootVolumeConfig",),
}

# What may change while the fleet runs. Platform is the image's and changes with it.
WHILE_RUNNING: Collection[str] = {
    "DisplayName",
    "ComputeCapacityStatus",
    "ImageName",
    "ImageArn",
    "Platform",
    "IdleDisconnectTimeoutInSeconds",
    "DisconnectTimeoutInSeconds",
}

# The same of an Elastic fleet.
WHILE_ELASTIC_RUNS: Collection[str] = {
    "DisplayName",
    "IdleDisconnectTimeoutInSeconds",
    "DisconnectTimeoutInSeconds",
    "MaxConcurrentSessions",
    "SessionScriptS3Location",
    "UsbDeviceFilterStrings",
}

# What does not reach into an instance: all else that changes wants instances made anew.
OUTSIDE_INSTANCES: Collection[str] = {
    "DisplayName",
    "Description",
    "ComputeCapacityStatus",
    "FleetType",
    "MaxUserDurationInSeconds",
    "IdleDisconnectTimeoutInSeconds",
    "DisconnectTimeoutInSeconds",
    "MaxConcurrentSessions",
    "SessionScriptS3Location",
}


def new_document(members: Members) -> Document:
    """The document of a new fleet, AppStream's defaults where the request says nothing."""
    return updated({**DEFAULTS}, members, ())


def updated(document: Members, members: Members, attributes: Collection[str]) -> Document:
    """The document after a request, without the attributes that it deletes.

    An empty text or structure takes the member away. VpcConfig is changed member by member: that
    its security groups can be deleted apart says that leaving them out does not.
    """
    after = {**document, **members}
    capacity = after.pop("ComputeCapacity", None) or {}
    if "DesiredInstances" in capacity:
        after["ComputeCapacityStatus"] = {"Desired": capacity["DesiredInstances"]}
    if "DesiredSessions" in capacity:
        after["ComputeCapacityStatus"] = {"DesiredUserSessions": capacity["DesiredSessions"]}
    if "VpcConfig" in members:
        after["VpcConfig"] = {**document.get("VpcConfig", {}), **members["VpcConfig"]}
    if not after.get("DomainJoinInfo", {}).get("DirectoryName"):
        after.pop("DomainJoinInfo", None)
    for attribute in attributes:
        _delete(after, ATTRIBUTES[attribute])
    sessions = after.get("ComputeCapacityStatus", {}).get("DesiredUserSessions")
    if sessions is not None and "MaxSessionsPerInstance" in after:
        seats = after["MaxSessionsPerInstance"]
        after["ComputeCapacityStatus"] = of_sessions(sessions, seats)
    return {member: value for member, value in after.items() if value not in ("", {}, None)}


def changes(before: Members, after: Members) -> set[str]:
    """The members that differ."""
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def reaches_instances(changed: Collection[str]) -> bool:
    """Whether instances made before this change are not what the fleet is to have now."""
    return any(member not in OUTSIDE_INSTANCES for member in changed)


def change_refusals(
    fleet: str, *, state: str, changed: Collection[str], elastic: bool = False
) -> Refusals:
    """Why these members cannot change in this state.

    A member that is given its present value does not change. The text for a running fleet is
    AppStream's own; what it says of a starting or stopping one is not known.
    """
    free = WHILE_ELASTIC_RUNS if elastic else WHILE_RUNNING
    if state == "RUNNING" and not all(member in free for member in changed):
        yield Refusal(
            IN_USE,
            f"Cannot update the attribute for fleet {fleet} when it is ACTIVE."
            " The fleet must be stopped to complete this action.",
        )
    if state in ("STARTING", "STOPPING") and changed:
        yield Refusal(
            IN_USE,
            f"Cannot update fleet {fleet} when it is {state}."
            f" Wait until it is {'RUNNING' if state == 'STARTING' else 'STOPPED'}.",
        )


def session_refusals(document: Members) -> Refusals:
    """Why a fleet cannot be so: its capacity is in instances or in sessions, as its kind is."""
    shares = "MaxSessionsPerInstance" in document
    in_sessions = "DesiredUserSessions" in document.get("ComputeCapacityStatus", {})
    if shares and not in_sessions:
        yield Refusal(
            COMBINATION,
            "The capacity of a multi-session fleet is a number of sessions. Give DesiredSessions"
            " with MaxSessionsPerInstance, and not DesiredInstances.",
        )
    if in_sessions and not shares:
        yield Refusal(
            COMBINATION,
            "DesiredSessions is not allowed for single-session fleets. Give DesiredInstances, or"
            " MaxSessionsPerInstance too for a multi-session fleet.",
        )


def deletion_refusals(
    members: Members, attributes: Collection[str], *, elastic: bool = False
) -> Refusals:
    """What a request both sets and deletes, or deletes and may not."""
    if elastic and "VPC_CONFIGURATION" in attributes:
        yield Refusal(COMBINATION, TWO_SUBNETS)
    for attribute in attributes:
        value: Any = members
        for step in ATTRIBUTES[attribute]:
            value = value.get(step, {})
        if value:
            yield Refusal(COMBINATION, f"{attribute} cannot be set and deleted at once.")


def _delete(document: Document, path: tuple[str, ...]) -> None:
    member, *rest = path
    if not rest:
        document.pop(member, None)
    elif member in document:
        document[member] = {k: v for k, v in document[member].items() if k not in rest}
