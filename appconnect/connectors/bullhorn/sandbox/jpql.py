"""Bullhorn's subset of JPQL for ``where``: parsed into a test of records.

https://bullhorn.github.io/rest-api-docs/#get-query
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Any

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, PERSON, field_at
from appconnect.connectors.bullhorn.sandbox.terms import glob, literal
from appconnect.sandbox.base import Json

ValuesAt = Callable[[str], Sequence[Json]]
"""Returns the values at a dotted path of a record: none, one, or those of a list."""
Test = Callable[[ValuesAt], bool]
Operand = Callable[[ValuesAt], Sequence[Json]]
"""Returns what is compared: of a list, one value that fits is enough."""

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d{1,18}(?:\.\d{1,18})?)|(?P<op><=|>=|<>|!=|[=<>(),])"
    r"|(?P<word>[A-Za-z_][\w.]*))"
)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?")


class BadWhereError(Exception):
    """Raised for a condition that Bullhorn refuses, with its message."""


def parse_where(entity: str, where: str) -> Test:
    """Return the test that records must pass. Raises BadWhereError."""
    try:
        return _Parser(entity, list(_tokens(where))).parse()
    except RecursionError:
        raise BadWhereError("malformed where clause: too many parentheses") from None


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
        self._entity, self._tokens = entity, tokens[::-1]

    def parse(self) -> Test:
        test = self._any()
        if self._tokens:
            raise BadWhereError(f"malformed where clause near '{self._tokens[-1][1]}'")
        return test

    def _any(self) -> Test:
        tests = [self._all()]
        while self._took("OR"):
            tests.append(self._all())
        return lambda values_at: any(test(values_at) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._took("AND"):
            tests.append(self._one())
        return lambda values_at: all(test(values_at) for test in tests)

    def _one(self) -> Test:
        if self._took("NOT"):
            inner = self._one()
            return lambda values_at: not inner(values_at)
        if self._took("("):
            inner = self._any()
            self._expect(")")
            return inner
        if self._tokens and self._tokens[-1][0] != "word":
            return self._about_a_literal(self._literal())
        return self._about_a_path(self._path())

    def _about_a_literal(self, literal: Json) -> Test:
        """Return the test of ``5 MEMBER OF skills`` or ``5 < id``."""
        no = self._took("NOT")
        if self._took("MEMBER"):
            self._took("OF")
            path = self._path()
            return lambda values_at: (literal in values_at(path)) is not no
        sign = self._sign()
        path = self._path()
        literal = self._fitting(literal, path)
        return _comparison(sign, lambda _: [literal], lambda values_at: values_at(path))

    def _about_a_path(self, path: str) -> Test:
        if self._took("IS"):
            no = self._took("NOT")
            if not self._took("EMPTY"):
                self._expect("NULL")
            return lambda values_at: (not values_at(path)) is not no
        no = self._took("NOT")
        if self._took("IN"):
            among = [self._fitting(literal, path) for literal in self._list()]
            return lambda values_at: any(value in among for value in values_at(path)) is not no
        if self._took("LIKE"):
            pattern = _like(str(self._literal()))
            return lambda values_at: any(pattern.match(str(value)) for value in values_at(path)) is not no
        if self._took("BETWEEN"):
            low = self._fitting(self._literal(), path)
            self._expect("AND")
            high = self._fitting(self._literal(), path)
            return _both(path, low, high, no=no)
        if self._took("MEMBER"):
            self._took("OF")
            among_path = self._path()
            return lambda values_at: any(each in values_at(among_path) for each in values_at(path)) is not no
        return _comparison(self._sign(), lambda values_at: values_at(path), self._operand(path))

    def _operand(self, path: str) -> Operand:
        if (
            self._tokens
            and self._tokens[-1][0] == "word"
            and self._tokens[-1][1].lower() not in ("true", "false")
        ):
            other = self._path()
            return lambda values_at: values_at(other)
        literal = self._fitting(self._literal(), path)
        return lambda _: [literal]

    def _sign(self) -> str:
        _, sign = self._next()
        if sign not in COMPARE:
            raise BadWhereError(f"malformed where clause near '{sign}'")
        return sign

    def _fitting(self, literal: Json, path: str) -> Json:
        """Return a literal as the field at the path has it: a time in milliseconds, 0 and 1 as truths."""
        field = field_at(self._entity, path)
        if field is not None and field.data_type == "Boolean" and literal in (0, 1):
            return bool(literal)
        if field is None or field.data_type != "Timestamp" or not isinstance(literal, str):
            return literal
        if not MOMENT.fullmatch(literal):
            raise BadWhereError(f"malformed timestamp '{literal}'")
        try:
            return int(datetime.fromisoformat(literal).replace(tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            raise BadWhereError(f"malformed timestamp '{literal}'") from None

    def _path(self) -> str:
        kind, text = self._next()
        if kind != "word":
            raise BadWhereError(f"malformed where clause near '{text}'")
        field = field_at(self._entity, text) if self._entity in (PERSON, *ENTITIES) else None
        if field is None and not self._leads_out(text):
            raise BadWhereError(f"Where clause '{text}' is not a valid field name")
        return text

    def _leads_out(self, path: str) -> bool:
        """Return True for a path into an entity that is not played, whose fields nobody knows here."""
        field = field_at(self._entity, path.rpartition(".")[0])
        return field is not None and field.is_reference and field.target not in (PERSON, *ENTITIES)

    def _literal(self) -> str | int | float | bool:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise BadWhereError(f"malformed where clause near '{text}'")

    def _list(self) -> list[Json]:
        self._expect("(")
        among: list[Json] = [self._literal()]
        while self._took(","):
            among.append(self._literal())
        self._expect(")")
        return among

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise BadWhereError("malformed where clause: unexpected end")
        return self._tokens.pop()

    def _took(self, text: str) -> bool:
        if self._tokens and self._tokens[-1][0] != "text" and self._tokens[-1][1].upper() == text:
            self._tokens.pop()
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._took(text):
            raise BadWhereError(f"malformed where clause: '{text}' expected")


def _comparison(sign: str, left: Operand, right: Operand) -> Test:
    compare = COMPARE[sign]

    def test(values_at: ValuesAt) -> bool:
        pairs = product(left(values_at), right(values_at))
        return any(_comparable(one, other) and compare(one, other) for one, other in pairs)

    return test


def _comparable(one: Json, other: Json) -> bool:
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (one, other))
    return numbers or (one is not None and type(one) is type(other) and isinstance(one, str | bool))


def _both(path: str, low: Json, high: Json, *, no: bool) -> Test:
    def between(value: Json) -> bool:
        return all(_comparable(value, end) for end in (low, high)) and low <= value <= high  # type: ignore[operator]

    return lambda values_at: any(between(value) for value in values_at(path)) is not no


def _like(pattern: str) -> re.Pattern[str]:
    return glob("".join({"%": "*", "_": "?"}.get(letter) or literal(letter) for letter in pattern))
