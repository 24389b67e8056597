"""Where the Pipedrive sandbox holds people: persons have a list of phones, the first is the primary one."""

from __future__ import annotations

from appconnect.connectors.pipedrive.sandbox.database import entry, objects, split_name
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.people_tables import PeopleTable


def _read(row: JsonObject) -> tuple[str, str]:
    first = next(iter(objects(row["phones"])), {})
    return str(row["name"]), str(first.get("value") or "")


def _write(row: JsonObject, name: str, phone: str) -> JsonObject:
    old = objects(row["phones"])
    first: list[Json] = [{**(old[0] if old else entry("")), "value": phone}] if phone else []
    return {"name": name, **split_name(name), "phones": [*first, *old[1:]]}


PEOPLE = (PeopleTable("persons", _read, _write),)
