"""Images between accounts: whom they are shared with, and which images an account may use so."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from ownstream.domain.scope import Scope, owner_of, public_arn
from ownstream.store.resources import SERVICE, find, find_image
from ownstream.store.tables import FleetRow, ImagePermissionRow, ImageRow
from ownstream.store.transactions import Tx

_SHARED_WITH = (
    select(ImageRow, ImagePermissionRow)
    .join(
        ImagePermissionRow,
        (ImageRow.account == ImagePermissionRow.account)
        & (ImageRow.region == ImagePermissionRow.region)
        & (ImageRow.name == ImagePermissionRow.image),
    )
    .where(
        ImagePermissionRow.shared_account == bindparam("account"),
        ImageRow.region == bindparam("region"),
    )
    .order_by(ImageRow.name, ImageRow.account)
)
_PERMISSIONS = (
    select(ImagePermissionRow)
    .where(
        ImagePermissionRow.account == bindparam("account"),
        ImagePermissionRow.region == bindparam("region"),
    )
    .order_by(ImagePermissionRow.image, ImagePermissionRow.shared_account)
)
_FLEETS = (
    select(FleetRow)
    .where(FleetRow.account == bindparam("account"), FleetRow.region == bindparam("region"))
    .order_by(FleetRow.name)
)


@dataclass(frozen=True)
class Found:
    """An image that an account sees, and what it may do with it."""

    image: ImageRow
    permission: ImagePermissionRow | None = None  # None: it is the account's own, or public

    @property
    def allows_fleets(self) -> bool:
        """Whether the account's fleets may run it."""
        return self.permission is None or self.permission.allow_fleet

    @property
    def allows_image_builders(self) -> bool:
        """Whether the account's image builders may begin with it."""
        return self.permission is None or self.permission.allow_image_builder


def image_of_arn(tx: Tx, scope: Scope, arn: str) -> Found | None:
    """The image of this ARN as the scope sees it: its own, a public or a shared one; or None."""
    name = arn.rpartition("/")[2]
    owner = owner_of(arn)
    if owner == scope.account:
        image = find(tx, ImageRow, scope, name)
        return Found(image) if image and arn == scope.arn("image", name) else None
    if not owner:
        image = find(tx, ImageRow, SERVICE, name)
        return Found(image) if image and arn == public_arn(scope.region, "image", name) else None
    owners = Scope(owner, scope.region)
    image, permission = find(tx, ImageRow, owners, name), permission_of(tx, owners, name, scope)
    if image is None or permission is None or arn != owners.arn("image", name):
        return None
    return Found(image, permission)


def image_of_fleet(tx: Tx, fleet: FleetRow) -> ImageRow | None:
    """The fleet's image, if there is one, whether or not its instances may be launched any more."""
    arn = str(fleet.document.get("ImageArn", ""))
    if not arn:
        return find_image(tx, fleet.scope, str(fleet.document.get("ImageName", "")))
    scope = Scope(owner_of(arn), fleet.region) if owner_of(arn) else SERVICE
    return find(tx, ImageRow, scope, arn.rpartition("/")[2])


def shared_with(tx: Tx, scope: Scope) -> Sequence[Found]:
    """The images of other accounts that this one may use, in order of name and owner."""
    return [
        Found(image, permission) for image, permission in tx.execute(_SHARED_WITH, _asked(scope))
    ]


def permissions(tx: Tx, scope: Scope, image: str | None = None) -> Sequence[ImagePermissionRow]:
    """What other accounts may do with this image of the scope, or with all, in order of both."""
    rows = tx.scalars(_PERMISSIONS, _asked(scope)).all()
    return [row for row in rows if image in (None, row.image)]


def permission_of(tx: Tx, owner: Scope, image: str, user: Scope) -> ImagePermissionRow | None:
    """What the user's account may do with the owner's image; None if it may do nothing."""
    key = {"account": owner.account, "region": owner.region, "image": image}
    return tx.get(ImagePermissionRow, {**key, "shared_account": user.account})


def is_withdrawn(tx: Tx, scope: Scope, arn: str) -> bool:
    """Whether this image of another account may not, or no more, be run by the scope's fleets."""
    owner = owner_of(arn)
    if owner in ("", scope.account):
        return False
    permission = permission_of(tx, Scope(owner, scope.region), arn.rpartition("/")[2], scope)
    return permission is None or not permission.allow_fleet


def fleets_on(tx: Tx, scope: Scope, arn: str) -> Sequence[FleetRow]:
    """The fleets of the scope whose image has this ARN, in order of name."""
    rows = tx.scalars(_FLEETS, _asked(scope))
    return [row for row in rows if row.document.get("ImageArn") == arn]


def _asked(scope: Scope) -> dict[str, str]:
    return {"account": scope.account, "region": scope.region}
