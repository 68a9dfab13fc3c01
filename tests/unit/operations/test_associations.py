"""Fleets associated with stacks."""

import pytest

from tests.unit.operations.world import OTHERS, Refused, World, cases, expect

PAIR = {"FleetName": "fleet", "StackName": "stack"}
NOT_FOUND = "ResourceNotFoundException"


@pytest.fixture(autouse=True)
def pair(world: World) -> None:
    """A fleet and a stack."""
    world.fleet()
    world.stack()


def fleets_of(world: World, stack: str) -> list[str]:
    return world.call("ListAssociatedFleets", {"StackName": stack})["Names"]


def stacks_of(world: World, fleet: str) -> list[str]:
    return world.call("ListAssociatedStacks", {"FleetName": fleet})["Names"]


def test_an_association_is_seen_from_both_sides(world: World) -> None:
    assert world.call("AssociateFleet", PAIR) == {}
    assert (fleets_of(world, "stack"), stacks_of(world, "fleet")) == (["fleet"], ["stack"])


def test_a_repeated_association_changes_nothing(world: World) -> None:
    world.call("AssociateFleet", PAIR)
    world.call("AssociateFleet", PAIR)
    assert fleets_of(world, "stack") == ["fleet"]


def test_a_stack_may_offer_several_fleets_and_a_fleet_be_in_several_stacks(world: World) -> None:
    world.fleet("another")
    world.stack("another")
    for fleet in ("fleet", "another"):
        for stack in ("stack", "another"):
            world.call("AssociateFleet", {"FleetName": fleet, "StackName": stack})
    assert (fleets_of(world, "stack"), stacks_of(world, "fleet")) == (
        ["another", "fleet"],
        ["another", "stack"],
    )


def test_a_disassociated_fleet_is_no_longer_listed(world: World) -> None:
    world.call("AssociateFleet", PAIR)
    assert world.call("DisassociateFleet", PAIR) == {}
    assert (fleets_of(world, "stack"), stacks_of(world, "fleet")) == ([], [])


def test_what_there_is_not_has_no_associations(world: World) -> None:
    """Source: the model declares no error for the lists."""
    assert (fleets_of(world, "nope"), stacks_of(world, "nope")) == ([], [])


def test_another_account_sees_no_association(world: World) -> None:
    world.call("AssociateFleet", PAIR)
    listed = world.call("ListAssociatedFleets", {"StackName": "stack"}, by=OTHERS)
    assert listed["Names"] == []


UNKNOWN = cases(
    ("no such fleet", "model", {"FleetName": "nope"}, NOT_FOUND, "The fleet nope for account"),
    ("no such stack", "model", {"StackName": "nope"}, NOT_FOUND, "The stack nope for account"),
)


@UNKNOWN
def test_associating_what_there_is_not(case: Refused, world: World) -> None:
    expect(case, world, "AssociateFleet", {**PAIR, **case.members})


@UNKNOWN
def test_disassociating_what_there_is_not(case: Refused, world: World) -> None:
    expect(case, world, "DisassociateFleet", {**PAIR, **case.members})


@cases(("not associated", "ours", {}, NOT_FOUND, "is not associated with the stack stack"))
def test_disassociating_what_is_not_associated(case: Refused, world: World) -> None:
    expect(case, world, "DisassociateFleet", PAIR)


@cases(("in use", "model", {}, "ResourceInUseException", "has 1 streaming sessions"))
def test_a_pair_that_users_stream_from_is_not_disassociated(case: Refused, world: World) -> None:
    world.call("AssociateFleet", PAIR)
    world.session("s-1", state="ACTIVE")
    world.session("s-2", state="EXPIRED")
    world.session("s-3", state="ACTIVE", stack="another")
    expect(case, world, "DisassociateFleet", PAIR)
    world.call("ExpireSession", {"SessionId": "s-1"})
    assert world.call("DisassociateFleet", PAIR) == {}
