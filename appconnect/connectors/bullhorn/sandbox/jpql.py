"""Bullhorn's subset of JPQL for ``where``: parsed into a test of records.

https://bullhorn.github.io/rest-api-docs/#get-query
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from fnmatch import translate
from typing import Any

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, field_of
from appconnect.sandbox.base import Json

ValueAt = Callable[[int, str], Json]
"""Returns the value at a dotted path of the record with an id."""
Test = Callable[[ValueAt, int], bool]

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<op><=|>=|<>|[=<>(),])"
    r"|(?P<word>[A-Za-z_][\w.]*))"
)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class BadWhereError(Exception):
    """Raised for a condition that Bullhorn refuses, with its message."""


def parse_where(entity: str, where: str) -> Test:
    """Return the test that records must pass. Raises BadWhereError."""
    return _Parser(entity, list(_tokens(where))).parse()


def _tokens(where: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(where.rstrip())
    while at < end:
        found = TOKEN.match(where, at)
        if found is None or found.lastgroup is None:
            raise BadWhereError(f"malformed where clause: {where}")
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


class _Parser:
    def __init__(self, entity: str, tokens: list[tuple[str, str]]) -> None:
        self._entity, self._tokens = entity, tokens

    def parse(self) -> Test:
        test = self._any()
        if self._tokens:
            raise BadWhereError(f"malformed where clause near '{self._tokens[0][1]}'")
        return test

    def _any(self) -> Test:
        tests = [self._all()]
        while self._took("OR"):
            tests.append(self._all())
        return lambda value_at, row: any(test(value_at, row) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._took("AND"):
            tests.append(self._one())
        return lambda value_at, row: all(test(value_at, row) for test in tests)

    def _one(self) -> Test:
        if self._took("NOT"):
            inner = self._one()
            return lambda value_at, row: not inner(value_at, row)
        if self._took("("):
            inner = self._any()
            self._expect(")")
            return inner
        return self._comparison(self._path())

    def _comparison(self, path: str) -> Test:
        if self._took("IS"):
            no = self._took("NOT")
            self._expect("NULL")
            return lambda value_at, row: (value_at(row, path) is None) is not no
        no = self._took("NOT")
        if self._took("IN"):
            among = self._list()
            return lambda value_at, row: (value_at(row, path) in among) is not no
        if self._took("LIKE"):
            pattern = re.compile(translate(str(self._literal()).replace("%", "*")), re.IGNORECASE)
            return lambda value_at, row: bool(pattern.match(str(value_at(row, path) or ""))) is not no
        return self._compared(path)

    def _compared(self, path: str) -> Test:
        _, sign = self._next()
        if sign not in COMPARE:
            raise BadWhereError(f"malformed where clause near '{sign}'")
        compare, wanted = COMPARE[sign], self._literal()
        if isinstance(wanted, str) and _data_type(self._entity, path) == "Timestamp" and wanted.isdigit():
            raise BadWhereError(f"malformed timestamp '{wanted}'")

        def test(value_at: ValueAt, row: int) -> bool:
            value = value_at(row, path)
            return value is not None and type(value) is type(wanted) and compare(value, wanted)

        return test

    def _path(self) -> str:
        kind, text = self._next()
        if kind != "word":
            raise BadWhereError(f"malformed where clause near '{text}'")
        if not _data_type(self._entity, text):
            raise BadWhereError(f"Where clause '{text}' is not a valid field name")
        return text

    def _literal(self) -> str | int | float | bool:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise BadWhereError(f"malformed where clause near '{text}'")

    def _list(self) -> list[str | int | float | bool]:
        self._expect("(")
        among = [self._literal()]
        while self._took(","):
            among.append(self._literal())
        self._expect(")")
        return among

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise BadWhereError("malformed where clause: unexpected end")
        return self._tokens.pop(0)

    def _took(self, text: str) -> bool:
        if self._tokens and self._tokens[0][0] != "text" and self._tokens[0][1].upper() == text:
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._took(text):
            raise BadWhereError(f"malformed where clause: '{text}' expected")


def _data_type(entity: str, path: str) -> str:
    """Return the data type at the end of a dotted path of to-one references; "" when there is none."""
    name, dot, rest = path.partition(".")
    field = field_of(entity, name) if entity in ENTITIES or entity == "Person" else None
    if field is None:
        return ""
    if not dot:
        return field.data_type
    return _data_type(field.target, rest) if field.data_type == "to-one" else ""
