"""The tables; what is read from them is checked, since any program can write them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

import sqlalchemy as sql
from sqlalchemy import orm
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped, mapped_column

from appconnect import ids
from appconnect.errors import InputError
from appconnect.models import JsonObject

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")


class Text(sql.TypeDecorator[str]):
    """Text that every database keeps; InputError for what is none, before anything is written."""

    impl = sql.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sql.Dialect) -> str | None:
        """Check what goes in."""
        return value if value is None else ids.storable(value)

    def process_result_value(self, value: object, dialect: sql.Dialect) -> str | None:
        """Check what comes out."""
        if value is None:
            return value
        if not isinstance(value, str):
            raise ValueError(f"a text is a {type(value).__name__}")
        try:
            return ids.storable(value)
        except InputError as error:
            raise ValueError("a text has a character that is none") from error


class Checked(sql.TypeDecorator[T]):
    """A value of one type; SQLite keeps anything in its place."""

    called: ClassVar[str]
    types: ClassVar[tuple[type, ...]]

    def process_result_value(self, value: object, dialect: sql.Dialect) -> T:
        """Check what comes out."""
        if isinstance(value, self.types):
            return cast("T", value)
        raise ValueError(f"a {self.called} is a {type(value).__name__}")


class Number(Checked[float]):
    """A number, as a point in time is one."""

    impl = sql.Float
    cache_ok = True
    called, types = "number", (int, float)


class Count(Checked[int]):
    """A whole number."""

    impl = sql.Integer
    cache_ok = True
    called, types = "count", (int,)


class Document(Checked[JsonObject]):
    """Values by name."""

    impl = sql.JSON
    cache_ok = True
    called, types = "document", (dict,)


class Row(orm.DeclarativeBase):
    """A line of a table."""

    type_annotation_map: ClassVar = {str: Text, int: Count, float: Number, JsonObject: Document}


class ConnectionRow(Row):
    """A user who has signed in."""

    __tablename__ = "connections"
    platform: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    public: Mapped[JsonObject]


class CurrentRow(Row):
    """The user of a platform that is worked as."""

    __tablename__ = "current_connections"
    platform: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]


class LogRow(Row):
    """A log, reserved while ``log_id`` is None."""

    __tablename__ = "logs"
    __table_args__ = (sql.Index("ix_logs_of_account", "platform", "account", "log_id", "kind", "reference"),)
    platform: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    log_id: Mapped[str | None]
    contact_id: Mapped[str]
    sealed_draft: Mapped[str] = mapped_column("digest")
    owner: Mapped[str]
    expires: Mapped[float]


class AdminRow(Row):
    """The configuration that an account's admin has set."""

    __tablename__ = "admin_configurations"
    hashed_account_id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[JsonObject]


class CachedRow(Row):
    """A small value with an end; ``{"value": …}``, so that null is a value too."""

    __tablename__ = "cache"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[JsonObject]
    expires: Mapped[float] = mapped_column(index=True)


class OutboxRow(Row):
    """A follow-up write that is not done yet; ``claim`` is whoever is at work on it, until when."""

    __tablename__ = "outbox"
    platform: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    log_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    created: Mapped[float]
    attempts: Mapped[int]
    claim: Mapped[str]
    claimed_until: Mapped[float]


class BatchRow(Row):
    """A piece of batch work, which is known by a digest of its table; ``begun`` is when it was begun last."""

    __tablename__ = "batches"
    batch: Mapped[str] = mapped_column(primary_key=True)
    begun: Mapped[float]


class BatchOutcomeRow(Row):
    """What became of a row of a table; what is of people in it is sealed."""

    __tablename__ = "batch_outcomes"
    batch: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(sql.BigInteger, primary_key=True, autoincrement=False)
    status: Mapped[str]
    sealed: Mapped[str]


class BatchNumberRow(Row):
    """A phone number of a table, as a digest, and who carries it; sealed, "" while that is not known."""

    __tablename__ = "batch_numbers"
    batch: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]


class LeaseRow(Row):
    """The holder of a lease, and until when."""

    __tablename__ = "leases"
    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    expires: Mapped[float]


class RateLimitRow(Row):
    """What all who share an account's rate limits have reserved."""

    __tablename__ = "rate_limits"
    account: Mapped[str] = mapped_column(primary_key=True)
    noted: Mapped[JsonObject]


def put(session: orm.Session, row: type[Row], values: Mapping[str, object]) -> None:
    """Write a whole row in place of the one with its key, if there is one, whatever that holds."""
    connection = session.connection()
    connection.execute(_putting(row, connection.dialect.name), values)


@cache
def _putting(row: type[Row], dialect: str) -> sql.Insert:
    insert = _inserting(cast("sql.Table", row.__table__), dialect)
    keys = [column.name for column in insert.table.columns if column.primary_key]
    rest = {
        column.name: insert.excluded[column.name] for column in insert.table.columns if not column.primary_key
    }
    return insert.on_conflict_do_update(index_elements=keys, set_=rest)


def _inserting(table: sql.Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # which takes its time to load

    return postgresql.insert(table)
