"""The needs of a new contact: statuses to choose from, and a company, which a phone call does not name.

https://bullhorn.github.io/rest-api-docs/#get-meta
"""

from __future__ import annotations

from typing import Final

from appconnect.connector import Connector
from appconnect.connectors.bullhorn.entities import create
from appconnect.connectors.bullhorn.queries import quoted
from appconnect.connectors.bullhorn.schemas import Company, Meta
from appconnect.http import or_default
from appconnect.http.paging import by_offset
from appconnect.models import JsonObject

PLACEHOLDER: Final = "RingCentral_CRM_Extension_Placeholder_Company"
"""The name that App Connect's own server uses, so that both share one company."""
BEST_STATUS: Final = "Active"


async def statuses_of(bullhorn: Connector, entity: str) -> dict[str, str]:
    """Return value → label of an entity's statuses; empty where any text goes or they cannot be read."""

    async def read() -> dict[str, str]:
        meta = await bullhorn.crm.get(f"/meta/{entity}", into=Meta, fields="status", meta="basic")
        options = next((field.options for field in meta.fields if field.name == "status"), None)
        return {option.value: option.label or option.value for option in options or []}

    statuses = bullhorn.remembered(f"statuses of {entity}", read, into=dict[str, str])
    return await or_default(statuses, {}, missing=f"the statuses of a {entity}")


async def placeholder_company(bullhorn: Connector) -> int:
    """Return the id of the company that stands for an unknown one: found, or made where there is none."""

    async def find_or_make() -> int:
        found = await _companies(bullhorn)
        return min(found) if found else await _made(bullhorn)

    return await bullhorn.remembered("placeholderCompany", find_or_make, into=int)


async def _companies(bullhorn: Connector) -> list[int]:
    """Ask the database (query), for the search index learns of a new company only after a while."""
    rows = bullhorn.crm.rows(
        "/query/ClientCorporation", by_offset("start", "count", "data"), into=Company,
        where=f"name={quoted(PLACEHOLDER)}", fields="id,name", count=500, start=0,
    )  # fmt: skip
    return [company.id async for company in rows if company.id and company.name == PLACEHOLDER]


async def _made(bullhorn: Connector) -> int:
    statuses = await statuses_of(bullhorn, "ClientCorporation")
    status = BEST_STATUS if BEST_STATUS in statuses else next(iter(statuses), None)
    body: JsonObject = {"name": PLACEHOLDER, **({"status": status} if status else {})}
    return int(await create(bullhorn.crm, "ClientCorporation", body))
