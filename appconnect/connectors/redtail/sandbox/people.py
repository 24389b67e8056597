"""Where the Redtail sandbox holds people: contacts have a list of phones, with the country code apart."""

from __future__ import annotations

from appconnect.connectors.redtail.sandbox.database import split_phone
from appconnect.connectors.redtail.sandbox.rules import rows
from appconnect.connectors.redtail.sandbox.schema import blank
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.people_tables import PeopleTable


def _read(row: JsonObject) -> tuple[str, str]:
    phones = rows(row, "phones")
    phone = f"+{phones[0]['country_code'] or 1} {phones[0]['number']}" if phones else ""
    return str(row["full_name"] or ""), phone


def _write(row: JsonObject, name: str, phone: str) -> JsonObject:
    first, _, last = name.partition(" ")
    old = rows(row, "phones")
    mine = old[0] if old else {**blank("Phone"), "id": row["id"]}
    changed: list[Json] = [{**mine, **split_phone(phone)}] if phone else []
    return {
        "first_name": first, "last_name": last or None, "full_name": name, "phones": [*changed, *old[1:]],
    }  # fmt: skip


PEOPLE = (PeopleTable("contacts", _read, _write),)
