"""What Redtail's records are made of, and which lists and users their ids name.

The fields are in schema.json, the entries of the lists in lists.json. Redtail publishes no schema: these are
the fields that its collection's examples and its clients show, of the 30 to 90 that a contact has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from appconnect.sandbox.requests import Json, JsonObject
from appconnect.sandbox.schema import read_schema

_HERE = Path(__file__)
SCHEMA = read_schema(json.loads(_HERE.with_name("schema.json").read_text("utf-8")))
LISTS: Mapping[str, Mapping[str, str]] = json.loads(_HERE.with_name("lists.json").read_text("utf-8"))
RETIRED = {("categories", "4")}
"""Entries that are deleted, and still listed."""
AMOUNTS = ("amount", "projected_revenue", "actual_revenue")
DIGITS = re.compile("[0-9]{1,18}")
DEFAULTS: Mapping[str, JsonObject] = {
    "Activity": {"importance": 2, "percentdone": 0},
    "Phone": {"country_code": 1, "phone_type": 3},
    "Email": {"email_type": 1},
    "Address": {"address_type": 1},
}


@dataclass(frozen=True)
class Reference:
    """The list that a field names an entry of, and the field that shows the entry's label ("" for none)."""

    list: str
    label: str = ""
    must_exist: bool = True


USERS = "database_users"
REFERENCES = {
    "category_id": Reference("categories", "category"),
    "status_id": Reference("statuses", "status"),
    "source_id": Reference("sources", "source"),
    "activity_code_id": Reference("activity_codes"),
    "stage_id": Reference("opportunity_stages", "stage"),
    "opportunity_type": Reference("opportunity_types", "opportunity_type_description"),
    "servicing_advisor_id": Reference(USERS, "servicing_advisor"),
    "writing_advisor_id": Reference(USERS),
    "assigned_to": Reference(USERS),
    "phone_type": Reference("phone_types", "phone_type_description", must_exist=False),
    "email_type": Reference("email_types", "email_type_description", must_exist=False),
    "address_type": Reference("address_types", "address_type_description", must_exist=False),
    "note_type": Reference("note_types", "note_type_description", must_exist=False),
}
"""By the names of the fields, which mean the same in every record; a type may have no label here."""


def blank(kind: str) -> JsonObject:
    """Return a record of this kind with every field."""
    return {**SCHEMA[kind].blank(), **DEFAULTS.get(kind, {})}


def tolerated(body: JsonObject, numbers: Container[str]) -> JsonObject:
    """Return a body as it is kept: clients send amounts as numbers, and some ``numbers`` as text."""
    return {key: _tolerated(key, value, numbers) for key, value in body.items()}


def _tolerated(key: str, value: Json, numbers: Container[str]) -> Json:
    if isinstance(value, list):
        return [_tolerated(key, each, numbers) for each in value]
    if isinstance(value, dict):
        return tolerated(value, numbers)
    if key in AMOUNTS:
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    is_number = key in numbers and isinstance(value, str) and DIGITS.fullmatch(value)
    return int(str(value)) if is_number else value
