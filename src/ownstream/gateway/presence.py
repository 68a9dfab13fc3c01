"""Who is connected, as the store knows it: relays write it here, everyone reads it there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ownstream.clock import Clock
from ownstream.domain import owners, sessions
from ownstream.domain.attributes import Unstated, UserAttributes
from ownstream.domain.catalog import NOTHING, Catalog
from ownstream.domain.keys import owner_key, session_key
from ownstream.domain.session_variables import session_variables
from ownstream.domain.sessions import Limits, Verdict
from ownstream.domain.user_settings import Setting, complete_settings
from ownstream.gateway.time_zones import time_zone_variables
from ownstream.store import (
    FleetRow,
    InstanceRow,
    SessionRow,
    StackRow,
    Store,
    Tx,
    catalogs,
    owned,
    resources,
    streaming,
    usage,
)

INPUT_NOTED_EVERY = timedelta(seconds=5)


@dataclass(frozen=True)
class Standing:
    """A session as a relay needs to know it."""

    ended: str = ""  # why, or empty
    why: str = ""  # in words of its own, where there are any
    endpoint: str = ""  # its instance's agent, once that is ready
    connection: str = ""
    connected: bool = False
    expires: float = 0.0
    warning: str = ""
    warned_of: datetime | None = None  # when what the warning says will happen
    news: tuple[str, ...] = ()  # what its user is to know when the stream first begins
    opening: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Presence:
    """Comings and goings of users, over one store."""

    store: Store
    clock: Clock
    attributes: UserAttributes = field(default_factory=Unstated)

    def standing(self, session_id: str) -> Standing:
        """The session as it stands now."""
        with self.store.snapshot() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None:
                return Standing(ended="ended")
            if session.state == "EXPIRED":
                return Standing(ended=session.end_reason or "ended", why=session.end_text)
            verdict = self._verdict(tx, session)
            return Standing(
                endpoint=_endpoint(tx, session),
                connection=session.connection,
                connected=session.connected,
                expires=session.expires_at.timestamp() if session.expires_at else 0.0,
                warning=verdict.warning,
                warned_of=verdict.warned_of,
                news=tuple(session.wish.get("news", ())) if session.started_at is None else (),
                opening=_opening(tx, session),
            )

    def catalog(self, session_id: str) -> Catalog:
        """What the session sees and may start, as it is with this connection of it."""
        with self.store.snapshot() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None:
                return NOTHING
            if owners.is_builder(session.fleet):
                return Catalog(None)
            return catalogs.session_catalog(
                tx,
                session.scope,
                stack=session.stack,
                fleet=session.fleet,
                attributes=self.attributes.of(session.user_id),
            )

    def arrive(self, session_id: str, connection: str, address: str = "") -> bool:
        """The user is connected by this relay, which takes over from any other; False if over.

        The address is that of the user's device; empty: not known.
        """
        now = self.clock.now()
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None or session.state == "EXPIRED":
                return False
            if session.started_at is None:
                session.state, session.started_at = "ACTIVE", now
                longest = timedelta(seconds=int(session.wish["max_duration_s"]))
                session.expires_at = now + longest
                session.last_input_at = now
            elif (limits := _limits(tx, session)) is not None:
                session.last_input_at = sessions.input_on_arrival(session.times, limits, now)
            session.connected, session.connection = True, connection
            session.disconnected_at = None
            usage.note_address(session, address)
            tx.touch(session_key(session_id))
            return True

    def leave(self, session_id: str, connection: str, last_input_at: datetime | None) -> None:
        """The user is disconnected, unless another relay has taken over."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None or session.connection != connection or not session.connected:
                return
            session.connected, session.disconnected_at = False, self.clock.now()
            session.last_input_at = last_input_at or session.last_input_at
            tx.touch(session_key(session_id))

    def miss_agent(self, session_id: str) -> None:
        """Control looks at the session's fleet at once: its agent does not answer."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None:
                tx.touch(owner_key(session.scope, session.fleet))

    def note_input(self, session_id: str, last_input_at: datetime | None) -> None:
        """The user's last input is remembered, to within a few seconds."""
        if last_input_at is None or self.clock.now() - last_input_at > 2 * INPUT_NOTED_EVERY:
            return
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None:
                return
            noted = session.last_input_at
            if noted is None or last_input_at - noted >= INPUT_NOTED_EVERY:
                session.last_input_at = last_input_at

    def note_launches(self, session_id: str, applications: Sequence[str]) -> None:
        """The session has started these applications, for its account's reports."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None:
                usage.note_launches(tx, session, applications, self.clock.now())

    def redirect_url(self, session_id: str) -> str:
        """Where the stack sends users after a session, or empty."""
        with self.store.snapshot() as tx:
            session = tx.get(SessionRow, session_id)
            stack = session and resources.find(tx, StackRow, session.scope, session.stack)
            return str(stack.document.get("RedirectURL", "")) if stack else ""

    def forget_connections(self) -> None:
        """Nobody is connected: the service has just started."""
        with self.store.transaction() as tx:
            for session in streaming.live_sessions(tx):
                if session.connected:
                    session.connected, session.disconnected_at = False, self.clock.now()

    def _verdict(self, tx: Tx, session: SessionRow) -> Verdict:
        limits = _limits(tx, session)
        if limits is None or session.started_at is None:
            return Verdict()
        return sessions.judge(session.times, limits, self.clock.now())


def _limits(tx: Tx, session: SessionRow) -> Limits | None:
    """The timers of the session's fleet; None if that is gone."""
    fleet = resources.find(tx, FleetRow, session.scope, session.fleet)
    return sessions.limits(fleet.document) if fleet is not None else None


def _endpoint(tx: Tx, session: SessionRow) -> str:
    """Where the session's agent is, once it takes the user: ready, and with all that is to come."""
    instance = tx.get(InstanceRow, session.instance_id) if session.instance_id else None
    if instance is None or instance.seen != "ready":
        return ""
    if "wanted" in (session.home_folder, session.setup):
        return ""
    return instance.endpoint


def _opening(tx: Tx, session: SessionRow) -> dict[str, Any]:
    """What the agent is told of the session."""
    owner = owned.owner(tx, session.scope, session.fleet)
    environment = session_variables(
        session=session.id,
        stack=session.stack,
        fleet=session.fleet,
        identity=session.identity,
        created_at=session.created_at,
        context=str(session.wish.get("context") or ""),
        document=owner.document if owner else {},
    )
    settings = _user_settings(tx, session)
    return {
        "session": session.id,
        "application": str(session.wish.get("application", "")),
        "asking": str(session.wish.get("asking", "")),
        "environment": {**environment, **time_zone_variables(session, settings)},
        "userSettings": settings,
    }


def _user_settings(tx: Tx, session: SessionRow) -> list[Setting]:
    """What the stack lets its users do, one setting for each action; nothing without a stack.

    A builder has none, and its administrator may do everything.
    """
    if owners.is_builder(session.fleet):
        return complete_settings()
    stack = resources.find(tx, StackRow, session.scope, session.stack)
    return complete_settings(stack.document.get("UserSettings", ())) if stack else []
