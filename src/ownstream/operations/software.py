"""Software put into image builders by name: associated, deployed, described."""

from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import software as rules
from ownstream.domain.keys import software_key
from ownstream.model.errors import (
    OperationNotPermittedException,
    ResourceNotFoundException,
)
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.image_builders import KIND, refuse_licensed, state_of
from ownstream.operations.named import wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import ImageBuilderRow, ImageRow, SoftwareRow, resources, software

Answer = Mapping[str, Any]

LEAVING = ("SNAPSHOTTING", "DELETING")


@operation
def associate_software_to_image_builder(
    ctx: Context, image_builder_name: str, software_names: Sequence[str]
) -> None:
    """The image builder is to have this software, once it is deployed.

    What it is to lose it keeps, and what could not be installed is to be tried again.
    """
    builder = _builder(ctx, image_builder_name)
    refuse_licensed(builder.name, software_names)
    refuse_if(rules.name_refusals(software_names))
    for name in software_names:
        row = ctx.tx.get(SoftwareRow, {"arn": _arn(builder), "name": name})
        if row is None:
            made = SoftwareRow(arn=_arn(builder), name=name, status=rules.STAGED, errors=[])
            ctx.tx.add(made)
            ctx.tx.flush()
        else:
            _set(ctx, row, rules.ASSOCIATED.get(row.status, row.status))


@operation
def disassociate_software_from_image_builder(
    ctx: Context, image_builder_name: str, software_names: Sequence[str]
) -> None:
    """The image builder is to lose this software, at once if it was never installed."""
    builder = _builder(ctx, image_builder_name)
    refuse_if(rules.name_refusals(software_names))
    rows = [_associated(ctx, builder, name) for name in dict.fromkeys(software_names)]
    for row in rows:
        if row.status not in rules.DISASSOCIATED:
            raise OperationNotPermittedException(
                f"{row.name} is {row.status}. Wait until its deployment has ended."
            )
        _set(ctx, row, rules.DISASSOCIATED[row.status])


@operation
def start_software_deployment_to_image_builder(
    ctx: Context, image_builder_name: str, *, retry_failed_deployments: bool = False
) -> None:
    """What is staged is being installed or taken away; what failed as well, if that is asked for.

    The image builder has to be RUNNING.
    """
    builder = _builder(ctx, image_builder_name)
    state = state_of(builder)
    if state != "RUNNING":
        raise OperationNotPermittedException(
            f"The image builder {builder.name} is {state}. Start it and wait until it is RUNNING."
        )
    moves = rules.RETRIED if retry_failed_deployments else rules.DEPLOYED
    for row in software.of_resource(ctx.tx, _arn(builder)):
        _set(ctx, row, moves.get(row.status, row.status))
    ctx.tx.touch(software_key(ctx.scope, builder.name))


@operation
def describe_software_associations(ctx: Context, associated_resource: str) -> Page[Any]:
    """The software of an image builder or an image of the account, and how it stands."""
    _refuse_unknown(ctx, associated_resource)

    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Answer]]:
        rows = software.of_resource(ctx.tx, associated_resource)
        behind = [row for row in rows if after is None or row.name > after]
        return [(row.name, _described(row)) for row in behind[:limit]]

    return Page(fetch, also={"AssociatedResource": associated_resource})


def _builder(ctx: Context, name: str) -> ImageBuilderRow:
    """The image builder, unless what is in it is beyond change."""
    builder = wanted(ctx, ImageBuilderRow, KIND, name)
    state = state_of(builder)
    if state in LEAVING:
        raise OperationNotPermittedException(f"The image builder {name} is {state}.")
    return builder


def _arn(builder: ImageBuilderRow) -> str:
    return builder.scope.arn("image-builder", builder.name)


def _associated(ctx: Context, builder: ImageBuilderRow, name: str) -> SoftwareRow:
    row = ctx.tx.get(SoftwareRow, {"arn": _arn(builder), "name": name})
    if row is None:
        raise ResourceNotFoundException(
            f"The image builder {builder.name} is not associated with {name}."
        )
    return row


def _set(ctx: Context, row: SoftwareRow, status: str | None) -> None:
    """The software has this status, or is forgotten. What went wrong before is, if it changes."""
    if status is None:
        ctx.tx.delete(row)
    elif status != row.status:
        row.status, row.errors = status, []


def _refuse_unknown(ctx: Context, arn: str) -> None:
    kind, _, name = arn.rpartition(":")[2].partition("/")
    tables = {"image-builder": ImageBuilderRow, "image": ImageRow}
    own = kind in tables and arn == ctx.scope.arn(kind, name)
    if not own or resources.find(ctx.tx, tables[kind], ctx.scope, name) is None:
        raise ResourceNotFoundException(
            f"There is no image builder or image {arn} of this account and region."
        )


def _described(row: SoftwareRow) -> Answer:
    errors = {"DeploymentError": list(row.errors)} if row.errors else {}
    return {"SoftwareName": row.name, "Status": row.status, **errors}
