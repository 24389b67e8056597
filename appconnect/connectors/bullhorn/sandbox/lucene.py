"""Lucene's classic query syntax: parsed into a query that records pass or not.

As in Lucene, clauses side by side are alternatives, AND makes both neighbours necessary, and a query of
nothing but NOT finds nothing. A clause that lost its colon, "id[0 TO 9]", finds everything, as seen live.
https://lucene.apache.org/core/4_10_4/queryparser/org/apache/lucene/queryparser/classic/package-summary.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from appconnect.connectors.bullhorn.sandbox.schema import FOUND_BY, has, index_of, index_type, phones_of
from appconnect.connectors.bullhorn.sandbox.terms import (
    BadSearchError,
    Range,
    Term,
    Test,
    hint_for,
    test_for,
    unescaped,
)
from appconnect.sandbox.base import Json

__all__ = ["BadSearchError", "Query", "parse_query"]

ValuesAt = Callable[[str], Sequence[Json]]
"""Returns the values at a dotted path of a record: none, one, or those of a list."""

TOKEN = re.compile(
    r"""\s*(?:
      (?P<op>&&|\|\||[()+!:])
    | (?P<minus>-)
    | (?P<suffix>[~^]\d*(?:\.\d+)?)
    | (?P<range>[\[{] [^\]}]* [\]}])
    | "(?P<phrase>(?:[^"\\]|\\.)*)"
    | (?P<word>(?:[^\s"()\[\]{}:\\^~+!&|-]|\\.|(?<=[^\s(:])[-+!&|])+)
    )""",
    re.VERBOSE | re.DOTALL,
)
ALIASES: Mapping[tuple[str, str], str] = {
    ("Note", "noteID"): "id",
    ("Note", "userID"): "personReference.id",
    ("Note", "commentingUserID"): "commentingPerson.id",
    ("Note", "commentingPerson"): "commentingPerson.name",
    ("Note", "candidateUserID"): "candidates.id",
    ("Note", "clientContactUserID"): "clientContacts.id",
    ("Note", "corporateUserID"): "corporateUsers.id",
    ("Note", "jobOrderID"): "jobOrders.id",
    ("Note", "placementID"): "placements.id",
    ("Note", "entities.noteEntityID"): "entities.id",
    ("Note", "entities.targetEntity"): "entities.targetEntityID",
}
"""Names of the index that are no path of the entity."""


@dataclass(frozen=True)
class Query:
    """A parsed query.

    Every record that passes holds all texts of one of the ``hints``; None where nothing can be said.
    """

    passes: Callable[[ValuesAt], bool]
    hints: frozenset[tuple[str, ...]] | None = None

    def __call__(self, record: Mapping[str, Json]) -> bool:
        """Return True if a record without references passes."""
        return self.passes(lambda path: [record[path]] if record.get(path) is not None else [])


@dataclass(frozen=True)
class Clause:
    """A part of a query, and whether it must (True), must not (False) or may (None) be passed."""

    query: Query
    must: bool | None


def parse_query(entity: str, query: str, *, exact_phones: bool) -> Query:
    """Return the query that records of ``entity`` must pass. Raises BadSearchError."""
    try:
        return _Parser(entity, list(_tokens(query)), exact_phones).parse()
    except RecursionError:
        raise BadSearchError("The query is nested too deeply.") from None


@dataclass(frozen=True)
class Token:
    """A token; ``kind`` is op, minus, suffix, range, phrase or word, ``text`` still has its escapes."""

    kind: str
    text: str


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
    """A recursive-descent parser of Lucene's grammar."""

    def __init__(self, entity: str, tokens: list[Token], exact_phones: bool) -> None:
        self._entity, self._tokens, self._exact = entity, tokens[::-1], exact_phones
        self._default = next((name for name in ("name", "title", "subject") if has(entity, name)), "comments")

    def parse(self) -> Query:
        found = self._clauses(None)
        if self._tokens:
            raise BadSearchError(f"Unexpected '{self._tokens[-1].text}'.")
        return found

    def _clauses(self, field: str | None) -> Query:
        clauses = [self._clause(field)]
        while self._tokens and self._tokens[-1] != Token("op", ")"):
            both = self._take("AND", "&&")
            if not both:
                self._take("OR", "||")
            if both and clauses[-1].must is None:
                clauses[-1] = Clause(clauses[-1].query, True)
            clauses.append(self._clause(field, after_and=both))
        return _joined(clauses)

    def _clause(self, field: str | None, *, after_and: bool = False) -> Clause:
        if self._take("NOT", "!", "-"):
            return Clause(self._part(field), False)
        must = True if self._take("+") or after_and else None
        return Clause(self._part(field), must)

    def _part(self, field: str | None) -> Query:
        if self._take("("):
            inner = self._clauses(field)
            if not self._take(")"):
                raise BadSearchError("A parenthesis is not closed.")
            self._suffix()
            return inner
        if not self._tokens or self._is_op():
            raise BadSearchError("A term is missing.")
        token = self._tokens.pop()
        if token.kind == "word" and self._take(":"):
            return self._of_field(unescaped(token.text))
        if field is None and token.kind == "word" and self._tokens and self._tokens[-1].kind == "range":
            self._tokens.pop()
            return Query(lambda _: True)
        return self._term(field, token)

    def _of_field(self, name: str) -> Query:
        everything = self._tokens and self._tokens[-1] == Token("word", "*")
        if name == "*" and everything:
            self._tokens.pop()
            return Query(lambda _: True)
        return self._part(name)

    def _take(self, *texts: str) -> bool:
        if self._tokens and self._is_op() and self._tokens[-1].text in texts:
            self._tokens.pop()
            return True
        return False

    def _is_op(self) -> bool:
        return self._tokens[-1].kind in ("op", "minus")

    def _suffix(self) -> tuple[str, float]:
        """Return the number behind ``~``; a boost changes no result."""
        fuzzy, distance = "", 0.0
        while self._tokens and self._tokens[-1].kind == "suffix":
            text = self._tokens.pop().text
            if text[0] == "~":
                fuzzy, distance = "~", float(text[1:] or 2)
            elif len(text) == 1:
                raise BadSearchError("A boost needs a number.")
        return fuzzy, distance

    def _term(self, field: str | None, token: Token) -> Query:
        if token.kind == "suffix":
            raise BadSearchError(f"Unexpected '{token.text}'.")
        if field is None and token == Token("word", "*"):
            return Query(lambda _: True)
        name = field or self._default
        fuzzy, distance = self._suffix()
        known = index_of(self._entity).get(name)
        type_ = known.type if known else index_type(self._entity, name)
        if token.kind == "range":
            return _of_values(self._path(name), Range.parse(token.text).test(type_))
        term = Term(token.text, is_phrase=token.kind == "phrase", distance=distance if fuzzy else None)
        test = test_for(type_, term, exact_phones=self._exact)
        path = self._path(name)
        is_indexed = path in FOUND_BY or path in phones_of(self._entity)
        return _of_values(path, test, hint_for(type_, term) if is_indexed else ())

    def _path(self, name: str) -> str:
        path = ALIASES.get((self._entity, name), name.removesuffix("_REVERSED"))
        return path.replace("ddress.country.id", "ddress.countryID").replace(
            "ddress.country.name", "ddress.countryName"
        )


def _of_values(path: str, test: Test, hint: tuple[str, ...] = ()) -> Query:
    """Return the query for a value at a path; a wrong path finds nothing and says nothing."""
    hints = frozenset((hint,)) if hint else None
    return Query(lambda values_at: any(test(value) for value in values_at(path)), hints)


def _joined(clauses: Sequence[Clause]) -> Query:
    must = [clause.query for clause in clauses if clause.must]
    never = [clause.query for clause in clauses if clause.must is False]
    may = [clause.query for clause in clauses if clause.must is None]

    def passes(values_at: ValuesAt) -> bool:
        if any(query.passes(values_at) for query in never):
            return False
        if must:
            return all(query.passes(values_at) for query in must)
        return any(query.passes(values_at) for query in may)

    return Query(passes, _hints(must, may))


def _hints(must: Sequence[Query], may: Sequence[Query]) -> frozenset[tuple[str, ...]] | None:
    """Return what a necessary part says, else what all alternatives say together."""
    known = [query.hints for query in must if query.hints is not None]
    if single := [hint for hints in known if len(hints) == 1 for hint in hints]:
        return frozenset(((*dict.fromkeys(text for hint in single for text in hint),),))
    if must:
        return min(known, key=len, default=None)
    hints = [query.hints for query in may]
    if not hints or any(each is None for each in hints):
        return None
    return frozenset(hint for each in hints if each is not None for hint in each)
