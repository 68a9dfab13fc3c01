"""How a store has its transactions: each apart, or one after another on what is known already."""

import threading
from collections.abc import Generator, Hashable
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session as OrmSession


class Tx(OrmSession):
    """One transaction over the store. It says afterwards what it touched."""

    def __init__(self, database: Engine | Connection) -> None:
        super().__init__(database, expire_on_commit=False)
        self.touched: dict[Hashable, None] = {}  # an ordered set

    def touch(self, key: Hashable) -> None:
        """Once this is committed, whoever listens hears that this key has work waiting."""
        self.touched[key] = None


class Transactions(Protocol):
    """Where transactions come from. What is not committed at the end of one has not been."""

    def write(self) -> AbstractContextManager[Tx]:
        """One that writes."""
        ...

    def read(self) -> AbstractContextManager[Tx]:
        """One that reads."""
        ...

    def close(self) -> None:
        """There are no more, and their database is closed."""
        ...


class Apart:
    """Each is on its own: others, in other processes too, write to the database meanwhile."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._readable = database.execution_options(reads_only=True)

    def write(self) -> AbstractContextManager[Tx]:
        return Tx(self._database)

    def read(self) -> AbstractContextManager[Tx]:
        return Tx(self._readable)

    def close(self) -> None:
        self._database.dispose()


class InTurn:
    """One at a time over a database that nobody else has.

    So each has at hand what those before it have read and written, and need not ask again.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = threading.RLock()
        self._tx = _RememberingTx(connection)

    @contextmanager
    def write(self) -> Generator[Tx]:
        with self._turn:
            try:
                self._tx.touched = {}
                yield self._tx
            finally:
                if self._tx.in_transaction():
                    self._tx.close()  # uncommitted: what it knew may never have been

    @contextmanager
    def read(self) -> Generator[Tx]:
        with self.write() as tx:
            yield tx
            if not (tx.new or tx.dirty or tx.deleted):
                tx.commit()

    def close(self) -> None:
        with self._turn:
            self._tx.close()
            self._connection.close()


class _RememberingTx(Tx):
    """It holds on to its rows, which SQLAlchemy would forget as soon as nobody else does."""

    def __init__(self, database: Connection) -> None:
        super().__init__(database)
        self.rows: set[object] = set()


def _hold(tx: _RememberingTx, row: object) -> None:
    tx.rows.add(row)


def _let_go(tx: _RememberingTx, row: object) -> None:
    tx.rows.discard(row)


for _name in ("pending_to_persistent", "loaded_as_persistent"):
    event.listen(_RememberingTx, _name, _hold)
for _name in ("persistent_to_deleted", "persistent_to_detached"):
    event.listen(_RememberingTx, _name, _let_go)
