"""Image builders: create, describe and update. What makes them come and go is in `..._goals`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from ownstream.domain import fleet_rules, image_builders
from ownstream.domain import software as software_rules
from ownstream.domain.agent_version import AGENT_VERSION
from ownstream.domain.keys import builder_key, software_key
from ownstream.domain.layers import new_volume_id
from ownstream.domain.limits import count_refusals
from ownstream.model.errors import (
    IncompatibleImageException,
    OperationNotPermittedException,
    ResourceNotAvailableException,
)
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.fleet_parts import asked_image
from ownstream.operations.images import image_arn
from ownstream.operations.named import described, refuse_duplicate, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import ImageBuilderRow, ImageRow, resources, software, streaming

Answer = Mapping[str, Any]
KIND = "image builder"
LATEST = "LATEST"


@operation
def create_image_builder(
    ctx: Context,
    name: str,
    *,
    appstream_agent_version: str = LATEST,
    softwares_to_install: Sequence[str] = (),
    softwares_to_uninstall: Sequence[str] = (),
    tags: Mapping[str, str] | None = None,
    **members: Any,
) -> Answer:
    """A new image builder, PENDING: an instance of its image whose system can be changed.

    Software is deployed as soon as it is RUNNING.
    """
    refuse_duplicate(ctx, ImageBuilderRow, KIND, name)
    refuse_other_agent(appstream_agent_version)
    present = resources.count(ctx.tx, ImageBuilderRow, ctx.scope)
    allowed = ctx.services.limits.image_builders
    refuse_if(
        chain(
            image_builders.creation_refusals(name, members, ctx.scope.region),
            count_refusals(KIND, present=present, allowed=allowed),
        )
    )
    image = _image(ctx, name, members)
    deployed = _software(ctx, name, image, softwares_to_install, softwares_to_uninstall)
    kept = {m: v for m, v in members.items() if m not in ("ImageName", "DomainJoinInfo")}
    document = image_builders.updated(
        {**image_builders.DEFAULTS, "Platform": image.document.get("Platform")},
        {**kept, "ImageArn": image_arn(ctx, image)},
    )
    row = ImageBuilderRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=name,
        document=document,
        goal=image_builders.RUNNING,
        goal_met=False,
        failed="",
        errors=[],
        layers=list(image.layers),
        volume=new_volume_id(),
        image=_starting_image(image),
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    ctx.tx.touch(builder_key(ctx.scope, name))
    arn = row.scope.arn("image-builder", name)
    software.begin(ctx.tx, arn, deployed)
    ctx.tx.touch(software_key(ctx.scope, name))
    resources.set_tags(ctx.tx, arn, dict(tags or {}))
    return {"ImageBuilder": described_builder(ctx, row)}


@operation
def describe_image_builders(ctx: Context, names: Sequence[str] = ()) -> Page[Any]:
    """The image builders of these names, or all."""
    return described(
        ctx, ImageBuilderRow, KIND, names=names, describe=partial(described_builder, ctx)
    )


@operation
def update_image_builder(
    ctx: Context, name: str, *, attributes_to_delete: Sequence[str] = (), **members: Any
) -> Answer:
    """The image builder with these members changed. It has to be STOPPED."""
    row = wanted(ctx, ImageBuilderRow, KIND, name)
    refuse_state(row, image_builders.UPDATE_IN, "updated")
    refuse_if(image_builders.deletion_refusals(members, attributes_to_delete))
    document = image_builders.updated(row.document, members, attributes_to_delete)
    refuse_if(image_builders.document_refusals(document, ctx.scope.region))
    row.document = document
    return {"ImageBuilder": described_builder(ctx, row)}


def described_builder(ctx: Context, row: ImageBuilderRow) -> Answer:
    """The image builder as the API shows it at this moment."""
    reason = {"Code": "INTERNAL_ERROR", "Message": row.failed}
    return {
        **row.document,
        "Name": row.name,
        "Arn": row.scope.arn("image-builder", row.name),
        "CreatedTime": row.created_at,
        "State": state_of(row),
        "ImageBuilderErrors": [*row.errors, *image_builders.errors(row.document)],
        "AppstreamAgentVersion": AGENT_VERSION,
        "LatestAppstreamAgentVersion": "TRUE",
        **({"StateChangeReason": reason} if row.failed else {}),
    }


def state_of(row: ImageBuilderRow) -> str:
    """The image builder's state, as the API reports it."""
    return image_builders.state(row.goal, row.goal_met, failed=bool(row.failed))


def refuse_state(row: ImageBuilderRow, allowed: Collection[str], what: str) -> None:
    """Nothing, if the image builder is in such a state; else OperationNotPermittedException."""
    why = image_builders.wrong_state(row.name, state_of(row), allowed, what)
    if why:
        raise OperationNotPermittedException(why)


def refuse_other_agent(version: str) -> None:
    """Nothing, if this version of the agent is there; else ResourceNotAvailableException."""
    if version not in (LATEST, AGENT_VERSION):
        raise ResourceNotAvailableException(
            f"There is no version {version} of the agent here: instances run that of this service,"
            f" {AGENT_VERSION}. Specify it, or {LATEST}."
        )


def refuse_licensed(builder: str, names: Iterable[str]) -> None:
    """Nothing, unless one of these is software of AWS's; then IncompatibleImageException."""
    for name in names:
        if software_rules.is_licensed(name):
            raise IncompatibleImageException(
                f"{name} is for Windows, and the image builder {builder} runs Linux."
                " Name packages of its system, such as libreoffice."
            )


def _software(
    ctx: Context, name: str, image: ImageRow, install: Sequence[str], uninstall: Sequence[str]
) -> Mapping[str, str]:
    """The software of a new image builder of this image, and how each stands."""
    refuse_licensed(name, [*install, *uninstall])
    known = software.names(ctx.tx, image)
    refuse_if(software_rules.creation_refusals(install, uninstall, known))
    return {
        **dict.fromkeys(known, software_rules.INSTALLED),
        **dict.fromkeys(install, software_rules.PENDING),
        **dict.fromkeys(uninstall, software_rules.PENDING_OUT),
    }


def _image(ctx: Context, name: str, members: Answer) -> ImageRow:
    """The image that the request names, if an image builder can be made of it."""
    image = asked_image(ctx, members, builder=True)
    assert image is not None, "a request without an image has been refused"
    if not image.document.get("ImageBuilderSupported"):
        raise IncompatibleImageException(
            f"No image builder can be made of the image {image.name}:"
            " its ImageBuilderSupported is false."
        )
    instance_type = members["InstanceType"]
    families = image.document.get("SupportedInstanceFamilies")
    refuse_if(fleet_rules.instance_type_refusals(instance_type, families))
    nodes = [node.view for node in streaming.nodes(ctx.tx)]
    refuse_if(image_builders.room_refusals(name, instance_type, nodes))
    return image


def _starting_image(image: ImageRow) -> dict[str, Any]:
    """What of the image an image builder goes by, whatever becomes of the image."""
    members = ("Name", "DisplayName", "Applications", "Platform", "SupportedInstanceFamilies")
    kept = {member: image.document[member] for member in members if member in image.document}
    return {**kept, "Name": image.name, "account": image.account}
