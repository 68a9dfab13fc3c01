"""Ends what is due: sessions by their timers, instances of ended sessions."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from ownstream.clock import Clock
from ownstream.control.pace import Offload
from ownstream.domain import owners, sessions
from ownstream.domain.keys import SessionKey
from ownstream.store import FleetRow, SessionRow, Store, Tx, owned, resources, streaming

UNCLAIMED = timedelta(minutes=5)


@dataclass
class SessionReconciler:
    """Works on one session at a time, as its key comes up."""

    store: Store
    clock: Clock
    offload: Offload = asyncio.to_thread

    async def reconcile(self, key: SessionKey) -> float | None:
        """After how many seconds to look again; None when the session is over."""
        return await self.offload(self._judge, key[1])

    def _judge(self, session_id: str) -> float | None:
        now = self.clock.now()
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None:
                return None
            look_at = self._next_look(tx, session, now)
            if session.state == "EXPIRED":
                streaming.release_instance(tx, session)
                return None
        return max(0.0, (look_at - now).total_seconds()) if look_at else None

    def _next_look(self, tx: Tx, session: SessionRow, now: datetime) -> datetime | None:
        if session.state == "EXPIRED":
            return None
        if owners.is_builder(session.fleet):
            return _look_at_administrator(tx, session, now)
        fleet = resources.find(tx, FleetRow, session.scope, session.fleet)
        if fleet is None or fleet.goal != "RUNNING":
            streaming.end_session(tx, session, reason="fleet_stopped", now=now)
            return None
        if session.started_at is None:
            return _await_user(tx, session, now)
        verdict = sessions.judge(session.times, sessions.limits(fleet.document), now)
        if verdict.end:
            streaming.end_session(tx, session, reason=verdict.end, now=now)
        if verdict.disconnect:
            session.connected, session.disconnected_at = False, now
            tx.touch(("session", session.id))
        return verdict.look_again_at


def _await_user(tx: Tx, session: SessionRow, now: datetime) -> datetime | None:
    """A session that nobody has come to ends after a while, so that its instance is not lost."""
    due = session.created_at + UNCLAIMED
    if now < due:
        return due
    if session.setup == "wanted" and session.instance_id is not None:
        return now + UNCLAIMED  # what it waits for has a time of its own
    streaming.end_session(tx, session, reason="unclaimed", now=now)
    return None


def _look_at_administrator(tx: Tx, session: SessionRow, now: datetime) -> datetime | None:
    """Whoever administers a builder may stay as long as that runs."""
    builder = owned.owner(tx, session.scope, session.fleet)
    if builder is None or builder.goal != "RUNNING":
        streaming.end_session(tx, session, reason="builder_stopped", now=now)
        return None
    return _await_user(tx, session, now) if session.started_at is None else None
