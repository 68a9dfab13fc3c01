"""What has been tried, counted before it is looked at: a name's guesses and an address's.

Whether there is such a user plays no part. Guesses that come at the same moment count one by one.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime

from ownstream.domain.guessing import FREE_OF_ADDRESS, FREE_OF_USER
from ownstream.domain.scope import Scope
from ownstream.portal.refusals import TurnedAway, locked
from ownstream.store import GuessRow, Tx

# Mails go to somebody who may not have asked for them.
FREE_MAILS = 3


@dataclass(frozen=True)
class Tried:
    """One attempt: at a user's password, say, from an address."""

    name_digest: str
    address_digest: str
    free: int = FREE_OF_USER

    @classmethod
    def password(cls, scope: Scope, user_name: str, address: str) -> "Tried":
        """An attempt to sign in."""
        return cls(_of_name("password", scope, user_name), _of_address(address))

    @classmethod
    def code(cls, scope: Scope, user_name: str, address: str) -> "Tried":
        """An attempt to use a mailed code."""
        return cls(_of_name("code", scope, user_name), _of_address(address))

    @classmethod
    def mail(cls, scope: Scope, user_name: str, address: str) -> "Tried":
        """A mail asked for."""
        return cls(_of_name("mail", scope, user_name), _of_address(address), FREE_MAILS)

    def count(self, tx: Tx, now: datetime) -> None:
        """It counts as a failure until it is forgotten; TurnedAway, uncounted, while locked."""
        for digest, free in self._counters():
            row = tx.get(GuessRow, digest)
            until = row.view.locked_until(free) if row is not None else now
            if until > now:
                raise TurnedAway(locked(until - now))
        for digest, _ in self._counters():
            _add(tx, digest, now)

    def forget(self, tx: Tx) -> None:
        """It was none: the name has no failures any more, the address one fewer.

        Not none: who has an account could else guess at others for ever.
        """
        name = tx.get(GuessRow, self.name_digest)
        if name is not None:
            tx.delete(name)
        address = tx.get(GuessRow, self.address_digest)
        if address is not None and address.failures:
            address.failures -= 1

    def _counters(self) -> tuple[tuple[str, int], tuple[str, int]]:
        return (self.name_digest, self.free), (self.address_digest, FREE_OF_ADDRESS)


def _add(tx: Tx, digest: str, now: datetime) -> None:
    row = tx.get(GuessRow, digest)
    if row is None:
        tx.add(GuessRow(digest=digest, failures=1, last_at=now))
    else:
        row.failures, row.last_at = row.view.counted(now) + 1, now


def _of_name(what: str, scope: Scope, user_name: str) -> str:
    return _digest(f"{what} {scope.account} {scope.region} {user_name}")


def _of_address(address: str) -> str:
    """Of IPv6 a network of 64 bits: that is what one household or machine has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _digest(f"address {address}")
    bits = 64 if parsed.version == 6 else 32
    return _digest(f"address {ipaddress.ip_network((parsed, bits), strict=False)}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
