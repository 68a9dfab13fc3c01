"""Sizes, room and the numbers that DescribeFleets reports."""

import pytest

from ownstream.domain.capacity import (
    GIB,
    NodeView,
    capacity_status,
    desired,
    instance_size,
    largest_count,
    room,
)
from ownstream.domain.fleets import InstanceView

NODES = [NodeView(cpus=2, memory_bytes=16 * GIB)]


@pytest.mark.parametrize(
    ("instance_type", "cpus", "gib"),
    [
        ("stream.standard.medium", 2, 4),
        ("stream.compute.large", 2, 3.75),
        ("stream.memory.z1d.large", 2, 16),
    ],
)
def test_a_type_has_the_size_that_aws_publishes(instance_type: str, cpus: int, gib: float) -> None:
    size = instance_size(instance_type)
    assert size is not None
    assert (size.cpus, size.memory_bytes) == (cpus, gib * GIB)


def test_an_unknown_type_has_no_size() -> None:
    assert instance_size("stream.imaginary.large") is None


def test_as_many_fit_as_there_is_memory_for() -> None:
    assert largest_count("stream.standard.medium", NODES) == 4


def test_graphics_types_fit_where_there_are_gpus() -> None:
    nodes = [*NODES, NodeView(cpus=8, memory_bytes=64 * GIB, gpus=2)]
    assert largest_count("stream.graphics.g4dn.xlarge", nodes) == 2
    size = instance_size("stream.graphics.g4dn.xlarge")
    assert size
    assert room(size, nodes, taken_bytes=40 * GIB, taken_gpus=0) == 1
    assert room(size, nodes, taken_bytes=16 * GIB, taken_gpus=1) == 1
    assert room(size, nodes, taken_bytes=32 * GIB, taken_gpus=2) == 0


def test_graphics_types_fit_nowhere_without_a_gpu() -> None:
    assert largest_count("stream.graphics.g4dn.xlarge", NODES) == 0


def test_room_is_what_others_have_left() -> None:
    size = instance_size("stream.standard.medium")
    assert size is not None
    assert room(size, NODES, taken_bytes=9 * GIB, taken_gpus=0) == 1


def test_used_and_free_instances_are_counted_apart() -> None:
    seen = [
        InstanceView("a", seen="ready", session_id="s"),
        InstanceView("b", seen="ready"),
        InstanceView("c", seen="starting"),
        InstanceView("d", seen="ready", goal="retire"),
    ]
    document = {"ComputeCapacityStatus": {"Desired": 3}}
    assert capacity_status(document, seen, running=True) == {
        "Desired": 3,
        "Running": 2,
        "InUse": 1,
        "Available": 1,
    }


def test_an_on_demand_fleet_offers_what_it_may_still_launch() -> None:
    document = {"ComputeCapacityStatus": {"Desired": 3}, "FleetType": "ON_DEMAND"}
    seen = [InstanceView("a", seen="ready", session_id="s")]
    assert capacity_status(document, seen, running=True)["Available"] == 2


def test_an_elastic_fleet_has_as_many_instances_as_sessions() -> None:
    document = {"FleetType": "ELASTIC", "MaxConcurrentSessions": 3}
    assert desired(document) == 3
    used = InstanceView("i-1", seen="ready", session_id="s")
    assert capacity_status(document, [used], running=True) == {
        "Desired": 0, "Running": 1, "InUse": 1, "Available": 0,
    }  # fmt: skip
