"""What an operation is given besides its members: whose call it is, its transaction, the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ownstream.domain.scope import Scope
from ownstream.store import Tx


class TicketSigner(Protocol):
    """Makes what opens a streaming session."""

    def streaming_url(self, ticket: Mapping[str, str]) -> str:
        """The URL that carries this ticket, signed; whoever has it may use it."""
        ...


class Limits(Protocol):
    """How many resources of a kind an account may have in a region."""

    @property
    def fleets(self) -> int:
        """Fleets per account and region."""
        ...

    @property
    def stacks(self) -> int:
        """Stacks per account and region."""
        ...


class Services(Protocol):
    """What operations use of the rest of the service; made by wiring."""

    @property
    def ticket_signer(self) -> TicketSigner:
        """Signs streaming tickets."""
        ...

    @property
    def public_url(self) -> str:
        """Where users' browsers find the service, without a slash at the end."""
        ...

    @property
    def limits(self) -> Limits:
        """What an account may have."""
        ...

    def seal(self, secret: bytes) -> bytes:
        """The secret encrypted, fit for the store."""
        ...

    def unseal(self, sealed: bytes) -> bytes:
        """The secret that seal was given."""
        ...


@dataclass(frozen=True)
class Context:
    """One call of an operation. Everything that it reads or writes goes through `tx`."""

    scope: Scope
    tx: Tx
    now: datetime
    request_id: str
    access_key: str
    services: Services
