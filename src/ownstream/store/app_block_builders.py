"""App block builders: which there are, and which has which app block."""

from collections.abc import Sequence

from sqlalchemy import select

from ownstream.domain.scope import Scope
from ownstream.store.tables import AppBlockBuilderRow
from ownstream.store.transactions import Tx

_ALL = select(AppBlockBuilderRow)


def all_app_block_builders(tx: Tx) -> Sequence[AppBlockBuilderRow]:
    """Every app block builder of every scope."""
    return tx.scalars(_ALL).all()


def builder_of(tx: Tx, scope: Scope, app_block: str) -> AppBlockBuilderRow | None:
    """The app block builder that has this app block, or None."""
    query = _ALL.where(
        AppBlockBuilderRow.account == scope.account,
        AppBlockBuilderRow.region == scope.region,
        AppBlockBuilderRow.app_block == app_block,
    )
    return tx.scalars(query).first()
