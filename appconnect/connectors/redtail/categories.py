"""What logs and contacts are filed under: each database has categories of its own.

https://documenter.getpostman.com/view/7873823/SVzxXyzn (Lists)
"""

from __future__ import annotations

import logging
from typing import Final

from appconnect.connector import Cache
from appconnect.connectors.redtail.payloads import parse_id
from appconnect.connectors.redtail.schemas import Categories
from appconnect.errors import CrmError
from appconnect.http import CrmClient, decode
from appconnect.http.paging import by_page_number
from appconnect.models import Choice

log = logging.getLogger(__name__)

A_DAY: Final = 24 * 60 * 60.0
CACHE_KEY: Final = "categories"
DEFAULT_NAME: Final = "General Information"
DEFAULT_ID: Final = "2"
"""Its id in the documentation's examples; ids vary from database to database."""


async def offer(crm: CrmClient, cache: Cache) -> dict[str, list[Choice]]:
    """The categories to choose from; none when they cannot be read, for a contact is a contact without."""
    try:
        return {"category": await _categories(crm, cache)}
    except CrmError as error:
        log.warning("Redtail's categories cannot be read: %s", error)
        return {"category": []}


async def category_id(crm: CrmClient, cache: Cache, chosen: str) -> int:
    """The category that was chosen, or "General Information", or the nearest thing to it."""
    if chosen:
        return parse_id(chosen, "category")
    known = (await offer(crm, cache))["category"]
    named = [choice.const for choice in known if choice.title == DEFAULT_NAME]
    usual = [choice.const for choice in known if choice.const == DEFAULT_ID]
    return int([*named, *usual, *(choice.const for choice in known), DEFAULT_ID][0])


async def _categories(crm: CrmClient, cache: Cache) -> list[Choice]:
    """The categories in use, remembered for a day."""
    kept = cache.get(CACHE_KEY)
    if kept is not None:
        return decode(list[Choice], kept, "the cache")
    choices = [
        Choice(const=str(category.id), title=category.label or str(category.id))
        async for page in crm.pages("/lists/categories", by_page_number)
        for category in decode(Categories, page, "GET /lists/categories").categories
        if not category.deleted
    ]
    cache.put(CACHE_KEY, [choice.to_wire() for choice in choices], A_DAY)
    return choices
