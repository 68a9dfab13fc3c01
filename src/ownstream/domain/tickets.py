"""Tickets: the signed content of a streaming URL, in the form that AppStream gives it.

`/authenticate?parameters=<base64 JSON>&signature=<base64 HMAC-SHA-256>`. What a ticket lets its
bearer do is the gateway's matter; here it is only written, signed, and read back.
"""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from ownstream.domain.identities import Identity

MAX_PARAMETERS_BYTES = 64 * 1024
END_USER, ADMIN = "END_USER", "ADMIN"  # of a stack and fleet; of an image builder


@dataclass(frozen=True)
class Ticket:
    """The fields of AppStream's own URLs; region, nonce and authenticationType are ours."""

    type: str
    expires: str  # epoch seconds
    awsAccountId: str
    userId: str
    catalogSource: str
    fleetRef: str
    applicationId: str
    userContext: str
    maxUserDurationInSecs: str  # empty for whoever may stay
    region: str
    nonce: str
    authenticationType: str = "API"

    @property
    def expiry(self) -> datetime:
        return datetime.fromtimestamp(int(self.expires), UTC)

    @property
    def identity(self) -> Identity:
        """Whose session it opens, and how they have proven it."""
        return Identity(self.userId, self.authenticationType)

    @property
    def stack(self) -> str:
        return self.catalogSource.removeprefix("stack/")

    @property
    def fleet(self) -> str:
        return self.fleetRef.removeprefix("fleet/")


def streaming_url(base_url: str, ticket: Ticket, key: bytes) -> str:
    """The URL whose bearer has this ticket."""
    text = json.dumps({field.name: getattr(ticket, field.name) for field in fields(Ticket)})
    parameters = base64.b64encode(text.encode()).decode()
    query = {"parameters": parameters, "signature": _signature(parameters, key)}
    return f"{base_url.rstrip('/')}/authenticate?{urlencode(query)}"


def parse(parameters: str, signature: str, key: bytes) -> Ticket | None:
    """The ticket that was signed with this key, or None for anything else."""
    if len(parameters) > MAX_PARAMETERS_BYTES:
        return None
    expected = _signature(parameters, key).encode()
    if not hmac.compare_digest(expected, signature.encode(errors="replace")):
        return None
    try:
        content: Any = json.loads(base64.b64decode(parameters, validate=True))
        return Ticket(**content)
    except (binascii.Error, ValueError, TypeError):
        return None


def _signature(parameters: str, key: bytes) -> str:
    digest = hmac.digest(key, parameters.encode(errors="replace"), "sha256")
    return base64.b64encode(digest).decode()
