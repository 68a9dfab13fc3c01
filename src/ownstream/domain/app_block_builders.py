"""An app block builder's state, which calls it allows, and what a request may ask of one.

The states in which a call is allowed are those of AppStream's guide: start what is STOPPED and has
an app block, stop or connect to what is RUNNING, delete or update what is STOPPED.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ownstream.domain.capacity import NodeView, instance_size, largest_count
from ownstream.domain.fleet_changes import changes
from ownstream.domain.fleets import state as state
from ownstream.domain.refusals import COMBINATION, IN_USE, LIMIT, NOT_PERMITTED, Refusal, Refusals

Members = Mapping[str, Any]
Document = dict[str, Any]

KIND = "app block builder"
FAMILY = "stream.standard."
PLATFORM = "WINDOWS_SERVER_2019"
DEFAULTS: Members = {"EnableDefaultInternetAccess": False, "DisableIMDSV1": False}
# What AttributesToDelete names, as a path in the document.
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "IAM_ROLE_ARN": ("IamRoleArn",),
    "ACCESS_ENDPOINTS": ("AccessEndpoints",),
    "VPC_CONFIGURATION_SECURITY_GROUP_IDS": ("VpcConfig", "SecurityGroupIds"),
}
WHILE_RUNNING: Collection[str] = {"DisplayName", "Description"}
_NOT_DONE: Mapping[str, str] = {
    "AccessEndpoints": (
        "there are no VPC endpoints here and it keeps nobody out: restrict the listen address"
    ),
    "IamRoleArn": "no credentials of a role are put into instances",
}


def state_refusals(name: str, state: str, allowed: str, what: str) -> Refusals:
    """Why this cannot be done in this state. AppStream's own text is not known."""
    if state != allowed:
        yield Refusal(
            NOT_PERMITTED,
            f"The app block builder {name} is {state}, and only one that is {allowed} can be"
            f" {what}.",
        )


def document_refusals(document: Members) -> Refusals:
    """What is wrong with an app block builder as a whole."""
    instance_type = document["InstanceType"]
    if not instance_type.startswith(FAMILY) or instance_size(instance_type) is None:
        yield Refusal(
            COMBINATION,
            f"App block builders have instance types of {FAMILY}; {instance_type} is none of them.",
        )
    if len(document.get("VpcConfig", {}).get("SubnetIds", ())) < 2:
        yield Refusal(COMBINATION, "VpcConfig with two subnets is required for app block builders.")
    if document["Platform"] != PLATFORM:
        yield Refusal(COMBINATION, f"An app block builder's Platform is {PLATFORM}.")


def change_refusals(name: str, state: str, before: Members, after: Members) -> Refusals:
    """Why this change cannot be made in this state."""
    changed = changes(before, after)
    if state in ("STARTING", "STOPPING") and changed:
        yield Refusal(IN_USE, f"Cannot update the app block builder {name} when it is {state}.")
    if state == "RUNNING" and not changed <= set(WHILE_RUNNING):
        yield Refusal(
            IN_USE,
            f"The app block builder {name} is RUNNING: only its DisplayName and Description can be"
            " updated. Stop it first.",
        )


def deletion_refusals(members: Members, attributes: Collection[str]) -> Refusals:
    """What a request both sets and deletes."""
    for attribute in attributes:
        value: Any = members
        for step in ATTRIBUTES[attribute]:
            value = value.get(step, {})
        if value:
            yield Refusal(COMBINATION, f"{attribute} cannot be set and deleted at once.")


def updated(document: Members, members: Members, attributes: Collection[str] = ()) -> Document:
    """The document after a request; an empty text or structure takes the member away."""
    after: Document = {**document, **members}
    if "VpcConfig" in members:
        after["VpcConfig"] = {**document.get("VpcConfig", {}), **members["VpcConfig"]}
    for attribute in attributes:
        member, *inner = ATTRIBUTES[attribute]
        if not inner:
            after.pop(member, None)
        elif member in after:
            after[member] = {k: v for k, v in after[member].items() if k not in inner}
    return {member: value for member, value in after.items() if value not in ("", {}, None)}


def errors(document: Members) -> list[Mapping[str, str]]:
    """What an app block builder asks for and ownstream does not do."""
    return [
        {"ErrorCode": "INTERNAL_SERVICE_ERROR", "ErrorMessage": f"{member} is kept, but {text}."}
        for member, text in _NOT_DONE.items()
        if document.get(member)
    ]


def room_refusals(name: str, instance_type: str, nodes: Iterable[NodeView]) -> Refusals:
    """Why the machine cannot hold it; none while it is not known what the machine has."""
    known = list(nodes)
    limit = largest_count(instance_type, known)
    if known and limit < 1:
        yield Refusal(
            LIMIT,
            f"The Instance type '{instance_type}' capacity limit for app block builder {name} was"
            f" exceeded. Requested: 1, Limit: {limit}",
        )
