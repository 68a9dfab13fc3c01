"""Resources that the API knows by name: found, made and listed the same way for every noun."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ownstream.model.paging import MOST_ITEMS, Page
from ownstream.operations.context import Context
from ownstream.operations.refusing import already_there, no_such
from ownstream.store import resources
from ownstream.store.tables import Named

Row = TypeVar("Row", bound=Named)
Described = Mapping[str, Any]


def wanted(ctx: Context, table: type[Row], kind: str, name: str) -> Row:
    """The resource of this name; ResourceNotFoundException if there is none."""
    row = resources.find(ctx.tx, table, ctx.scope, name)
    if row is None:
        raise no_such(ctx, kind, name)
    return row


def refuse_duplicate(ctx: Context, table: type[Row], kind: str, name: str) -> None:
    """Nothing, if the name is free; else ResourceAlreadyExistsException."""
    if resources.find(ctx.tx, table, ctx.scope, name) is not None:
        raise already_there(ctx, kind, name)


def described(
    ctx: Context,
    table: type[Row],
    kind: str,
    *,
    names: Sequence[str],
    describe: Callable[[Row], Described],
) -> Page[Any]:
    """These resources in the order asked, each once; without names, all in order of name.

    ResourceNotFoundException if one of the names is unknown.
    """
    if names:
        rows = [wanted(ctx, table, kind, name) for name in dict.fromkeys(names)]
        return listed([describe(row) for row in rows])

    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Described]]:
        rows = resources.page(ctx.tx, table, ctx.scope, after, limit)
        return [(row.name, describe(row)) for row in rows]

    return Page(fetch)


def listed(items: Iterable[Any], *, most_items: int = MOST_ITEMS) -> Page[int]:
    """These items, paged by their place."""
    numbered = list(enumerate(items))

    def fetch(after: int | None, limit: int) -> Sequence[tuple[int, Any]]:
        start = 0 if after is None else after + 1
        return numbered[start : start + limit]

    return Page(fetch, most_items=most_items)
