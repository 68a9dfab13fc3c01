"""What a session sees, put together from what the store has."""

from collections.abc import Mapping
from typing import Any

import pytest

from ownstream.domain.catalog import Catalog
from ownstream.domain.scope import Scope
from ownstream.store import (
    ApplicationFleetRow,
    ApplicationRow,
    EntitlementRow,
    ImageRow,
    Store,
    catalogs,
    resources,
)
from ownstream.store.tables import FleetRow
from tests.support.clock import START
from tests.support.world import SCOPE, store_with_fleet

KEYS = {"account": SCOPE.account, "region": SCOPE.region}
CAD: Mapping[str, Any] = {
    "LaunchPath": "/blocks/cad",
    "LaunchParameters": "--new",
    "WorkingDirectory": "/blocks",
    "Platforms": ["AMAZON_LINUX2"],
    "AppBlockArn": SCOPE.arn("app-block", "b"),
}


def add_image(store: Store, *names: str) -> None:
    """The fleet's image has these applications."""
    applications = [{"Name": name} for name in names]
    with store.transaction() as tx:
        row = ImageRow(
            **KEYS, name="image", document={"Applications": applications}, created_at=START
        )
        tx.add(row)


def add_application(store: Store, name: str, *, scope: Scope = SCOPE, **members: Any) -> None:
    """There is an application, and the scope's fleet `f` offers it."""
    keys = {"account": scope.account, "region": scope.region}
    document = {**CAD, **members}
    icon = f"{scope.account}-{name}"
    with store.transaction() as tx:
        row = ApplicationRow(**keys, name=name, document=document, icon=icon, created_at=START)
        tx.add(row)
        tx.add(ApplicationFleetRow(**keys, fleet="f", application=name))


def add_entitlement(store: Store, group: str, *applications: str) -> None:
    """Who is of this group may start these."""
    attributes = [{"Name": "groups", "Value": group}]
    with store.transaction() as tx:
        row = EntitlementRow(
            **KEYS,
            stack="s",
            name=group,
            document={"AppVisibility": "ASSOCIATED", "Attributes": attributes},
            applications=list(applications),
            created_at=START,
            modified_at=START,
        )
        tx.add(row)


def catalog(store: Store, groups: str | None = None, fleet: str = "f") -> Catalog:
    """What a user of these groups sees; None: entitlements do not apply."""
    attributes = None if groups is None else {"groups": frozenset(groups.split(":"))}
    with store.snapshot() as tx:
        return catalogs.session_catalog(tx, SCOPE, stack="s", fleet=fleet, attributes=attributes)


def offered(store: Store) -> list[str]:
    with store.snapshot() as tx:
        fleet = resources.find(tx, FleetRow, SCOPE, "f")
        assert fleet
        return list(catalogs.offered(tx, fleet))


def elastic() -> Store:
    return store_with_fleet(FleetType="ELASTIC", MaxConcurrentSessions=1)


def test_a_session_sees_what_its_image_has() -> None:
    store = store_with_fleet()
    add_image(store, "cad", "xterm")
    assert catalog(store) == Catalog(None)
    assert offered(store) == ["cad", "xterm"]


def test_of_an_image_it_sees_what_its_user_is_entitled_to() -> None:
    store = store_with_fleet()
    add_image(store, "cad", "xterm")
    add_entitlement(store, "makers", "cad")
    assert catalog(store, "makers").names == ("cad",)
    assert catalog(store, "others").names == ()
    assert catalog(store).names is None


def test_a_session_of_an_elastic_fleet_sees_the_fleets_applications_alone() -> None:
    store = elastic()
    add_image(store, "xterm")
    add_application(store, "cad")
    found = catalog(store)
    assert (found.own, found.names) == ((), ("cad",))
    assert found.more[0].command == ("/blocks/cad", "--new")
    assert found.more[0].directory == "/blocks"
    assert offered(store) == ["cad"]


@pytest.mark.parametrize("identifier", ["cad", SCOPE.arn("application", "cad")])
def test_of_a_fleets_own_it_sees_what_its_user_is_entitled_to(identifier: str) -> None:
    store = elastic()
    add_application(store, "cad")
    add_application(store, "editor")
    add_entitlement(store, "makers", identifier)
    assert catalog(store, "makers").names == ("cad",)
    assert catalog(store, "others").names == ()


def test_an_application_is_shown_by_its_display_name_or_else_its_name() -> None:
    store = elastic()
    add_application(store, "cad", DisplayName="Draw", Description="It draws")
    add_application(store, "editor")
    cad, editor = (offer.entry for offer in catalog(store).more)
    assert (cad["displayName"], cad["description"]) == ("Draw", "It draws")
    assert editor["displayName"] == "editor"


def test_applications_of_other_accounts_and_regions_are_not_seen() -> None:
    store = elastic()
    add_application(store, "cad", scope=Scope("999999999999", SCOPE.region))
    add_application(store, "cad", scope=Scope(SCOPE.account, "eu-west-1"))
    assert catalog(store).names == ()


def test_there_is_nothing_on_a_fleet_that_there_is_not() -> None:
    assert catalog(store_with_fleet(), fleet="nope").names == ()
