"""Stacks that users of the user pool may open: associated and taken away in batches, described."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ownstream.domain import mails, pool_rules
from ownstream.model.errors import (
    InvalidParameterCombinationException,
    OperationNotPermittedException,
)
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import FleetRow, StackRow, UserRow, UserStackRow, pool, resources

Item = Mapping[str, Any]
# The list's own length in the service model, whatever MaxResults asks for.
MOST_ITEMS = 25


@operation
def batch_associate_user_stack(ctx: Context, user_stack_associations: Sequence[Item]) -> Item:
    """The users may open the stacks; the answer has the items that could not be had, and why."""
    for item in user_stack_associations:
        refuse_if(pool_rules.type_refusals(item["AuthenticationType"]))
        _refuse_joined(ctx, item["StackName"])
    told: dict[str, list[str]] = {}

    def associate(item: Item) -> None:
        user, stack = item["UserName"], item["StackName"]
        if pool.user_stack(ctx.tx, ctx.scope, user, stack) is None:
            key = {"account": ctx.scope.account, "region": ctx.scope.region}
            ctx.tx.add(UserStackRow(**key, user=user, stack=stack))
            ctx.tx.flush()  # the batch may name them twice
        if item.get("SendEmailNotification"):
            told.setdefault(user, []).append(stack)

    errors = _in_turn(ctx, user_stack_associations, associate)
    for name, stacks in told.items():
        user = resources.find(ctx.tx, UserRow, ctx.scope, name)
        if user is not None:
            pool.queue_mail(ctx.tx, user, mails.STACKS, ctx.now, stacks=list(dict.fromkeys(stacks)))
    return {"errors": errors}


@operation
def batch_disassociate_user_stack(ctx: Context, user_stack_associations: Sequence[Item]) -> Item:
    """The users may open the stacks no more; who streams from one already goes on."""
    for item in user_stack_associations:
        refuse_if(pool_rules.type_refusals(item["AuthenticationType"]))

    def disassociate(item: Item) -> None:
        row = pool.user_stack(ctx.tx, ctx.scope, item["UserName"], item["StackName"])
        if row is not None:
            ctx.tx.delete(row)

    return {"errors": _in_turn(ctx, user_stack_associations, disassociate)}


@operation
def describe_user_stack_associations(
    ctx: Context,
    stack_name: str | None = None,
    user_name: str | None = None,
    authentication_type: str | None = None,
) -> Page[Any]:
    """Who may open which stack: of one stack, of one user, or of both."""
    _refuse_too_wide(stack_name, user_name, authentication_type)
    rows = pool.user_stacks(ctx.tx, ctx.scope, user=user_name, stack=stack_name)
    found = [((row.stack, row.user), _described(row)) for row in rows]

    def fetch(after: tuple[str, str] | None, limit: int) -> Sequence[tuple[tuple[str, str], Item]]:
        return [(key, item) for key, item in found if after is None or key > after][:limit]

    return Page(fetch, default_items=MOST_ITEMS, most_items=MOST_ITEMS)


def _in_turn(ctx: Context, items: Sequence[Item], act: Callable[[Item], None]) -> list[Item]:
    """The errors of those whose stack or user there is not; the others have been acted on."""
    errors: list[Item] = []
    for item in items:
        error = _error(ctx, item)
        if error is None:
            act(item)
        else:
            errors.append(error)
    return errors


def _error(ctx: Context, item: Item) -> Item | None:
    for table, member, code, kind in (
        (StackRow, "StackName", "STACK_NOT_FOUND", "stack"),
        (UserRow, "UserName", "USER_NAME_NOT_FOUND", "user"),
    ):
        if resources.find(ctx.tx, table, ctx.scope, item[member]) is None:
            text = f"The {kind} {item[member]} for account {ctx.scope.account} does not exist."
            return {"UserStackAssociation": item, "ErrorCode": code, "ErrorMessage": text}
    return None


def _refuse_joined(ctx: Context, stack: str) -> None:
    for name in resources.associated_fleets(ctx.tx, ctx.scope, stack):
        fleet = resources.find(ctx.tx, FleetRow, ctx.scope, name)
        if fleet is not None and fleet.document.get("DomainJoinInfo"):
            raise OperationNotPermittedException(
                f"The stack {stack} offers the fleet {name}, which is to join a directory, and is"
                " not for users of the user pool. Nobody has been associated."
            )


def _refuse_too_wide(stack: str | None, user: str | None, authentication_type: str | None) -> None:
    if stack is None and user is None:
        raise InvalidParameterCombinationException(
            "Specify StackName, or UserName and AuthenticationType, or all of them."
        )
    if user is not None and authentication_type is None:
        raise InvalidParameterCombinationException(
            "AuthenticationType is required when UserName is specified."
        )
    if authentication_type is not None:
        refuse_if(pool_rules.type_refusals(authentication_type))


def _described(row: UserStackRow) -> Item:
    return {
        "StackName": row.stack,
        "UserName": row.user,
        "AuthenticationType": pool_rules.USERPOOL,
    }
