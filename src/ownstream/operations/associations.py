"""Fleets that stacks offer: AssociateFleet, DisassociateFleet and the two lists."""

from collections.abc import Callable, Sequence

from ownstream.model.errors import ResourceInUseException, ResourceNotFoundException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import wanted
from ownstream.operations.registry import operation
from ownstream.store import AssociationRow, FleetRow, StackRow, resources, streaming

Names = Callable[[str | None, int], Sequence[str]]


@operation
def associate_fleet(ctx: Context, fleet_name: str, stack_name: str) -> None:
    """The stack offers the fleet; it may offer several. A repeated call changes nothing."""
    wanted(ctx, FleetRow, "fleet", fleet_name)
    wanted(ctx, StackRow, "stack", stack_name)
    if resources.association(ctx.tx, ctx.scope, fleet=fleet_name, stack=stack_name) is None:
        ctx.tx.add(
            AssociationRow(
                account=ctx.scope.account,
                region=ctx.scope.region,
                fleet=fleet_name,
                stack=stack_name,
            )
        )


@operation
def disassociate_fleet(ctx: Context, fleet_name: str, stack_name: str) -> None:
    """The stack offers the fleet no more. Refused while users stream from this pair."""
    row = resources.association(ctx.tx, ctx.scope, fleet=fleet_name, stack=stack_name)
    if row is None:
        wanted(ctx, FleetRow, "fleet", fleet_name)
        wanted(ctx, StackRow, "stack", stack_name)
        raise ResourceNotFoundException(
            f"The fleet {fleet_name} is not associated with the stack {stack_name}."
        )
    live = streaming.live_sessions(ctx.tx, ctx.scope, fleet_name)
    count = sum(1 for session in live if session.stack == stack_name)
    if count:
        raise ResourceInUseException(
            f"The fleet {fleet_name} has {count} streaming sessions through the stack"
            f" {stack_name}. Expire them, or stop the fleet, before you disassociate it."
        )
    ctx.tx.delete(row)


@operation
def list_associated_fleets(ctx: Context, stack_name: str) -> Page[str]:
    """Names of the stack's fleets; none for a stack that there is not."""
    return _names(
        lambda after, limit: resources.associated_fleets(
            ctx.tx, ctx.scope, stack_name, after, limit
        )
    )


@operation
def list_associated_stacks(ctx: Context, fleet_name: str) -> Page[str]:
    """Names of the fleet's stacks; none for a fleet that there is not."""
    return _names(
        lambda after, limit: resources.associated_stacks(
            ctx.tx, ctx.scope, fleet_name, after, limit
        )
    )


def _names(names: Names) -> Page[str]:
    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, str]]:
        return [(name, name) for name in names(after, limit)]

    return Page(fetch)
