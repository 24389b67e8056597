"""The file of a history: SQLite, private, bounded, written by several processes at once."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appconnect.errors import StoreError
from appconnect.private_files import keep_private, private_folder

VERSION: Final = 1
MAX_ENTRIES: Final = 20_000
MAX_BYTES: Final = 64 * 1024 * 1024
KEPT_SHARE: Final = 0.95
"""What is left of the bounds when the oldest are dropped, so that this is seldom done."""
PATIENCE: Final = 10.0
"""Seconds to wait for another process that writes."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, noted REAL NOT NULL,
    session TEXT NOT NULL, crm TEXT NOT NULL, mode TEXT NOT NULL,
    operation TEXT NOT NULL, run INTEGER NOT NULL, status INTEGER, failed INTEGER NOT NULL,
    size INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS documents (id INTEGER PRIMARY KEY, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS ix_entries_of_run ON entries (session, run);
CREATE INDEX IF NOT EXISTS ix_entries_size ON entries (id, size);
"""


SELECT: Final = (
    "SELECT e.id, e.noted, e.session, e.crm, e.mode, e.operation, e.kind, d.document"
    " FROM entries e JOIN documents d ON d.id = e.id"
)


@dataclass(frozen=True)
class Row:
    """An entry as it is kept: ``run`` is the number of its operation in its ``session``, 0 for none."""

    kind: str
    noted: float
    session: str
    crm: str
    mode: str
    operation: str
    run: int
    status: int | None
    failed: bool
    document: str


@dataclass(frozen=True)
class Found:
    """An entry as it is read."""

    id: int
    noted: float
    session: str
    crm: str
    mode: str
    operation: str
    kind: str
    document: str


class HistoryFile:
    """A connection to the file; use it in one thread at a time. StoreError for what cannot be done."""

    def __init__(self, path: Path, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self.path = path
        self._max_entries, self._max_bytes = max_entries, max_bytes
        with self._in_words():
            self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        private_folder(self.path.parent)
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        keep_private(self.path)
        connection = sqlite3.connect(
            self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.create_function("has_words", 2, _has_words)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            connection.close()
            raise StoreError(f"The history {self.path} was written by a newer appconnect: update this one.")
        if version < VERSION:
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        return connection

    def add(self, rows: Sequence[Row]) -> list[int]:
        """Write rows, drop the oldest where there are too many, and return the ids of the new ones."""
        with self._writing() as connection:
            ids = [self._insert(connection, row) for row in rows]
            self._drop_oldest(connection)
        return ids

    def change(self, documents: Sequence[tuple[int, str]]) -> None:
        """Write documents anew, by id."""
        with self._writing() as connection:
            for number, document in documents:
                connection.execute("UPDATE documents SET document = ? WHERE id = ?", (document, number))

    def select(self, where: str, values: Sequence[object], limit: int) -> list[Found]:
        """Return the entries that fit, newest first; their tables are ``e`` and ``d``."""
        query = f"{SELECT} WHERE {where} ORDER BY e.id DESC LIMIT ?"
        with self._in_words():
            return [Found(*row) for row in self._connection.execute(query, [*values, limit])]

    def names(self, column: str) -> list[str]:
        """Return what there is in a column."""
        with self._in_words():
            rows = self._connection.execute(f"SELECT DISTINCT {column} FROM entries ORDER BY 1")  # noqa: S608 (ours)
            return [str(name) for (name,) in rows if name]

    def count(self) -> int:
        """Return how many entries there are."""
        with self._in_words():
            return int(self._connection.execute("SELECT count(*) FROM entries").fetchone()[0])

    def clear(self) -> None:
        """Forget everything; what was deleted is overwritten."""
        with self._in_words():
            self._connection.execute("PRAGMA secure_delete = ON")
        with self._writing() as connection:
            connection.execute("DELETE FROM entries")
            connection.execute("DELETE FROM documents")
        with self._in_words():
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    # -- how --

    @staticmethod
    def _insert(connection: sqlite3.Connection, row: Row) -> int:
        columns = "kind, noted, session, crm, mode, operation, run, status, failed, size"
        size = len(row.document.encode())
        values = (
            row.kind, row.noted, row.session, row.crm, row.mode, row.operation, row.run, row.status,
            row.failed, size,
        )  # fmt: skip
        added = connection.execute(
            f"INSERT INTO entries ({columns}) VALUES (?,?,?,?,?,?,?,?,?,?)",  # noqa: S608 (ours)
            values,
        )
        number = int(added.lastrowid or 0)
        connection.execute("INSERT INTO documents (id, document) VALUES (?, ?)", (number, row.document))
        return number

    def _drop_oldest(self, connection: sqlite3.Connection) -> None:
        count, size = connection.execute("SELECT count(*), total(size) FROM entries").fetchone()
        if count <= self._max_entries and size <= self._max_bytes:
            return
        count_left, size_left = self._max_entries * KEPT_SHARE, self._max_bytes * KEPT_SHARE
        last = 0
        for number, each in connection.execute("SELECT id, size FROM entries ORDER BY id").fetchall():
            if count <= count_left and size <= size_left:
                break
            last, count, size = number, count - 1, size - each
        for table in ("entries", "documents"):
            connection.execute(f"DELETE FROM {table} WHERE id <= ?", (last,))  # noqa: S608 (ours)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._in_words():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Raise StoreError for what the file or the disk does not allow."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise StoreError(
                f"The history {self.path} cannot be used ({reason}). If it is damaged, delete that file; "
                "nothing else depends on it."
            ) from None


def _has_words(text: str, words: str) -> bool:
    """Return whether all words, of which there is one a line, are in the text."""
    folded = text.casefold()
    return all(word in folded for word in words.split("\n"))
