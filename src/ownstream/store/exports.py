"""Tasks that export images."""

from collections.abc import Sequence

from sqlalchemy import select

from ownstream.domain.scope import Scope
from ownstream.store.image_tables import ImageExportRow
from ownstream.store.transactions import Tx


def of_scope(tx: Tx, scope: Scope) -> Sequence[ImageExportRow]:
    """The scope's tasks, oldest first."""
    query = (
        select(ImageExportRow)
        .where(ImageExportRow.account == scope.account, ImageExportRow.region == scope.region)
        .order_by(ImageExportRow.created_at, ImageExportRow.id)
    )
    return tx.scalars(query).all()


def unfinished(tx: Tx) -> Sequence[ImageExportRow]:
    """The tasks of every scope that are not at their end."""
    return tx.scalars(select(ImageExportRow).where(ImageExportRow.state == "EXPORTING")).all()
