"""Tables that come in and go back: pandas, CSV, JSON lines and Parquet, read and written in chunks.

A table is read more than once and never held; what comes back is the same kind of table, with the same rows
in the same order, all of its columns, and those of an outcome.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from appconnect.batch import csv_files
from appconnect.batch.outcomes import COLUMNS, Outcome
from appconnect.batch.records import check_names
from appconnect.errors import ConfigurationError, InputError
from appconnect.paths import looked_up
from appconnect.text.characters import unwritable

if TYPE_CHECKING:
    from pandas import DataFrame

Row = Mapping[str, object]
CHUNK: Final = 500
"""Rows that are in hand at once."""
SUFFIXES: Final = (".csv", ".jsonl", ".ndjson", ".parquet")
EXCEL: Final = (".xls", ".xlsx")
CHANGED: Final = "The table was changed while it was worked on; run the same again."


class Table(ABC):
    """A table of calls and messages; ``name`` is what people call it."""

    name: str

    @abstractmethod
    def chunks(self) -> Iterator[Sequence[Row]]:
        """Yield all rows in order, some at a time. InputError for what is no such table."""

    def check(self) -> None:
        """Look at the first rows. InputError for what is no table, or none of calls and messages."""
        check_names(chain.from_iterable(next(self.chunks(), ())), self.name)

    @abstractmethod
    def digest(self) -> str:
        """Return what tells this table from every other one: the same for the same contents."""

    @abstractmethod
    def give_back(self, outcomes: Iterator[Outcome]) -> Path | DataFrame:
        """Return the table with an outcome in each row."""


def table_of(given: DataFrame | Path | str, output: Path | str | None = None, suffix: str = "done") -> Table:
    """Return the table in a file or data frame; ``output`` is the file to write, ``calls.<suffix>.csv`` else.

    InputError, a sentence, for what cannot be read, ConfigurationError for what cannot even be looked up.
    """
    if not isinstance(given, Path | str):
        return Frame(given)
    path = looked_up(given)
    if path.suffix.casefold() not in SUFFIXES:
        in_excel = '; in Excel, save it as "CSV UTF-8"' if path.suffix.casefold() in EXCEL else ""
        raise InputError(
            f"{path.name} is no table that can be read; there are: {', '.join(SUFFIXES)}{in_excel}."
        )
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file in it.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.")
    target = looked_up(output) if output else path.with_suffix(f".{suffix}{path.suffix}")
    _check_target(path, target)
    kinds: dict[str, type[FileTable]] = {".csv": Csv, ".parquet": Parquet}
    return kinds.get(path.suffix.casefold(), JsonLines)(path, target)


def _check_target(path: Path, target: Path) -> None:
    """Raise InputError, before any work, for what cannot become the result of a file."""
    if target.resolve() == path.resolve():
        raise InputError(f"{path.name} would be overwritten; choose another file to write.")
    if target.suffix.casefold() != path.suffix.casefold():
        raise InputError(f"{target.name} would be a {path.suffix} file too; give it a name that ends so.")
    if target.is_dir():
        raise InputError(f"{target} is a folder; name a file in it.")
    if not os.access(target.parent, os.W_OK):
        raise InputError(
            f"Nothing can be written into the folder {target.parent}; choose another file to write."
        )


class Frame(Table):
    """A pandas table in memory."""

    def __init__(self, frame: DataFrame) -> None:
        from pandas import DataFrame

        if not isinstance(frame, DataFrame):
            raise InputError(f"A table is a pandas DataFrame or a file, not a {type(frame).__name__}.")
        if not frame.columns.is_unique:
            raise InputError("The table has two columns of one name; rename one of them.")
        self._frame = frame
        self.name = "the table"

    def chunks(self) -> Iterator[Sequence[Row]]:
        """Yield the rows by column name."""
        for start in range(0, len(self._frame), CHUNK):
            rows: list[dict[Any, Any]] = self._frame.iloc[start : start + CHUNK].to_dict("records")
            yield rows

    def digest(self) -> str:
        """Return a digest of names and rows."""
        found = hashlib.sha256(json.dumps([str(name) for name in self._frame.columns]).encode())
        for rows in self.chunks():
            found.update(json.dumps(rows, default=str).encode())
        return found.hexdigest()

    def give_back(self, outcomes: Iterator[Outcome]) -> DataFrame:
        """Return a copy with the columns of an outcome."""
        columns = zip(*(each.cells() for each in outcomes), strict=True)
        values = dict(zip(COLUMNS, columns, strict=True)) if len(self._frame) else dict.fromkeys(COLUMNS, "")
        return self._frame.assign(**{name: list(cells) for name, cells in values.items()})


class FileTable(Table):
    """A table in a file, which is written anew beside itself."""

    def __init__(self, path: Path, target: Path) -> None:
        self.path, self.target = path, target
        self.name = path.name
        self._given = ""

    def digest(self) -> str:
        """Return a digest of the file."""
        self._given = self._digest()
        return self._given

    def _digest(self) -> str:
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise InputError(f"{self.name} cannot be read: {error.strerror}.") from None

    @abstractmethod
    def write(self, outcomes: Iterator[Outcome], draft: Path) -> None:
        """Write the table with its outcomes into another file."""

    def give_back(self, outcomes: Iterator[Outcome]) -> Path:
        """Write the file that was named, all of it or nothing, and return its path."""
        draft = self.target.with_name(f".{secrets.token_hex(8)}.part{self.target.suffix}")
        try:
            self.write(outcomes, draft)
            if self._given not in ("", self._digest()):  # its outcomes are those of other rows
                raise InputError(CHANGED)
            draft.replace(self.target)
        except OSError as error:
            raise ConfigurationError(
                f"{self.target} cannot be written: {error.strerror or error}. What was done is kept: "
                "make room, or name another file, and run the same again."
            ) from None
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        return self.target


class Csv(FileTable):
    """A CSV file with a line of column names, separated by what it is separated by."""

    def chunks(self) -> Iterator[Sequence[Row]]:
        """Yield the rows by column name."""
        for header, rows in self._read():
            named = [place for place, name in enumerate(header) if name.strip()]
            yield [{header[place]: row[place] for place in named} for row in rows]

    def write(self, outcomes: Iterator[Outcome], draft: Path) -> None:
        """Write the rows as they were, without columns that were added before, in the same encoding."""
        with draft.open("w", encoding=csv_files.encoding(self.path), newline="") as file:
            writer = csv.writer(file, delimiter=csv_files.separator(self.path), lineterminator="\n")
            is_begun = False
            for header, rows in self._read():
                kept = [place for place, name in enumerate(header) if name not in COLUMNS]
                if not is_begun:
                    is_begun = bool(writer.writerow([*(header[place] for place in kept), *COLUMNS]))
                for row in rows:
                    writer.writerow([*(row[place] for place in kept), *_next(outcomes).cells()])

    def _read(self) -> Iterator[tuple[list[str], list[list[str]]]]:
        """Yield the column names with some rows; at least once."""
        rows = csv_files.read(self.path)
        header = next(rows)
        some = list(islice(rows, CHUNK))
        while True:
            yield header, some
            if not (some := list(islice(rows, CHUNK))):
                return


class JsonLines(FileTable):
    """A file with a JSON object a line."""

    def chunks(self) -> Iterator[Sequence[Row]]:
        """Yield the objects; blank lines are none."""
        rows = list[Row]()
        with csv_files.opened(self.path) as file:
            for number, line in enumerate(csv_files.lines(file, self.path), 1):
                if line.strip():
                    rows.append(self._parsed(line, number))
                if len(rows) == CHUNK:
                    yield rows
                    rows = []
        yield rows

    def write(self, outcomes: Iterator[Outcome], draft: Path) -> None:
        """Write the objects with the fields of an outcome."""
        with draft.open("w", encoding="utf-8") as file:
            for rows in self.chunks():
                for row in rows:
                    cells = dict(zip(COLUMNS, _next(outcomes).cells(), strict=True))
                    file.write(f"{_json({**row, **cells})}\n")

    def _parsed(self, line: str, number: int) -> Row:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise InputError(f"Line {number} of {self.name} is no JSON object. Each record has its own line.")
        return found


class Parquet(FileTable):
    """A Parquet file, by pyarrow."""

    def __init__(self, path: Path, target: Path) -> None:
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError:
            raise ConfigurationError(
                "Parquet files need pyarrow, which is not installed: pip install 'appconnect[parquet]'"
            ) from None
        super().__init__(path, target)

    def chunks(self) -> Iterator[Sequence[Row]]:
        """Yield the rows by column name."""
        for batch in self._batches():
            rows: list[Row] = batch.to_pylist()
            yield rows

    def write(self, outcomes: Iterator[Outcome], draft: Path) -> None:
        """Write the columns as they were, each with its type, and those of an outcome."""
        import pyarrow
        from pyarrow import parquet

        writer = None
        try:
            for batch in self._batches():
                cells = list(zip(*(_next(outcomes).cells() for _ in range(batch.num_rows)), strict=True))
                kept = [name for name in batch.schema.names if name not in COLUMNS]
                added = [pyarrow.array(each, pyarrow.string()) for each in cells or [()] * len(COLUMNS)]
                whole = pyarrow.RecordBatch.from_arrays(
                    [*(batch.column(name) for name in kept), *added], [*kept, *COLUMNS]
                )
                writer = writer or parquet.ParquetWriter(draft, whole.schema)
                writer.write_batch(whole)
        finally:
            if writer is not None:
                writer.close()

    def _batches(self) -> Iterator[Any]:
        """Yield the batches, an empty one for a file without rows."""
        import pyarrow
        from pyarrow import parquet

        try:
            with parquet.ParquetFile(self.path) as file:
                yield from file.iter_batches(batch_size=CHUNK)
                if not file.metadata.num_rows:
                    yield pyarrow.RecordBatch.from_pylist([], file.schema_arrow)
        except (pyarrow.ArrowException, OSError) as error:
            raise InputError(f"{self.name} is no Parquet file that can be read: {error}") from None


def _next(outcomes: Iterator[Outcome]) -> Outcome:
    if (outcome := next(outcomes, None)) is None:
        raise InputError(CHANGED)
    return outcome


def _json(values: Row) -> str:
    text = json.dumps(values, ensure_ascii=False)
    return text if text.isascii() or not unwritable(text) else json.dumps(values)
