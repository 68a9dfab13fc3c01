"""Entitlements of stacks: who may start which applications, by users' attributes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ownstream.domain import entitlement_rules
from ownstream.model.errors import (
    EntitlementAlreadyExistsException,
    EntitlementNotFoundException,
    ResourceNotFoundException,
)
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import listed, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import EntitlementRow, FleetRow, StackRow, applications, catalogs, resources

Answer = Mapping[str, Any]


@operation
def create_entitlement(ctx: Context, name: str, stack_name: str, **members: Any) -> Answer:
    """A new entitlement of the stack, with no applications yet."""
    wanted(ctx, StackRow, "stack", stack_name)
    if applications.entitlement(ctx.tx, ctx.scope, stack=stack_name, name=name) is not None:
        raise EntitlementAlreadyExistsException(
            f"The stack {stack_name} has an entitlement {name} already."
            " Choose another name, or update or delete that entitlement."
        )
    refuse_if(entitlement_rules.attribute_refusals(members["Attributes"]))
    row = EntitlementRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        stack=stack_name,
        name=name,
        document=members,
        applications=[],
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.tx.add(row)
    return {"Entitlement": _described(row)}


@operation
def describe_entitlements(ctx: Context, stack_name: str, *, name: str | None = None) -> Page[Any]:
    """The stack's entitlement of this name, or all."""
    wanted(ctx, StackRow, "stack", stack_name)
    if name is not None:
        return listed([_described(_wanted(ctx, stack_name, name))])

    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Answer]]:
        rows = applications.entitlements(ctx.tx, ctx.scope, stack_name, after, limit)
        return [(row.name, _described(row)) for row in rows]

    return Page(fetch)


@operation
def update_entitlement(ctx: Context, name: str, stack_name: str, **members: Any) -> Answer:
    """The entitlement with these members changed; attributes are changed as a whole.

    Sessions are held to it from their next connection on.
    """
    row = _wanted(ctx, stack_name, name)
    refuse_if(entitlement_rules.attribute_refusals(members.get("Attributes", ())))
    row.document = {**row.document, **members}
    row.modified_at = ctx.now
    return {"Entitlement": _described(row)}


@operation
def delete_entitlement(ctx: Context, name: str, stack_name: str) -> None:
    """The entitlement is gone. Once a stack has none, every user may start everything."""
    ctx.tx.delete(_wanted(ctx, stack_name, name))


@operation
def associate_application_to_entitlement(
    ctx: Context, stack_name: str, entitlement_name: str, application_identifier: str
) -> None:
    """Whom the entitlement matches may start the application. A repeated call changes nothing.

    The identifier is the name under which a fleet of the stack offers it, or the ARN of an
    application of the account. Where the stack has no fleet yet, any name is taken.
    """
    row = _wanted(ctx, stack_name, entitlement_name)
    refuse_if(entitlement_rules.identifier_refusals(application_identifier))
    known = _known_applications(ctx, stack_name)
    if known is not None and application_identifier not in known:
        raise ResourceNotFoundException(
            f"No fleet of the stack {stack_name} offers an application {application_identifier}."
            f" They offer {', '.join(sorted(known)) or 'none'}."
        )
    if application_identifier not in row.applications:
        row.applications = sorted([*row.applications, application_identifier])
        row.modified_at = ctx.now


@operation
def disassociate_application_from_entitlement(
    ctx: Context, stack_name: str, entitlement_name: str, application_identifier: str
) -> None:
    """The entitlement does not name the application any more."""
    row = _wanted(ctx, stack_name, entitlement_name)
    if application_identifier not in row.applications:
        raise ResourceNotFoundException(
            f"The entitlement {entitlement_name} of the stack {stack_name} names no application"
            f" {application_identifier}."
        )
    row.applications = [name for name in row.applications if name != application_identifier]
    row.modified_at = ctx.now


@operation
def list_entitled_applications(ctx: Context, stack_name: str, entitlement_name: str) -> Page[Any]:
    """The applications that the entitlement names, in order."""
    row = _wanted(ctx, stack_name, entitlement_name)

    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Answer]]:
        names = [name for name in row.applications if after is None or name > after]
        return [(name, {"ApplicationIdentifier": name}) for name in names[:limit]]

    return Page(fetch)


def _wanted(ctx: Context, stack: str, name: str) -> EntitlementRow:
    wanted(ctx, StackRow, "stack", stack)
    row = applications.entitlement(ctx.tx, ctx.scope, stack=stack, name=name)
    if row is None:
        raise EntitlementNotFoundException(
            f"The stack {stack} has no entitlement {name}. DescribeEntitlements lists those that"
            " it has."
        )
    return row


def _known_applications(ctx: Context, stack: str) -> set[str] | None:
    """Names and ARNs that the stack's fleets offer; None where it has no fleet to offer any."""
    names = resources.associated_fleets(ctx.tx, ctx.scope, stack)
    if not names:
        return None
    fleets = [resources.find(ctx.tx, FleetRow, ctx.scope, name) for name in names]
    return {name for fleet in fleets if fleet is not None for name in _offered(ctx, fleet)}


def _offered(ctx: Context, fleet: FleetRow) -> Iterable[str]:
    yield from catalogs.offered(ctx.tx, fleet)
    for row in applications.of_fleet(ctx.tx, ctx.scope, fleet.name):
        yield ctx.scope.arn("application", row.name)


def _described(row: EntitlementRow) -> Answer:
    return {
        **row.document,
        "Name": row.name,
        "StackName": row.stack,
        "CreatedTime": row.created_at,
        "LastModifiedTime": row.modified_at,
    }
