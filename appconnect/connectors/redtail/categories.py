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
from appconnect.operation_warnings import warn

DEFAULT_NAME: Final = "General Information"
DEFAULT_ID: Final = "2"
"""Its id in the documentation's examples; ids vary from database to database."""


SETTING: Final = "defaultCategory"


async def category_options(redtail: Connector) -> dict[str, list[Choice]]:
    """Return the categories to choose from; none when they cannot be read."""
    return {"category": await _categories(redtail)}


async def category_id(redtail: Connector, chosen: str) -> int:
    """Return the category chosen, or the setting's, or "General Information", or the nearest thing to it."""
    if chosen:
        return parse_id(chosen, "category")
    default = redtail.account.setting(SETTING)
    default = "" if default == "none" else default
    categories = await _categories(redtail, default)
    if found := _meant(default, categories):
        return int(found[0])
    if default:
        _tell_unknown(default, categories)
    named = [choice.const for choice in categories if choice.title == DEFAULT_NAME]
    usual = [choice.const for choice in categories if choice.const == DEFAULT_ID]
    return int([*named, *usual, *(choice.const for choice in categories), DEFAULT_ID][0])


async def _categories(redtail: Connector, wanted: str = "") -> list[Choice]:
    """Return the list, read again when that of today lacks what is wanted."""
    categories = redtail.remembered(
        "categories",
        lambda: _read(redtail),
        into=list[Choice],
        enough=lambda known: not wanted or bool(_meant(wanted, known)),
    )
    return await or_default(categories, [], missing="the categories")


def _meant(wanted: str, categories: list[Choice]) -> list[str]:
    """Return the ids of the categories with that id or name. Without a list an id is believed."""
    if not categories:
        return [wanted] if wanted.isdecimal() and wanted.isascii() else []
    folded = wanted.casefold()
    return [each.const for each in categories if folded in (each.const, each.title.casefold())]


def _tell_unknown(wanted: str, categories: list[Choice]) -> None:
    names = ", ".join(f"{each.const} ({each.title})" for each in categories) or "none that can be read"
    warn(
        f"{SETTING} is {wanted!r}, which is none of Redtail's categories, so it was left out. "
        f"There are: {names}."
    )


async def _read(redtail: Connector) -> list[Choice]:
    """Return the categories in use."""
    categories = redtail.crm.rows("/lists/categories", by_page_number, into=Category, at="categories")
    return [
        Choice(const=str(each.id), title=each.label or str(each.id))
        async for each in categories
        if not each.deleted
    ]
