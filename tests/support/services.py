"""The API around operations that a test brings: a clock set by hand, and one known caller."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from ownstream.api.chain import Api
from ownstream.api.dispatch import Dispatcher
from ownstream.api.sigv4 import Credential, Principal, Verifier
from ownstream.model.paging import PageTokens
from ownstream.operations.context import Services
from ownstream.operations.registry import Operation
from ownstream.store import Tx

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACCOUNT = "123456789012"
KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI")
OTHER_ACCOUNT = "210987654321"
OTHER_KEY = ("AKIDOTHER", "another secret")
CREDENTIALS = {
    KEY[0]: Credential(ACCOUNT, KEY[1]),
    OTHER_KEY[0]: Credential(OTHER_ACCOUNT, OTHER_KEY[1]),
}
PRINCIPAL = Principal(ACCOUNT, KEY[0], "us-east-1")


def system_now() -> datetime:
    """The present: botocore signs with the system's clock."""
    return datetime.now(UTC)


@contextmanager
def no_store() -> Iterator[Tx]:
    """A transaction for operations that look at none."""
    yield cast("Tx", None)


def dispatcher_of(operations: Mapping[str, Operation[..., Any]], **changes: Any) -> Dispatcher:
    """A strict dispatcher of these operations."""
    parts: dict[str, Any] = {
        "transaction": no_store,
        "now": lambda: NOON,
        "services": cast("Services", None),
        "page_tokens": PageTokens(b"a key for pages"),
        "strict": True,
    }
    return Dispatcher(operations, **(parts | changes))


def api_of(operations: Mapping[str, Operation[..., Any]], **changes: Any) -> Api:
    """The API of these operations, verified against the system's clock."""
    verifier = Verifier(CREDENTIALS.get, system_now, service="appstream")
    return Api(dispatcher_of(operations, **changes), verifier)
