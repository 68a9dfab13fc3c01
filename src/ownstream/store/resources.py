"""Resources that the API knows by name: found, listed and paged within a scope."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TypeVar

from sqlalchemy import Select, bindparam, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from ownstream.domain.scope import Scope
from ownstream.store.tables import (
    AssociationRow,
    IconRow,
    ImageBuilderRow,
    ImageRow,
    InstanceRow,
    Named,
    TagRow,
)
from ownstream.store.transactions import Tx

Row = TypeVar("Row", bound=Named)

SERVICE = Scope("", "")


def find(tx: Tx, kind: type[Row], scope: Scope, name: str) -> Row | None:
    """The resource of this name, or None."""
    return tx.get(kind, {"account": scope.account, "region": scope.region, "name": name})


def page(tx: Tx, kind: type[Row], scope: Scope, after: str | None, limit: int) -> Sequence[Row]:
    """At most so many resources in order of name, from the one behind `after` on."""
    asked = {"account": scope.account, "region": scope.region, "after": after or "", "most": limit}
    return tx.scalars(_page(kind), asked).all()


def count(tx: Tx, kind: type[Row], scope: Scope) -> int:
    """How many resources of this kind the scope has."""
    asked = {"account": scope.account, "region": scope.region}
    return tx.scalars(_count(kind), asked).one()


def find_image(tx: Tx, scope: Scope, name: str) -> ImageRow | None:
    """The image of this name that the scope may launch: its own, else a public one."""
    return find(tx, ImageRow, scope, name) or find(tx, ImageRow, SERVICE, name)


def visible_images(tx: Tx, scope: Scope, after: str | None, limit: int) -> Sequence[ImageRow]:
    """At most so many images, the scope's own and the public ones, in order of name."""
    own = page(tx, ImageRow, scope, after, limit)
    public = page(tx, ImageRow, SERVICE, after, limit)
    return sorted((*own, *public), key=lambda row: row.name)[:limit]


def public_images(tx: Tx) -> Sequence[ImageRow]:
    """All public images, in order of name."""
    return page(tx, ImageRow, SERVICE, None, 10_000)


def replace_public_images(tx: Tx, images: Iterable[ImageRow]) -> None:
    """The public images are these; a repeated call changes nothing."""
    known = {row.name: row for row in public_images(tx)}
    for image in images:
        row = known.pop(image.name, None)
        if row is None:
            tx.add(image)
        else:
            row.document, row.icons = image.document, image.icons
    for row in known.values():
        tx.delete(row)


def images_with_tasks(tx: Tx) -> Sequence[ImageRow]:
    """The images that control has something to do to."""
    return [row for row in tx.scalars(select(ImageRow)) if row.task is not None]


def layers_in_use(tx: Tx) -> set[str]:
    """The layers of which any image, image builder or instance is made, or is about to be."""
    found: set[str] = set()
    for spec in tx.scalars(select(InstanceRow.spec)):
        found.update(spec.get("layers", ()))
    for image in tx.scalars(select(ImageRow)):
        found.update(image.layers, (image.task or {}).get("layers", ()))
    for builder in tx.scalars(select(ImageBuilderRow)):
        found.update(builder.layers, (builder.snapshot or {}).get("layers", ()))
    return found


def volumes_in_use(tx: Tx) -> set[str]:
    """The volumes of all image builders and instances."""
    of_instances = {str(spec.get("volume", "")) for spec in tx.scalars(select(InstanceRow.spec))}
    return of_instances | set(tx.scalars(select(ImageBuilderRow.volume)))


def icon(tx: Tx, digest: str) -> IconRow | None:
    """The icon that has this digest, or None."""
    return tx.get(IconRow, digest)


def keep_icon(tx: Tx, media_type: str, data: bytes) -> str:
    """The digest of this icon, which is kept from now on."""
    digest = hashlib.sha256(media_type.encode() + b"\0" + data).hexdigest()
    if tx.get(IconRow, digest) is None:
        tx.add(IconRow(digest=digest, media_type=media_type, data=data))
    return digest


def associated_fleets(
    tx: Tx, scope: Scope, stack: str, after: str | None = None, limit: int = 1000
) -> Sequence[str]:
    """Names of the fleets that this stack offers, in order."""
    query = _associations(scope).where(AssociationRow.stack == stack)
    return [row.fleet for row in _behind(tx, query, AssociationRow.fleet, after, limit)]


def associated_stacks(
    tx: Tx, scope: Scope, fleet: str, after: str | None = None, limit: int = 1000
) -> Sequence[str]:
    """Names of the stacks that offer this fleet, in order."""
    query = _associations(scope).where(AssociationRow.fleet == fleet)
    return [row.stack for row in _behind(tx, query, AssociationRow.stack, after, limit)]


def association(tx: Tx, scope: Scope, *, fleet: str, stack: str) -> AssociationRow | None:
    """The association of these two, or None."""
    key = {"account": scope.account, "region": scope.region, "fleet": fleet, "stack": stack}
    return tx.get(AssociationRow, key)


def set_tags(tx: Tx, arn: str, tags: dict[str, str]) -> None:
    """The resource has these tags, besides those that it has under other keys."""
    for key, value in tags.items():
        tx.merge(TagRow(arn=arn, key=key, value=value))


def tags(tx: Tx, arn: str) -> dict[str, str]:
    """The resource's tags."""
    rows = tx.scalars(select(TagRow).where(TagRow.arn == arn).order_by(TagRow.key))
    return {row.key: row.value for row in rows}


def tagged(tx: Tx, scope: Scope) -> dict[str, dict[str, str]]:
    """The tags of all resources of the scope that have any, by ARN."""
    within = TagRow.arn.startswith(scope.arn("", "").removesuffix("/"), autoescape=True)
    found: dict[str, dict[str, str]] = {}
    for row in tx.scalars(select(TagRow).where(within)):
        found.setdefault(row.arn, {})[row.key] = row.value
    return found


def forget_tags(tx: Tx, arn: str, keys: Iterable[str] | None = None) -> None:
    """The resource has no tags, or none of these keys."""
    query = delete(TagRow).where(TagRow.arn == arn)
    tx.execute(query if keys is None else query.where(TagRow.key.in_(list(keys))))


def _associations(scope: Scope) -> Select[AssociationRow]:
    return select(AssociationRow).where(
        AssociationRow.account == scope.account, AssociationRow.region == scope.region
    )


def _behind(
    tx: Tx,
    query: Select[AssociationRow],
    name: InstrumentedAttribute[str],
    after: str | None,
    limit: int,
) -> Sequence[AssociationRow]:
    """At most so many associations in order of this name, from the one behind `after` on."""
    if after is not None:
        query = query.where(name > after)
    return tx.scalars(query.order_by(name).limit(limit)).all()


@cache
def _count(kind: type[Row]) -> Select[int]:
    return (
        select(func.count())
        .select_from(kind)
        .where(kind.account == bindparam("account"), kind.region == bindparam("region"))
    )


@cache
def _page(kind: type[Row]) -> Select[Row]:
    # Made once for each kind: that costs as much as to ask it. No name is empty.
    return (
        select(kind)
        .where(kind.account == bindparam("account"), kind.region == bindparam("region"))
        .where(kind.name > bindparam("after"))
        .order_by(kind.name)
        .limit(bindparam("most"))
    )
