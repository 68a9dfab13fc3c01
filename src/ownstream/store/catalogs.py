"""What of its fleet's applications a session sees and may start, put together from the rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import catalog
from ownstream.domain.attributes import Attributes
from ownstream.domain.catalog import NOTHING, Catalog, Offer
from ownstream.domain.elastic import is_elastic
from ownstream.domain.scope import Scope
from ownstream.store import applications, resources, sharing
from ownstream.store.application_tables import ApplicationRow
from ownstream.store.tables import FleetRow
from ownstream.store.transactions import Tx


def session_catalog(
    tx: Tx, scope: Scope, *, stack: str, fleet: str, attributes: Attributes | None
) -> Catalog:
    """What a user with these attributes sees of this fleet through this stack.

    None as attributes: entitlements do not apply to the user.
    """
    row = resources.find(tx, FleetRow, scope, fleet)
    if row is None:
        return NOTHING
    entitlements = [
        catalog.entitlement(each.document, each.applications)
        for each in applications.entitlements(tx, scope, stack)
    ]
    allowed = catalog.permitted(entitlements, attributes)
    if is_elastic(row.document):
        return catalog.of_offers(map(offer, applications.of_fleet(tx, scope, fleet)), allowed)
    return catalog.of_image(image_applications(tx, row), allowed)


def offered(tx: Tx, fleet: FleetRow) -> Sequence[str]:
    """Names of the applications that the fleet offers, whoever is entitled to them."""
    if is_elastic(fleet.document):
        return [row.name for row in applications.of_fleet(tx, fleet.scope, fleet.name)]
    entries = image_applications(tx, fleet)
    return [entry["Name"] for entry in entries if entry.get("Enabled", True)]


def image_applications(tx: Tx, fleet: FleetRow) -> Sequence[Mapping[str, Any]]:
    """The applications of the fleet's image; none if that is not there."""
    image = sharing.image_of_fleet(tx, fleet)
    return image.document.get("Applications", ()) if image else ()


def offer(row: ApplicationRow) -> Offer:
    """The application as a session is told of it."""
    document = row.document
    return Offer(
        name=row.name,
        arn=row.scope.arn("application", row.name),
        display_name=document.get("DisplayName") or row.name,
        description=document.get("Description", ""),
        command=catalog.command(document),
        directory=document.get("WorkingDirectory", ""),
        icon=icon_path(row),
    )


def icon_path(row: ApplicationRow) -> str:
    """Where browsers find the application's icon, below the service's URL."""
    return f"/application-icons/{row.icon}"
