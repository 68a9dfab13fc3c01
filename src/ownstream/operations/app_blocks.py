"""App blocks: create, describe and delete. What they hold is fetched when a session starts."""

from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import app_block_rules
from ownstream.model.errors import InvalidParameterValueException, ResourceInUseException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import listed, refuse_duplicate, wanted
from ownstream.operations.refusing import no_such, refuse_if
from ownstream.operations.registry import operation
from ownstream.storage.locations import Location, NoSuchName, names_of
from ownstream.store import AppBlockRow, app_block_builders, applications, resources

Answer = Mapping[str, Any]
KIND = "app block"
ARN_KIND = "app-block"


@operation
def create_app_block(
    ctx: Context, name: str, *, tags: Mapping[str, str] | None = None, **members: Any
) -> Answer:
    """A new app block. Its objects are not looked for: a session that misses one says so."""
    refuse_duplicate(ctx, AppBlockRow, KIND, name)
    refuse_if(app_block_rules.refusals(members))
    for member, location in app_block_rules.locations(members):
        refuse_impossible(member, location)
    row = AppBlockRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=name,
        document=app_block_rules.document(members),
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    resources.set_tags(ctx.tx, ctx.scope.arn(ARN_KIND, name), dict(tags or {}))
    return {"AppBlock": _described(row)}


@operation
def describe_app_blocks(ctx: Context, arns: Sequence[str] = ()) -> Page[Any]:
    """The app blocks of these ARNs in the order asked, each once; or all in order of name."""
    if arns:
        return listed([_described(app_block_by_arn(ctx, arn)) for arn in dict.fromkeys(arns)])

    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Answer]]:
        rows = resources.page(ctx.tx, AppBlockRow, ctx.scope, after, limit)
        return [(row.name, _described(row)) for row in rows]

    return Page(fetch)


@operation
def delete_app_block(ctx: Context, name: str) -> None:
    """The app block and its tags are gone; its objects stay where they are.

    Refused while there are applications of it, or an app block builder has it.
    """
    row = wanted(ctx, AppBlockRow, KIND, name)
    needing = applications.of_app_block(ctx.tx, ctx.scope, ctx.scope.arn(ARN_KIND, name))
    if needing:
        raise ResourceInUseException(
            f"The app block {name} has the application {needing[0]}. Delete its applications, or"
            " update them to be of another app block, before you delete it."
        )
    builder = app_block_builders.builder_of(ctx.tx, ctx.scope, name)
    if builder is not None:
        raise ResourceInUseException(
            f"The app block {name} is associated with the app block builder {builder.name}."
            " Call DisassociateAppBlockBuilderAppBlock before you delete it."
        )
    resources.forget_tags(ctx.tx, ctx.scope.arn(ARN_KIND, name))
    ctx.tx.delete(row)


def app_block_by_arn(ctx: Context, arn: str) -> AppBlockRow:
    """The app block of this ARN; ResourceNotFoundException if the caller has none."""
    name = arn.rpartition("/")[2]
    row = resources.find(ctx.tx, AppBlockRow, ctx.scope, name)
    if row is None or ctx.scope.arn(ARN_KIND, name) != arn:
        raise no_such(ctx, KIND, arn)
    return row


def refuse_impossible(member: str, location: Mapping[str, str]) -> None:
    """Nothing, if there could be an object at this S3Location; else the error, naming the member.

    Without a key it is the bucket that is looked at.
    """
    try:
        names_of(Location(location["S3Bucket"], location.get("S3Key", "any")))
    except NoSuchName as error:
        raise InvalidParameterValueException(f"{member}: {error}") from error


def _described(row: AppBlockRow) -> Answer:
    return {
        **row.document,
        "Name": row.name,
        "Arn": row.scope.arn(ARN_KIND, row.name),
        "CreatedTime": row.created_at,
    }
