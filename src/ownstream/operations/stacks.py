"""Stacks: create, describe, update and delete."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ownstream.domain import stack_rules
from ownstream.domain.app_settings import bucket
from ownstream.domain.limits import count_refusals
from ownstream.domain.user_settings import complete_settings
from ownstream.model.errors import ResourceInUseException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import described, refuse_duplicate, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import StackRow, applications, pool, resources, themes, troubles

Answer = Mapping[str, Any]


@operation
def create_stack(
    ctx: Context, name: str, *, tags: Mapping[str, str] | None = None, **members: Any
) -> Answer:
    """A new stack, AppStream's defaults where the request says nothing."""
    refuse_duplicate(ctx, StackRow, "stack", name)
    present = resources.count(ctx.tx, StackRow, ctx.scope)
    refuse_if(count_refusals("stack", present=present, allowed=ctx.services.limits.stacks))
    row = StackRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=name,
        document=_document(ctx, name, {}, members, ()),
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    resources.set_tags(ctx.tx, ctx.scope.arn("stack", name), dict(tags or {}))
    return {"Stack": _described(ctx, row)}


@operation
def describe_stacks(ctx: Context, names: Sequence[str] = ()) -> Page[Any]:
    """The stacks of these names, or all."""
    return described(ctx, StackRow, "stack", names=names, describe=partial(_described, ctx))


@operation
def update_stack(
    ctx: Context,
    name: str,
    *,
    attributes_to_delete: Sequence[str] = (),
    delete_storage_connectors: bool = False,
    **members: Any,
) -> Answer:
    """The stack with these members changed."""
    row = wanted(ctx, StackRow, "stack", name)
    refuse_if(
        stack_rules.deletion_refusals(
            members, attributes_to_delete, delete_connectors=delete_storage_connectors
        )
    )
    attributes = [*attributes_to_delete]
    if delete_storage_connectors:
        attributes.append("STORAGE_CONNECTORS")
    row.document = _document(ctx, name, row.document, members, attributes)
    return {"Stack": _described(ctx, row)}


@operation
def delete_stack(ctx: Context, name: str) -> None:
    """The stack and what belongs to it are gone. Refused while it offers fleets."""
    row = wanted(ctx, StackRow, "stack", name)
    if resources.associated_fleets(ctx.tx, ctx.scope, name, limit=1):
        raise ResourceInUseException(
            f"Cannot delete stack {name}. This stack has fleets associated with it."
            " Only stacks with no fleets associated with it can be deleted."
        )
    applications.forget_stack(ctx.tx, ctx.scope, name)
    resources.forget_tags(ctx.tx, ctx.scope.arn("stack", name))
    pool.forget_stack(ctx.tx, ctx.scope, name)
    themes.forget(ctx.tx, ctx.scope, name)
    troubles.forget(ctx.tx, ctx.scope, name)
    ctx.tx.delete(row)


def _document(
    ctx: Context,
    name: str,
    before: Answer,
    members: Answer,
    attributes: Sequence[str],
) -> dict[str, Any]:
    refuse_if(stack_rules.member_refusals(members))
    document = stack_rules.updated(name, before, members, attributes)
    refuse_if(stack_rules.document_refusals(document, ctx.scope.region))
    return document


def _described(ctx: Context, row: StackRow) -> Answer:
    connectors = stack_rules.connector_types(row.document)
    keeps = stack_rules.keeps(row.document)
    trouble = troubles.why(ctx.tx, ctx.scope, row.name) if keeps else ""
    failures = ctx.services.faults.strike_stack(row.name, connectors)
    return {
        **row.document,
        "Name": row.name,
        "Arn": row.scope.arn("stack", row.name),
        "CreatedTime": row.created_at,
        "UserSettings": complete_settings(row.document["UserSettings"]),
        "ApplicationSettings": _application_settings(row),
        "StackErrors": stack_rules.stack_errors(row.document, failures, trouble=trouble),
    }


def _application_settings(row: StackRow) -> Answer:
    settings = row.document["ApplicationSettings"]
    return {**settings, "S3BucketName": bucket(row.scope)} if settings["Enabled"] else settings
