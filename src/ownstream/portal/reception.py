"""Where users of the pool prove who they are: by a password, or by a code that was mailed to them.

Knows nothing of HTTP. Nobody learns from it who has an account: for a name that there is not, the
same is counted, the same work done and the same said as for a wrong password.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ownstream import passwords
from ownstream.clock import Clock
from ownstream.domain import mails
from ownstream.domain.attributes import Attributes, Unstated, UserAttributes
from ownstream.domain.passwords import MOST_CHARACTERS, lacks
from ownstream.domain.scope import Scope
from ownstream.portal.guesses import Tried
from ownstream.portal.refusals import (
    CODE_WRONG,
    DISABLED,
    ENDED,
    EXPIRED,
    WRONG,
    TurnedAway,
    too_weak,
)
from ownstream.store import LoginRow, Store, Tx, UserRow, pool, resources

# AppStream's own: its cookie is good for "about one hour".
SIGNED_IN_FOR = timedelta(hours=1)
CHOOSING_FOR = timedelta(minutes=15)
MOST_NAME_CHARACTERS = 128


@dataclass(frozen=True)
class Visitor:
    """Somebody who has signed in; `must_change` until they have chosen a password."""

    scope: Scope
    user_name: str
    first_name: str
    must_change: bool
    attributes: Attributes | None = None  # None: entitlements do not apply to them


@dataclass(frozen=True)
class SignedIn:
    """What a browser gets: the cookie, once, and how long it is good."""

    cookie: str
    must_change: bool
    lasts: timedelta


@dataclass(frozen=True)
class Reception:
    """The users of all pools of one store."""

    store: Store
    clock: Clock
    attributes: UserAttributes = field(default_factory=Unstated)

    def sign_in(self, scope: Scope, user_name: str, password: str, address: str) -> SignedIn:
        """A login, where the password is the user's; else TurnedAway.

        The address is where the request comes from; guesses are counted for it too.
        """
        now, tried = self.clock.now(), Tried.password(scope, user_name, address)
        with self.store.transaction() as tx:
            tried.count(tx, now)
            user = _find(tx, scope, user_name)
            kept = user.password_hash if user is not None else ""
        right = passwords.fits(password[: MOST_CHARACTERS + 1], kept)
        with self.store.transaction() as tx:
            user = _find(tx, scope, user_name)
            # It may have been changed while we compared.
            if user is None or not right or user.password_hash != kept:
                raise TurnedAway(WRONG)
            tried.forget(tx)
            _refuse_unfit(user, now)
            return _let_in(tx, user, now)

    def choose_password(self, visitor: Visitor, cookie: str, password: str) -> SignedIn:
        """Another login, by which the user may open applications; the password is theirs now."""
        _refuse_weak(password)
        kept, now = passwords.hashed(password), self.clock.now()
        with self.store.transaction() as tx:
            user = self._user_of(tx, visitor.scope, cookie, now)
            if user is None:
                raise TurnedAway(ENDED)
            _set_password(tx, user, kept)
            return _let_in(tx, user, now)

    def ask_for_code(self, scope: Scope, user_name: str, address: str) -> None:
        """A code is on its way, if there is such a user and they have a password to forget."""
        now, tried = self.clock.now(), Tried.mail(scope, user_name, address)
        with self.store.transaction() as tx:
            tried.count(tx, now)
            user = _find(tx, scope, user_name)
            if user is not None and user.confirmed and user.enabled:
                pool.queue_mail(tx, user, mails.RESET, now)

    def reset(self, scope: Scope, user_name: str, code: str, password: str, address: str) -> None:
        """The password is the user's from now on, where the code is the one that was mailed."""
        _refuse_weak(password)
        now, tried = self.clock.now(), Tried.code(scope, user_name, address)
        with self.store.transaction() as tx:
            tried.count(tx, now)
        kept = passwords.hashed(password)
        with self.store.transaction() as tx:
            user = _find(tx, scope, user_name)
            if user is None or not user.enabled or not _has_code(user, code, now):
                raise TurnedAway(CODE_WRONG)
            tried.forget(tx)
            Tried.password(scope, user_name, address).forget(tx)
            _set_password(tx, user, kept)

    def visitor(self, scope: Scope, cookie: str) -> Visitor | None:
        """Whose cookie it is here and now; None if it is nobody's."""
        with self.store.snapshot() as tx:
            login = self._login(tx, scope, cookie, self.clock.now())
            user = _find(tx, scope, login.user) if login is not None else None
            if login is None or user is None or not user.enabled:
                return None
            first_name = " ".join(str(user.document.get("FirstName", "")).split())
            attributes = self.attributes.of(user.name)
            return Visitor(scope, user.name, first_name, login.must_change, attributes)

    def sign_out(self, scope: Scope, cookie: str) -> None:
        """The cookie is nobody's any more."""
        with self.store.transaction() as tx:
            login = self._login(tx, scope, cookie, self.clock.now())
            if login is not None:
                tx.delete(login)

    def _login(self, tx: Tx, scope: Scope, cookie: str, now: datetime) -> LoginRow | None:
        login = tx.get(LoginRow, _digest(cookie)) if cookie else None
        if login is None or login.scope != scope or login.expires_at <= now:
            return None
        return login

    def _user_of(self, tx: Tx, scope: Scope, cookie: str, now: datetime) -> UserRow | None:
        login = self._login(tx, scope, cookie, now)
        user = _find(tx, scope, login.user) if login is not None else None
        return user if user is not None and user.enabled else None


def _find(tx: Tx, scope: Scope, user_name: str) -> UserRow | None:
    if not user_name or len(user_name) > MOST_NAME_CHARACTERS or "\0" in user_name:
        return None
    return resources.find(tx, UserRow, scope, user_name)


def _refuse_unfit(user: UserRow, now: datetime) -> None:
    """Only who knows the password is told these."""
    if not user.enabled:
        raise TurnedAway(DISABLED)
    if user.password_expires_at is not None and user.password_expires_at <= now:
        raise TurnedAway(EXPIRED)


def _refuse_weak(password: str) -> None:
    lacking = lacks(password)
    if lacking:
        raise TurnedAway(too_weak(lacking))


def _let_in(tx: Tx, user: UserRow, now: datetime) -> SignedIn:
    cookie = secrets.token_urlsafe(32)
    must_change = user.password_expires_at is not None
    lasts = CHOOSING_FOR if must_change else SIGNED_IN_FOR
    tx.add(
        LoginRow(
            cookie_digest=_digest(cookie),
            account=user.account,
            region=user.region,
            user=user.name,
            must_change=must_change,
            expires_at=now + lasts,
        )
    )
    return SignedIn(cookie, must_change, lasts)


def _set_password(tx: Tx, user: UserRow, kept: str) -> None:
    """Whoever has come by another password before is out."""
    pool.end_logins(tx, user)
    user.password_hash, user.password_expires_at, user.confirmed = kept, None, True
    user.reset_digest, user.reset_expires_at = "", None


def _has_code(user: UserRow, code: str, now: datetime) -> bool:
    good = user.reset_expires_at is not None and now < user.reset_expires_at
    return good and passwords.is_code(code, user.reset_digest)


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode(errors="replace")).hexdigest()
