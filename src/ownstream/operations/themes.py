"""Themes of stacks: created, described, updated and deleted, with copies of their pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import themes as rules
from ownstream.domain.pictures import Picture, picture
from ownstream.domain.themes import FAVICON, LOGO, PICTURES
from ownstream.operations.context import Context
from ownstream.operations.named import refuse_duplicate, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import StackRow, ThemeRow, themes

Answer = Mapping[str, Any]
Location = Mapping[str, Any]
KIND = "theme of the stack"


@operation
def create_theme_for_stack(
    ctx: Context,
    stack_name: str,
    *,
    organization_logo_s3_location: Location,
    favicon_s3_location: Location,
    **members: Any,
) -> Answer:
    """A theme, enabled, for a stack that has none. Its pictures are copied now."""
    wanted(ctx, StackRow, "stack", stack_name)
    refuse_duplicate(ctx, ThemeRow, KIND, stack_name)
    refuse_if(rules.refusals(members))
    _copy(ctx, stack_name, {LOGO: organization_logo_s3_location, FAVICON: favicon_s3_location})
    row = ThemeRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=stack_name,
        document=rules.updated({"State": "ENABLED"}, members),
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    return {"Theme": _described(ctx, row)}


@operation
def describe_theme_for_stack(ctx: Context, stack_name: str) -> Answer:
    """The stack's theme, enabled or not."""
    return {"Theme": _described(ctx, _theme(ctx, stack_name))}


@operation
def update_theme_for_stack(
    ctx: Context,
    stack_name: str,
    *,
    organization_logo_s3_location: Location | None = None,
    favicon_s3_location: Location | None = None,
    attributes_to_delete: Sequence[str] = (),
    **members: Any,
) -> Answer:
    """The theme with these members changed; a picture whose location is given is copied anew."""
    row = _theme(ctx, stack_name)
    refuse_if(rules.refusals(members, attributes_to_delete))
    given = {LOGO: organization_logo_s3_location, FAVICON: favicon_s3_location}
    _copy(ctx, stack_name, {kind: at for kind, at in given.items() if at is not None})
    row.document = rules.updated(row.document, members, attributes_to_delete)
    return {"Theme": _described(ctx, row)}


@operation
def delete_theme_for_stack(ctx: Context, stack_name: str) -> None:
    """The stack has no theme, and the copies of its pictures are gone."""
    _theme(ctx, stack_name)
    themes.forget(ctx.tx, ctx.scope, stack_name)


def _theme(ctx: Context, stack: str) -> ThemeRow:
    wanted(ctx, StackRow, "stack", stack)
    return wanted(ctx, ThemeRow, KIND, stack)


def _copy(ctx: Context, stack: str, given: Mapping[str, Location]) -> None:
    """All of these pictures are the theme's, or none: each is looked at before one is copied."""
    seen = {kind: _content(ctx, kind, at) for kind, at in given.items()}
    for kind, (content, found) in seen.items():
        themes.set_picture(
            ctx.tx, ctx.scope, stack, kind=kind, content=content, media_type=found.media_type
        )


def _content(ctx: Context, kind: str, location: Location) -> tuple[bytes, Picture]:
    content = ctx.objects.read(location, most_bytes=PICTURES[kind].most_bytes)
    found = picture(content)
    refuse_if(rules.picture_refusals(kind, found))
    assert found is not None
    return content, found


def _described(ctx: Context, row: ThemeRow) -> Answer:
    paths = {kind: themes.picture_path(ctx.tx, ctx.scope, row.name, kind) for kind in PICTURES}
    return {
        **row.document,
        "StackName": row.name,
        "CreatedTime": row.created_at,
        "ThemeOrganizationLogoURL": f"{ctx.services.public_url}{paths[LOGO]}",
        "ThemeFaviconURL": f"{ctx.services.public_url}{paths[FAVICON]}",
    }
