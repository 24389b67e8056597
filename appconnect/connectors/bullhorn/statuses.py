"""The statuses that a company has set up for each entity.

https://bullhorn.github.io/rest-api-docs/#get-meta
"""

from __future__ import annotations

import logging
from typing import Final

from appconnect.connector import Cache
from appconnect.connectors.bullhorn.schemas import Meta
from appconnect.errors import CrmError, SessionExpired
from appconnect.http import CrmClient, decode

A_DAY: Final = 24 * 60 * 60.0
log = logging.getLogger(__name__)


async def statuses_of(crm: CrmClient, cache: Cache, entity: str) -> dict[str, str]:
    """Value → label, remembered for a day; empty where any text goes or they cannot be read."""
    key = f"statuses of {entity}"
    kept = cache.get(key)
    if kept is not None:
        return decode(dict[str, str], kept, "the cache")
    try:
        meta = await crm.read(Meta, f"/meta/{entity}", fields="status", meta="basic")
    except SessionExpired:
        raise
    except CrmError as error:  # a contact can be made without
        log.warning("The statuses of a Bullhorn %s cannot be read: %s", entity, error)
        return {}
    options = next((field.options for field in meta.fields if field.name == "status"), None)
    statuses = {option.value: option.label or option.value for option in options or []}
    cache.put(key, dict(statuses), A_DAY)
    return statuses
