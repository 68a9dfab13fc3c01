"""StartFleet, StopFleet, DeleteFleet and what DescribeFleets reads of them."""

from typing import Any

import pytest

from ownstream.domain.keys import fleet_key
from ownstream.store import resources
from ownstream.store.tables import TagRow
from tests.support.services import PRINCIPAL
from tests.unit.operations.world import OTHERS, Refused, World, expect

KEY = fleet_key(PRINCIPAL.scope, "fleet")


def start(world: World) -> Any:
    return world.call("StartFleet", {"Name": "fleet"})


def stop(world: World) -> Any:
    return world.call("StopFleet", {"Name": "fleet"})


@pytest.mark.parametrize(
    ("state", "act", "after"),
    [
        ("STOPPED", start, "STARTING"),
        ("STARTING", start, "STARTING"),
        ("RUNNING", start, "RUNNING"),
        ("RUNNING", stop, "STOPPING"),
        ("STARTING", stop, "STOPPING"),
        ("STOPPING", stop, "STOPPING"),
        ("STOPPED", stop, "STOPPED"),
    ],
)
def test_the_very_next_call_reads_where_the_fleet_goes(
    world: World, state: str, act: Any, after: str
) -> None:
    """Source: the FleetStarted waiter fails on STOPPED; Terraform stops stopped fleets."""
    world.fleet()
    world.bring_to(state)
    world.touched.clear()
    assert act(world) == {}
    assert world.described()["State"] == after
    assert world.touched == ([KEY] if state != after else [])


def test_a_start_forgets_old_errors(world: World) -> None:
    world.fleet()
    with world.row() as row:
        row.errors = [{"ErrorCode": "INTERNAL_SERVICE_ERROR", "ErrorMessage": "old"}]
    assert world.described()["FleetErrors"][0]["ErrorMessage"] == "old"
    start(world)
    assert world.described()["FleetErrors"] == []


def test_a_fleet_whose_image_went_away_is_not_started(world: World) -> None:
    world.fleet()
    with world.store.transaction() as tx:
        resources.replace_public_images(tx, [])
    case = Refused("gone", "ours", {}, "ResourceNotFoundException", "The image Host")
    expect(case, world, "StartFleet", {"Name": "fleet"})


def test_a_fleet_that_no_longer_fits_is_not_started(world: World) -> None:
    world.fleet()
    with world.row() as row:
        row.document = {**row.document, "ComputeCapacityStatus": {"Desired": 5}}
    case = Refused("full", "developer guide", {}, "LimitExceededException", "Limit: 4")
    expect(case, world, "StartFleet", {"Name": "fleet"})


def test_capacity_is_what_instances_show(world: World) -> None:
    world.fleet(ComputeCapacity={"DesiredInstances": 3})
    world.bring_to("RUNNING")
    world.instance("i-used", seen="ready", session_id="s")
    world.instance("i-free", seen="ready")
    world.instance("i-young", seen="starting")
    assert world.described()["ComputeCapacityStatus"] == {
        "Desired": 3,
        "Running": 2,
        "InUse": 1,
        "Available": 1,
    }


def test_a_deleted_fleet_is_gone_with_its_tags(world: World) -> None:
    arn = world.fleet(Tags={"team": "blue"})["Arn"]
    world.touched.clear()
    assert world.call("DeleteFleet", {"Name": "fleet"}) == {}
    assert world.call("DescribeFleets", {})["Fleets"] == []
    assert world.touched == [KEY]
    with world.store.snapshot() as tx:
        assert tx.get(TagRow, (arn, "team")) is None


def test_another_account_sees_nothing(world: World) -> None:
    world.fleet()
    assert world.call("DescribeFleets", {}, by=OTHERS)["Fleets"] == []
