"""Search. Source: https://developers.pipedrive.com/docs/api/v1/ItemSearch (choose v2 there).

Documented: scored, fuzzy, at least two characters. Not documented, and made up here: phones are compared by
digits (a part is enough), other text without regard to case, and every word of the term must occur.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from pydantic import Field
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_input, invalid, ok, page
from appconnect.connectors.pipedrive.sandbox.database import digits, entry_values, searchable
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
    return _answer(query, _hits(request, query, "person", {"org_id": query.organization_id}))


def leads(request: ApiRequest) -> Response:
    """GET /api/v2/leads/search."""
    query = request.query_as(LeadSearch)
    links = {"organization_id": query.organization_id, "person_id": query.person_id}
    return _answer(query, _hits(request, query, "lead", links))


def items(request: ApiRequest) -> Response:
    """GET /api/v2/itemSearch: persons, deals, leads and organizations at once."""
    query = request.query_as(ItemSearch)
    wanted = [each for each in _SHOWN if query.item_types is None or each in query.item_types]
    return _answer(query, [hit for item_type in wanted for hit in _hits(request, query, item_type, {})])


def _check_fields(query: Search) -> None:
    for field in query.fields or ():
        if field not in PERSON_FIELDS:
            raise invalid("fields", f"Invalid value '{field}', expected any of {', '.join(PERSON_FIELDS)}")


def _answer(query: Search, hits: list[JsonObject]) -> Response:
    hits.sort(key=lambda hit: -float(str(hit["result_score"])))
    data, more = page(hits, query.limit, query.cursor)
    return ok({"items": data}, additional_data=more)


# -- matching --


def _hits(
    request: ApiRequest, query: Search, item_type: ItemType, links: Mapping[str, Json]
) -> list[JsonObject]:
    _check_term(query)
    scored = [
        (_best_score(request, query, row), row)
        for row in _candidates(request, query.term, item_type)
        if all(wanted in (None, row[name]) for name, wanted in links.items())
    ]
    show = _SHOWN[item_type]
    return [{"result_score": score, "item": show(request, row)} for score, row in scored if score > 0]


def _candidates(request: ApiRequest, term: str, item_type: ItemType) -> Iterator[Row]:
    """Yield the records, neither deleted nor archived nor too new, that may fit the term."""
    table = request.database.tables()[f"{item_type}s"]
    words = {digits(term), max(term.casefold().split(), key=len)} - {""}
    found = {str(row["id"]): row for word in words for row in table.containing(word)}
    latest = request.database.seconds_ago(LAG_SECONDS) if request.toggles["search_lags"] else None
    for row in sorted(found.values(), key=_by_id):
        new = latest is not None and str(row["add_time"]) > latest
        if not (row.get("is_deleted") or row.get("is_archived") or new):
            yield row


def _by_id(row: Row) -> tuple[int, str]:
    """Return a key that sorts numbers by size, UUIDs by letters."""
    return row["id"] if isinstance(row["id"], int) else 0, str(row["id"])


def _best_score(request: ApiRequest, query: Search, row: Row) -> float:
    texts = [
        (field, text) for field, text in searchable(row) if query.fields is None or field in query.fields
    ]
    return max((_score(request, query, *each) for each in texts), default=0.0)


def _check_term(query: Search) -> None:
    if not query.term.strip():
        raise bad_input('"term" is not allowed to be empty')
    if len(query.term) < 2 and not query.exact_match:
        raise bad_input('"term" length must be at least 2 characters long')


def _score(request: ApiRequest, query: Search, field: str, value: str) -> float:
    """Return how much of the value the term covers, 0.0 when it does not fit."""
    by_digits = field == "phone" and request.toggles["phones_by_digits"]
    term, text = (digits(query.term), digits(value)) if by_digits else _folded(query.term, value)
    if not term or not text:
        return 0.0
    fits = term == text if query.exact_match else all(word in text for word in term.split())
    return round(min(1.0, len(term) / len(text)), 4) if fits else 0.0


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
