"""An image builder's state, which calls it allows, and what a request may ask of one.

The states in which a call is allowed are those of AppStream's guide: start what is STOPPED, stop
what is RUNNING, connect to what is RUNNING, delete or update what is STOPPED.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ownstream.domain.agent_access import config_refusals, merged_config
from ownstream.domain.capacity import NodeView, largest_count
from ownstream.domain.fleet_rules import range_refusals
from ownstream.domain.refusals import COMBINATION, LIMIT, NOT_PERMITTED, Refusal, Refusals

Members = Mapping[str, Any]
Document = dict[str, Any]

RUNNING, STOPPED, SNAPSHOT, DELETED = "RUNNING", "STOPPED", "SNAPSHOT", "DELETED"
_STATES = {
    (RUNNING, False): "PENDING",
    (RUNNING, True): "RUNNING",
    (STOPPED, False): "STOPPING",
    (STOPPED, True): "STOPPED",
    (SNAPSHOT, False): "SNAPSHOTTING",
    (DELETED, False): "DELETING",
}
# One that has failed keeps what was written in it: it can be started again.
START_IN: Collection[str] = ("STOPPED", "FAILED")
STOP_IN: Collection[str] = ("RUNNING",)
CONNECT_IN: Collection[str] = ("RUNNING",)
DELETE_IN: Collection[str] = ("STOPPED", "FAILED")
UPDATE_IN: Collection[str] = ("STOPPED",)

DEFAULTS: Members = {"EnableDefaultInternetAccess": False}
ATTRIBUTES: Mapping[str, str] = {"AGENT_ACCESS_CONFIG": "AgentAccessConfig"}
_NOT_DONE: Mapping[str, str] = {
    "AccessEndpoints": (
        "there are no VPC endpoints here and it keeps nobody out: restrict the listen address"
    ),
    "AgentAccessConfig": "ownstream does not let agents in yet",
}


def state(goal: str, goal_met: bool, *, failed: bool) -> str:
    """What the API reports."""
    if failed and goal != DELETED:
        return "FAILED"
    return _STATES[goal, goal_met]


def wrong_state(name: str, state: str, allowed: Collection[str], what: str) -> str:
    """Why this cannot be done now, in words; empty if it can."""
    if state in allowed:
        return ""
    return (
        f"The image builder {name} is {state}, and only one that is {' or '.join(allowed)} can be"
        f" {what}."
    )


def creation_refusals(name: str, members: Members, region: str) -> Refusals:
    """What is wrong with a request for a new image builder."""
    if "ImageName" not in members and "ImageArn" not in members:
        yield Refusal(COMBINATION, "ImageName or ImageArn is required.")
    if len(members.get("VpcConfig", {}).get("SubnetIds", ())) > 1:
        yield Refusal(COMBINATION, "VpcConfig of an image builder can name one subnet only.")
    yield from range_refusals(members)
    join = members.get("DomainJoinInfo", {}).get("DirectoryName")
    if join:
        yield Refusal(
            NOT_PERMITTED,
            f"The image builder {name} is to join the directory {join}, and ownstream joins no"
            " instances to a directory yet. Leave DomainJoinInfo out.",
        )
    yield from document_refusals(members, region)


def document_refusals(document: Members, region: str) -> Refusals:
    """What is wrong with an image builder of this region as a whole."""
    if "AgentAccessConfig" in document:
        yield from config_refusals(document["AgentAccessConfig"], region)


def room_refusals(name: str, instance_type: str, nodes: Iterable[NodeView]) -> Refusals:
    """Why the machine cannot hold it; none while it is not known what the machine has."""
    known = list(nodes)
    limit = largest_count(instance_type, known)
    if known and limit < 1:
        yield Refusal(
            LIMIT,
            f"The Instance type '{instance_type}' capacity limit for image builder {name} was"
            f" exceeded. Requested: 1, Limit: {limit}",
        )


def updated(document: Members, members: Members, attributes: Collection[str] = ()) -> Document:
    """The document after a request; an empty text or structure takes the member away."""
    after = {**document, **members}
    if "AgentAccessConfig" in members:
        before = document.get("AgentAccessConfig", {})
        after["AgentAccessConfig"] = _agent_access(before, members["AgentAccessConfig"])
    for attribute in attributes:
        after.pop(ATTRIBUTES[attribute], None)
    return {member: value for member, value in after.items() if value not in ("", {}, None)}


def errors(document: Members) -> list[Mapping[str, str]]:
    """What an image builder asks for and ownstream does not do."""
    return [
        {"ErrorCode": "INTERNAL_SERVICE_ERROR", "ErrorMessage": f"{member} is kept, but {text}."}
        for member, text in _NOT_DONE.items()
        if document.get(member)
    ]


def deletion_refusals(members: Members, attributes: Collection[str]) -> Refusals:
    """What a request both sets and deletes."""
    for attribute in attributes:
        if members.get(ATTRIBUTES[attribute]):
            yield Refusal(COMBINATION, f"{attribute} cannot be set and deleted at once.")


def _agent_access(before: Members, part: Members) -> Document:
    """As the model says: settings merged by action; no bucket where nothing is put in it."""
    after = merged_config(before, part)
    if after.get("ScreenshotsUploadEnabled") is False:
        after.pop("S3BucketArn", None)
    return after
