"""Images shared with other accounts: permissions given, taken back and described."""

from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import sharing as rules
from ownstream.domain.keys import fleet_key
from ownstream.domain.scope import Scope
from ownstream.model.errors import ResourceNotAvailableException, ResourceNotFoundException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.images import image_arn, own_image
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import ImagePermissionRow, ImageRow, sharing

Answer = Mapping[str, Any]


@operation
def update_image_permissions(
    ctx: Context, name: str, shared_account_id: str, *, image_permissions: Mapping[str, bool]
) -> None:
    """The account may do this with the image and no more; nothing, and it is not shared with it.

    A permission that the request leaves out is not given.
    """
    image = own_image(ctx, name)
    state = image.document.get("State")
    if state != "AVAILABLE":
        raise ResourceNotAvailableException(
            f"The image {name} is {state}. Wait until it is AVAILABLE to share it."
        )
    others = [
        row.shared_account
        for row in sharing.permissions(ctx.tx, ctx.scope, name)
        if row.shared_account != shared_account_id
    ]
    refuse_if(
        rules.account_refusals(
            shared_account_id,
            owner=ctx.scope.account,
            others=len(others),
            allowed=ctx.services.limits.image_shares,
        )
    )
    fleet = bool(image_permissions.get("allowFleet"))
    builder = bool(image_permissions.get("allowImageBuilder"))
    if fleet or builder:
        row = ImagePermissionRow(
            account=ctx.scope.account,
            region=ctx.scope.region,
            image=name,
            shared_account=shared_account_id,
            allow_fleet=fleet,
            allow_image_builder=builder,
        )
        ctx.tx.merge(row)
    else:
        _forget(ctx, name, shared_account_id)
    if not fleet:
        _empty_fleets(ctx, image, shared_account_id)


@operation
def delete_image_permissions(ctx: Context, name: str, shared_account_id: str) -> None:
    """The image is not shared with that account any more; its fleets get no new instances."""
    image = own_image(ctx, name)
    if not _forget(ctx, name, shared_account_id):
        raise ResourceNotFoundException(
            f"The image {name} is not shared with the account {shared_account_id}."
        )
    _empty_fleets(ctx, image, shared_account_id)


@operation
def describe_image_permissions(
    ctx: Context, name: str, *, shared_aws_account_ids: Sequence[str] = ()
) -> Page[Any]:
    """What each account that the image is shared with may do, or each of these that it is.

    An account that it is not shared with is passed over: it may do nothing.
    """
    own_image(ctx, name)

    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Answer]]:
        rows = [
            row
            for row in sharing.permissions(ctx.tx, ctx.scope, name)
            if (not shared_aws_account_ids or row.shared_account in shared_aws_account_ids)
            and (after is None or row.shared_account > after)
        ]
        return [(row.shared_account, _described(row)) for row in rows[:limit]]

    return Page(fetch, most_items=500, also={"Name": name})


def _described(row: ImagePermissionRow) -> Answer:
    return {
        "sharedAccountId": row.shared_account,
        "imagePermissions": {
            "allowFleet": row.allow_fleet,
            "allowImageBuilder": row.allow_image_builder,
        },
    }


def _forget(ctx: Context, image: str, account: str) -> bool:
    """Whether there was a permission to forget."""
    user = Scope(account, ctx.scope.region)
    row = sharing.permission_of(ctx.tx, ctx.scope, image, user)
    if row is None:
        return False
    ctx.tx.delete(row)
    ctx.tx.flush()
    return True


def _empty_fleets(ctx: Context, image: ImageRow, account: str) -> None:
    """That account's fleets on the image are to have no instances; sessions go on to their end."""
    user = Scope(account, ctx.scope.region)
    for fleet in sharing.fleets_on(ctx.tx, user, image_arn(ctx, image)):
        fleet.document = rules.emptied(fleet.document)
        ctx.tx.touch(fleet_key(user, fleet.name))
