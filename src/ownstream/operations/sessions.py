"""Streaming sessions: described, expired, and the URLs that lead to one."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ownstream.domain import fleets
from ownstream.domain.tickets import Ticket, streaming_url
from ownstream.model.errors import (
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    OperationNotPermittedException,
    ResourceNotAvailableException,
    ResourceNotFoundException,
)
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import wanted
from ownstream.operations.registry import operation
from ownstream.store import FleetRow, SessionRow, StackRow, catalogs, resources, streaming

Answer = Mapping[str, Any]

VALIDITY_S = range(1, 604801)
# A URL that browsers and servers still take whole; the service model sets no bound.
MOST_CONTEXT_BYTES = 4096
DESKTOP = "Desktop"


@operation
def create_streaming_url(
    ctx: Context,
    stack_name: str,
    fleet_name: str,
    *,
    user_id: str,
    application_id: str = "",
    validity: int = 60,
    session_context: str = "",
) -> Answer:
    """A URL that opens a session of this user, and when it stops being good.

    Nothing is reserved: an instance is found when the URL is opened. Validity is in seconds. Which
    errors AppStream answers for a fleet that does not run or is not associated is not known.
    """
    fleet = wanted(ctx, FleetRow, "fleet", fleet_name)
    wanted(ctx, StackRow, "stack", stack_name)
    _refuse_unreachable(ctx, fleet, stack_name)
    _refuse_unknown_application(ctx, fleet, application_id)
    _refuse_out_of_bounds(validity, session_context)
    expires = int((ctx.now + timedelta(seconds=validity)).timestamp())
    ticket = Ticket(
        type="END_USER",
        expires=str(expires),
        awsAccountId=ctx.scope.account,
        userId=user_id,
        catalogSource=f"stack/{stack_name}",
        fleetRef=f"fleet/{fleet_name}",
        applicationId=application_id,
        userContext=session_context,
        maxUserDurationInSecs=str(fleet.document["MaxUserDurationInSeconds"]),
        region=ctx.scope.region,
        nonce=secrets.token_urlsafe(16),
    )
    url = streaming_url(ctx.services.public_url, ticket, ctx.services.ticket_key)
    return {"StreamingURL": url, "Expires": datetime.fromtimestamp(expires, UTC)}


@operation
def describe_sessions(
    ctx: Context,
    stack_name: str,
    fleet_name: str,
    *,
    user_id: str | None = None,
    authentication_type: str | None = None,
    instance_id: str | None = None,
) -> Page[Any]:
    """Sessions of the stack and fleet: those that live, and those whose instance still goes away.

    So an expired session reads EXPIRED for a moment and is then listed no more. Without an
    authentication type, sessions that a streaming URL began. A page has 20, and at most 50.
    """
    if user_id is not None and authentication_type is None:
        raise InvalidParameterCombinationException(
            "AuthenticationType is required when UserId is specified."
        )

    def is_asked(row: SessionRow) -> bool:
        return (
            row.stack == stack_name
            and row.authentication_type == (authentication_type or "API")
            and user_id in (None, row.user_id)
            and instance_id in (None, _instance_id(ctx, row))
        )

    return Page(_pages(ctx, fleet_name, is_asked), default_items=20, most_items=50)


@operation
def expire_session(ctx: Context, session_id: str) -> None:
    """The session has ended and its instance is taken away; one that has ended stays so.

    An unknown id is refused, as a slip that would else go unseen; what AppStream does is not known.
    """
    row = ctx.tx.get(SessionRow, session_id)
    if row is None or row.scope != ctx.scope:
        raise InvalidParameterValueException(
            f"There is no session {session_id} in account {ctx.scope.account} and region"
            f" {ctx.scope.region}. DescribeSessions lists the sessions."
        )
    streaming.end_session(ctx.tx, row, reason="expired_by_administrator", now=ctx.now)


def _refuse_unreachable(ctx: Context, fleet: FleetRow, stack: str) -> None:
    if resources.association(ctx.tx, ctx.scope, fleet=fleet.name, stack=stack) is None:
        raise OperationNotPermittedException(
            f"The fleet {fleet.name} is not associated with the stack {stack}."
            " Call AssociateFleet first."
        )
    state = fleets.state(fleet.goal, fleet.goal_met)
    if state != "RUNNING":
        raise ResourceNotAvailableException(
            f"The fleet {fleet.name} is {state}."
            f" {'Wait' if state == 'STARTING' else 'Start it and wait'} until it is RUNNING."
        )


def _refuse_unknown_application(ctx: Context, fleet: FleetRow, application: str) -> None:
    if application == DESKTOP and fleet.document["StreamView"] != "DESKTOP":
        raise InvalidParameterCombinationException(
            f"The fleet {fleet.name} has the stream view APP; Desktop needs DESKTOP."
        )
    if application in ("", DESKTOP):
        return
    known = catalogs.offered(ctx.tx, fleet)
    if application not in known:
        raise ResourceNotFoundException(
            f"The fleet {fleet.name} offers no application {application}."
            f" It offers {', '.join(known) or 'none'}."
        )


def _refuse_out_of_bounds(validity: int, context: str) -> None:
    if validity not in VALIDITY_S:
        raise InvalidParameterValueException(
            f"Validity is {validity}. Specify a value between 1 and {VALIDITY_S.stop - 1} seconds."
        )
    if len(context.encode()) > MOST_CONTEXT_BYTES:
        raise InvalidParameterValueException(
            f"SessionContext is longer than {MOST_CONTEXT_BYTES} bytes, and would make a URL that"
            " browsers cut. Pass a reference to where the rest is."
        )


def _pages(
    ctx: Context, fleet: str, is_asked: Callable[[SessionRow], bool]
) -> Callable[[str | None, int], Sequence[tuple[str, Answer]]]:
    def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Answer]]:
        rows = {row.id: row for row in _present_sessions(ctx, fleet) if is_asked(row)}
        ids = sorted(id_ for id_ in rows if after is None or id_ > after)
        return [(id_, _described(ctx, rows[id_])) for id_ in ids[:limit]]

    return fetch


def _present_sessions(ctx: Context, fleet: str) -> Iterable[SessionRow]:
    yield from streaming.live_sessions(ctx.tx, ctx.scope, fleet)
    for instance in streaming.fleet_instances(ctx.tx, ctx.scope, fleet):
        session = streaming.session_of(ctx.tx, instance)
        if session is not None:
            yield session


def _instance_id(ctx: Context, row: SessionRow) -> str | None:
    """The instance that the session is on, which may have a seat for each of several."""
    seat = streaming.instance_of(ctx.tx, row)
    return seat.instance if seat else row.instance_id


def _drain_status(ctx: Context, row: SessionRow) -> str | None:
    """NOT_APPLICABLE to single-session fleets; None as long as there is no instance."""
    seat = streaming.instance_of(ctx.tx, row)
    if seat is None:
        return None
    if not seat.part_of:
        return "NOT_APPLICABLE"
    return "DRAINING" if seat.drain else "ACTIVE"


def _described(ctx: Context, row: SessionRow) -> Answer:
    members = {
        "Id": row.id,
        "UserId": row.user_id,
        "StackName": row.stack,
        "FleetName": row.fleet,
        "State": row.state,
        "ConnectionState": "CONNECTED" if row.connected else "NOT_CONNECTED",
        "StartTime": row.started_at,
        "MaxExpirationTime": row.expires_at,
        "AuthenticationType": row.authentication_type,
        "InstanceId": _instance_id(ctx, row),
        "InstanceDrainStatus": _drain_status(ctx, row),
    }
    return {member: value for member, value in members.items() if value is not None}
