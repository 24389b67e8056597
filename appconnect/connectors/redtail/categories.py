"""The categories that logs and contacts are filed under: each database has its own.

https://documenter.getpostman.com/view/7873823/SVzxXyzn (Lists)
"""

from __future__ import annotations

from typing import Final

from appconnect.connector import Connector
from appconnect.connectors.redtail.payloads import parse_id
from appconnect.connectors.redtail.schemas import Category
from appconnect.http import or_default
from appconnect.http.paging import by_page_number
from appconnect.models import Choice

DEFAULT_NAME: Final = "General Information"
DEFAULT_ID: Final = "2"
"""Its id in the documentation's examples; ids vary from database to database."""


async def category_options(redtail: Connector) -> dict[str, list[Choice]]:
    """Return the categories to choose from; none when they cannot be read."""
    categories = redtail.remembered("categories", lambda: _read(redtail), into=list[Choice])
    return {"category": await or_default(categories, [], warn="Redtail's categories cannot be read")}


async def category_id(redtail: Connector, chosen: str) -> int:
    """Return the category that was chosen, or "General Information", or the nearest thing to it."""
    if chosen:
        return parse_id(chosen, "category")
    categories = (await category_options(redtail))["category"]
    named = [choice.const for choice in categories if choice.title == DEFAULT_NAME]
    usual = [choice.const for choice in categories if choice.const == DEFAULT_ID]
    return int([*named, *usual, *(choice.const for choice in categories), DEFAULT_ID][0])


async def _read(redtail: Connector) -> list[Choice]:
    """Return the categories in use."""
    categories = redtail.crm.rows("/lists/categories", by_page_number, into=Category, at="categories")
    return [
        Choice(const=str(each.id), title=each.label or str(each.id))
        async for each in categories
        if not each.deleted
    ]
