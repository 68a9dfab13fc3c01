"""Transactions: what is committed lasts, what fails leaves nothing, listeners hear of commits."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import ResourceClosedError

from ownstream.store import (
    Conflict,
    FleetRow,
    StackRow,
    Store,
    Tx,
    Unwritable,
    memory_store,
    open_store,
    resources,
    sqlite_url,
)
from ownstream.store.tables import Base
from tests.support.clock import START
from tests.support.world import SCOPE


@pytest.fixture
def store(tmp_path: Path):
    opened = open_store(sqlite_url(tmp_path / "ownstream.db"))
    yield opened
    opened.close()


@pytest.fixture(params=["on disk", "in memory"])
def either(request: pytest.FixtureRequest, tmp_path: Path):
    on_disk = request.param == "on disk"
    opened = open_store(sqlite_url(tmp_path / "ownstream.db") if on_disk else "sqlite://")
    yield opened
    opened.close()


def stack(name: str = "s") -> StackRow:
    return StackRow(
        account=SCOPE.account, region=SCOPE.region, name=name, document={}, created_at=START
    )


def found(tx: Tx) -> StackRow:
    row = resources.find(tx, StackRow, SCOPE, "s")
    assert row is not None
    return row


def test_what_is_committed_is_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    for attempt in range(2):
        store = open_store(sqlite_url(tmp_path / "ownstream.db"))
        with store.transaction() as tx:
            assert resources.count(tx, StackRow, SCOPE) == attempt
            tx.add(stack(f"s{attempt}"))
        store.close()


def test_a_transaction_that_fails_leaves_nothing_and_tells_nobody(either: Store) -> None:
    heard: list[object] = []
    fails = contextlib.suppress(ZeroDivisionError)
    with either.listened(heard.append), fails, either.transaction() as tx:
        tx.add(stack())
        tx.touch("s")
        _ = 1 / 0
    with either.snapshot() as tx:
        assert resources.count(tx, StackRow, SCOPE) == 0
    assert heard == []


def test_a_change_that_fails_is_forgotten(either: Store) -> None:
    with either.transaction() as tx:
        tx.add(stack())
    with contextlib.suppress(ZeroDivisionError), either.transaction() as tx:
        found(tx).document = {"Description": "never committed"}
        tx.flush()
        _ = 1 / 0
    with either.transaction() as tx:
        assert found(tx).document == {}


def test_a_change_in_a_snapshot_is_none(either: Store) -> None:
    with either.transaction() as tx:
        tx.add(stack())
    with either.snapshot() as tx:
        found(tx).document = {"Description": "never committed"}
    with either.transaction() as tx:
        assert found(tx).document == {}


def test_listeners_hear_touched_keys_after_the_commit(either: Store) -> None:
    seen: list[int] = []

    def look(_: object) -> None:
        with either.snapshot() as tx:
            seen.append(resources.count(tx, StackRow, SCOPE))

    with either.listened(look):
        with either.transaction() as tx:
            tx.add(stack())
            tx.touch("s")
        assert seen == [1]
    with either.transaction() as tx:
        tx.touch("s")
    assert seen == [1]


def test_the_same_row_made_twice_is_a_conflict(store: Store) -> None:
    with store.transaction() as tx:
        tx.add(stack())
    with pytest.raises(Conflict), store.transaction() as tx:
        tx.add(stack())


def test_a_full_disk_is_not_taken_for_somebody_else(store: Store) -> None:
    with store.snapshot() as tx:
        pages = tx.execute(text("PRAGMA page_count")).scalar()
        tx.execute(text(f"PRAGMA max_page_count = {pages}"))
    many = [stack(f"s{number}") for number in range(1000)]
    with pytest.raises(Unwritable, match="full"), store.transaction() as tx:
        tx.add_all(many)


def test_what_is_remembered_is_the_owners_alone(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "ownstream.db"))
    with store.transaction() as tx:
        tx.add(stack())
        modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    store.close()
    assert modes == {"ownstream.db": 0, "ownstream.db-wal": 0, "ownstream.db-shm": 0}


def test_a_reader_does_not_wait_for_a_writer(store: Store) -> None:
    with store.transaction() as writer:
        writer.add(stack())
        writer.flush()
        with store.snapshot() as reader:
            assert resources.count(reader, StackRow, SCOPE) == 0


def test_an_instant_comes_back_in_utc(either: Store) -> None:
    with either.transaction() as tx:
        tx.add(stack())
    with either.snapshot() as tx:
        assert found(tx).created_at == START


def test_the_migrations_make_the_tables_that_the_code_has(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    open_store(sqlite_url(tmp_path / "a.db")).close()
    engine = create_engine(sqlite_url(tmp_path / "a.db"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_writes_are_synchronised_in_full(store: Store) -> None:
    with store.snapshot() as tx:
        assert tx.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert tx.execute(text("PRAGMA synchronous")).scalar() == 2


def test_pages_follow_names(either: Store) -> None:
    with either.transaction() as tx:
        for name in ("b", "c", "a"):
            tx.add(stack(name))
    with either.snapshot() as tx:
        assert [row.name for row in resources.page(tx, StackRow, SCOPE, "a", 1)] == ["b"]
        assert resources.find(tx, FleetRow, SCOPE, "a") is None


def test_a_store_in_memory_has_the_same_tables_and_indexes(store: Store) -> None:
    def made(opened: Store) -> set[tuple[str, ...]]:
        with opened.snapshot() as tx:
            shown = inspect(tx.connection())
            return {
                (table, part["name"] or "")
                for table in shown.get_table_names()
                if table != "alembic_version"
                for part in (*shown.get_columns(table), *shown.get_indexes(table))
            }

    memory = memory_store()
    assert made(memory) == made(store)
    assert {("stacks", "document"), ("sessions", "sessions_by_state")} < made(memory)
    memory.close()


def test_stores_in_memory_are_apart_and_gone_when_closed() -> None:
    one, other = memory_store(), memory_store()
    for opened, name in ((one, "s"), (other, "t")):
        with opened.transaction() as tx:
            tx.add(stack(name))
    one.close()
    with other.snapshot() as tx:
        assert [row.name for row in resources.page(tx, StackRow, SCOPE, None, 9)] == ["t"]
    other.close()
    with pytest.raises(ResourceClosedError), other.snapshot() as tx:
        resources.count(tx, StackRow, SCOPE)


def test_a_store_in_memory_has_one_transaction_at_a_time() -> None:
    store = open_store("sqlite://")

    def add(number: int) -> None:
        with store.transaction() as tx:
            tx.add(stack(f"s{resources.count(tx, StackRow, SCOPE)}"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(64)))
    with store.snapshot() as tx:
        assert resources.count(tx, StackRow, SCOPE) == 64
    store.close()
