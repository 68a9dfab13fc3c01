"""Instances, sessions and admissions: what streaming remembers."""

from collections.abc import Sequence

from sqlalchemy import select

from ownstream.domain.scope import Scope
from ownstream.store.engine import Tx
from ownstream.store.tables import AdmissionRow, FleetRow, InstanceRow, NodeRow, SessionRow

LIVE = ("PENDING", "ACTIVE")


def fleet_instances(tx: Tx, scope: Scope, fleet: str) -> Sequence[InstanceRow]:
    """The fleet's instances, oldest first."""
    query = select(InstanceRow).where(
        InstanceRow.account == scope.account,
        InstanceRow.region == scope.region,
        InstanceRow.fleet == fleet,
    )
    return tx.scalars(query.order_by(InstanceRow.created_at, InstanceRow.id)).all()


def all_instances(tx: Tx) -> Sequence[InstanceRow]:
    """Every instance of every fleet."""
    return tx.scalars(select(InstanceRow).order_by(InstanceRow.id)).all()


def all_fleets(tx: Tx) -> Sequence[FleetRow]:
    """Every fleet of every scope."""
    return tx.scalars(select(FleetRow)).all()


def live_sessions(
    tx: Tx, scope: Scope | None = None, fleet: str | None = None
) -> Sequence[SessionRow]:
    """Sessions that have not expired, oldest first; of a scope, of a fleet, or all."""
    query = select(SessionRow).where(SessionRow.state.in_(LIVE))
    if scope is not None:
        query = query.where(SessionRow.account == scope.account, SessionRow.region == scope.region)
    if fleet is not None:
        query = query.where(SessionRow.fleet == fleet)
    return tx.scalars(query.order_by(SessionRow.created_at, SessionRow.id)).all()


def users_session(
    tx: Tx, scope: Scope, *, stack: str, fleet: str, user_id: str
) -> SessionRow | None:
    """The one session of this user on this pair that has not expired, or None."""
    query = select(SessionRow).where(
        SessionRow.account == scope.account,
        SessionRow.region == scope.region,
        SessionRow.stack == stack,
        SessionRow.fleet == fleet,
        SessionRow.user_id == user_id,
        SessionRow.authentication_type == "API",
        SessionRow.state.in_(LIVE),
    )
    return tx.scalars(query).first()


def pair_sessions(
    tx: Tx, scope: Scope, *, stack: str, fleet: str, after: str | None, limit: int
) -> Sequence[SessionRow]:
    """At most so many sessions of a stack and fleet in order of id, ended ones too."""
    query = select(SessionRow).where(
        SessionRow.account == scope.account,
        SessionRow.region == scope.region,
        SessionRow.stack == stack,
        SessionRow.fleet == fleet,
    )
    if after is not None:
        query = query.where(SessionRow.id > after)
    return tx.scalars(query.order_by(SessionRow.id).limit(limit)).all()


def admission_by_ticket(tx: Tx, ticket_digest: str) -> AdmissionRow | None:
    """The browser that this streaming URL has let in, or None while it is unused."""
    query = select(AdmissionRow).where(AdmissionRow.ticket_digest == ticket_digest)
    return tx.scalars(query).first()


def nodes(tx: Tx) -> Sequence[NodeRow]:
    """Where instances run, as last reported."""
    return tx.scalars(select(NodeRow)).all()
