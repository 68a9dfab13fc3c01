"""Images: described, deleted, and found for those who name one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ownstream.domain.scope import public_arn
from ownstream.model.errors import (
    InvalidParameterCombinationException,
    OperationNotPermittedException,
    ResourceInUseException,
)
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import listed
from ownstream.operations.refusing import no_such
from ownstream.operations.registry import operation
from ownstream.store import ImageRow, exports, resources, sharing, software
from ownstream.store.sharing import Found

Answer = Mapping[str, Any]
Key = tuple[str, str]
Fetch = Callable[[Key | None, int], Sequence[tuple[Key, Answer]]]

MOST_IMAGES = 25
ALL = 10_000
# States in which control works on an image.
UNFINISHED = ("PENDING", "COPYING", "CREATING", "IMPORTING", "VALIDATING")


@operation
def describe_images(
    ctx: Context,
    names: Sequence[str] = (),
    *,
    arns: Sequence[str] = (),
    type: str | None = None,
) -> Page[Any]:
    """The account's own, the public and the shared images, or those named, of this type.

    An image that another account shares is named by its ARN: accounts may have images of one name.
    ResourceNotFoundException for a name or an ARN without an image, or with one of another type.
    """
    if names and arns:
        raise InvalidParameterCombinationException("Specify either Names or Arns, not both.")
    if names or arns:
        found = [Found(image_named(ctx, name)) for name in dict.fromkeys(names)]
        found += [image_by_arn(ctx, arn) for arn in dict.fromkeys(arns)]
        for each in found:
            if type not in (None, _visibility(ctx, each)):
                raise no_such(ctx, "image", each.image.name)
        return listed([image_answer(ctx, each) for each in found])
    return Page(_all(ctx, type), default_items=MOST_IMAGES, most_items=MOST_IMAGES)


@operation
def delete_image(ctx: Context, name: str) -> Answer:
    """The image and its tags are gone; what runs of it already runs on.

    Refused while a fleet of the account is to run it, while it is shared, and while it is made.
    """
    row = own_image(ctx, name)
    arn = image_arn(ctx, row)
    fleets = [fleet.name for fleet in sharing.fleets_on(ctx.tx, ctx.scope, arn)]
    if fleets:
        raise ResourceInUseException(
            f"The image {name} is used by {_counted('fleet', fleets)}."
            " Delete the fleets, or update them to another image first."
        )
    accounts = [row.shared_account for row in sharing.permissions(ctx.tx, ctx.scope, name)]
    if accounts:
        raise ResourceInUseException(
            f"The image {name} is shared with {_counted('account', accounts)}."
            " Take that back with DeleteImagePermissions first."
        )
    if row.document.get("State") in UNFINISHED:
        raise OperationNotPermittedException(
            f"The image {name} is {row.document['State']}. Wait until it is AVAILABLE or FAILED."
        )
    if any(task.image == name for task in exports.of_scope(ctx.tx, ctx.scope) if task.is_going_on):
        raise ResourceInUseException(
            f"The image {name} is being exported. Wait until its export task has ended."
        )
    answer = {**image_answer(ctx, Found(row)), "State": "DELETING"}
    resources.forget_tags(ctx.tx, arn)
    software.forget(ctx.tx, arn)
    ctx.tx.delete(row)
    return {"Image": answer}


def image_named(ctx: Context, name: str) -> ImageRow:
    """The account's own image of this name, else a public one; ResourceNotFoundException if none.

    One that another account shares is found by its ARN alone, as the model says; the error says so.
    """
    row = resources.find_image(ctx.tx, ctx.scope, name)
    if row is None:
        shared = [f for f in sharing.shared_with(ctx.tx, ctx.scope) if f.image.name == name]
        arns = ", ".join(image_arn(ctx, found.image) for found in shared)
        raise no_such(ctx, "image", name, hint=arns and f" A shared image has its ARN: {arns}.")
    return row


def own_image(ctx: Context, name: str) -> ImageRow:
    """The account's own image of this name; ResourceNotFoundException if it has none."""
    row = resources.find(ctx.tx, ImageRow, ctx.scope, name)
    if row is None:
        raise no_such(ctx, "image", name)
    return row


def image_by_arn(ctx: Context, arn: str) -> Found:
    """The image of this ARN that the caller may see; ResourceNotFoundException if none."""
    found = sharing.image_of_arn(ctx.tx, ctx.scope, arn)
    if found is None:
        raise no_such(ctx, "image", arn)
    return found


def image_arn(ctx: Context, image: ImageRow) -> str:
    """The image's ARN as the caller sees it: a public one is in every region."""
    if image.account:
        return image.scope.arn("image", image.name)
    return public_arn(ctx.scope.region, "image", image.name)


def image_answer(ctx: Context, found: Found, *, shared: bool | None = None) -> Answer:
    """The image as the caller sees it; `shared` says of an own one whether it is, if known."""
    row = found.image
    answer = {
        **row.document,
        "Name": row.name,
        "Arn": image_arn(ctx, row),
        "CreatedTime": row.created_at,
        "Visibility": _visibility(ctx, found),
        "Applications": [_with_icon(ctx, each) for each in row.document.get("Applications", ())],
    }
    if found.permission is not None:
        answer.pop("ImageBuilderName", None)
        answer["ImagePermissions"] = {
            "allowFleet": found.allows_fleets,
            "allowImageBuilder": found.allows_image_builders,
        }
    elif row.account:
        if shared is None:
            shared = bool(sharing.permissions(ctx.tx, ctx.scope, row.name))
        answer["ImageSharedWithOthers"] = "TRUE" if shared else "FALSE"
    return answer


def _all(ctx: Context, visibility: str | None) -> Fetch:
    # An own image may have the name of a public one: the account tells their keys apart.
    def fetch(after: Key | None, limit: int) -> Sequence[tuple[Key, Answer]]:
        rows = resources.visible_images(ctx.tx, ctx.scope, None, ALL)
        every = [*map(Found, rows), *sharing.shared_with(ctx.tx, ctx.scope)]
        found = {
            (each.image.name, each.image.account): each
            for each in every
            if visibility in (None, _visibility(ctx, each))
        }
        keys = sorted(key for key in found if after is None or key > after)
        shared = {row.image for row in sharing.permissions(ctx.tx, ctx.scope)}
        return [
            (key, image_answer(ctx, found[key], shared=key[0] in shared)) for key in keys[:limit]
        ]

    return fetch


def _visibility(ctx: Context, found: Found) -> str:
    if found.permission is not None:
        return "SHARED"
    return "PRIVATE" if found.image.account else "PUBLIC"


def _counted(kind: str, names: Sequence[str]) -> str:
    """Up to three of them by name."""
    few = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return f"{len(names)} {kind}{'s' if len(names) > 1 else ''} ({few})"


def _with_icon(ctx: Context, application: Answer) -> Answer:
    """The document holds the icon's path; browsers need the whole URL."""
    path = application.get("IconURL")
    if not path:
        return application
    return {**application, "IconURL": ctx.services.public_url.rstrip("/") + quote(path)}
