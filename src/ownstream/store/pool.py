"""A user pool's users: found, taken away with all that is theirs, and written to."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, select

from ownstream.domain.guessing import LONGEST
from ownstream.domain.identities import Identity
from ownstream.domain.keys import mail_key
from ownstream.domain.pool_rules import USERPOOL
from ownstream.domain.scope import Scope
from ownstream.store import streaming
from ownstream.store.pool_tables import GuessRow, LoginRow, MailRow, UserRow, UserStackRow
from ownstream.store.tables import SessionRow
from ownstream.store.transactions import Tx

_MAILS = select(MailRow).order_by(MailRow.created_at, MailRow.id)
_OLD_LOGINS = select(LoginRow).where(LoginRow.expires_at < bindparam("now"))
_OLD_GUESSES = select(GuessRow).where(GuessRow.last_at < bindparam("before"))


def user_stacks(
    tx: Tx, scope: Scope, *, user: str | None = None, stack: str | None = None
) -> Sequence[UserStackRow]:
    """Who may open which stack, in the order of stacks, then users; of one user, of one stack."""
    asked = {"account": scope.account, "region": scope.region}
    asked |= {"user": user} if user is not None else {}
    asked |= {"stack": stack} if stack is not None else {}
    return tx.scalars(_user_stacks(*asked), asked).all()


def user_stack(tx: Tx, scope: Scope, user: str, stack: str) -> UserStackRow | None:
    """The association of these two, or None."""
    key = {"account": scope.account, "region": scope.region, "user": user, "stack": stack}
    return tx.get(UserStackRow, key)


def queue_mail(
    tx: Tx, user: UserRow, kind: str, now: datetime, *, stacks: Sequence[str] = ()
) -> None:
    """The user is to get a mail of this kind; control is told once this is committed."""
    row = MailRow(
        id=str(uuid.uuid4()),
        account=user.account,
        region=user.region,
        user=user.name,
        kind=kind,
        details={"stacks": list(stacks)} if stacks else {},
        created_at=now,
        due_at=now,
    )
    tx.add(row)
    tx.touch(mail_key(row.id))


def queued_mails(tx: Tx) -> Sequence[MailRow]:
    """Every mail that has not been sent, oldest first."""
    return tx.scalars(_MAILS).all()


def end_logins(tx: Tx, user: UserRow) -> None:
    """No browser is signed in as this user any more."""
    for row in tx.scalars(_of_user(LoginRow), _asked(user)).all():
        tx.delete(row)


def live_sessions(tx: Tx, user: UserRow) -> Sequence[SessionRow]:
    """The user's streaming sessions that have not ended."""
    return [
        session
        for session in streaming.live_sessions(tx, user.scope)
        if session.identity == Identity(user.name, USERPOOL)
    ]


def forget_user(tx: Tx, user: UserRow) -> None:
    """The user is gone, with their logins, their associations and the mail to them."""
    end_logins(tx, user)
    for row in tx.scalars(_of_user(MailRow), _asked(user)).all():
        tx.delete(row)
    for row in user_stacks(tx, user.scope, user=user.name):
        tx.delete(row)
    tx.delete(user)


def forget_stack(tx: Tx, scope: Scope, stack: str) -> None:
    """Nobody may open a stack that is gone: another of its name is another stack."""
    for row in user_stacks(tx, scope, stack=stack):
        tx.delete(row)


def forget_old(tx: Tx, now: datetime) -> None:
    """Logins that have run out, and failures that count no more, are forgotten."""
    before = now - LONGEST - timedelta(seconds=1)
    for row in tx.scalars(_OLD_LOGINS, {"now": now}).all():
        tx.delete(row)
    for row in tx.scalars(_OLD_GUESSES, {"before": before}).all():
        tx.delete(row)


def _asked(user: UserRow) -> dict[str, str]:
    return {"account": user.account, "region": user.region, "user": user.name}


@cache
def _of_user(kind: type[LoginRow] | type[MailRow]) -> Select[LoginRow | MailRow]:
    return select(kind).where(
        kind.account == bindparam("account"),
        kind.region == bindparam("region"),
        kind.user == bindparam("user"),
    )


@cache
def _user_stacks(*asked: str) -> Select[UserStackRow]:
    same = [getattr(UserStackRow, column) == bindparam(column) for column in asked]
    return select(UserStackRow).where(*same).order_by(UserStackRow.stack, UserStackRow.user)
