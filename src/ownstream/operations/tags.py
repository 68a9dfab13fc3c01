"""Tags of resources: TagResource, UntagResource, ListTagsForResource."""

from collections.abc import Mapping, Sequence

from ownstream.model.errors import LimitExceededException, ResourceNotFoundException
from ownstream.operations.context import Context
from ownstream.operations.registry import operation
from ownstream.store import (
    AppBlockBuilderRow,
    AppBlockRow,
    ApplicationRow,
    FleetRow,
    ImageBuilderRow,
    ImageRow,
    StackRow,
    resources,
)
from ownstream.store.tables import Named

MOST_TAGS = 50
TABLES: Mapping[str, type[Named]] = {
    "app-block": AppBlockRow,
    "app-block-builder": AppBlockBuilderRow,
    "application": ApplicationRow,
    "fleet": FleetRow,
    "image": ImageRow,
    "image-builder": ImageBuilderRow,
    "stack": StackRow,
}


@operation
def tag_resource(ctx: Context, resource_arn: str, tags: Mapping[str, str]) -> None:
    """The resource has these tags too; one whose key it has already has the new value."""
    _refuse_unknown(ctx, resource_arn)
    keys = {*resources.tags(ctx.tx, resource_arn), *tags}
    if len(keys) > MOST_TAGS:
        raise LimitExceededException(
            f"The resource would have {len(keys)} tags and may have {MOST_TAGS}."
            " Take others away with UntagResource first."
        )
    resources.set_tags(ctx.tx, resource_arn, dict(tags))


@operation
def untag_resource(ctx: Context, resource_arn: str, tag_keys: Sequence[str]) -> None:
    """The resource has no tags of these keys; those that it has not are passed over."""
    _refuse_unknown(ctx, resource_arn)
    resources.forget_tags(ctx.tx, resource_arn, tag_keys)


@operation
def list_tags_for_resource(ctx: Context, resource_arn: str) -> Mapping[str, Mapping[str, str]]:
    """All tags of the resource; an empty map if it has none."""
    _refuse_unknown(ctx, resource_arn)
    return {"Tags": resources.tags(ctx.tx, resource_arn)}


def _refuse_unknown(ctx: Context, arn: str) -> None:
    """Nothing, if the caller's account has this resource in this region; else the error."""
    kind, _, name = arn.rpartition(":")[2].partition("/")
    table = TABLES.get(kind)
    own = table is not None and arn == ctx.scope.arn(kind, name)
    if not own or table is None or resources.find(ctx.tx, table, ctx.scope, name) is None:
        kinds = ", ".join(f"{kind.replace('-', ' ')}s" for kind in TABLES)
        raise ResourceNotFoundException(
            f"There is no resource {arn} that can be tagged: {kinds} of this account and region"
            " can be."
        )
