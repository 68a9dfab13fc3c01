"""Sizes of instance types, how many fit on this machine, and a fleet's capacity as reported.

vCPUs and memory of a type are those that AWS publishes for it. A graphics type needs a GPU of its
own as well.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ownstream.domain.elastic import is_elastic
from ownstream.domain.fleets import ALIVE, InstanceView
from ownstream.domain.seats import shared, user_sessions

GIB = 1024**3


@dataclass(frozen=True)
class InstanceSize:
    """What an instance of a type may use."""

    cpus: float
    memory_bytes: int
    gpu: bool = False


@dataclass(frozen=True)
class NodeView:
    """A place where instances run, with what it can give to them in all."""

    cpus: float
    memory_bytes: int
    gpus: int = 0


# family: {size: (vCPUs, GiB)}
SIZES: Mapping[str, Mapping[str, tuple[int, float]]] = {
    "standard": {
        "small": (1, 2), "medium": (2, 4), "large": (2, 8), "xlarge": (4, 16), "2xlarge": (8, 32),
    },
    "compute": {
        "large": (2, 3.75), "xlarge": (4, 7.5), "2xlarge": (8, 15), "4xlarge": (16, 30),
        "8xlarge": (36, 60),
    },
    "memory": {
        "large": (2, 15.25), "xlarge": (4, 30.5), "2xlarge": (8, 61), "4xlarge": (16, 122),
        "8xlarge": (32, 244),
    },
    "memory.z1d": {
        "large": (2, 16), "xlarge": (4, 32), "2xlarge": (8, 64), "3xlarge": (12, 96),
        "6xlarge": (24, 192), "12xlarge": (48, 384),
    },
}  # fmt: skip

_TYPE = re.compile(r"stream\.(?P<family>[a-z0-9.-]+)\.(?P<size>[a-z0-9]+)")


def instance_size(instance_type: str) -> InstanceSize | None:
    """What an instance of this type may use, or None for a type whose size is not known."""
    match = _TYPE.fullmatch(instance_type)
    if match is None:
        return None
    family, size = match["family"], match["size"]
    if family.startswith("graphics"):
        return InstanceSize(4, 16 * GIB, gpu=True)
    known = SIZES.get(family, {}).get(size)
    return InstanceSize(known[0], int(known[1] * GIB)) if known else None


def largest_count(instance_type: str, nodes: Iterable[NodeView]) -> int:
    """How many instances of this type fit on these nodes when nothing else runs there.

    Memory is what counts: it is given out once. CPUs are shared, a type's count is an upper bound.
    """
    size = instance_size(instance_type)
    if size is None:
        return 0
    return sum(_fits(size, node) for node in nodes)


def room(
    size: InstanceSize, nodes: Iterable[NodeView], *, taken_bytes: int, taken_gpus: int
) -> int:
    """How many more instances of this size fit when so much has been given out."""
    places = [node for node in nodes if not size.gpu or node.gpus]
    free = (sum(node.memory_bytes for node in places) - taken_bytes) // size.memory_bytes
    if size.gpu:
        free = min(free, sum(node.gpus for node in places) - taken_gpus)
    return max(0, free)


def _fits(size: InstanceSize, node: NodeView) -> int:
    by_memory = node.memory_bytes // size.memory_bytes
    return min(by_memory, node.gpus) if size.gpu else by_memory


def desired(document: Mapping[str, Any]) -> int:
    """How many instances the fleet is to have; of an Elastic fleet at most so many."""
    if is_elastic(document):
        return int(document["MaxConcurrentSessions"])
    return int(document.get("ComputeCapacityStatus", {}).get("Desired", 0))


def seats(document: Mapping[str, Any]) -> int:
    """How many sessions an instance of the fleet may have at a time."""
    return int(document.get("MaxSessionsPerInstance", 1))


def most_sessions(document: Mapping[str, Any]) -> int:
    """How many sessions the fleet may have at a time."""
    status = document.get("ComputeCapacityStatus", {})
    return int(status.get("DesiredUserSessions", desired(document)))


def of_sessions(sessions: int, seats: int) -> dict[str, int]:
    """What a multi-session fleet's document says of its capacity: so many sessions, and instances.

    The last instance may be given fewer sessions than it could take.
    """
    return {"Desired": ceil(sessions / seats), "DesiredUserSessions": sessions}


def capacity_status(
    document: Mapping[str, Any], instances: Iterable[InstanceView], *, running: bool
) -> dict[str, int]:
    """The ComputeCapacityStatus members, true at this moment.

    An Elastic fleet has no capacity that could be wanted or stand ready.
    """
    rows: Sequence[InstanceView] = [row for row in instances if row.goal == "run"]
    want = desired(document)
    # An On-Demand fleet's capacity stands ready as the right to launch.
    may_launch = document.get("FleetType") == "ON_DEMAND" and running
    if seats(document) > 1:
        return _shared_status(document, rows, may_launch=may_launch)
    alive = [row for row in rows if row.seen in ALIVE]
    in_use = sum(1 for row in alive if row.session_id)
    ready = [row for row in alive if row.seen == "ready"]
    if is_elastic(document):
        return {"Desired": 0, "Running": len(ready), "InUse": in_use, "Available": 0}
    unused = sum(1 for row in ready if not row.session_id)
    available = max(0, want - in_use) if may_launch else unused
    return {"Desired": want, "Running": len(ready), "InUse": in_use, "Available": available}


def _shared_status(
    document: Mapping[str, Any], rows: Sequence[InstanceView], *, may_launch: bool
) -> dict[str, int]:
    """An instance is available as long as it has room for a session."""
    want, most, each = desired(document), most_sessions(document), seats(document)
    present = shared(rows)
    in_use = sum(1 for one in present if one.used)
    full = sum(1 for one in present if one.drain or one.used >= each)
    room = [one for one in present if one.ready and not one.drain and one.used < each]
    sessions = user_sessions(rows, seats=each, most_sessions=most, may_launch=may_launch)
    available = max(0, want - full) if may_launch else len(room)
    return {
        "Desired": want,
        "Running": sum(1 for one in present if one.ready),
        "InUse": in_use,
        "Available": available if sessions["AvailableUserSessions"] else 0,
        **sessions,
    }
