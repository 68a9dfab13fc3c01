"""The store opened: transactions, and word of what they changed.

SQLite by default, in WAL mode with full synchronisation: what a caller has been told is on disk.
Any other SQLAlchemy URL works with its own locking at the level SERIALIZABLE.
"""

import sqlite3
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

from ownstream.store.tables import Base
from ownstream.store.transactions import Apart, InTurn, Transactions, Tx

BUSY_TIMEOUT_S = 10
UNWRITABLE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")


class Conflict(Exception):
    """Another transaction got there first; the whole of this one may be tried again."""


class Unwritable(Exception):
    """The store takes nothing at present; the text says why."""


class Store:
    """What the service remembers."""

    def __init__(self, database: Engine | Connection) -> None:
        """What is handed in is the store's own: a lone connection has one transaction at a time."""
        lone = isinstance(database, Connection)
        self._transactions: Transactions = InTurn(database) if lone else Apart(database)
        self._listeners: list[Callable[[Hashable], None]] = []

    @contextmanager
    def listened(self, listener: Callable[[Hashable], None]) -> Generator[None]:
        """Meanwhile the listener hears each touched key after its commit, on whichever thread."""
        self._listeners = [*self._listeners, listener]
        try:
            yield
        finally:
            self._listeners = [other for other in self._listeners if other is not listener]

    @contextmanager
    def transaction(self) -> Generator[Tx]:
        """A transaction, committed at the end, rolled back by an exception.

        Conflict if it lost against another; Unwritable if the disk is full, say.
        """
        with self._transactions.write() as tx:
            try:
                yield tx
                tx.commit()
            except (OperationalError, IntegrityError) as error:
                raise _why(error) from error
            touched = tx.touched
        for key in touched:
            for listener in self._listeners:
                listener(key)

    @contextmanager
    def snapshot(self) -> Generator[Tx]:
        """A transaction that only reads, at one moment, and waits for no other."""
        with self._transactions.read() as tx:
            yield tx

    def close(self) -> None:
        """The store is closed; its connections are, once nobody is using them."""
        self._transactions.close()


def open_store(url: str) -> Store:
    """The store at this SQLAlchemy URL, its tables brought up to date."""
    if make_url(url).get_backend_name() == "sqlite" and not make_url(url).database:
        return memory_store()
    # Imported where it is used: it takes a third of a second, which importers need not wait for.
    from alembic import command
    from alembic.config import Config

    engine = _engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return Store(engine)


def memory_store() -> Store:
    """An empty store that is gone with its process; it is there in a millisecond."""
    connection = _memory().connect()
    raw: Any = connection.connection.dbapi_connection
    _empty().backup(raw)
    return Store(connection)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, isolation_level="SERIALIZABLE", pool_pre_ping=True)
    # Its owner's alone; SQLite makes its other files like it.
    Path(make_url(url).database or "").touch(mode=0o600)
    return _sqlite_engine(url, _begin)


@cache
def _memory() -> Engine:
    # Each connection is a database of its own, while compiled statements are shared by all.
    return _sqlite_engine("sqlite://", _begin_alone, poolclass=NullPool)


@cache
def _empty() -> sqlite3.Connection:
    """A database with all tables, to be copied: that takes a quarter of what making them does."""
    tables = Base.metadata.sorted_tables
    indexes = [CreateIndex(index) for table in tables for index in table.indexes]
    statements = [*map(CreateTable, tables), *indexes]
    made = sqlite3.connect(":memory:", check_same_thread=False)
    made.executescript(
        "".join(f"{each.compile(dialect=_memory().dialect)};" for each in statements)
    )
    return made


def _sqlite_engine(url: str, begin: Callable[[Any], None], **options: Any) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}, **options
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", begin)
    return engine


def _why(error: DBAPIError) -> Conflict | Unwritable:
    unwritable = getattr(error.orig, "sqlite_errorname", "").startswith(UNWRITABLE)
    return (Unwritable if unwritable else Conflict)(str(error.orig))


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, not by the driver
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Any) -> None:
    # A writer takes the lock at its start: a lock upgraded in mid-transaction can only fail.
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _begin_alone(connection: Any) -> None:
    # There is no lock to lose, so no error of the driver's to translate: SQLAlchemy is passed by.
    connection.connection.dbapi_connection.execute("BEGIN")
