"""Lucene's classic query syntax, as far as Bullhorn is known to use it: parsed into a test of records.

https://lucene.apache.org/core/4_10_4/queryparser/org/apache/lucene/queryparser/classic/package-summary.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES
from appconnect.sandbox.base import Json

Record = Mapping[str, Json]
Matcher = Callable[[Record], bool]

TOKEN = re.compile(
    r"""\s*(?:
      (?P<op>&&|\|\||[()+!:])
    | (?P<minus>-)
    | (?P<range>[\[{] [^\]}]* [\]}])
    | "(?P<phrase>(?:[^"\\]|\\.)*)"
    | (?P<word>(?:[^\s"()\[\]{}:\\^~+!&|-]|\\.|(?<=[^\s(:])[-+!&|])+) (?:[~^][\d.]*)?
    )""",
    re.VERBOSE | re.DOTALL,
)
WORDS = re.compile(r"[\w']+")
MIN_SUFFIX = 7


class BadSearchError(Exception):
    """Raised for a query that Lucene cannot parse."""


@dataclass(frozen=True)
class Token:
    """A token; ``kind`` is op, minus, range, phrase or word, ``text`` still has its escapes."""

    kind: str
    text: str


def parse_query(entity: str, query: str, *, exact_phones: bool = False) -> Matcher:
    """Return the test that records of ``entity`` must pass. Raises BadSearchError."""
    return _Parser(entity, list(_tokens(query)), exact_phones).parse()


def _tokens(query: str) -> Iterator[Token]:
    at, end = 0, len(query.rstrip())
    while at < end:
        found = TOKEN.match(query, at)
        if found is None or found.lastgroup is None:
            raise BadSearchError(f"Cannot parse '{query}' at column {at}.")
        kind, text = found.lastgroup, found[found.lastgroup]
        if kind == "word" and text in ("AND", "OR", "NOT"):
            kind = "op"
        yield Token(kind, text)
        at = found.end()


class _Parser:
    """A recursive-descent parser; AND binds closer than OR, clauses side by side are OR."""

    def __init__(self, entity: str, tokens: list[Token], exact_phones: bool) -> None:
        self._entity, self._tokens, self._exact = entity, tokens, exact_phones

    def parse(self) -> Matcher:
        found = self._any("name")
        if self._tokens:
            raise BadSearchError(f"Unexpected '{self._tokens[0].text}'.")
        return found

    def _any(self, field: str) -> Matcher:
        clauses = [self._all(field)]
        while self._tokens and self._tokens[0] != Token("op", ")"):
            self._take("OR", "||")
            clauses.append(self._all(field))
        return lambda record: any(clause(record) for clause in clauses)

    def _all(self, field: str) -> Matcher:
        clauses = [self._not(field)]
        while self._take("AND", "&&") or self._negated_next():
            clauses.append(self._not(field))
        return lambda record: all(clause(record) for clause in clauses)

    def _negated_next(self) -> bool:
        """Return True before a ``-b`` or ``NOT b``, which narrows the result without an AND."""
        return bool(self._tokens) and self._tokens[0].text in ("-", "!", "NOT", "+") and self._is_op()

    def _is_op(self) -> bool:
        return self._tokens[0].kind in ("op", "minus")

    def _not(self, field: str) -> Matcher:
        if self._take("NOT", "!", "-"):
            inner = self._not(field)
            return lambda record: not inner(record)
        self._take("+")
        return self._clause(field)

    def _clause(self, field: str) -> Matcher:
        if self._take("("):
            inner = self._any(field)
            if not self._take(")"):
                raise BadSearchError("A parenthesis is not closed.")
            return inner
        if not self._tokens or self._is_op():
            raise BadSearchError("A term is missing.")
        token = self._tokens.pop(0)
        if token.kind == "word" and self._take(":"):
            return self._clause(_unescaped(token.text))
        return self._term(field, token)

    def _take(self, *texts: str) -> bool:
        if self._tokens and self._is_op() and self._tokens[0].text in texts:
            self._tokens.pop(0)
            return True
        return False

    def _term(self, name: str, token: Token) -> Matcher:
        field = ENTITIES[self._entity].get(name)
        index = field.index if field else "STRING"
        test = _range(token.text) if token.kind == "range" else self._tests(index, token)
        # a wrong path finds nothing and says nothing
        return lambda record: record.get(name) is not None and test(record[name])

    def _tests(self, index: str, token: Token) -> Callable[[Json], bool]:
        wild = token.kind == "word" and bool(re.search(r"(?<!\\)[*?]", token.text))
        if index == "PHONE":
            return _phone(token.text if wild else _unescaped(token.text), wild, self._exact)
        if wild:
            return _wildcard(token.text, entire=index != "ANALYZED")
        text = _unescaped(token.text)
        if index == "ANALYZED":
            return _phrase(text)
        if index == "BOOLEAN":
            return lambda value: value is (text.casefold() in ("1", "true"))
        return lambda value: str(value).casefold() == text.casefold()


def _unescaped(text: str) -> str:
    """Return the text without its escapes."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORDS.findall(text)]


def _phrase(text: str) -> Callable[[Json], bool]:
    wanted = _words(text)

    def contains(value: Json) -> bool:
        words, size = _words(str(value)), len(wanted)
        return bool(wanted) and any(words[i : i + size] == wanted for i in range(len(words)))

    return contains


def _wildcard(text: str, *, entire: bool) -> Callable[[Json], bool]:
    parts = re.findall(r"\\.|[*?]|[^*?\\]+", text.casefold(), re.DOTALL)
    pattern = re.compile(
        "".join({"*": ".*", "?": "."}.get(part) or re.escape(_unescaped(part)) for part in parts), re.DOTALL
    )
    if entire:
        return lambda value: bool(pattern.fullmatch(str(value).casefold()))
    return lambda value: any(pattern.fullmatch(word) for word in _words(str(value)))


def _phone(text: str, wild: bool, exact: bool) -> Callable[[Json], bool]:
    """Return a test of phones by digits; seven or more also match the end of a longer number."""
    digits = re.sub(r"\D", "", text)
    begin, end = wild and text.startswith("*"), wild and text.endswith("*")
    suffix = (begin or (not exact and len(digits) >= MIN_SUFFIX)) and not end

    def matches(value: Json) -> bool:
        stored = re.sub(r"\D", "", str(value))
        if not digits:
            return wild and bool(stored)
        if begin and end:
            return digits in stored
        if end:
            return stored.startswith(digits)
        return stored.endswith(digits) if suffix else stored == digits

    return matches


def _range(text: str) -> Callable[[Json], bool]:
    low, to, high = (part.strip() for part in text[1:-1].partition(" TO "))
    if not to:
        raise BadSearchError(f"'{text}' is not a range.")

    def inside(value: Json) -> bool:
        if not isinstance(value, int):
            return False
        stamp = datetime.fromtimestamp(value / 1000, UTC).strftime("%Y%m%d%H%M%S")
        return (low == "*" or low <= stamp) and (high == "*" or stamp <= high)

    return inside
