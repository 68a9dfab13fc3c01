"""Users of the user pool, who sign in at the portal by method calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ownstream.domain.scope import Scope
from ownstream.portal.catalog import Choice, launch_path, offers
from ownstream.portal.reception import Reception, Visitor
from ownstream.portal.refusals import ENDED, NOT_OFFERED, TurnedAway
from ownstream.store import Store

ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Desk:
    """The portal without its pages."""

    store: Store
    reception: Reception
    ticket_key: bytes

    def catalog(self, visitor: Visitor) -> Sequence[Choice]:
        """What the user may open, whether or not it runs."""
        with self.store.snapshot() as tx:
            return [choice for offer in offers(tx, visitor) for choice in offer.choices]

    def streaming_url(self, visitor: Visitor, choice: Choice) -> str:
        """The URL that opens it; TurnedAway if it cannot be opened."""
        now = self.reception.clock.now()
        with self.store.snapshot() as tx:
            return launch_path(tx, visitor, choice, now=now, ticket_key=self.ticket_key)


@dataclass
class PoolUser:
    """A user in a browser that is signed in at a portal."""

    must_change: bool  # whether they have a temporary password, and can do nothing but change it
    _desk: Desk = field(repr=False)
    _scope: Scope = field(repr=False)
    _cookie: str = field(repr=False)

    def choose_password(self, password: str) -> None:
        """The password takes the place of the temporary one; TurnedAway if it is too weak."""
        login = self._desk.reception.choose_password(self._visitor(), self._cookie, password)
        self._cookie, self.must_change = login.cookie, login.must_change

    def catalog(self) -> Sequence[Choice]:
        """What the user is shown; TurnedAway if they are signed in no more."""
        return self._desk.catalog(self._visitor(signed_in=True))

    def streaming_url(self, application: str, stack: str | None) -> str:
        """Where a click on the application leads; the first of the name unless a stack is named."""
        visitor = self._visitor(signed_in=True)
        chosen = chosen_of(self._desk.catalog(visitor), application, stack)
        return self._desk.streaming_url(visitor, chosen)

    def sign_out(self) -> None:
        """The browser is signed in no more."""
        self._desk.reception.sign_out(self._scope, self._cookie)

    def _visitor(self, *, signed_in: bool = False) -> Visitor:
        visitor = self._desk.reception.visitor(self._scope, self._cookie)
        if visitor is None or (signed_in and visitor.must_change):
            raise TurnedAway(ENDED)
        return visitor


def signed_in(desk: Desk, portal_url: str, user_name: str, password: str) -> PoolUser:
    """The user, signed in with this password; TurnedAway if it is not theirs."""
    scope = scope_of(portal_url)
    login = desk.reception.sign_in(scope, user_name, password, ADDRESS)
    return PoolUser(login.must_change, desk, scope, login.cookie)


def scope_of(portal_url: str) -> Scope:
    """The account and region whose portal it is; ValueError if it is none's."""
    match urlsplit(portal_url).path.split("/"):
        case ["", "portal", account, region]:
            return Scope(account, region)
        case _:
            raise ValueError(f"{portal_url!r} is no portal's URL; the mail to a new user has it")


def chosen_of(catalog: Sequence[Choice], application: str, stack: str | None) -> Choice:
    """The application of this name in the catalog; TurnedAway if it is not there."""
    for offered in catalog:
        if offered.application == application and stack in (None, offered.stack):
            return offered
    raise TurnedAway(NOT_OFFERED)
