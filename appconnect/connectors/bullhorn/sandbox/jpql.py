"""Bullhorn's subset of JPQL for ``where``: read, then match a record.

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

Look = Callable[[int, str], Json]
"""(id, dotted path) → value."""
Test = Callable[[Look, int], bool]

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
    """Not a condition that Bullhorn reads; the message is Bullhorn's."""


def condition(entity: str, where: str) -> Test:
    """What tells whether a record is meant. Raises BadWhereError."""
    return _Reader(entity, list(_tokens(where))).whole()


def _tokens(where: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(where.rstrip())
    while at < end:
        found = TOKEN.match(where, at)
        if found is None or found.lastgroup is None:
            raise BadWhereError(f"malformed where clause: {where}")
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


class _Reader:
    def __init__(self, entity: str, tokens: list[tuple[str, str]]) -> None:
        self._entity, self._tokens = entity, tokens

    def whole(self) -> Test:
        test = self._any()
        if self._tokens:
            raise BadWhereError(f"malformed where clause near '{self._tokens[0][1]}'")
        return test

    def _any(self) -> Test:
        tests = [self._all()]
        while self._took("OR"):
            tests.append(self._all())
        return lambda look, row: any(test(look, row) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._took("AND"):
            tests.append(self._one())
        return lambda look, row: all(test(look, row) for test in tests)

    def _one(self) -> Test:
        if self._took("NOT"):
            inner = self._one()
            return lambda look, row: not inner(look, row)
        if self._took("("):
            inner = self._any()
            self._expect(")")
            return inner
        return self._comparison(self._path())

    def _comparison(self, path: str) -> Test:
        if self._took("IS"):
            no = self._took("NOT")
            self._expect("NULL")
            return lambda look, row: (look(row, path) is None) is not no
        no = self._took("NOT")
        if self._took("IN"):
            among = self._list()
            return lambda look, row: (look(row, path) in among) is not no
        if self._took("LIKE"):
            pattern = re.compile(translate(str(self._literal()).replace("%", "*")), re.IGNORECASE)
            return lambda look, row: bool(pattern.match(str(look(row, path) or ""))) is not no
        return self._compared(path)

    def _compared(self, path: str) -> Test:
        _, sign = self._next()
        if sign not in COMPARE:
            raise BadWhereError(f"malformed where clause near '{sign}'")
        compare, wanted = COMPARE[sign], self._literal()
        if isinstance(wanted, str) and _kind(self._entity, path) == "Timestamp" and wanted.isdigit():
            raise BadWhereError(f"malformed timestamp '{wanted}'")

        def test(look: Look, row: int) -> bool:
            value = look(row, path)
            return value is not None and type(value) is type(wanted) and compare(value, wanted)

        return test

    def _path(self) -> str:
        kind, text = self._next()
        if kind != "word":
            raise BadWhereError(f"malformed where clause near '{text}'")
        if not _kind(self._entity, text):
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


def _kind(entity: str, path: str) -> str:
    """The kind of the field at the end of a dotted path of to-one references; "" when there is none."""
    name, dot, rest = path.partition(".")
    field = field_of(entity, name) if entity in ENTITIES or entity == "Person" else None
    if field is None:
        return ""
    if not dot:
        return field.kind
    return _kind(field.target, rest) if field.kind == "to-one" else ""
