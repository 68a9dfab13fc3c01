"""Applications of app blocks: create, describe, update and delete."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import application_rules
from ownstream.model.errors import ResourceInUseException
from ownstream.model.paging import Page
from ownstream.operations.app_blocks import app_block_by_arn, refuse_impossible
from ownstream.operations.context import Context
from ownstream.operations.named import listed, refuse_duplicate, wanted
from ownstream.operations.refusing import no_such, refuse_if
from ownstream.operations.registry import operation
from ownstream.store import ApplicationRow, applications, catalogs, resources

Answer = Mapping[str, Any]
KIND = "application"
ICON = "IconS3Location"


@operation
def create_application(
    ctx: Context, name: str, *, tags: Mapping[str, str] | None = None, **members: Any
) -> Answer:
    """A new application of an app block. Its icon is read when somebody looks at it."""
    refuse_duplicate(ctx, ApplicationRow, KIND, name)
    _refuse_misfit(ctx, members, changed=members)
    row = ApplicationRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=name,
        document=members,
        icon=_new_icon(),
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    resources.set_tags(ctx.tx, ctx.scope.arn(KIND, name), dict(tags or {}))
    return {"Application": _described(ctx, row)}


@operation
def describe_applications(ctx: Context, arns: Sequence[str] = ()) -> Page[Any]:
    """The applications of these ARNs in the order asked, each once; or all in order of name."""
    if arns:
        rows = [application_by_arn(ctx, arn) for arn in dict.fromkeys(arns)]
        return listed([_described(ctx, row) for row in rows])

    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Answer]]:
        rows = resources.page(ctx.tx, ApplicationRow, ctx.scope, after, limit)
        return [(row.name, _described(ctx, row)) for row in rows]

    return Page(fetch)


@operation
def update_application(
    ctx: Context, name: str, *, attributes_to_delete: Sequence[str] = (), **members: Any
) -> Answer:
    """The application with these members changed, for sessions from their next connection on."""
    row = wanted(ctx, ApplicationRow, KIND, name)
    refuse_if(application_rules.deletion_refusals(members, attributes_to_delete))
    document = application_rules.updated(row.document, members, attributes_to_delete)
    _refuse_misfit(ctx, document, changed=members)
    row.document = document
    if ICON in members:
        row.icon = _new_icon()  # browsers keep what an address answered
    return {"Application": _described(ctx, row)}


@operation
def delete_application(ctx: Context, name: str) -> None:
    """The application and its tags are gone. Refused while a fleet offers it."""
    row = wanted(ctx, ApplicationRow, KIND, name)
    fleets = applications.fleets_of(ctx.tx, ctx.scope, name)
    if fleets:
        raise ResourceInUseException(
            f"The application {name} is associated with the fleet {fleets[0]}."
            " Call DisassociateApplicationFleet before you delete it."
        )
    resources.forget_tags(ctx.tx, ctx.scope.arn(KIND, name))
    ctx.tx.delete(row)


def application_by_arn(ctx: Context, arn: str) -> ApplicationRow:
    """The application of this ARN; ResourceNotFoundException if the caller has none."""
    row = find_by_arn(ctx, arn)
    if row is None:
        raise no_such(ctx, KIND, arn)
    return row


def find_by_arn(ctx: Context, arn: str) -> ApplicationRow | None:
    """The application of this ARN, or None if the caller has none."""
    name = arn.rpartition("/")[2]
    row = resources.find(ctx.tx, ApplicationRow, ctx.scope, name)
    return row if arn == ctx.scope.arn(KIND, name) else None


def _refuse_misfit(ctx: Context, document: Answer, *, changed: Answer) -> None:
    """Nothing, if an application can be so; else the error."""
    refuse_if(application_rules.refusals(document))
    if ICON in changed:
        refuse_impossible(ICON, changed[ICON])
    if "AppBlockArn" in changed:
        app_block_by_arn(ctx, changed["AppBlockArn"])


def _new_icon() -> str:
    return secrets.token_urlsafe(16)


def _described(ctx: Context, row: ApplicationRow) -> Answer:
    return {
        **row.document,
        "Name": row.name,
        "Arn": row.scope.arn(KIND, row.name),
        "IconURL": ctx.services.public_url.rstrip("/") + catalogs.icon_path(row),
        "CreatedTime": row.created_at,
    }
