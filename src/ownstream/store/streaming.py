"""Instances, sessions and admissions: what streaming remembers."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select

from ownstream.domain import capacity, owners, seats
from ownstream.domain.identities import Identity
from ownstream.domain.keys import fleet_key, owner_key, session_key
from ownstream.domain.scope import Scope
from ownstream.store.tables import (
    AdmissionRow,
    FleetRow,
    ImageBuilderRow,
    InstanceRow,
    NodeRow,
    SessionRow,
)
from ownstream.store.transactions import Tx
from ownstream.store.usage import forget_launches
from ownstream.store.usage_tables import UsageReportsRow

LIVE = ("PENDING", "ACTIVE")

# What every call and every turn of control asks is made once: that costs as much as to ask it.
_ALL_FLEETS = select(FleetRow)
_ALL_BUILDERS = select(ImageBuilderRow)
_ALL_INSTANCES = select(InstanceRow).order_by(InstanceRow.id)
_FLEET_INSTANCES = (
    select(InstanceRow)
    .where(
        InstanceRow.account == bindparam("account"),
        InstanceRow.region == bindparam("region"),
        InstanceRow.fleet == bindparam("fleet"),
    )
    .order_by(InstanceRow.created_at, InstanceRow.id)
)
_USERS_SESSION = select(SessionRow).where(
    SessionRow.account == bindparam("account"),
    SessionRow.region == bindparam("region"),
    SessionRow.stack == bindparam("stack"),
    SessionRow.fleet == bindparam("fleet"),
    SessionRow.user_id == bindparam("user_id"),
    SessionRow.authentication_type == bindparam("authentication_type"),
    SessionRow.state.in_(LIVE),
)
_ADMISSION = select(AdmissionRow).where(AdmissionRow.ticket_digest == bindparam("digest"))
_NODES = select(NodeRow)
_UNSAVED = select(InstanceRow.session_id).where(
    InstanceRow.goal == "save", InstanceRow.session_id.is_not(None)
)
_UNREPORTED = select(UsageReportsRow).where(
    UsageReportsRow.subscribed,
    UsageReportsRow.account == SessionRow.account,
    UsageReportsRow.region == SessionRow.region,
    UsageReportsRow.reported_until <= SessionRow.ended_at,
)
_ENDED = select(SessionRow).where(
    SessionRow.ended_at < bindparam("before"),
    SessionRow.id.not_in(_UNSAVED),
    ~_UNREPORTED.exists(),
)
_LEFT_OVER = select(AdmissionRow).where(
    AdmissionRow.expires_at < bindparam("before"),
    AdmissionRow.session_id.not_in(select(SessionRow.id)),
)


def fleet_instances(tx: Tx, scope: Scope, fleet: str) -> Sequence[InstanceRow]:
    """The instances of a fleet, or of another owner as `domain.owners` names it, oldest first."""
    asked = {"account": scope.account, "region": scope.region, "fleet": fleet}
    return tx.scalars(_FLEET_INSTANCES, asked).all()


def all_instances(tx: Tx) -> Sequence[InstanceRow]:
    """Every instance of every fleet."""
    return tx.scalars(_ALL_INSTANCES).all()


def all_fleets(tx: Tx) -> Sequence[FleetRow]:
    """Every fleet of every scope."""
    return tx.scalars(_ALL_FLEETS).all()


def all_builders(tx: Tx) -> Sequence[ImageBuilderRow]:
    """Every image builder of every scope."""
    return tx.scalars(_ALL_BUILDERS).all()


def live_sessions(
    tx: Tx, scope: Scope | None = None, fleet: str | None = None
) -> Sequence[SessionRow]:
    """Sessions that have not expired, oldest first; of a scope, of a fleet, or all."""
    asked = {"account": scope.account, "region": scope.region} if scope else {}
    asked |= {"fleet": fleet} if fleet is not None else {}
    return tx.scalars(_live_sessions(*asked), asked).all()


def users_session(
    tx: Tx, scope: Scope, *, stack: str, fleet: str, user: Identity
) -> SessionRow | None:
    """The one session of this user on this pair that has not expired, or None."""
    asked = {"account": scope.account, "region": scope.region, "stack": stack, "fleet": fleet}
    asked |= {"user_id": user.user_name, "authentication_type": user.authentication_type}
    return tx.scalars(_USERS_SESSION, asked).first()


def admission_by_ticket(tx: Tx, ticket_digest: str) -> AdmissionRow | None:
    """The browser that this streaming URL has let in, or None while it is unused."""
    return tx.scalars(_ADMISSION, {"digest": ticket_digest}).first()


def nodes(tx: Tx) -> Sequence[NodeRow]:
    """Where instances run, as last reported."""
    return tx.scalars(_NODES).all()


def free_instance(tx: Tx, fleet: FleetRow) -> InstanceRow | None:
    """The oldest instance that is ready for a user, or a seat that is; or None."""
    if capacity.seats(fleet.document) > 1:
        return _free_seat(tx, fleet)
    for row in fleet_instances(tx, fleet.scope, fleet.name):
        unused = row.goal == "run" and row.seen == "ready" and row.session_id is None
        if unused and row.generation == fleet.generation:
            return row
    return None


def assign(tx: Tx, session: SessionRow, fleet: FleetRow) -> InstanceRow | None:
    """The instance, or the seat, that now serves this session alone; None if none is free."""
    instance = free_instance(tx, fleet)
    if instance is None:
        return None
    instance.session_id, session.instance_id = session.id, instance.id
    if instance.part_of:  # a report is made when the seat has gone
        session.usage = {**(session.usage or {}), "instance": instance.part_of}
    tx.touch(session_key(session.id))
    tx.touch(fleet_key(fleet.scope, fleet.name))
    return instance


def assign_administrator(tx: Tx, session: SessionRow) -> InstanceRow | None:
    """The instance of a builder, which now serves this session; None if none is ready."""
    for instance in fleet_instances(tx, session.scope, session.fleet):
        if instance.goal == "run" and instance.seen == "ready":
            instance.session_id, session.instance_id = session.id, instance.id
            tx.touch(session_key(session.id))
            return instance
    return None


def end_session(tx: Tx, session: SessionRow, *, reason: str, now: datetime, text: str = "") -> None:
    """The session is over and its instance goes; an ended session stays as it is.

    The text tells its user more than the reason alone does.
    """
    if session.state == "EXPIRED":
        return
    session.state, session.connected = "EXPIRED", False
    session.ended_at, session.end_reason, session.end_text = now, reason, text
    tx.touch(session_key(session.id))
    release_instance(tx, session)


def shorten_session(tx: Tx, session: SessionRow, ends_at: datetime) -> None:
    """The session, which has started, lasts no longer than until then."""
    if session.expires_at is None or session.expires_at > ends_at:
        session.expires_at = ends_at
        tx.touch(session_key(session.id))


def release_instance(tx: Tx, session: SessionRow) -> None:
    """The session's instance is to be taken away; first what is to be done at its end is done.

    A builder's goes on without it.
    """
    instance = instance_of(tx, session)
    if instance is None or instance.goal != "run":
        return
    if owners.is_builder(session.fleet):
        instance.session_id = None if instance.session_id == session.id else instance.session_id
    else:
        instance.goal = "save" if session.home_folder or session.setup == "armed" else "retire"
    tx.touch(owner_key(session.scope, session.fleet))


def forget_ended(tx: Tx, before: datetime) -> None:
    """Sessions that ended before this instant are forgotten, with what let browsers in.

    What is known of a URL that is still good is kept: else it could be used once more. So is a
    session whose home folder has not been saved yet, or that a usage report is to tell of.
    """
    for query in (_ENDED, _LEFT_OVER):
        for row in tx.scalars(query, {"before": before}):
            tx.delete(row)
        tx.flush()  # they are gone for whoever comes by their keys, in this transaction too
    forget_launches(tx)


def replace_nodes(tx: Tx, rows: Sequence[NodeRow]) -> None:
    """The nodes are these."""
    known = {row.name: row for row in nodes(tx)}
    for row in rows:
        if known.pop(row.name, None) is None:
            tx.add(row)
        else:
            tx.merge(row)
    for row in known.values():
        tx.delete(row)


def parts_of(tx: Tx, scope: Scope, instance_id: str) -> Sequence[InstanceRow]:
    """The rows of the instance that the API names so: itself, or its seats; none if unknown."""
    return [row for row in all_instances(tx) if row.instance == instance_id and row.scope == scope]


def instance_of(tx: Tx, session: SessionRow) -> InstanceRow | None:
    """The instance, or the seat of one, that serves this session, or None."""
    return tx.get(InstanceRow, session.instance_id) if session.instance_id else None


def session_of(tx: Tx, instance: InstanceRow) -> SessionRow | None:
    """The session that this instance serves, or None."""
    return tx.get(SessionRow, instance.session_id) if instance.session_id else None


def _free_seat(tx: Tx, fleet: FleetRow) -> InstanceRow | None:
    views = [row.view for row in fleet_instances(tx, fleet.scope, fleet.name)]
    free = seats.free_seat(
        views,
        generation=fleet.generation,
        most_sessions=capacity.most_sessions(fleet.document),
    )
    return tx.get(InstanceRow, free.id) if free else None


@cache
def _live_sessions(*asked: str) -> Select[SessionRow]:
    """Of those whose columns of these names are as asked."""
    query = select(SessionRow).where(SessionRow.state.in_(LIVE))
    same = [getattr(SessionRow, column) == bindparam(column) for column in asked]
    return query.where(*same).order_by(SessionRow.created_at, SessionRow.id)
