"""Which app block an app block builder builds or tests: one at a time."""

from collections.abc import Mapping
from typing import Any

from ownstream.domain import app_block_builders as rules
from ownstream.domain.app_block_builders import KIND
from ownstream.domain.app_block_rules import APPSTREAM2
from ownstream.model.errors import (
    InvalidParameterCombinationException,
    LimitExceededException,
)
from ownstream.model.paging import Page
from ownstream.operations.app_block_builders import state_of
from ownstream.operations.app_blocks import ARN_KIND, app_block_by_arn
from ownstream.operations.context import Context
from ownstream.operations.named import listed, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import AppBlockBuilderRow, app_block_builders, resources

Answer = Mapping[str, Any]


@operation
def associate_app_block_builder_app_block(
    ctx: Context, app_block_arn: str, app_block_builder_name: str
) -> Answer:
    """The app block builder builds this app block; a repeated call changes nothing.

    AppStream's guide has one app block at a time; its own texts for what is refused are not known.
    """
    builder = wanted(ctx, AppBlockBuilderRow, KIND, app_block_builder_name)
    block = app_block_by_arn(ctx, app_block_arn)
    if builder.app_block == block.name:
        return {"AppBlockBuilderAppBlockAssociation": _described(builder)}
    if block.document["PackagingType"] != APPSTREAM2:
        raise InvalidParameterCombinationException(
            f"The app block {block.name} has the packaging type CUSTOM, which is packaged by hand."
        )
    if builder.app_block:
        raise LimitExceededException(
            f"The app block builder {builder.name} is associated with the app block"
            f" {builder.app_block} and may have one at a time."
        )
    refuse_if(rules.state_refusals(builder.name, state_of(builder), "STOPPED", "associated"))
    other = app_block_builders.builder_of(ctx.tx, ctx.scope, block.name)
    if other is not None:
        raise LimitExceededException(
            f"The app block {block.name} is associated with the app block builder {other.name} and"
            " may have one at a time."
        )
    builder.app_block = block.name
    return {"AppBlockBuilderAppBlockAssociation": _described(builder)}


@operation
def disassociate_app_block_builder_app_block(
    ctx: Context, app_block_arn: str, app_block_builder_name: str
) -> None:
    """The app block builder, which has to be STOPPED, builds this app block no more."""
    builder = wanted(ctx, AppBlockBuilderRow, KIND, app_block_builder_name)
    block = app_block_by_arn(ctx, app_block_arn)
    if builder.app_block != block.name:
        raise InvalidParameterCombinationException(
            f"The app block builder {builder.name} is not associated with the app block"
            f" {block.name}."
        )
    refuse_if(rules.state_refusals(builder.name, state_of(builder), "STOPPED", "disassociated"))
    builder.app_block = ""


@operation
def describe_app_block_builder_app_block_associations(
    ctx: Context, app_block_arn: str = "", app_block_builder_name: str = ""
) -> Page[Any]:
    """The associations of this app block, of this app block builder, of both, or all.

    One that there is not has none: the model declares no error for it.
    """
    rows = resources.page(ctx.tx, AppBlockBuilderRow, ctx.scope, None, 10_000)
    found = [_described(row) for row in rows if row.app_block]
    return listed(
        each
        for each in found
        if app_block_builder_name in ("", each["AppBlockBuilderName"])
        and app_block_arn in ("", each["AppBlockArn"])
    )


def _described(row: AppBlockBuilderRow) -> Answer:
    arn = row.scope.arn(ARN_KIND, row.app_block)
    return {"AppBlockBuilderName": row.name, "AppBlockArn": arn}
