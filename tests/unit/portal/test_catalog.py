"""What the portal shows of a stack: what the user may start, of images and of fleets' own."""

from typing import Any

import pytest

from ownstream.domain.attributes import Attributes
from ownstream.portal.catalog import Application, Choice, launch_path, offers
from ownstream.portal.reception import Visitor
from ownstream.portal.refusals import TurnedAway
from ownstream.store import ApplicationFleetRow, ApplicationRow, EntitlementRow
from tests.support.clock import START
from tests.support.portal import ANN, SCOPED, World
from tests.support.world import KEY, SCOPE

CAD: dict[str, Any] = {
    "LaunchPath": "/blocks/cad",
    "DisplayName": "Draw",
    "Description": "It draws",
    "Platforms": ["AMAZON_LINUX2"],
    "AppBlockArn": SCOPE.arn("app-block", "b"),
}


def visitor(attributes: Attributes | None = None) -> Visitor:
    return Visitor(SCOPE, ANN, "Ann", must_change=False, attributes=attributes)


def entitle(world: World, department: str, *applications: str) -> None:
    """Who is of this department may start these."""
    attributes = [{"Name": "department", "Value": department}]
    with world.store.transaction() as tx:
        row = EntitlementRow(
            **SCOPED,
            stack="s",
            name=department,
            document={"AppVisibility": "ASSOCIATED", "Attributes": attributes},
            applications=list(applications),
            created_at=START,
            modified_at=START,
        )
        tx.add(row)


def make_elastic(world: World) -> None:
    """The fleet is Elastic, and offers an application."""
    with world.store.transaction() as tx:
        fleet = world.fleet(tx)
        fleet.document = {**fleet.document, "FleetType": "ELASTIC", "MaxConcurrentSessions": 1}
        tx.add(ApplicationRow(**SCOPED, name="cad", document=CAD, icon="word", created_at=START))
        tx.add(ApplicationFleetRow(**SCOPED, fleet="f", application="cad"))


def shown(world: World, attributes: Attributes | None = None) -> list[Application]:
    with world.store.snapshot() as tx:
        (offer,) = offers(tx, visitor(attributes))
        return list(offer.applications)


def open_(world: World, application: str, attributes: Attributes) -> str:
    choice = Choice("s", "f", application)
    with world.store.snapshot() as tx:
        return launch_path(tx, visitor(attributes), choice, now=START, ticket_key=KEY)


def test_where_nobody_states_attributes_everything_is_shown() -> None:
    world = World()
    entitle(world, "Sales", "nothing")
    assert [application.name for application in shown(world)] == ["editor"]


def test_what_the_user_may_not_start_is_neither_shown_nor_opened() -> None:
    world = World()
    entitle(world, "Sales", "editor")
    sales, others = ({"department": frozenset({name})} for name in ("Sales", "Design"))
    assert [application.name for application in shown(world, sales)] == ["editor"]
    assert shown(world, others) == []
    assert open_(world, "editor", sales)
    with pytest.raises(TurnedAway):
        open_(world, "editor", others)


def test_of_an_elastic_fleet_its_own_applications_are_shown() -> None:
    world = World()
    make_elastic(world)
    cad = Application("cad", "Draw", "It draws", "/application-icons/word")
    assert shown(world) == [cad]
    entitle(world, "Design", "cad")
    assert shown(world, {"department": frozenset({"Design"})}) == [cad]
    assert shown(world, {}) == []
