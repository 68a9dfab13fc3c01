"""Sends the mail that waits, again and again until the post has taken it.

What a mail says is made when it is sent. So a temporary password is nowhere but in the mail, and a
mail that is sent a second time has another one, which takes the place of the first.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from ownstream import passwords
from ownstream.clock import Clock
from ownstream.control.pace import Offload
from ownstream.domain import mails
from ownstream.domain.mails import Letter, Reader
from ownstream.domain.passwords import RESET_CODE_FOR, TEMPORARY_FOR
from ownstream.domain.portals import portal_path
from ownstream.log import Log
from ownstream.post.base import Mail, NotDelivered, Post, Undeliverable
from ownstream.store import MailRow, StackRow, Store, Tx, UserRow, pool, resources

SOON_S = 1.0

Write = Callable[[Tx, MailRow, UserRow, datetime], Letter | None]
"""Makes a mail's text, and sees to it that what stands in it is true; None if nothing is to say."""


@dataclass
class Mailer:
    """Works on one mail at a time, as its key comes up."""

    store: Store
    clock: Clock
    post: Post
    public_url: str
    offload: Offload = asyncio.to_thread
    # A mail server that hangs would else take every thread that there is.
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def reconcile(self, mail_id: str) -> float | None:
        """After how many seconds to try again; None when the mail waits no more."""
        if self._turn.locked():
            return SOON_S  # to wait here would hold a worker that others need
        async with self._turn:
            return await self.offload(self._send, mail_id)

    def _send(self, mail_id: str) -> float | None:
        now = self.clock.now()
        with self.store.snapshot() as tx:
            row = tx.get(MailRow, mail_id)
            if row is None:
                return None
            wait_s = (row.due_at - now).total_seconds()
            kind = row.kind
        if wait_s > 0:
            return wait_s
        mail = self._written(mail_id, self._writer(kind), now)
        return None if mail is None else self._deliver(mail_id, mail)

    def _writer(self, kind: str) -> Write:
        """Whatever takes its time is done here, before a transaction begins."""
        if kind == mails.WELCOME:
            password = passwords.temporary_password()
            return partial(self._welcome, password, passwords.hashed(password))
        if kind == mails.RESET:
            return partial(self._reset, passwords.reset_code())
        return self._stacks

    def _written(self, mail_id: str, write: Write, now: datetime) -> Mail | None:
        with self.store.transaction() as tx:
            row = tx.get(MailRow, mail_id)
            if row is None:
                return None
            user = resources.find(tx, UserRow, row.scope, row.user)
            letter = write(tx, row, user, now) if user is not None else None
            if letter is None:
                tx.delete(row)
                return None
            row.tries += 1
            row.due_at = now + mails.wait_after(row.tries)
            return Mail(row.user, letter.subject, letter.text, now)

    def _deliver(self, mail_id: str, mail: Mail) -> float | None:
        log = Log("control").bind(mail=mail_id)
        try:
            self.post.deliver(mail)
        except NotDelivered as error:
            return self._later(mail_id, log, str(error))
        except (Undeliverable, ValueError) as error:
            log.error("mail cannot be delivered", why=str(error))
        else:
            log.info("mail delivered")
        with self.store.transaction() as tx:
            row = tx.get(MailRow, mail_id)
            if row is not None:
                tx.delete(row)
        return None

    def _later(self, mail_id: str, log: Log, why: str) -> float | None:
        now = self.clock.now()
        with self.store.transaction() as tx:
            row = tx.get(MailRow, mail_id)
            if row is None:
                return None
            if now - row.created_at >= mails.GIVEN_UP_AFTER:
                tx.delete(row)
                log.error("mail given up", why=why, tries=row.tries)
                return None
            wait_s = max(0.0, (row.due_at - now).total_seconds())
        log.warning("mail not delivered", why=why, again_in_s=wait_s)
        return wait_s

    def _welcome(
        self, password: str, kept: str, tx: Tx, _row: MailRow, user: UserRow, now: datetime
    ) -> Letter | None:
        if user.confirmed:
            return None
        pool.end_logins(tx, user)  # somebody may be choosing a password by the one before
        good_until = now + TEMPORARY_FOR
        user.password_hash, user.password_expires_at = kept, good_until
        return mails.welcome(self._reader(user), password, good_until)

    def _reset(
        self, code: str, _tx: Tx, _row: MailRow, user: UserRow, now: datetime
    ) -> Letter | None:
        if not (user.confirmed and user.enabled):
            return None
        good_until = now + RESET_CODE_FOR
        user.reset_digest, user.reset_expires_at = passwords.code_digest(code), good_until
        return mails.reset_code(self._reader(user), code, good_until)

    def _stacks(self, tx: Tx, row: MailRow, user: UserRow, _now: datetime) -> Letter | None:
        stacks = [
            resources.find(tx, StackRow, row.scope, name)
            for name in row.details["stacks"]
            if pool.user_stack(tx, row.scope, user.name, name) is not None
        ]
        titles = [str(each.document.get("DisplayName") or each.name) for each in stacks if each]
        return mails.stacks_assigned(self._reader(user), titles) if titles else None

    def _reader(self, user: UserRow) -> Reader:
        url = self.public_url.rstrip("/") + portal_path(user.scope)
        return Reader(user.name, str(user.document.get("FirstName", "")), url)
