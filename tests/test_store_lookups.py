"""What is looked up in the store takes as long in a large one as in a small one: the steps of SQLite are counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sql

from appconnect.models import LogKind
from appconnect.sandbox.clock import SandboxClock
from appconnect.store import LogReference, Store, StoreCache
from appconnect.store.tables import CachedRow, LogRow, Row

SMALL, LARGE = 100, 10_000
NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


def reference(number: int) -> LogReference:
    return LogReference("acme", "31", LogKind.CALL, f"session-{number}")


def filled(store: Store, number: int) -> Store:
    log = {"platform": "acme", "account": "31", "kind": "call", "contact_id": "", "owner": "", "expires": 0.0}
    logs = [
        {**log, "sealed_draft": "", "reference": f"session-{each}", "log_id": f"log-{each}"}
        for each in range(number)
    ]
    cached = [{"key": f"key-{each}", "value": {"value": each}, "expires": 1e12} for each in range(number)]

    def work(session) -> None:
        session.execute(sql.insert(LogRow), logs)
        session.execute(sql.insert(CachedRow), cached)

    store.transaction(work)
    return store


@pytest.fixture(scope="module")
def small_and_large() -> list[Store]:
    return [filled(Store.in_memory(), number) for number in (SMALL, LARGE)]


def raw(store: Store) -> sqlite3.Connection:
    """The one connection of a store in memory."""
    with store._engine.connect() as connection:
        there = connection.connection.dbapi_connection
    assert isinstance(there, sqlite3.Connection)
    return there


def copied(store: Store) -> Store:
    """Another store with the same rows."""
    copy = Store.in_memory()
    raw(store).backup(raw(copy))
    return copy


def steps(store: Store, look: Callable[[Store], object]) -> int:
    """Count the steps of SQLite's machine while something is looked up."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    look(store)
    raw(store).set_progress_handler(count, 1)
    look(store)
    raw(store).set_progress_handler(None, 1)
    return counted


@pytest.mark.parametrize(
    "look",
    [
        lambda store: store.links_of("acme", "31", "log-77"),
        lambda store: store.link(reference(77)),
        lambda store: store.link(reference(-1), reference(77)),
        lambda store: store.release(store.reserve(reference(-1), now=NOW, aliases=[reference(-2)])),
        lambda store: store.abandon(store.reserve(reference(-1), now=NOW)),
        lambda store: store.complete(reference(77), "log-77", aliases=[reference(78)]),
        lambda store: store.forget_log(reference(77), "log-0"),
        lambda store: StoreCache(store, "acme/31", SandboxClock()).get("key-77"),
        lambda store: StoreCache(store, "acme/31", SandboxClock()).put("mine", 1, 60.0),
    ],
    ids=[
        "links of a log",
        "log of a call",
        "log of a call with several ids",
        "give a claim back",
        "abandon a claim",
        "complete a log",
        "forget a log",
        "read the cache",
        "write the cache",
    ],
)
def test_a_hundred_times_as_many_rows_take_no_more_steps(
    look: Callable[[Store], object], small_and_large: list[Store]
) -> None:
    small, large = (steps(copied(store), look) for store in small_and_large)
    assert 0 < large < 1.5 * small


def test_a_store_of_an_earlier_version_gets_the_indexes_that_it_lacks(tmp_path: Path) -> None:
    filled(Store.at(tmp_path), SMALL)
    path = next(tmp_path.glob("*.sqlite3"))
    mine = {index.name for table in Row.metadata.sorted_tables for index in table.indexes}
    with closing(sqlite3.connect(path)) as connection:
        for name in mine:
            connection.execute(f"DROP INDEX {name}")
        connection.commit()
    store = Store.at(tmp_path)
    assert ["log-77"] == [each.log_id for each in store.links_of("acme", "31", "log-77")]
    with closing(sqlite3.connect(path)) as connection:
        there = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'").fetchall()
    assert mine <= {name for (name,) in there}
