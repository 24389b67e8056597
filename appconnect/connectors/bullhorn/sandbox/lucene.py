"""Lucene's classic query syntax, as far as Bullhorn's search is known to use it: read, then match a record.

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
    """Not a query that Lucene reads."""


@dataclass(frozen=True)
class Token:
    """``kind`` is op, minus, range, phrase or word; escapes are still in ``text``."""

    kind: str
    text: str


def matcher(entity: str, query: str, *, exact_phones: bool = False) -> Matcher:
    """What tells whether a record of ``entity`` is found. Raises BadSearchError."""
    return _Reader(entity, list(_tokens(query)), exact_phones).whole()


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


class _Reader:
    """Recursive descent; AND binds closer than OR, clauses side by side are OR."""

    def __init__(self, entity: str, tokens: list[Token], exact_phones: bool) -> None:
        self._entity, self._tokens, self._exact = entity, tokens, exact_phones

    def whole(self) -> Matcher:
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
        """``a -b`` and ``a NOT b`` narrow the result without a word between."""
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
            return self._clause(_plain(token.text))
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
            return _phone(token.text if wild else _plain(token.text), wild, self._exact)
        if wild:
            return _wildcard(token.text, whole=index != "ANALYZED")
        text = _plain(token.text)
        if index == "ANALYZED":
            return _phrase(text)
        if index == "BOOLEAN":
            return lambda value: value is (text.casefold() in ("1", "true"))
        return lambda value: str(value).casefold() == text.casefold()


def _plain(text: str) -> str:
    """Without the escapes."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORDS.findall(text)]


def _phrase(text: str) -> Callable[[Json], bool]:
    wanted = _words(text)

    def contains(value: Json) -> bool:
        words, size = _words(str(value)), len(wanted)
        return bool(wanted) and any(words[i : i + size] == wanted for i in range(len(words)))

    return contains


def _wildcard(text: str, *, whole: bool) -> Callable[[Json], bool]:
    parts = re.findall(r"\\.|[*?]|[^*?\\]+", text.casefold(), re.DOTALL)
    pattern = re.compile(
        "".join({"*": ".*", "?": "."}.get(part) or re.escape(_plain(part)) for part in parts), re.DOTALL
    )
    if whole:
        return lambda value: bool(pattern.fullmatch(str(value).casefold()))
    return lambda value: any(pattern.fullmatch(word) for word in _words(str(value)))


def _phone(text: str, wild: bool, exact: bool) -> Callable[[Json], bool]:
    """Digits only; seven or more also match as the end of a longer number, ``D*`` and ``*D`` as they say."""
    figures = re.sub(r"\D", "", text)
    begin, end = wild and text.startswith("*"), wild and text.endswith("*")
    suffix = (begin or (not exact and len(figures) >= MIN_SUFFIX)) and not end

    def matches(value: Json) -> bool:
        stored = re.sub(r"\D", "", str(value))
        if not figures:
            return wild and bool(stored)
        if begin and end:
            return figures in stored
        if end:
            return stored.startswith(figures)
        return stored.endswith(figures) if suffix else stored == figures

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
