"""What is in the way of a stack's storage, as control last met it; told with the stack."""

from datetime import datetime

from ownstream.domain.scope import Scope
from ownstream.store.tables import StorageTroubleRow
from ownstream.store.transactions import Tx

MOST_TEXT = 1000


def note(tx: Tx, scope: Scope, stack: str, why: str, now: datetime) -> None:
    """The stack's storage did not do what a session needed; the last reason stands."""
    key = {"account": scope.account, "region": scope.region, "stack": stack}
    tx.merge(StorageTroubleRow(**key, why=why[:MOST_TEXT], since=now))


def forget(tx: Tx, scope: Scope, stack: str) -> None:
    """The stack's storage is in order."""
    row = _find(tx, scope, stack)
    if row is not None:
        tx.delete(row)


def why(tx: Tx, scope: Scope, stack: str) -> str:
    """What is in the way, or empty."""
    row = _find(tx, scope, stack)
    return row.why if row is not None else ""


def _find(tx: Tx, scope: Scope, stack: str) -> StorageTroubleRow | None:
    key = {"account": scope.account, "region": scope.region, "stack": stack}
    return tx.get(StorageTroubleRow, key)
