"""Conditions for Bullhorn's two ways of finding: Lucene for ``search``, JPQL for ``query``.

Whatever a person typed is one literal term: no word of it is an operator, a wildcard or another field.
https://bullhorn.github.io/rest-api-docs/#get-search, https://bullhorn.github.io/rest-api-docs/#get-query
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def literal(text: str) -> str:
    """Return a Lucene phrase; inside quotes only the quote and the backslash mean something."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def quoted(text: str) -> str:
    """Return a JPQL string; a quote is doubled (JPA 2.1, 4.6.1)."""
    return "'" + text.replace("'", "''") + "'"


def any_of(fields: Iterable[str], texts: Iterable[str]) -> str:
    """Ask that any field holds any text. Digits stay bare, which is known to work for phones."""
    terms = [text if text.isascii() and text.isdigit() else literal(text) for text in texts]
    return " OR ".join(f"{field}:{term}" for field in fields for term in terms)


def named(text: str, first: str, last: str) -> str:
    """Ask that a name is the text, or that first and last are; ``name`` may be empty in Bullhorn."""
    query = any_phrase(("name", "firstName", "lastName"), text)
    if first and last:
        query += f" OR (firstName:{literal(first)} AND lastName:{literal(last)})"
    return query


def any_phrase(fields: Iterable[str], text: str) -> str:
    """Ask that any of the fields holds the text."""
    return " OR ".join(f"{field}:{literal(text)}" for field in fields)


def only(query: str, condition: str) -> str:
    """Narrow a query; the parentheses keep its OR from reaching over the condition."""
    return f"({query}) AND {condition}"
