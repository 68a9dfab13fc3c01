"""Lets browsers in: a streaming URL's ticket is exchanged once for a cookie and a session.

Knows nothing of HTTP; every refusal says what is the matter in words for the user.
"""

import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from ownstream.domain import capacity, fleets, owners, seats, tickets
from ownstream.domain.attributes import Attributes, Unstated, UserAttributes
from ownstream.domain.elastic import is_elastic
from ownstream.domain.keys import fleet_key, session_key
from ownstream.domain.pool_rules import USERPOOL
from ownstream.domain.portals import portal_path
from ownstream.domain.scope import Scope
from ownstream.domain.tickets import ADMIN, END_USER, Ticket
from ownstream.gateway.keeping import begin_keeping
from ownstream.store import (
    AdmissionRow,
    FleetRow,
    SessionRow,
    StackRow,
    Store,
    Tx,
    UserRow,
    catalogs,
    owned,
    pool,
    resources,
    streaming,
    usage,
)

ENDED = {
    "expired_by_administrator": "An administrator has ended your session.",
    "ended_by_user": "You have ended your session.",
    "disconnected": "Your session has ended: you were away for longer than it is kept.",
    "max_duration": "Your session has ended: it reached its longest duration.",
    "builder_stopped": "Your session has ended: its builder has been stopped.",
    "fleet_stopped": "Your session has ended: its fleet has been stopped.",
    "instance_lost": "Your session has ended: the machine that ran it failed.",
    "service_stopped": "Your session has ended: the service has been stopped.",
    "user_deleted": "Your account has been removed, and your session with it.",
    "user_disabled": "Your account has been disabled.",
    "unclaimed": "This session was never started and has been given up.",
}


UNBOUNDED_S = 10 * 365 * 86400  # of whoever may stay


@dataclass(eq=False)
class Refused(Exception):
    """The browser is not let in."""

    status: int
    error: str
    message: str
    redirect: str = ""  # where to go now; empty for nowhere
    portal: str = ""  # where the user of a session that has ended came from; empty for nowhere


@dataclass(frozen=True)
class Welcome:
    """What a page may know of its session."""

    session: str
    stack: str
    fleet: str
    user: str
    application: str
    view: str
    title: str
    portal: str  # where the user came from, and may go back to; empty for nowhere
    feedback: str  # where users say what they think of it; empty for nowhere
    state: str


@dataclass(frozen=True)
class Admission:
    """A browser let in; `cookie` is None when it keeps the one that it has."""

    welcome: Welcome
    cookie: str | None
    embeddable: bool


def digest(secret: str) -> str:
    """What is kept of a secret: enough to recognise it, not to use it."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def random_session_id() -> str:
    """An id that no other session has."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Door:
    """Where tickets are shown."""

    store: Store
    ticket_key: bytes
    url_reuse: bool = False
    home_folders: bool = False  # whether somebody keeps them
    app_blocks: bool = False  # whether somebody puts them into instances
    new_id: Callable[[], str] = random_session_id
    attributes: UserAttributes = field(default_factory=Unstated)

    def ticket(self, parameters: str, signature: str) -> Ticket | None:
        """The ticket in a streaming URL's query, or None if we did not sign it."""
        return tickets.parse(parameters, signature, self.ticket_key)

    def admit(
        self, parameters: str, signature: str, cookies: Iterable[str], now: datetime
    ) -> Admission:
        """The browser with these cookies is let in, or Refused, and then nothing is started."""
        ticket = self.ticket(parameters, signature)
        if ticket is None or ticket.type not in (END_USER, ADMIN):
            raise Refused(403, "invalid_url", "This link is not valid. Ask for a new one.")
        attributes = self.attributes.of(ticket.userId)
        with self.store.transaction() as tx:
            for cookie in cookies:
                known = tx.get(AdmissionRow, digest(cookie))
                if known is not None and known.ticket_digest == digest(signature):
                    return Admission(welcome(tx, known), None, embeddable=False)
            self._check_unused(tx, ticket, signature, now)
            session = self._session(tx, ticket, attributes, now)
            return self._let_in(tx, ticket, signature, session, now)

    def _check_unused(self, tx: Tx, ticket: Ticket, signature: str, now: datetime) -> None:
        if now >= ticket.expiry:
            raise Refused(403, "expired_url", "This link has expired. Ask for a new one.")
        used = streaming.admission_by_ticket(tx, digest(signature)) is not None
        if used and not self.url_reuse:
            text = "This link has been used already, in another browser. Ask for a new one."
            raise Refused(403, "used_url", text)

    def _let_in(
        self, tx: Tx, ticket: Ticket, signature: str, session: SessionRow, now: datetime
    ) -> Admission:
        cookie = secrets.token_urlsafe(32)
        used = streaming.admission_by_ticket(tx, digest(signature)) is not None
        row = AdmissionRow(
            cookie_digest=digest(cookie),
            ticket_digest=digest(signature + cookie if used else signature),
            session_id=session.id,
            created_at=now,
            expires_at=ticket.expiry,
        )
        tx.add(row)
        stack = resources.find(tx, StackRow, session.scope, session.stack)
        embeddable = bool(stack and stack.document.get("EmbedHostDomains"))
        return Admission(welcome(tx, row), cookie, embeddable)

    def _session(
        self, tx: Tx, ticket: Ticket, attributes: Attributes | None, now: datetime
    ) -> SessionRow:
        """The user's session on this stack and fleet: the running one, else a new one."""
        scope = Scope(ticket.awsAccountId, ticket.region)
        session = streaming.users_session(
            tx, scope, stack=ticket.stack, fleet=ticket.fleet, user=ticket.identity
        )
        if ticket.type == ADMIN:
            _refuse_unless_running(tx, scope, ticket)
            return session or _administrators(tx, self.new_id(), scope, ticket, now)
        _refuse_strangers(tx, scope, ticket)
        fleet = _offered_fleet(tx, scope, ticket)
        _check_entitled(tx, ticket, attributes)
        if session is not None:
            _ask_for(session, ticket)
        else:
            session = _new_session(self.new_id(), scope, ticket, now)
            if self.home_folders:
                begin_keeping(tx, session)
            if self.app_blocks and is_elastic(fleet.document):
                session.setup = "wanted"
            _start(tx, session, fleet)
        return session

    def find(self, tx: Tx, cookie: str | None) -> SessionRow:
        """The session that this cookie opens, ended or not; Refused if it opens none."""
        admission = tx.get(AdmissionRow, digest(cookie)) if cookie else None
        session = tx.get(SessionRow, admission.session_id) if admission else None
        if session is None:
            text = "There is no session here. Open a streaming URL to start one."
            raise Refused(401, "no_session", text)
        return session

    def state(self, cookie: str | None) -> Welcome:
        """The session that this cookie opens; Refused when it has ended."""
        with self.store.snapshot() as tx:
            return describe(tx, self.find(tx, cookie))

    def end(self, cookie: str | None, now: datetime) -> None:
        """The user's session is over."""
        with self.store.transaction() as tx:
            streaming.end_session(tx, self.find(tx, cookie), reason="ended_by_user", now=now)


def welcome(tx: Tx, admission: AdmissionRow) -> Welcome:
    """What the page of this browser may know."""
    session = tx.get(SessionRow, admission.session_id)
    if session is None:
        raise Refused(410, "ended", "Your session has ended.")
    return describe(tx, session)


def describe(tx: Tx, session: SessionRow) -> Welcome:
    """What a page may know of this session; Refused when it has ended."""
    stack = resources.find(tx, StackRow, session.scope, session.stack)
    if session.state == "EXPIRED":
        text = session.end_text or ENDED.get(session.end_reason, "Your session has ended.")
        redirect = str(stack.document.get("RedirectURL", "")) if stack else ""
        raise Refused(410, session.end_reason or "ended", text, redirect, _portal(session))
    fleet = resources.find(tx, FleetRow, session.scope, session.fleet)
    return Welcome(
        session=session.id,
        stack=session.stack,
        fleet=session.fleet,
        user=session.user_id,
        application=str(session.wish.get("application", "")),
        view=_view(session, fleet),
        title=_title(tx, session, stack),
        portal=_portal(session),
        feedback=str(stack.document.get("FeedbackURL", "")) if stack else "",
        state=session.state,
    )


def _portal(session: SessionRow) -> str:
    of_pool = session.identity.authentication_type == USERPOOL
    return portal_path(session.scope) if of_pool else ""


def handle(session_id: str) -> str:
    """What tells a browser's sessions apart; the id itself is nobody's but the API's."""
    return digest(f"handle of {session_id}")[:16]


def public(welcome: Welcome) -> dict[str, str]:
    """The members that go to the page."""
    return {**asdict(welcome), "session": handle(welcome.session)}


def _refuse_strangers(tx: Tx, scope: Scope, ticket: Ticket) -> None:
    """Nothing, if the user may open the stack still; else Refused."""
    if ticket.identity.authentication_type != USERPOOL:
        return
    user = resources.find(tx, UserRow, scope, ticket.userId)
    may_open = pool.user_stack(tx, scope, ticket.userId, ticket.stack) is not None
    if user is None or not user.enabled or not may_open:
        raise Refused(404, "not_offered", "This application is not offered to you any more.")


def _offered_fleet(tx: Tx, scope: Scope, ticket: Ticket) -> FleetRow:
    """The fleet that the ticket is for; Refused if it is not there for users."""
    fleet = resources.find(tx, FleetRow, scope, ticket.fleet)
    pair = resources.association(tx, scope, fleet=ticket.fleet, stack=ticket.stack)
    if fleet is None or pair is None:
        text = "The application that this link was made for is no longer offered."
        raise Refused(404, "not_offered", text)
    if fleets.state(fleet.goal, fleet.goal_met) != "RUNNING":
        text = "The fleet behind this link is not running. Try again later."
        raise Refused(409, "fleet_not_running", text)
    return fleet


def _check_entitled(tx: Tx, ticket: Ticket, attributes: Attributes | None) -> None:
    """Refused, if the ticket is for an application that its user may not start."""
    if not ticket.applicationId:
        return
    scope = Scope(ticket.awsAccountId, ticket.region)
    catalog = catalogs.session_catalog(
        tx, scope, stack=ticket.stack, fleet=ticket.fleet, attributes=attributes
    )
    if not catalog.has(ticket.applicationId):
        text = "You may not use the application that this link was made for."
        raise Refused(403, "not_entitled", text)


def _refuse_unless_running(tx: Tx, scope: Scope, ticket: Ticket) -> None:
    """Nothing, if the builder that the ticket is for can be connected to; else Refused."""
    builder = owned.owner(tx, scope, ticket.fleet)
    if builder is None or not owners.is_builder(ticket.fleet):
        text = f"The {_words(ticket.fleet)} that this link was made for is no longer there."
        raise Refused(404, "not_offered", text)
    if owned.state(builder) != "RUNNING":
        text = f"The {_words(ticket.fleet)} behind this link is not running. Try again later."
        raise Refused(409, "builder_not_running", text)


def _administrators(tx: Tx, id_: str, scope: Scope, ticket: Ticket, now: datetime) -> SessionRow:
    """A new session on the builder."""
    session = _new_session(id_, scope, ticket, now)
    session.usage = {}
    if streaming.assign_administrator(tx, session) is None:
        text = f"The {_words(ticket.fleet)} is not ready yet. Try again in a moment."
        raise Refused(409, "builder_not_running", text)
    tx.add(session)
    return session


def _words(owner: str) -> str:
    """What this owner is, for people."""
    return owners.kind(owner).replace("-", " ")


def _view(session: SessionRow, fleet: FleetRow | None) -> str:
    if owners.is_builder(session.fleet):
        return "DESKTOP"
    return str(fleet.document.get("StreamView", "APP")) if fleet else "APP"


def _title(tx: Tx, session: SessionRow, stack: StackRow | None) -> str:
    if not owners.is_builder(session.fleet):
        return str(stack.document.get("DisplayName") or session.stack) if stack else session.stack
    builder = owned.owner(tx, session.scope, session.fleet)
    name = owners.name_of(session.fleet)
    return str(builder.document.get("DisplayName") or name) if builder else name


def _new_session(id_: str, scope: Scope, ticket: Ticket, now: datetime) -> SessionRow:
    return SessionRow(
        id=id_,
        account=scope.account,
        region=scope.region,
        stack=ticket.stack,
        fleet=ticket.fleet,
        user_id=ticket.userId,
        authentication_type=ticket.authenticationType,
        state="PENDING",
        created_at=now,
        wish={
            "application": ticket.applicationId,
            "asking": ticket.nonce,
            "context": ticket.userContext,
            "max_duration_s": int(ticket.maxUserDurationInSecs or UNBOUNDED_S),
        },
    )


def _ask_for(session: SessionRow, ticket: Ticket) -> None:
    """The session that runs is to start what the ticket names, too."""
    if ticket.applicationId:
        asked = {"application": ticket.applicationId, "asking": ticket.nonce}
        session.wish = {**session.wish, **asked}


def _start(tx: Tx, session: SessionRow, fleet: FleetRow) -> None:
    if streaming.assign(tx, session, fleet) is None and not _may_wait(tx, fleet):
        text = "No streaming resources are available. Try again in a few minutes."
        raise Refused(409, "no_capacity", text)
    usage.note_beginning(tx, session, fleet)
    tx.add(session)
    tx.touch(session_key(session.id))
    tx.touch(fleet_key(session.scope, fleet.name))


def _may_wait(tx: Tx, fleet: FleetRow) -> bool:
    """Whether an instance, or a seat of one, is coming that nobody else waits for."""
    sessions = streaming.live_sessions(tx, fleet.scope, fleet.name)
    return len(sessions) < capacity.most_sessions(fleet.document) - _withheld(tx, fleet)


def _withheld(tx: Tx, fleet: FleetRow) -> int:
    """How many sessions there is no room for as long as an instance drains."""
    each = capacity.seats(fleet.document)
    if each == 1:
        return 0
    rows = streaming.fleet_instances(tx, fleet.scope, fleet.name)
    return seats.withheld([row.view for row in rows], seats=each)
