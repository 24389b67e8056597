"""A store that a person has edited: any value in any column gives what is known, or a sentence."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appconnect.auth.vault import Vault
from appconnect.errors import AppConnectError
from appconnect.models import AdminConfiguration, LogKind
from appconnect.outbox import FollowUp
from appconnect.sandbox import SandboxClock
from appconnect.store import Connection, LogReference, Store, StoreCache, StoreOutbox
from appconnect.store.tables import Row

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
CALL = LogReference("acme", "41", LogKind.CALL, "s-1")
OPEN = LogReference("acme", "41", LogKind.CALL, "s-2")
WORK = FollowUp("9301", "link", {"id": 1}, "A link is missing", created=NOW)
VAULT, CLOCK = Vault.in_memory(), SandboxClock()
VALUES = [None, b"\xff\x00", 2**60, float("inf"), "", "\x00", "{", "[]", '{"value": 1}', "null"]  # fmt: skip
COLUMNS = [(table.name, column.name) for table in Row.metadata.sorted_tables for column in table.columns]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a row in every table."""
    folder = tmp_path_factory.mktemp("filled")
    with closing(Store.at(folder)) as store:
        store.save_connection(Connection("acme", "41", VAULT.seal({"access": "a"}), {"user": {"id": "41"}}))
        store.complete(CALL, "9301", contact_id="501")
        store.reserve(OPEN, now=NOW, sealed_draft=VAULT.seal({"draft": "{}"}))
        store.save_admin(AdminConfiguration(hashed_account_id="h1"))
        StoreCache(store, "s", CLOCK).put("types", 1, 60)
        outbox_of(store).fail(outbox_of(store).put(WORK), "no")
        store._acquire("lease", "somebody", NOW.timestamp(), 30)
    return folder


def outbox_of(store: Store) -> StoreOutbox:
    return StoreOutbox(store, "acme", "41", CLOCK, VAULT)


USES: dict[str, Callable[[Store], object]] = {
    "connection": lambda store: store.connection("acme"),
    "connection of a user": lambda store: store.connection("acme", "41"),
    "connections": lambda store: store.connections("acme"),
    "link": lambda store: store.link(CALL),
    "links": lambda store: store.links_of("acme", "41", "9301"),
    "reservation": lambda store: store.reserve(OPEN, now=NOW, aliases=[CALL]),
    "admin": lambda store: store.admin("h1"),
    "cache": lambda store: StoreCache(store, "s", CLOCK).get("types"),
    "waiting": lambda store: outbox_of(store).waiting(),
    "claim": lambda store: outbox_of(store).claim(WORK),
    "renewed follow-up": lambda store: outbox_of(store)._renew(WORK),
    "lease": lambda store: store._acquire("lease", "me", NOW.timestamp(), 30),
}


def copied(filled: Path) -> Store:
    """The store of the file, in memory."""
    store = Store.in_memory()
    with closing(sqlite3.connect(filled / "appconnect.sqlite3")) as file:
        file.backup(raw(store))
    return store


def raw(store: Store) -> sqlite3.Connection:
    """The one connection of a store in memory."""
    with store._engine.connect() as connection:
        there = connection.connection.dbapi_connection
    assert isinstance(there, sqlite3.Connection)
    return there


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_value_in_any_column_is_read_or_gives_a_sentence(filled: Path, table: str, column: str) -> None:
    for value in VALUES:
        with closing(copied(filled)) as store:
            try:
                raw(store).execute(f"UPDATE {table} SET {column} = ?", (value,))
            except (sqlite3.IntegrityError, OverflowError):  # the database itself refuses it
                continue
            for name, use in USES.items():
                try:
                    use(store)
                except AppConnectError as error:
                    assert "Use the version that wrote it" in error.message, (name, value)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_that_is_gone_names_the_table_and_the_remedy(
    filled: Path, tmp_path: Path, table: str, column: str
) -> None:
    shutil.copy(filled / "appconnect.sqlite3", tmp_path)
    with closing(sqlite3.connect(tmp_path / "appconnect.sqlite3")) as raw, raw:
        raw.execute("DROP INDEX IF EXISTS ix_logs_log_id")
        raw.execute(f"CREATE TABLE other AS SELECT * FROM {table}")
        raw.execute(f"ALTER TABLE other DROP COLUMN {column}")
        raw.execute(f"DROP TABLE {table}")
        raw.execute(f"ALTER TABLE other RENAME TO {table}")
    with pytest.raises(AppConnectError, match=f"the table {table} has no {column}.*Use the version"):
        Store.at(tmp_path)
