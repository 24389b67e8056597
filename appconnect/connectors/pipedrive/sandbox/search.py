"""Search. Source: https://developers.pipedrive.com/docs/api/v1/ItemSearch (choose v2 there).

Documented: scored, fuzzy, at least two characters. Not documented, and made up here: phones are compared by
digits (a part is enough), other text without regard to case, and every word of the term must occur.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

from pydantic import Field
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_input, invalid, ok, page
from appconnect.connectors.pipedrive.sandbox.database import live
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Flag, Query, Words
from appconnect.sandbox.base import Json, JsonObject

LAG_SECONDS = 5
PERSON_FIELDS = ("name", "email", "phone", "notes", "custom_fields")


class Search(Query):
    """The parameters of all searches."""

    term: str = ""
    fields: Words | None = None
    exact_match: Flag = False
    include_fields: str | None = None
    cursor: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class PersonSearch(Search):
    """The query of GET /api/v2/persons/search."""

    organization_id: int | None = None


class LeadSearch(Search):
    """The query of GET /api/v2/leads/search."""

    organization_id: int | None = None
    person_id: int | None = None


class ItemSearch(Search):
    """The query of GET /api/v2/itemSearch."""

    item_types: Words | None = None
    search_for_related_items: Flag = False
    limit: int = Field(default=100, ge=1, le=100)


ItemType = Literal["person", "deal", "lead", "organization"]


def persons(request: ApiRequest) -> Response:
    """GET /api/v2/persons/search."""
    query = request.query_as(PersonSearch)
    _check_fields(query)
    rows = [row for row in live(request.database.persons) if query.organization_id in (None, row["org_id"])]
    return _answer(request, query, _hits(request, query, "person", rows))


def leads(request: ApiRequest) -> Response:
    """GET /api/v2/leads/search."""
    query = request.query_as(LeadSearch)
    rows = [
        row
        for row in live(request.database.leads)
        if query.organization_id in (None, row["organization_id"])
        and query.person_id in (None, row["person_id"])
    ]
    return _answer(request, query, _hits(request, query, "lead", rows))


def items(request: ApiRequest) -> Response:
    """GET /api/v2/itemSearch: persons, deals, leads and organizations at once."""
    query = request.query_as(ItemSearch)
    database = request.database
    tables: dict[ItemType, list[Row]] = {
        "person": live(database.persons),
        "deal": live(database.deals),
        "lead": live(database.leads),
        "organization": live(database.organizations),
    }
    item_types = [
        item_type for item_type in tables if query.item_types is None or item_type in query.item_types
    ]
    return _answer(
        request,
        query,
        [hit for item_type in item_types for hit in _hits(request, query, item_type, tables[item_type])],
    )


def _check_fields(query: Search) -> None:
    for field in query.fields or ():
        if field not in PERSON_FIELDS:
            raise invalid("fields", f"Invalid value '{field}', expected any of {', '.join(PERSON_FIELDS)}")


def _answer(request: ApiRequest, query: Search, hits: list[JsonObject]) -> Response:
    hits.sort(key=lambda hit: -float(str(hit["result_score"])))
    data, more = page(hits, query.limit, query.cursor)
    return ok({"items": data}, additional_data=more)


# -- matching --


def _hits(request: ApiRequest, query: Search, item_type: ItemType, rows: Iterable[Row]) -> list[JsonObject]:
    _check_term(query)
    latest = request.database.seconds_ago(LAG_SECONDS) if request.toggles["search_lags"] else None
    scored = [
        (max((_score(request, query, *value) for value in _values(row, query.fields)), default=0.0), row)
        for row in rows
        if latest is None or str(row["add_time"]) <= latest
    ]
    show = _SHOWN[item_type]
    return [{"result_score": score, "item": show(request, row)} for score, row in scored if score > 0]


def _check_term(query: Search) -> None:
    if not query.term.strip():
        raise bad_input('"term" is not allowed to be empty')
    if len(query.term) < 2 and not query.exact_match:
        raise bad_input('"term" length must be at least 2 characters long')


def _values(row: Row, fields: list[str] | None) -> list[tuple[str, str]]:
    """Return the (field, text) pairs of a record that are searched."""
    title = "name" if "name" in row else "title"
    pairs = [(title, str(row[title]))]
    for field, key in (("phone", "phones"), ("email", "emails")):
        pairs += [(field, value) for value in entry_values(row.get(key))]
    custom = row.get("custom_fields")
    if isinstance(custom, dict):
        pairs += [("custom_fields", str(value)) for value in custom.values()]
    return [pair for pair in pairs if fields is None or pair[0] in fields]


def entry_values(entries: Json) -> list[str]:
    """Return the values of ``phones`` or ``emails``."""
    rows = entries if isinstance(entries, list) else []
    return [str(entry["value"]) for entry in rows if isinstance(entry, dict)]


def _score(request: ApiRequest, query: Search, field: str, value: str) -> float:
    """Return how much of the value the term covers, 0.0 when it does not fit."""
    by_digits = field == "phone" and request.toggles["phones_by_digits"]
    term, text = (_digits(query.term), _digits(value)) if by_digits else _folded(query.term, value)
    if not term or not text:
        return 0.0
    fits = term == text if query.exact_match else all(word in text for word in term.split())
    return round(min(1.0, len(term) / len(text)), 4) if fits else 0.0


def _digits(text: str) -> str:
    """Return the digits of a number; "" for a text with letters."""
    return "" if re.search(r"[^\W\d]", text) else re.sub(r"\D", "", text)


def _folded(term: str, value: str) -> tuple[str, str]:
    return term.strip().casefold(), value.casefold()


# -- hits: fewer fields than the record has, and other names --


def _person(request: ApiRequest, row: Row) -> JsonObject:
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
        "organization": _organization(request, row["org_id"]),
        "custom_fields": [],
        "notes": [],
    }


def _lead(request: ApiRequest, row: Row) -> JsonObject:
    return {
        "id": row["id"],
        "type": "lead",
        "title": row["title"],
        "owner": {"id": row["owner_id"]},
        "person": _linked_person(request, row["person_id"]),
        "organization": _organization(request, row["organization_id"]),
        "phones": [],
        "emails": [],
        "custom_fields": [],
        "notes": [],
        "visible_to": row["visible_to"],
        "is_archived": row["is_archived"],
    }


def _deal(request: ApiRequest, row: Row) -> JsonObject:
    return {
        "id": row["id"],
        "type": "deal",
        "title": row["title"],
        "value": row["value"],
        "currency": row["currency"],
        "status": row["status"],
        "visible_to": row["visible_to"],
        "owner": {"id": row["owner_id"]},
        "person": _linked_person(request, row["person_id"]),
        "organization": _organization(request, row["org_id"]),
        "custom_fields": [],
        "notes": [],
    }


def _plain_organization(_: ApiRequest, row: Row) -> JsonObject:
    return {
        "id": row["id"],
        "type": "organization",
        "name": row["name"],
        "address": row["address"],
        "visible_to": row["visible_to"],
        "custom_fields": [],
        "notes": [],
    }


def _organization(request: ApiRequest, org_id: Json) -> JsonObject | None:
    row = request.database.organizations.get(org_id) if isinstance(org_id, int) else None
    return {name: row[name] for name in ("id", "name", "address")} if row else None


def _linked_person(request: ApiRequest, person_id: Json) -> JsonObject | None:
    name = request.database.person_name(person_id)
    return {"id": person_id, "name": name} if name else None


_SHOWN: dict[ItemType, Callable[[ApiRequest, Row], JsonObject]] = {
    "person": _person,
    "lead": _lead,
    "deal": _deal,
    "organization": _plain_organization,
}
