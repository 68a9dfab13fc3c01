"""Usage: who has subscribed to reports, and what a day's report is made of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from ownstream.domain.pool_rules import USERPOOL
from ownstream.domain.scope import Scope
from ownstream.domain.usage_reports import day_of, facts, logs_bucket, with_address
from ownstream.store import resources
from ownstream.store.pool_tables import UserRow
from ownstream.store.tables import FleetRow, SessionRow, StackRow
from ownstream.store.transactions import Tx
from ownstream.store.usage_tables import LaunchRow, UsageReportsRow

MOST_LAUNCHES = 10_000  # of a session; whoever starts more is not told of in full
MOST_NAME = 256
OF_A_BUILDER = "/"  # what a builder's sessions have in place of a fleet has one, and no name has


def usage_reports(tx: Tx, scope: Scope) -> UsageReportsRow | None:
    """The reports of this account and region, subscribed to or once so; None if never."""
    return tx.get(UsageReportsRow, {"account": scope.account, "region": scope.region})


def logs_bucket_of(tx: Tx, scope: Scope, now: datetime) -> str:
    """The bucket for the account's logs in this region, which reports go to as well."""
    row = usage_reports(tx, scope)
    if row is None:
        row = UsageReportsRow(
            account=scope.account,
            region=scope.region,
            bucket=logs_bucket(scope, now),
            subscribed=False,
            reported_until=day_of(now),
            errors=[],
        )
        tx.add(row)
    return row.bucket


def subscription(tx: Tx, scope: Scope) -> UsageReportsRow | None:
    """The same while it is subscribed to, else None."""
    row = usage_reports(tx, scope)
    return row if row is not None and row.subscribed else None


def subscribers(tx: Tx) -> Sequence[Scope]:
    """Whose usage is reported."""
    rows = tx.scalars(select(UsageReportsRow).where(UsageReportsRow.subscribed))
    return [row.scope for row in rows]


def note_beginning(tx: Tx, session: SessionRow, fleet: FleetRow) -> None:
    """What a report tells of the session is remembered as it is when it begins."""
    stack = resources.find(tx, StackRow, session.scope, session.stack)
    told = facts(fleet.document, stack.document if stack else {})
    session.usage = {**(session.usage or {}), "facts": told}
    if session.authentication_type == USERPOOL:
        user = resources.find(tx, UserRow, session.scope, session.user_id)
        session.usage |= {"user_arn": user.arn} if user else {}


def note_address(session: SessionRow, address: str) -> None:
    """The session was reached from this address; nothing where it is empty."""
    known = with_address(session.usage.get("addresses", ()), address)
    session.usage = {**session.usage, "addresses": known}


def note_launches(tx: Tx, session: SessionRow, applications: Iterable[str], now: datetime) -> None:
    """The session has started these applications, each once more; nothing of a builder's."""
    if OF_A_BUILDER in session.fleet:
        return
    count = select(func.count()).where(LaunchRow.session_id == session.id)
    present = tx.scalars(count).one()
    for number, application in enumerate(applications, start=present):
        if number >= MOST_LAUNCHES:
            return
        row = LaunchRow(
            session_id=session.id,
            number=number,
            account=session.account,
            region=session.region,
            application=application[:MOST_NAME],
            launched_at=now,
        )
        tx.add(row)


def ended_sessions(tx: Tx, scope: Scope, since: datetime, before: datetime) -> Sequence[SessionRow]:
    """Users' sessions that ended in this time, in that order."""
    ended = _in_time(SessionRow, SessionRow.ended_at, scope, since, before)
    query = select(SessionRow).where(*ended, ~SessionRow.fleet.contains(OF_A_BUILDER))
    return tx.scalars(query.order_by(SessionRow.ended_at, SessionRow.id)).all()


def launches(tx: Tx, scope: Scope, since: datetime, before: datetime) -> Sequence[LaunchRow]:
    """What was started in this time, in that order."""
    query = select(LaunchRow).where(
        *_in_time(LaunchRow, LaunchRow.launched_at, scope, since, before)
    )
    order = (LaunchRow.launched_at, LaunchRow.session_id, LaunchRow.number)
    return tx.scalars(query.order_by(*order)).all()


def forget_launches(tx: Tx) -> None:
    """Of sessions that are forgotten nothing is known."""
    tx.execute(delete(LaunchRow).where(LaunchRow.session_id.not_in(select(SessionRow.id))))


def _in_time(
    table: type[SessionRow] | type[LaunchRow],
    instant: InstrumentedAttribute[Any],
    scope: Scope,
    since: datetime,
    before: datetime,
) -> Sequence[ColumnElement[bool]]:
    """The scope's rows whose instant is from the one to before the other."""
    return (
        table.account == scope.account,
        table.region == scope.region,
        instant >= since,
        instant < before,
    )
