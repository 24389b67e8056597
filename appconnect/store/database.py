"""How SQLite and PostgreSQL are opened and their errors put in words."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from json import JSONDecodeError
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection

import sqlalchemy as sql
from pydantic import SecretStr, ValidationError
from sqlalchemy import exc

from appconnect.errors import ConfigurationError, InputError, StoreError
from appconnect.private_files import keep_private
from appconnect.quiet_logs import quiet
from appconnect.store.sqlite import PATIENCE, database_in, database_in_memory
from appconnect.store.tables import Row

FILE = "appconnect.sqlite3"
SCHEMA_LOCK = 8738
_COLUMNS_AND_INDEXES = """
SELECT made.name, had.name FROM sqlite_master AS made, pragma_table_info(made.name) AS had
WHERE made.type = 'table'
UNION ALL SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'
"""

quiet(logging.INFO, "sqlalchemy.engine.Engine")  # at DEBUG it tells every row that is read


def in_memory() -> sql.Engine:
    """Return a database that is gone with the process; its one connection is used by one thread at a time.

    Its tables are copies of tables that are made once: making them takes ten times as long.
    """
    engine = database_in_memory()
    sql.event.listen(engine, "connect", lambda connection, _: _empty().backup(connection))
    return engine


@cache
def _empty() -> SQLiteConnection:
    engine = database_in_memory()
    make_tables(engine)
    held = engine.raw_connection()  # while it is held, the database is there
    assert isinstance(held.driver_connection, SQLiteConnection)
    empty = sqlite3.connect(":memory:", check_same_thread=False)
    held.driver_connection.backup(empty)
    return empty


def sqlite_file(path: Path) -> sql.Engine:
    """Return a database in a file that only its owner can read."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        keep_private(path)
    except OSError as error:
        raise StoreError(_cannot_write(path, error.strerror)) from None
    return database_in(path)


def without_syncing(engine: sql.Engine) -> sql.Engine:
    """Return the same database for what need not survive a power failure, so that no write waits for a disk.

    https://www.sqlite.org/pragma.html#pragma_synchronous; PostgreSQL is told so in every transaction.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return engine
    quick = database_in(Path(engine.url.database))
    sql.event.listen(quick, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))
    return quick


def at_url(url: SecretStr) -> sql.Engine:
    """Return the database that DATABASE_URL names: PostgreSQL, or a SQLite file."""
    address = _parsed(url)
    match address.get_backend_name():
        case "postgresql" | "postgres":
            query = {"connect_timeout": str(PATIENCE), **address.query}
            address = address.set(drivername="postgresql+psycopg", query=query)
            with suppress(exc.ArgumentError):  # two ports, or one that is no number
                return sql.create_engine(address, pool_pre_ping=True, hide_parameters=True)
            raise _no_address()
        case "sqlite":
            memory = address.database in (None, "", ":memory:")
            return in_memory() if memory else sqlite_file(Path(str(address.database)))
    raise ConfigurationError("DATABASE_URL must begin with postgresql:// or sqlite:///.")


def make_tables(engine: sql.Engine) -> None:
    """Make the tables that are not there yet, also when several processes come here at once."""
    with in_words(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sql.select(sql.func.pg_advisory_xact_lock(SCHEMA_LOCK)))
        elif _is_complete(connection):
            return
        Row.metadata.create_all(connection)
        _check_columns(connection)
        for table in Row.metadata.sorted_tables:  # also of tables that an earlier version has made
            for index in table.indexes:
                index.create(connection, checkfirst=True)


def _is_complete(connection: sql.Connection) -> bool:
    """Return True for a SQLite database with all that is needed: asked at once, for every process asks it."""
    tables = Row.metadata.sorted_tables
    needed = {(table.name, column.name) for table in tables for column in table.columns}
    needed |= {(table.name, str(index.name)) for table in tables for index in table.indexes}
    return needed <= {(table, name) for table, name in connection.exec_driver_sql(_COLUMNS_AND_INDEXES)}


def _check_columns(connection: sql.Connection) -> None:
    """Raise ValueError for tables that another version has made with other columns."""
    there = sql.inspect(connection)
    for table in Row.metadata.sorted_tables:
        missing = {each.name for each in table.columns} - {
            each["name"] for each in there.get_columns(table.name)
        }
        if missing:
            raise ValueError(f"the table {table.name} has no {', '.join(sorted(missing))}")


@contextmanager
def in_words(engine: sql.Engine) -> Iterator[None]:
    """Turn the database's errors into `StoreError`; an input that is no text stays an `InputError`."""
    try:
        yield
    except (exc.SQLAlchemyError, ValueError) as error:  # ValueError: a row that is not what it was
        cause = getattr(error, "orig", None)
        if isinstance(cause, InputError):
            raise cause from None
        raise StoreError(_sentence(engine.url, error)) from error


def place(url: sql.URL) -> str:
    """Return what messages call the database, without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    return f"{url.host or 'localhost'}/{url.database or ''}"


def _parsed(url: SecretStr) -> sql.URL:
    try:
        return sql.make_url(url.get_secret_value().strip())
    except (exc.ArgumentError, ValueError):
        pass  # the error may quote the password
    raise _no_address()


def _no_address() -> ConfigurationError:
    return ConfigurationError(
        "DATABASE_URL is not a database address; it looks like postgresql://user:password@host:5432/name."
    )


def _sentence(url: sql.URL, error: Exception) -> str:
    reason = str(getattr(error, "orig", None) or "").strip().partition("\n")[0]
    if isinstance(error, ValueError):
        what = "a value does not decode" if isinstance(error, ValidationError | JSONDecodeError) else error
        return (
            f"The store {place(url)} was written by another version, or is damaged: {what}. "
            "Use the version that wrote it, or move the store away to start afresh, and sign in again."
        )
    is_file = url.get_backend_name() == "sqlite"
    is_answered = is_file or getattr(error, "statement", None) is not None
    if is_answered and not isinstance(error, exc.OperationalError):
        return (
            f"The store {place(url)} is damaged or was made by another program. "
            "Move it away to start afresh, and sign in again."
        )
    if is_file:
        return _cannot_write(place(url), reason)
    return (
        f"The database {place(url)} of DATABASE_URL cannot be used; start it or check the address. {reason}"
    )


def _cannot_write(path: object, why: str | None) -> str:
    advice = "Make it writable, or set APPCONNECT_HOME to another folder."
    return f"The store {path} cannot be written ({why}). {advice}"
