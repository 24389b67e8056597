"""Searching candidates, contacts and leads together, all pages of each.

https://bullhorn.github.io/rest-api-docs/#get-search
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from appconnect.connectors.bullhorn.kinds import Kind
from appconnect.connectors.bullhorn.queries import only
from appconnect.connectors.bullhorn.schemas import Person
from appconnect.errors import Forbidden
from appconnect.http import CrmClient
from appconnect.http.paging import by_offset

MAX_ROWS = 500
MAX_IN_ADDRESS = 7500
"""Longer queries go by POST, as Bullhorn asks."""


async def find(crm: CrmClient, queries: Mapping[Kind, str]) -> list[tuple[Kind, Person]]:
    """Return the hits of all entities, each person once. Forbidden when the user may see none of them."""
    lists = await crm.gather(_hits(crm, kind, query) for kind, query in queries.items())
    if all(hits is None for hits in lists):
        raise Forbidden("This Bullhorn user may see neither candidates nor contacts nor leads.", status=403)
    found = {hit.id: (kind, hit) for kind, hits in zip(queries, lists, strict=True) for hit in hits or []}
    return list(found.values())


async def _hits(crm: CrmClient, kind: Kind, query: str) -> list[Person] | None:
    """Return all hits in one entity; None when this user may not see it at all."""
    query = only(query, kind.alive)
    long = len(quote(query)) > MAX_IN_ADDRESS
    rows = crm.rows(
        f"/search/{kind.entity}", by_offset("start", "count", "data"), into=Person,
        body={"query": query} if long else None, query=None if long else query,
        fields=kind.fields, sort="-dateAdded", count=MAX_ROWS, start=0,
    )  # fmt: skip
    try:
        return [hit async for hit in rows if hit.error is None]
    except Forbidden:
        return None
