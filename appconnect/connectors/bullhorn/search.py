"""Searching candidates, contacts and leads together, all pages of each.

https://bullhorn.github.io/rest-api-docs/#get-search
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote

from appconnect.connectors.bullhorn.kinds import KINDS, Kind
from appconnect.connectors.bullhorn.queries import any_of, named, only
from appconnect.connectors.bullhorn.schemas import Person
from appconnect.errors import CrmError, Forbidden, Rejected
from appconnect.hits import asked, leave_out
from appconnect.http import CrmClient
from appconnect.http.paging import by_offset
from appconnect.operation_warnings import not_searched
from appconnect.text.person_names import split_name

T = TypeVar("T")
MAX_ROWS = 500
MAX_IN_ADDRESS = 7500
"""Longer queries go by POST, as Bullhorn asks."""
NOBODY: Final = "This Bullhorn user may see neither candidates nor contacts nor leads."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Search:
    """What all entities are asked: texts, each looked for in several fields, all in one query."""

    texts: tuple[str, ...]
    query: Callable[[Kind], str]
    fields: Callable[[Kind], tuple[str, ...]]

    @classmethod
    def by_number(cls, forms: Iterable[str]) -> Search:
        """Look for a number, in any of its forms, in all phone fields."""
        texts = tuple(forms)
        return cls(texts, lambda kind: any_of(kind.phones, texts), lambda kind: kind.phones)

    @classmethod
    def by_name(cls, text: str) -> Search:
        """Look for a name as one phrase, and as first name and surname."""
        query = named(text, *split_name(text))
        return cls((text,), lambda kind: query, lambda kind: ("name", "firstName", "lastName"))


EVERYBODY: Final = Search((), lambda kind: "isDeleted:0", lambda kind: ())


async def find(crm: CrmClient, search: Search) -> list[tuple[Kind, Person]]:
    """Return the hits of all entities, each person once."""
    return await find_as(crm, search, lambda kind, hit: (kind, hit))


async def find_as(crm: CrmClient, search: Search, keep: Callable[[Kind, Person], T]) -> list[T]:
    """Return what is to be kept of the hits of all entities, each person once.

    One that the user may not see, or that refuses to be searched, is left out and told. Raises Forbidden, or
    what Bullhorn refused, when nothing can be searched.
    """
    lists = await crm.gather(_hits(crm, kind, search, keep) for kind in KINDS)
    errors = [hits for hits in lists if isinstance(hits, CrmError)]
    hidden = [kind for kind, hits in zip(KINDS, lists, strict=True) if isinstance(hits, Forbidden)]
    refusals = [(kind, hits) for kind, hits in zip(KINDS, lists, strict=True) if isinstance(hits, Rejected)]
    if len(errors) == len(lists):
        raise next((error for _, error in refusals), errors[0])
    for kind in hidden:
        why = f"Bullhorn does not let this user search its {kind.entity} records."
        not_searched(kind.type, why, is_lasting=True)
    for kind, error in refusals:
        why = error.crm_message or error.message
        not_searched(kind.type, f"Bullhorn did not search its {kind.entity} records: {why}")
    found: dict[int, T] = {}
    for hits in lists:
        found |= {} if isinstance(hits, CrmError) else hits
    return list(found.values())


async def _hits(
    crm: CrmClient, kind: Kind, search: Search, keep: Callable[[Kind, Person], T]
) -> dict[int, T] | CrmError:
    """Return all hits in one entity, asked without the fields that it refuses; or why there are none."""
    while True:
        try:
            return await _read(crm, kind, search, keep)
        except Forbidden:
            return Forbidden(NOBODY, status=403)
        except Rejected as error:
            refused = _named(kind, error.crm_message) or _bare(kind.more)
            if not refused or not (fewer := kind.without(refused)).phones:
                return error
            if lost := sorted(set(kind.phones) - set(fewer.phones)):
                what = f"{', '.join(lost)} of its {kind.entity} records"
                not_searched(kind.type, f"Bullhorn did not search {what}.")
            log.info("%s is searched without %s: %s", kind.entity, refused, error)
            kind = fewer


async def _read(
    crm: CrmClient, kind: Kind, search: Search, keep: Callable[[Kind, Person], T]
) -> dict[int, T]:
    query = only(search.query(kind), kind.alive)
    long = len(quote(query)) > MAX_IN_ADDRESS
    rows = crm.rows(
        f"/search/{kind.entity}", by_offset("start", "count", "data"), into=Person,
        body={"query": query} if long else None, query=None if long else query,
        fields=kind.fields, sort="-dateAdded", count=MAX_ROWS, start=0,
    )  # fmt: skip
    if search.texts:
        rows = asked(rows, search.texts, lambda hit: hit.label, fields=search.fields(kind), kind=kind.entity)
    return {hit.id: keep(kind, hit) async for hit in rows if not _is_gone(hit)}


def _is_gone(hit: Person) -> bool:
    if hit.error is not None:
        leave_out(hit.label, "It is in Bullhorn's search index, but no longer in its database.")
    return hit.error is not None


def _named(kind: Kind, message: str) -> list[str]:
    """Return the fields of a kind that a message names."""
    fields = _bare((*kind.names, *kind.phones, *kind.more))
    return [field for field in fields if field != "name" and re.search(rf"\b{field}\b", message)]


def _bare(fields: Iterable[str]) -> list[str]:
    """Return the names of fields without what is asked of the records in them."""
    return [field.partition("(")[0] for field in fields]
