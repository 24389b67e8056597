"""CSV files as people have them: other separators, Excel's habits, empty columns, UTF-8 or UTF-16."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Final

from appconnect.errors import InputError

MAX_LINE: Final = 10_000_000
"""Characters."""
BEGIN: Final = 65_536
"""Bytes by which a text is told from what is none."""
END: Final = "\0end"
"""A line after the last one of a file: where it is part of a cell, a quotation mark was not closed."""


def read(path: Path) -> Iterator[list[str]]:
    """Yield the names of the columns, then the rows, each as long. InputError for what is no such file."""
    told, sign = _separator(path)
    with opened(path) as file:
        reader = csv.reader(chain(islice(file, told, None), [END]), delimiter=sign)
        header = _checked_header(next(reader), path)
        yield header
        line = told + reader.line_num + 1
        for row in reader:
            if row and END in row[-1]:
                _check_end(row, line, path)
            elif row:
                yield _as_long(row, len(header), line, path)
            line = told + reader.line_num + 1


def separator(path: Path) -> str:
    """Return what stands between the cells."""
    return _separator(path)[1]


def encoding(path: Path) -> str:
    """Return the encoding that a file's first bytes tell; without their mark Excel guesses another."""
    with path.open("rb") as file:
        begin = file.read(3)
    if begin[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    return "utf-8-sig" if begin == codecs.BOM_UTF8 else "utf-8"


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """Open a text for reading; what goes wrong with it inside the block is an InputError."""
    try:
        with path.open(encoding=_encoding_of_text(path), newline="") as file:
            yield file
    except UnicodeError:
        in_excel = ' ("CSV UTF-8" in Excel)' if path.suffix.casefold() == ".csv" else ""
        raise InputError(f"{path.name} is not written in UTF-8; save it as UTF-8{in_excel}.") from None
    except csv.Error as error:
        raise InputError(f"{path.name} is no CSV file: {error}.") from None
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from None


def lines(file: IO[str], path: Path) -> Iterator[str]:
    """Yield the lines of a text. InputError for one that is too long to be meant as one."""
    for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), ""), 1):
        if len(line) == MAX_LINE:
            raise InputError(f"Line {number} of {path.name} has more than {MAX_LINE:,} characters.")
        yield line


def _encoding_of_text(path: Path) -> str:
    """Return a file's encoding. InputError for a picture, a program, a disk's hole, whatever its name."""
    found = encoding(path)
    with path.open("rb") as file:
        if found != "utf-16" and b"\0" in file.read(BEGIN):
            raise InputError(
                f"{path.name} is no text; it may be something else by its contents, or in UTF-16 without its "
                "mark. Save the table as UTF-8."
            )
    return found


def _separator(path: Path) -> tuple[int, str]:
    """Return how many lines say what stands between the cells ("sep=;", as Excel has it), and that sign.

    Where none says so, it is the most frequent of the usual signs between the names of the columns.
    """
    with opened(path) as file:
        line = next(lines(file, path), "")
    if told := re.fullmatch(r'"?sep=(.)"?\s*', line):
        return 1, told[1]
    unquoted = re.sub(r'"[^"]*"', "", line)
    return 0, max(",;\t|", key=unquoted.count)


def _checked_header(header: list[str], path: Path) -> list[str]:
    """Return the names of the columns; some may have none, as Excel leaves them behind a table."""
    if header and END in header[-1] and header != [END]:
        _check_end(header, 1, path)
    names = [name for name in header if name.strip() and name != END]
    if not names or len(set(names)) < len(names):
        problem = "names a column twice" if names else "is empty"
        raise InputError(f"{path.name} {problem}; its first line names the columns.")
    return header


def _as_long(row: list[str], length: int, line: int, path: Path) -> list[str]:
    """Return a row with as many cells as there are columns; empty cells that are too many are nothing."""
    if any(row[length:]):
        raise InputError(f"Line {line} of {path.name} has {len(row)} cells, and its first line {length}.")
    return [*row[:length], *[""] * (length - len(row))]


def _check_end(row: list[str], line: int, path: Path) -> None:
    if row != [END]:
        raise InputError(f'A quotation mark (") in line {line} of {path.name} is never closed.')
