"""The company that a new contact belongs to: Bullhorn wants one, and a phone call does not name any."""

from __future__ import annotations

from typing import Final

from appconnect.connector import Cache
from appconnect.connectors.bullhorn.queries import quoted
from appconnect.connectors.bullhorn.schemas import Changed, Company, Many
from appconnect.connectors.bullhorn.statuses import statuses_of
from appconnect.http import CrmClient, decode
from appconnect.http.paging import by_offset
from appconnect.models import JsonObject

A_DAY: Final = 24 * 60 * 60.0
CACHE_KEY: Final = "placeholderCompany"
PLACEHOLDER: Final = "RingCentral_CRM_Extension_Placeholder_Company"
"""The name that App Connect's own server uses, so that both share one company."""
BEST_STATUS: Final = "Active"


async def placeholder_company(crm: CrmClient, cache: Cache) -> int:
    """The id of the company that stands for an unknown one: found or made once, and remembered."""
    kept = cache.get(CACHE_KEY)
    if isinstance(kept, int):
        return kept
    found = await _found(crm)
    company = min(found) if found else await _made(crm, cache)
    cache.put(CACHE_KEY, company, A_DAY)
    return company


async def _found(crm: CrmClient) -> list[int]:
    """Asked of the database (query), for the search index learns of a new company only after a while."""
    pages = crm.pages(
        "/query/ClientCorporation", by_offset("start", "count", "data"),
        where=f"name={quoted(PLACEHOLDER)}", fields="id,name", count=500, start=0,
    )  # fmt: skip
    return [
        company.id
        async for page in pages
        for company in decode(Many[Company], page, "GET /query/ClientCorporation").data
        if company.name == PLACEHOLDER
    ]


async def _made(crm: CrmClient, cache: Cache) -> int:
    statuses = await statuses_of(crm, cache, "ClientCorporation")
    status = BEST_STATUS if BEST_STATUS in statuses else next(iter(statuses), None)
    body: JsonObject = {"name": PLACEHOLDER, **({"status": status} if status else {})}
    made = await crm.put("/entity/ClientCorporation", body)
    return decode(Changed, made, "PUT /entity/ClientCorporation").changed_entity_id
