"""Software that resources are associated with, by the resource's ARN."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from ownstream.domain.scope import Scope
from ownstream.store.image_tables import SoftwareRow
from ownstream.store.tables import ImageBuilderRow, ImageRow
from ownstream.store.transactions import Tx


def of_resource(tx: Tx, arn: str) -> Sequence[SoftwareRow]:
    """The resource's software, in order of name."""
    query = select(SoftwareRow).where(SoftwareRow.arn == arn).order_by(SoftwareRow.name)
    return tx.scalars(query).all()


def names(tx: Tx, image: ImageRow) -> Sequence[str]:
    """The software that the image has, as far as it was installed by name."""
    return [row.name for row in of_resource(tx, image.scope.arn("image", image.name))]


def begin(tx: Tx, arn: str, statuses: Mapping[str, str]) -> None:
    """The resource, which is new, has software of these names and statuses."""
    for name, status in statuses.items():
        tx.add(SoftwareRow(arn=arn, name=name, status=status, errors=[]))


def carry(tx: Tx, builder: ImageBuilderRow, image: ImageRow) -> None:
    """The image, made in the builder, says what of software is installed in it."""
    arn = image.scope.arn("image", image.name)
    rows = of_resource(tx, builder.scope.arn("image-builder", builder.name))
    installed = [row for row in rows if row.status == "INSTALLED"] if image.layers else []
    for row in installed:
        tx.merge(SoftwareRow(arn=arn, name=row.name, status=row.status, errors=[]))
    if installed:
        image.document = {**image.document, "ManagedSoftwareIncluded": True}


def forget(tx: Tx, arn: str) -> None:
    """The resource has no software that is known of."""
    tx.execute(delete(SoftwareRow).where(SoftwareRow.arn == arn))


def builders_to_look_at(tx: Tx) -> Sequence[tuple[Scope, str]]:
    """The image builders, there or not any more, that any software is known of."""
    arns = tx.scalars(select(SoftwareRow.arn).distinct()).all()
    parts = [arn.split(":", 5) for arn in arns]
    found = [(Scope(part[4], part[3]), part[5].partition("/")) for part in parts]
    return [(scope, name) for scope, (kind, _, name) in found if kind == "image-builder"]
