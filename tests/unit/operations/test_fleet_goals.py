"""StartFleet, StopFleet, DeleteFleet and what DescribeFleets reads of them."""

from typing import Any

import pytest

from ownstream.domain.keys import fleet_key
from ownstream.store import resources
from ownstream.store.tables import TagRow
from tests.support.services import PRINCIPAL
from tests.unit.operations.world import OTHERS, Refused, World, cases, expect

KEY = fleet_key(PRINCIPAL.scope, "fleet")
JOINED = {
    "DirectoryName": "corp",
    "OrganizationalUnitDistinguishedNames": ["OU=a"],
}


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


def test_a_stopping_fleet_is_not_started(world: World) -> None:
    world.fleet()
    world.bring_to("STOPPING")
    case = Refused("STOPPING", "ours", {}, "OperationNotPermittedException", "is STOPPING")
    expect(case, world, "StartFleet", {"Name": "fleet"})


def test_a_start_forgets_old_errors(world: World) -> None:
    world.fleet()
    with world.row() as row:
        row.errors = [{"ErrorCode": "INTERNAL_SERVICE_ERROR", "ErrorMessage": "old"}]
    assert world.described()["FleetErrors"][0]["ErrorMessage"] == "old"
    start(world)
    assert world.described()["FleetErrors"] == []


def test_a_fleet_that_is_to_join_a_directory_is_not_run_unjoined(world: World) -> None:
    world.call("CreateDirectoryConfig", JOINED)
    fleet = world.fleet(DomainJoinInfo={"DirectoryName": "corp"})
    assert fleet["DomainJoinInfo"] == {"DirectoryName": "corp"}
    case = Refused("joined", "ours", {}, "OperationNotPermittedException", "DOMAIN_JOIN_INFO")
    expect(case, world, "StartFleet", {"Name": "fleet"})
    assert world.described()["State"] == "STOPPED"


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


@pytest.mark.parametrize("operation", ["StartFleet", "StopFleet", "DeleteFleet"])
def test_an_unknown_fleet_is_named(world: World, operation: str) -> None:
    case = Refused("unknown", "model", {}, "ResourceNotFoundException", "The fleet nope")
    expect(case, world, operation, {"Name": "nope"})


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


@cases(
    *(
        (f"a fleet that is {state}", "developer guide", {"state": state}, "ResourceInUseException",
         f"is {state}")
        for state in ("STARTING", "RUNNING", "STOPPING")
    )
)  # fmt: skip
def test_only_a_stopped_fleet_is_deleted(case: Refused, world: World) -> None:
    world.fleet()
    world.bring_to(case.members["state"])
    expect(case, world, "DeleteFleet", {"Name": "fleet"})


def test_an_associated_fleet_is_not_deleted(world: World) -> None:
    """Source of the text: Terraform #22625."""
    world.fleet()
    world.stack()
    world.call("AssociateFleet", {"FleetName": "fleet", "StackName": "stack"})
    text = (
        "The fleet fleet is associated with a stack."
        " To delete the fleet, you must dissociate it from the stack."
    )
    case = Refused("associated", "Terraform", {}, "ResourceInUseException", text)
    expect(case, world, "DeleteFleet", {"Name": "fleet"})


def test_fleets_are_described_in_the_order_asked_and_each_once(world: World) -> None:
    for name in "abc":
        world.fleet(name)
    asked = world.call("DescribeFleets", {"Names": ["c", "a", "c"]})["Fleets"]
    every = world.call("DescribeFleets", {})["Fleets"]
    assert ([f["Name"] for f in asked], [f["Name"] for f in every]) == (["c", "a"], list("abc"))


def test_one_unknown_name_among_known_ones_is_an_error(world: World) -> None:
    """Source: Terraform takes a missing fleet from ResourceNotFoundException."""
    world.fleet("a")
    case = Refused("unknown", "Terraform", {}, "ResourceNotFoundException", "The fleet b")
    expect(case, world, "DescribeFleets", {"Names": ["a", "b"]})


def test_another_account_sees_nothing(world: World) -> None:
    world.fleet()
    assert world.call("DescribeFleets", {}, by=OTHERS)["Fleets"] == []
