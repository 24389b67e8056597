"""SQLite as it is opened here: with one dialect, so that a statement is compiled once for all databases."""

from __future__ import annotations

import time
from functools import cache, partial
from pathlib import Path
from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SQLiteConnection
from typing import Final

import sqlalchemy as sql
from sqlalchemy.engine.interfaces import CompiledCacheType, DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util import LRUCache

PATIENCE: Final = 10
"""Seconds to wait for another process's transaction."""

_compiled: CompiledCacheType = LRUCache(500)
"""Of all databases: a sandbox's is soon gone, and to compile a statement takes longer than to run it."""


def database_in(file: Path) -> sql.Engine:
    """Return the database in this file, which is there."""
    engine = _engine(str(file))
    sql.event.listen(engine, "connect", _use_write_ahead_log)
    return engine


def database_in_memory() -> sql.Engine:
    """Return an empty database, whose one connection is used by one thread at a time."""
    return _engine(None, size=1, overflow=0)


def _engine(database: str | None, size: int = 5, overflow: int = 10) -> sql.Engine:
    dialect, url = _dialect(), sql.URL.create("sqlite", database=database)
    arguments, _ = dialect.create_connect_args(url)
    connect = partial(dialect.connect, *arguments, check_same_thread=False, timeout=PATIENCE)
    pool = QueuePool(connect, pool_size=size, max_overflow=overflow, dialect=dialect)
    options = {"compiled_cache": _compiled}
    engine = sql.Engine(pool, dialect, url, execution_options=options, hide_parameters=True)
    # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#pysqlite-serializable: every transaction takes
    # the write lock at once, so that what it has read is still true when it writes
    sql.event.listen(engine, "connect", _prepare)
    sql.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


@cache
def _dialect() -> sql.Dialect:
    """Return SQLite's dialect, which has seen a database: it asks the first one for what it can do."""
    engine = sql.create_engine("sqlite://")
    with engine.connect():
        pass
    engine.dispose()
    return engine.dialect


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, SQLiteConnection)
    connection.isolation_level = None
    connection.execute("PRAGMA secure_delete=ON")  # who has signed out leaves nothing in free pages


def _use_write_ahead_log(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Wait for the lock that this takes; SQLite waits for every other one by itself, but not for this."""
    assert isinstance(connection, SQLiteConnection)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except OperationalError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)
