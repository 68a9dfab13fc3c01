"""What an operation is given besides its members: whose call it is, its transaction, the time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ownstream.domain.faults import Faults
from ownstream.domain.limits import Limits
from ownstream.domain.scope import Scope
from ownstream.operations.objects import Objects
from ownstream.storage.locations import Locations
from ownstream.store import Tx


class Services(Protocol):
    """What operations use of the rest of the service; made by wiring."""

    @property
    def ticket_key(self) -> bytes:
        """What streaming tickets are signed with; the gateway has the same."""
        ...

    @property
    def public_url(self) -> str:
        """Where users' browsers find the service, without a slash at the end."""
        ...

    @property
    def limits(self) -> Limits:
        """What an account may have."""
        ...

    @property
    def faults(self) -> Faults:
        """The faults that a test has asked for."""
        ...

    @property
    def locations(self) -> Locations:
        """Where the objects are that S3Location names."""
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
    objects: Objects
