"""DrainSessionInstance: an instance of a multi-session fleet that takes no more sessions."""

from ownstream.domain import capacity
from ownstream.domain.keys import fleet_key
from ownstream.model.errors import OperationNotPermittedException, ResourceNotFoundException
from ownstream.operations.context import Context
from ownstream.operations.registry import operation
from ownstream.store import FleetRow, SessionRow, resources, streaming


@operation
def drain_session_instance(ctx: Context, session_id: str) -> None:
    """The session's instance takes no new sessions; it ends when its last one has, and is replaced.

    One that drains already goes on doing so. Its sessions are left alone. What AppStream says of a
    session that has ended, or of one that waits for an instance, is not known.
    """
    session = ctx.tx.get(SessionRow, session_id)
    if session is None or session.scope != ctx.scope:
        raise ResourceNotFoundException(
            f"The session {session_id} for account {ctx.scope.account} does not exist."
            " DescribeSessions lists the sessions."
        )
    fleet = resources.find(ctx.tx, FleetRow, ctx.scope, session.fleet)
    if fleet is None or capacity.seats(fleet.document) == 1:
        raise OperationNotPermittedException(
            f"The fleet {session.fleet} is a single-session fleet: its instances end with their"
            " session. Only instances of multi-session fleets are drained."
        )
    seat = streaming.instance_of(ctx.tx, session)
    if session.state == "EXPIRED" or seat is None:
        state = "has ended" if session.state == "EXPIRED" else "waits for an instance still"
        raise OperationNotPermittedException(
            f"The session {session_id} {state}: it has no instance to drain."
        )
    for row in streaming.parts_of(ctx.tx, ctx.scope, seat.instance):
        row.drain = "asked"
    ctx.tx.touch(fleet_key(ctx.scope, session.fleet))
