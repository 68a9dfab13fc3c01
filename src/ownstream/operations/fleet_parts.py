"""What a fleet is made of besides its own members: an image, a directory, room on the machine."""

from collections.abc import Collection, Mapping
from typing import Any

from ownstream.domain import capacity, fleet_rules
from ownstream.domain.elastic import image_refusals, is_elastic
from ownstream.model.errors import (
    InvalidParameterCombinationException,
    OperationNotPermittedException,
    ResourceNotAvailableException,
)
from ownstream.operations.app_blocks import refuse_impossible
from ownstream.operations.context import Context
from ownstream.operations.images import image_arn, image_by_arn, image_named
from ownstream.operations.named import wanted
from ownstream.operations.refusing import no_such, refuse_if
from ownstream.store import DirectoryConfigRow, FleetRow, ImageRow, resources, sharing, streaming
from ownstream.store.sharing import Found

Members = Mapping[str, Any]


def image_members(ctx: Context, document: Members, members: Members) -> Members:
    """ImageName, ImageArn and Platform as the request's image has them; none if it names none.

    Refuses an image that the caller has not, may not run or that is not AVAILABLE, a name and an
    ARN of two images, and another platform than the image's.
    """
    if "ELASTIC" in (document.get("FleetType"), members.get("FleetType")):
        return {}  # its platform is its own
    image = asked_image(ctx, members)
    found: Members = {}
    if image is not None:
        found = {"ImageName": image.name, "ImageArn": image_arn(ctx, image)}
        if "Platform" in image.document:
            found = {**found, "Platform": image.document["Platform"]}
    platform = {**document, **found}.get("Platform")
    if "Platform" in members and members["Platform"] != platform:
        raise InvalidParameterCombinationException(
            f"The fleet's image is of the platform {platform}, not {members['Platform']}."
        )
    return found


def refuse_misfit(ctx: Context, fleet: str, document: Members, *, changed: Collection[str]) -> None:
    """Nothing, if what has changed in the fleet's document can be had; else the error."""
    if "DomainJoinInfo" in changed and "DomainJoinInfo" in document:
        wanted(
            ctx,
            DirectoryConfigRow,
            "directory configuration",
            document["DomainJoinInfo"]["DirectoryName"],
        )
    if "SessionScriptS3Location" in changed and "SessionScriptS3Location" in document:
        refuse_impossible("SessionScriptS3Location", document["SessionScriptS3Location"])
    if is_elastic(document):
        return refuse_if(fleet_rules.instance_type_refusals(document["InstanceType"], None))
    if not {"ImageName", "ImageArn", "InstanceType"}.isdisjoint(changed):
        image = fleet_image(ctx, document)
        families = image.document.get("SupportedInstanceFamilies")
        refuse_if(fleet_rules.instance_type_refusals(document["InstanceType"], families))
    if not {"ComputeCapacityStatus", "InstanceType"}.isdisjoint(changed):
        if capacity.desired(document):
            _refuse_withdrawn(ctx, document)
        refuse_without_room(ctx, fleet, document)


def refuse_without_room(ctx: Context, fleet: str, document: Members) -> None:
    """Nothing, if the machine can hold all of the fleet; else LimitExceededException.

    Of an Elastic fleet nothing is held.
    """
    if is_elastic(document):
        return
    refuse_if(
        fleet_rules.room_refusals(
            fleet,
            instance_type=document["InstanceType"],
            desired=capacity.desired(document),
            nodes=[node.view for node in streaming.nodes(ctx.tx)],
        )
    )


def refuse_without_image(ctx: Context, fleet: FleetRow) -> None:
    """Nothing, if there is an image that the fleet's instances can be launched from; else why."""
    if not is_elastic(fleet.document):
        fleet_image(ctx, fleet.document)
        return
    images = [
        (row.name, str(row.document.get("Platform"))) for row in resources.public_images(ctx.tx)
    ]
    refuse_if(image_refusals(fleet.name, fleet.document["Platform"], images))


def fleet_image(ctx: Context, document: Members) -> ImageRow:
    """The image of the fleet with this document, if instances can be launched from it."""
    found = sharing.image_of_arn(ctx.tx, ctx.scope, document["ImageArn"])
    if found is None:
        raise no_such(ctx, "image", document["ImageName"])
    return _available(_allowed(found))


def asked_image(ctx: Context, members: Members, *, builder: bool = False) -> ImageRow | None:
    """The image that a request for a fleet, or an image builder, names; None if it names none.

    Refuses one that the caller has not, may not use for that or that is not AVAILABLE, and a name
    and an ARN of two images.
    """
    name, arn = members.get("ImageName"), members.get("ImageArn")
    if arn is None:
        return None if name is None else _available(image_named(ctx, name))
    image = _available(_allowed(image_by_arn(ctx, arn), builder=builder))
    if name not in (None, image.name):
        raise InvalidParameterCombinationException(
            f"ImageName {name} and ImageArn {arn} are of two images. Specify one of them."
        )
    return image


def _refuse_withdrawn(ctx: Context, document: Members) -> None:
    """Nothing, unless another account has taken the fleet's image back."""
    arn = document.get("ImageArn", "")
    if sharing.is_withdrawn(ctx.tx, ctx.scope, arn):
        _allowed(image_by_arn(ctx, arn))


def _allowed(found: Found, *, builder: bool = False) -> ImageRow:
    """The image, if it may be used for a fleet, or an image builder."""
    image = found.image
    if not (found.allows_image_builders if builder else found.allows_fleets):
        use, other = ("image builders", "fleets") if builder else ("fleets", "image builders")
        raise OperationNotPermittedException(
            f"The account {image.account} shares the image {image.name} for {other} alone."
            f" Ask it to allow {use}, or take another image."
        )
    return image


def _available(image: ImageRow) -> ImageRow:
    state = image.document.get("State")
    if state != "AVAILABLE":
        raise ResourceNotAvailableException(
            f"The image {image.name} is {state}. Wait until it is AVAILABLE, or take another."
        )
    return image
