"""App block builders: created, described, updated, deleted. Their goals are in `..._goals`."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from ownstream.domain import app_block_builders as rules
from ownstream.domain.app_block_builders import KIND
from ownstream.model.errors import ResourceInUseException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import described, refuse_duplicate, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import AppBlockBuilderRow, resources

Answer = Mapping[str, Any]
ARN_KIND = "app-block-builder"
MOST_BUILDERS = 25


@operation
def create_app_block_builder(
    ctx: Context, name: str, *, tags: Mapping[str, str] | None = None, **members: Any
) -> Answer:
    """A new app block builder, STOPPED: it has no app block yet, and cannot start without one."""
    refuse_duplicate(ctx, AppBlockBuilderRow, KIND, name)
    document = rules.updated(rules.DEFAULTS, members)
    refuse_if(rules.document_refusals(document))
    row = AppBlockBuilderRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=name,
        document=document,
        goal="STOPPED",
        goal_met=True,
        errors=[],
        app_block="",
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    resources.set_tags(ctx.tx, ctx.scope.arn(ARN_KIND, name), dict(tags or {}))
    return {"AppBlockBuilder": described_builder(row)}


@operation
def describe_app_block_builders(ctx: Context, names: Sequence[str] = ()) -> Page[Any]:
    """The app block builders of these names, or all; a page has 25 at most."""
    page = described(ctx, AppBlockBuilderRow, KIND, names=names, describe=described_builder)
    return Page(page.fetch, default_items=MOST_BUILDERS, most_items=MOST_BUILDERS)


@operation
def update_app_block_builder(
    ctx: Context, name: str, *, attributes_to_delete: Sequence[str] = (), **members: Any
) -> Answer:
    """The app block builder with these members changed, as far as its state lets them."""
    row = wanted(ctx, AppBlockBuilderRow, KIND, name)
    after = rules.updated(row.document, members, attributes_to_delete)
    refuse_if(
        chain(
            rules.deletion_refusals(members, attributes_to_delete),
            rules.change_refusals(name, state_of(row), row.document, after),
            rules.document_refusals(after),
        )
    )
    row.document = after
    return {"AppBlockBuilder": described_builder(row)}


@operation
def delete_app_block_builder(ctx: Context, name: str) -> None:
    """The app block builder and its tags are gone. It has to be STOPPED and without app block."""
    row = wanted(ctx, AppBlockBuilderRow, KIND, name)
    if row.app_block:
        raise ResourceInUseException(
            f"The app block builder {name} is associated with the app block {row.app_block}."
            " Call DisassociateAppBlockBuilderAppBlock before you delete it."
        )
    refuse_if(rules.state_refusals(name, state_of(row), "STOPPED", "deleted"))
    resources.forget_tags(ctx.tx, ctx.scope.arn(ARN_KIND, name))
    ctx.tx.delete(row)


def described_builder(row: AppBlockBuilderRow) -> Answer:
    """The app block builder as the API shows it at this moment."""
    return {
        **row.document,
        "Name": row.name,
        "Arn": row.scope.arn(ARN_KIND, row.name),
        "CreatedTime": row.created_at,
        "State": state_of(row),
        "AppBlockBuilderErrors": [*row.errors, *rules.errors(row.document)],
    }


def state_of(row: AppBlockBuilderRow) -> str:
    """STARTING, RUNNING, STOPPING or STOPPED."""
    return rules.state(row.goal, row.goal_met)
