"""Writes of records of any entity: https://bullhorn.github.io/rest-api-docs/#entity."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from appconnect.http import CrmClient, change, write
from appconnect.http.writes import Sign
from appconnect.models import JsonObject


async def create(crm: CrmClient, entity: str, fields: JsonObject) -> str:
    """Create a record and return its id."""
    return await write(crm, "PUT", f"/entity/{entity}", fields, sign=_changed(entity, "INSERT"))


async def set_fields(crm: CrmClient, entity: str, number: int, fields: JsonObject) -> None:
    """Set fields of a record; doing it twice changes nothing."""
    path = f"/entity/{entity}/{number}"

    async def read() -> JsonValue:
        return (await crm.send("GET", path, params={"fields": ",".join(["id", *fields])})).at("data")

    await change(crm, "POST", path, fields, sign=_changed(entity, "UPDATE"), of=number, read=read)


def _changed(entity: str, how: Literal["INSERT", "UPDATE"]) -> Sign:
    """Return the sign of a write: the id of its record, and what was done.

    The documentation's examples leave the entity out; real answers name it.
    """
    return Sign(id_at="changedEntityId", says={"changedEntityType": entity, "changeType": how})
