"""The fleet or builder that an instance or a session is of, by its owner."""

from collections.abc import Mapping

from ownstream.domain import app_block_builders, fleets, image_builders, owners
from ownstream.domain.scope import Scope
from ownstream.store import resources
from ownstream.store.tables import AppBlockBuilderRow, FleetRow, ImageBuilderRow
from ownstream.store.transactions import Tx

Owner = FleetRow | ImageBuilderRow | AppBlockBuilderRow
_TABLES: Mapping[str, type[Owner]] = {
    owners.FLEET: FleetRow,
    owners.IMAGE_BUILDER: ImageBuilderRow,
    owners.APP_BLOCK_BUILDER: AppBlockBuilderRow,
}


def owner(tx: Tx, scope: Scope, owner: str) -> Owner | None:
    """The fleet or builder, or None if there is none any more."""
    return resources.find(tx, _TABLES[owners.kind(owner)], scope, owners.name_of(owner))


def state(row: Owner) -> str:
    """What the API reports of it."""
    match row:
        case FleetRow():
            return fleets.state(row.goal, row.goal_met)
        case ImageBuilderRow():
            return image_builders.state(row.goal, row.goal_met, failed=bool(row.failed))
        case AppBlockBuilderRow():
            return app_block_builders.state(row.goal, row.goal_met)
