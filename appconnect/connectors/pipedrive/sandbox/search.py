"""Searching. Source: https://developers.pipedrive.com/docs/api/v1/ItemSearch (version switch: v2).

Documented: scored, fuzzy, at least two characters. Not documented, and so this sandbox's own: phones are
compared by digits (a part is enough), text without regard to case, every word of the term must be in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

from pydantic import Field
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_input, invalid, ok, page
from appconnect.connectors.pipedrive.sandbox.calls import Call, Flag, Query, Words
from appconnect.connectors.pipedrive.sandbox.database import live
from appconnect.sandbox.base import Json, JsonObject

LAG_SECONDS = 5
PERSON_FIELDS = ("name", "email", "phone", "notes", "custom_fields")


class Search(Query):
    """What all searches take."""

    term: str = ""
    fields: Words | None = None
    exact_match: Flag = False
    include_fields: str | None = None
    cursor: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class PersonSearch(Search):
    """GET /api/v2/persons/search."""

    organization_id: int | None = None


class LeadSearch(Search):
    """GET /api/v2/leads/search."""

    organization_id: int | None = None
    person_id: int | None = None


class ItemSearch(Search):
    """GET /api/v2/itemSearch."""

    item_types: Words | None = None
    search_for_related_items: Flag = False
    limit: int = Field(default=100, ge=1, le=100)


Kind = Literal["person", "deal", "lead", "organization"]


def persons(call: Call) -> Response:
    """GET /api/v2/persons/search."""
    asked = call.asked(PersonSearch)
    _known_fields(asked)
    rows = [row for row in live(call.database.persons) if asked.organization_id in (None, row["org_id"])]
    return _answer(call, asked, _hits(call, asked, "person", rows))


def leads(call: Call) -> Response:
    """GET /api/v2/leads/search."""
    asked = call.asked(LeadSearch)
    rows = [
        row
        for row in live(call.database.leads)
        if asked.organization_id in (None, row["organization_id"])
        and asked.person_id in (None, row["person_id"])
    ]
    return _answer(call, asked, _hits(call, asked, "lead", rows))


def items(call: Call) -> Response:
    """GET /api/v2/itemSearch: persons, deals, leads and organizations at once."""
    asked = call.asked(ItemSearch)
    database = call.database
    tables: dict[Kind, list[Row]] = {
        "person": live(database.persons),
        "deal": live(database.deals),
        "lead": live(database.leads),
        "organization": live(database.organizations),
    }
    kinds = [kind for kind in tables if asked.item_types is None or kind in asked.item_types]
    return _answer(call, asked, [hit for kind in kinds for hit in _hits(call, asked, kind, tables[kind])])


def _known_fields(asked: Search) -> None:
    for field in asked.fields or ():
        if field not in PERSON_FIELDS:
            raise invalid("fields", f"Invalid value '{field}', expected any of {', '.join(PERSON_FIELDS)}")


def _answer(call: Call, asked: Search, hits: list[JsonObject]) -> Response:
    hits.sort(key=lambda hit: -float(str(hit["result_score"])))
    data, more = page(hits, asked.limit, asked.cursor)
    return ok({"items": data}, additional_data=more)


# -- what fits --


def _hits(call: Call, asked: Search, kind: Kind, rows: Iterable[Row]) -> list[JsonObject]:
    _check_term(asked)
    latest = call.database.seconds_ago(LAG_SECONDS) if call.toggles["search_lags"] else None
    scored = [
        (max((_score(call, asked, *value) for value in _values(row, asked.fields)), default=0.0), row)
        for row in rows
        if latest is None or str(row["add_time"]) <= latest
    ]
    show = _SHOWN[kind]
    return [{"result_score": score, "item": show(call, row)} for score, row in scored if score > 0]


def _check_term(asked: Search) -> None:
    if not asked.term.strip():
        raise bad_input('"term" is not allowed to be empty')
    if len(asked.term) < 2 and not asked.exact_match:
        raise bad_input('"term" length must be at least 2 characters long')


def _values(row: Row, fields: list[str] | None) -> list[tuple[str, str]]:
    """(field, text) pairs that may be searched in a record."""
    title = "name" if "name" in row else "title"
    pairs = [(title, str(row[title]))]
    for field, key in (("phone", "phones"), ("email", "emails")):
        pairs += [(field, value) for value in entry_values(row.get(key))]
    custom = row.get("custom_fields")
    if isinstance(custom, dict):
        pairs += [("custom_fields", str(value)) for value in custom.values()]
    return [pair for pair in pairs if fields is None or pair[0] in fields]


def entry_values(entries: Json) -> list[str]:
    """The bare values of ``phones`` or ``emails``."""
    rows = entries if isinstance(entries, list) else []
    return [str(entry["value"]) for entry in rows if isinstance(entry, dict)]


def _score(call: Call, asked: Search, field: str, value: str) -> float:
    """How much of the value the term covers, 0 when it does not fit."""
    by_digits = field == "phone" and call.toggles["phones_by_digits"]
    term, text = (_digits(asked.term), _digits(value)) if by_digits else _folded(asked.term, value)
    if not term or not text:
        return 0.0
    fits = term == text if asked.exact_match else all(word in text for word in term.split())
    return round(min(1.0, len(term) / len(text)), 4) if fits else 0.0


def _digits(text: str) -> str:
    """The digits of a number; "" for what has letters in it and so is none."""
    return "" if re.search(r"[^\W\d]", text) else re.sub(r"\D", "", text)


def _folded(term: str, value: str) -> tuple[str, str]:
    return term.strip().casefold(), value.casefold()


# -- what a hit looks like: less than the record, and not the same --


def _person(call: Call, row: Row) -> JsonObject:
    phones: list[Json] = list(entry_values(row["phones"]))
    emails: list[Json] = list(entry_values(row["emails"]))
    return {
        "id": row["id"],
        "type": "person",
        "name": row["name"],
        "phones": phones,
        "emails": emails,
        "primary_email": emails[0] if emails else None,
        "visible_to": row["visible_to"],
        "owner": {"id": row["owner_id"]},
        "organization": _organization(call, row["org_id"]),
        "custom_fields": [],
        "notes": [],
    }


def _lead(call: Call, row: Row) -> JsonObject:
    return {
        "id": row["id"],
        "type": "lead",
        "title": row["title"],
        "owner": {"id": row["owner_id"]},
        "person": _linked_person(call, row["person_id"]),
        "organization": _organization(call, row["organization_id"]),
        "phones": [],
        "emails": [],
        "custom_fields": [],
        "notes": [],
        "visible_to": row["visible_to"],
        "is_archived": row["is_archived"],
    }


def _deal(call: Call, row: Row) -> JsonObject:
    return {
        "id": row["id"],
        "type": "deal",
        "title": row["title"],
        "value": row["value"],
        "currency": row["currency"],
        "status": row["status"],
        "visible_to": row["visible_to"],
        "owner": {"id": row["owner_id"]},
        "person": _linked_person(call, row["person_id"]),
        "organization": _organization(call, row["org_id"]),
        "custom_fields": [],
        "notes": [],
    }


def _plain_organization(_: Call, row: Row) -> JsonObject:
    return {
        "id": row["id"],
        "type": "organization",
        "name": row["name"],
        "address": row["address"],
        "visible_to": row["visible_to"],
        "custom_fields": [],
        "notes": [],
    }


def _organization(call: Call, org_id: Json) -> JsonObject | None:
    row = call.database.organizations.get(org_id) if isinstance(org_id, int) else None
    return {name: row[name] for name in ("id", "name", "address")} if row else None


def _linked_person(call: Call, person_id: Json) -> JsonObject | None:
    name = call.database.person_name(person_id)
    return {"id": person_id, "name": name} if name else None


_SHOWN: dict[Kind, Callable[[Call, Row], JsonObject]] = {
    "person": _person,
    "lead": _lead,
    "deal": _deal,
    "organization": _plain_organization,
}
