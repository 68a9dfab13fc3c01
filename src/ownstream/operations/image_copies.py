"""Images made of other images: copies into a region, and updates."""

from collections.abc import Mapping
from typing import Any

from ownstream.domain.keys import image_key
from ownstream.domain.limits import count_refusals
from ownstream.domain.scope import Scope
from ownstream.domain.software import INSTALLED
from ownstream.model.errors import (
    IncompatibleImageException,
    InvalidParameterValueException,
    OperationNotPermittedException,
    ResourceAlreadyExistsException,
    ResourceNotAvailableException,
)
from ownstream.operations.context import Context
from ownstream.operations.images import image_answer, image_arn, own_image
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import ImageRow, resources, software
from ownstream.store.sharing import Found

Answer = Mapping[str, Any]

# What an image does not have of the one that it was made of.
_ITS_OWN = ("ImageBuilderName", "ImageErrors", "StateChangeReason", "CreatedTime", "Arn")


@operation
def copy_image(
    ctx: Context,
    source_image_name: str,
    destination_image_name: str,
    *,
    destination_region: str,
    destination_image_description: str | None = None,
) -> Answer:
    """The account's image of another name or in another region, COPYING and then AVAILABLE.

    Copies have their layers in common, so that they take no room; its tags are not copied.
    """
    source = own_image(ctx, source_image_name)
    _refuse_unready(source)
    if not destination_region.replace("-", "").isalnum() or not destination_region.isascii():
        raise InvalidParameterValueException(
            f"DestinationRegion is {destination_region}, which is no region's name. Regions have"
            " names such as us-east-1; this service answers for every one."
        )
    scope = Scope(ctx.scope.account, destination_region)
    refuse_second(ctx, scope, destination_image_name)
    said = destination_image_description
    row = _made_of(ctx, source, scope, destination_image_name, state="COPYING")
    if said is not None:
        row.document = _described(row.document, Description=said)
    row.task = {"do": "copy", "failure": "IMAGE_COPY_FAILURE"}
    ctx.tx.add(row)
    ctx.tx.touch(image_key(scope, row.name))
    return {"DestinationImageName": row.name}


@operation
def create_updated_image(
    ctx: Context,
    existing_image_name: str,
    new_image_name: str,
    *,
    new_image_description: str | None = None,
    new_image_display_name: str | None = None,
    new_image_tags: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> Answer:
    """A new image of the account's image, over what this service's hosts have now.

    With `dry_run` nothing is made, and the answer is whether it can be.
    """
    existing = own_image(ctx, existing_image_name)
    can = existing.document.get("State") == "AVAILABLE" and bool(existing.layers)
    if dry_run:
        return {"canUpdateImage": can}
    if not existing.layers:
        raise IncompatibleImageException(
            f"The image {existing.name} was not made by an image builder: there is nothing of it"
            " to put over newer software."
        )
    if not can:
        raise OperationNotPermittedException(
            f"The image {existing.name} is {existing.document.get('State')}."
            " Wait until it is AVAILABLE to update it."
        )
    refuse_second(ctx, ctx.scope, new_image_name)
    row = _made_of(ctx, existing, ctx.scope, new_image_name, state="CREATING")
    row.document = _described(
        row.document, Description=new_image_description, DisplayName=new_image_display_name
    )
    row.task = {"do": "update", "failure": "IMAGE_UPDATE_FAILURE"}
    ctx.tx.add(row)
    resources.set_tags(ctx.tx, image_arn(ctx, row), dict(new_image_tags or {}))
    ctx.tx.touch(image_key(ctx.scope, row.name))
    return {"image": image_answer(ctx, Found(row), shared=False), "canUpdateImage": True}


def refuse_second(ctx: Context, scope: Scope, name: str) -> None:
    """Nothing, if the scope may have one more image and has none of this name."""
    if resources.find(ctx.tx, ImageRow, scope, name) is not None:
        raise ResourceAlreadyExistsException(
            f"The image {name} for account {scope.account} already exists in {scope.region}."
            " Choose another name, or delete that image."
        )
    present = resources.count(ctx.tx, ImageRow, scope)
    refuse_if(count_refusals("image", present=present, allowed=ctx.services.limits.images))


def _made_of(ctx: Context, image: ImageRow, scope: Scope, name: str, *, state: str) -> ImageRow:
    """A row that has what the image has, under this name; so has its ARN the software."""
    kept = {member: value for member, value in image.document.items() if member not in _ITS_OWN}
    base = {"BaseImageArn": image_arn(ctx, image)}
    installed = dict.fromkeys(software.names(ctx.tx, image), INSTALLED)
    software.begin(ctx.tx, scope.arn("image", name), installed)
    return ImageRow(
        account=scope.account,
        region=scope.region,
        name=name,
        document={**kept, **base, "Name": name, "State": state},
        icons=dict(image.icons),
        layers=list(image.layers),
        created_at=ctx.now,
    )


def _described(document: Answer, **members: str | None) -> dict[str, Any]:
    """The document with these texts; None leaves one as it is, an empty one takes it away."""
    said = {member: text for member, text in members.items() if text is not None}
    return {member: value for member, value in {**document, **said}.items() if value != ""}


def _refuse_unready(image: ImageRow) -> None:
    state = image.document.get("State")
    if state != "AVAILABLE":
        raise ResourceNotAvailableException(
            f"The image {image.name} is {state}. Wait until it is AVAILABLE to copy it."
        )
