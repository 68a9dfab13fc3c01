"""Images: described, and found for those who name one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ownstream.domain.scope import public_arn
from ownstream.model.errors import InvalidParameterCombinationException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import listed
from ownstream.operations.refusing import no_such
from ownstream.operations.registry import operation
from ownstream.store import ImageRow, resources

Answer = Mapping[str, Any]
Key = tuple[str, str]
Fetch = Callable[[Key | None, int], Sequence[tuple[Key, Answer]]]

MOST_IMAGES = 25
ALL = 10_000


@operation
def describe_images(
    ctx: Context,
    names: Sequence[str] = (),
    *,
    arns: Sequence[str] = (),
    type: str | None = None,
) -> Page[Any]:
    """The account's own and the public images, or those of these names or ARNs, of this type.

    ResourceNotFoundException for a name or an ARN without an image, or with one of another type.
    """
    if names and arns:
        raise InvalidParameterCombinationException("Specify either Names or Arns, not both.")
    if names or arns:
        rows = [image_named(ctx, name) for name in dict.fromkeys(names)]
        rows += [image_by_arn(ctx, arn) for arn in dict.fromkeys(arns)]
        for row in rows:
            if type not in (None, row.document.get("Visibility")):
                raise no_such(ctx, "image", row.name)
        return listed(_described(ctx, row) for row in rows)
    return Page(_all(ctx, type), default_items=MOST_IMAGES, most_items=MOST_IMAGES)


def image_named(ctx: Context, name: str) -> ImageRow:
    """The image of this name that the caller may use; ResourceNotFoundException if none."""
    row = resources.find_image(ctx.tx, ctx.scope, name)
    if row is None:
        raise no_such(ctx, "image", name)
    return row


def image_by_arn(ctx: Context, arn: str) -> ImageRow:
    """The image of this ARN that the caller may use; ResourceNotFoundException if none."""
    row = resources.find_image(ctx.tx, ctx.scope, arn.rpartition("/")[2])
    if row is None or image_arn(ctx, row) != arn:
        raise no_such(ctx, "image", arn)
    return row


def image_arn(ctx: Context, image: ImageRow) -> str:
    """The image's ARN as the caller sees it: a public one is in every region."""
    if image.account:
        return image.scope.arn("image", image.name)
    return public_arn(ctx.scope.region, "image", image.name)


def _all(ctx: Context, visibility: str | None) -> Fetch:
    # An own image may have the name of a public one: the account tells their keys apart.
    def fetch(after: Key | None, limit: int) -> Sequence[tuple[Key, Answer]]:
        rows = resources.visible_images(ctx.tx, ctx.scope, None, ALL)
        found = {
            (row.name, row.account): row
            for row in rows
            if visibility in (None, row.document.get("Visibility"))
        }
        keys = sorted(key for key in found if after is None or key > after)
        return [(key, _described(ctx, found[key])) for key in keys[:limit]]

    return fetch


def _described(ctx: Context, row: ImageRow) -> Answer:
    catalog = row.document.get("Applications", ())
    return {
        **row.document,
        "Name": row.name,
        "Arn": image_arn(ctx, row),
        "CreatedTime": row.created_at,
        "Applications": [_with_icon(ctx, application) for application in catalog],
    }


def _with_icon(ctx: Context, application: Answer) -> Answer:
    """The document holds the icon's path; browsers need the whole URL."""
    path = application.get("IconURL")
    if not path:
        return application
    return {**application, "IconURL": ctx.services.public_url.rstrip("/") + quote(path)}
