"""Search. Source: https://developers.pipedrive.com/docs/api/v1/ItemSearch (choose v2 there).

Documented: scored, fuzzy, at least two characters. Not documented, and made up here: phones are compared by
digits (a part is enough), other text without regard to case, and every word of the term must occur.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_input, ok
from appconnect.connectors.pipedrive.sandbox.database import (
    PHONES,
    digits,
    entry_values,
    is_live,
    live,
    searchable,
)
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler, answer_page
from appconnect.sandbox.base import Json, JsonObject

LAG_SECONDS = 5


ItemType = Literal["person", "deal", "lead", "organization"]


NOTED = {"person": "person_id", "deal": "deal_id", "organization": "org_id", "lead": "lead_id"}
"""The field of a note that links it to what is searched."""
MAX_RELATED = 100
RELATED: Mapping[str, Sequence[tuple[ItemType, str]]] = {
    "person": (("deal", "person_id"), ("lead", "person_id")),
    "organization": (("deal", "org_id"), ("lead", "organization_id"), ("person", "org_id")),
}
"""What is related to a person or an organization, and the field that links to it."""


@dataclass(frozen=True)
class Search:
    """What is searched for."""

    term: str
    fields: Sequence[str] | None
    exact_match: bool

    @classmethod
    def of(cls, request: ApiRequest) -> Search:
        """Return what the query asks for; 400 without a term that is long enough."""
        term, fields = str(request.query.get("term", "")), request.query.get("fields")
        exact = request.query.get("exact_match") is True
        if not term.strip():
            raise bad_input('"term" is not allowed to be empty')
        if len(term) < 2 and not exact:
            raise bad_input('"term" length must be at least 2 characters long')
        return cls(term, [str(each) for each in fields] if isinstance(fields, list) else None, exact)


def persons(request: ApiRequest) -> Response:
    """GET /api/v2/persons/search."""
    return _answer(request, _hits(request, "person", {"org_id": request.query.get("organization_id")}))


def deals(request: ApiRequest) -> Response:
    """GET /api/v2/deals/search."""
    links = {"org_id": request.query.get("organization_id"), "person_id": request.query.get("person_id")}
    hits, status = _hits(request, "deal", links), request.query.get("status")
    return _answer(request, [hit for hit in hits if not isinstance(status, list) or _status(hit) in status])


def _status(hit: JsonObject) -> Json:
    return hit["item"]["status"] if isinstance(hit["item"], dict) else None


def leads(request: ApiRequest) -> Response:
    """GET /api/v2/leads/search, and /v1/leads/search."""
    links = {name: request.query.get(name) for name in ("organization_id", "person_id")}
    return _answer(request, _hits(request, "lead", links))


def organizations(request: ApiRequest) -> Response:
    """GET /api/v2/organizations/search."""
    return _answer(request, _hits(request, "organization", {}))


def items(request: ApiRequest) -> Response:
    """GET /api/v2/itemSearch: persons, deals, leads and organizations at once."""
    asked = request.query.get("item_types")
    wanted = [each for each in _SHOWN if not isinstance(asked, list) or each in asked]
    hits = [hit for item_type in wanted for hit in _hits(request, item_type, {})]
    related = _related(request, hits) if request.query.get("search_for_related_items") is True else []
    return _answer(request, hits, related_items=related)


def by_field(request: ApiRequest) -> Response:
    """GET /api/v2/itemSearch/field: the values of one field, which may be a custom one."""
    item_type = str(request.query["entity_type"])
    if item_type not in _SHOWN:
        raise bad_input(f"entity_type: this sandbox has no {item_type}s.")
    key, term = str(request.query["field"]), str(request.query["term"]).casefold()
    fits = _MATCHES[str(request.query.get("match") or "exact")]
    rows = sorted(live(request.database.tables()[f"{item_type}s"]), key=_by_id)
    found = [row for row in rows if any(fits(value.casefold(), term) for value in _values_of(row, key))]
    shown: list[Row] = [{"result_score": 1, "item": _value_hit(row, key)} for row in found]
    return answer_page(request, shown)


def _value_hit(row: Row, key: str) -> JsonObject:
    return {"id": row["id"], key: _values_of(row, key)[0]}


_MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "exact": str.__eq__, "beginning": str.startswith, "middle": str.__contains__,
}  # fmt: skip


def _values_of(row: Row, key: str) -> list[str]:
    custom = row.get("custom_fields")
    key = {"phone": "phones", "email": "emails"}.get(key, key)
    value = row.get(key, custom.get(key) if isinstance(custom, dict) else None)
    if isinstance(value, list):
        return entry_values(value)
    return [] if value is None or isinstance(value, dict) else [str(value)]


def _related(request: ApiRequest, hits: list[JsonObject]) -> list[Json]:
    """Return the newest deals and leads of what was found, and the persons of organizations."""
    items = [hit["item"] for hit in hits if isinstance(hit["item"], dict)]
    seen, related = {(item["type"], item["id"]) for item in items}, list[Json]()
    for item in items:
        for item_type, link in RELATED.get(str(item["type"]), ()):
            table = request.database.tables()[f"{item_type}s"]
            rows = [row for row in table.having((link, item["id"])) if is_live(row)]
            newest = rows[: -MAX_RELATED - 1 : -1]
            for row in (each for each in newest if (item_type, each["id"]) not in seen):
                seen.add((item_type, row["id"]))
                related.append({"result_score": 0, "item": _SHOWN[item_type](request, row)})
    return related


def _answer(request: ApiRequest, hits: list[JsonObject], **more: Json) -> Response:
    hits.sort(key=lambda hit: -float(str(hit["result_score"])))
    data, place = request.paged(hits)
    return ok({"items": data, **more}, 200, **place)


# -- matching --


def _hits(request: ApiRequest, item_type: ItemType, links: Mapping[str, Json]) -> list[JsonObject]:
    query = Search.of(request)
    rows = [
        row
        for row in _candidates(request, query.term, item_type)
        if all(wanted in (None, row[name]) for name, wanted in links.items())
    ]
    return [hit for row in rows if (hit := _hit(request, query, item_type, row)) is not None]


def _hit(request: ApiRequest, query: Search, item_type: ItemType, row: Row) -> JsonObject | None:
    """Return a record as it is found, with those of its notes that fit; None where nothing fits."""
    linked = request.database.notes.having((NOTED[item_type], row["id"]))
    texts = [*searchable(row), *(("notes", str(note["content"])) for note in linked if note["active_flag"])]
    asked = [each for each in texts if query.fields is None or each[0] in query.fields]
    scores = [(_score(request, query, *each), each) for each in asked]
    best = max((score for score, _ in scores), default=0.0)
    if best == 0:
        return None
    notes: Json = [text for score, (field, text) in scores if field == "notes" and score > 0]
    return {"result_score": best, "item": _SHOWN[item_type](request, row) | {"notes": notes}}


def _candidates(request: ApiRequest, term: str, item_type: ItemType) -> Iterator[Row]:
    """Yield the records, neither deleted nor archived nor too new, that may fit the term."""
    table = request.database.tables()[f"{item_type}s"]
    words = {digits(term), max(term.casefold().split(), key=len)} - {""}
    noted = [note.get(NOTED[item_type]) for word in words for note in request.database.notes.containing(word)]
    rows = [table[key] for key in noted if isinstance(key, int | str) and key in table]
    rows += [row for word in words for row in table.containing(word)]
    found = {str(row["id"]): row for row in rows}
    latest = request.database.seconds_ago(LAG_SECONDS) if request.toggles["search_lags"] else None
    for row in sorted(found.values(), key=_by_id):
        new = latest is not None and str(row["add_time"]) > latest
        if not (row.get("is_deleted") or row.get("is_archived") or new):
            yield row


def _by_id(row: Row) -> tuple[int, str]:
    """Return a key that sorts numbers by size, UUIDs by letters."""
    return row["id"] if isinstance(row["id"], int) else 0, str(row["id"])


def _score(request: ApiRequest, query: Search, field: str, value: str) -> float:
    """Return how much of the value the term covers, 0.0 when it does not fit."""
    by_digits = field == "phone" or (field in PHONES and bool(digits(query.term) and digits(value)))
    by_digits = by_digits and request.toggles["phones_by_digits"]
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
        "custom_fields": _custom(row),
        "notes": [],
    } | _asked(request, "person", {"picture": None})


def _lead(request: ApiRequest, row: Row) -> JsonObject:
    amount = row["value"] if isinstance(row["value"], dict) else {}
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
        "value": amount.get("amount"),
        "currency": amount.get("currency"),
        "visible_to": int(str(row["visible_to"])),
        "is_archived": row["is_archived"],
    } | _asked(request, "lead", {"was_seen": row["was_seen"]})


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
        "stage": _stage(request, row["stage_id"]),
        "person": _linked_person(request, row["person_id"]),
        "organization": _organization(request, row["org_id"]),
        "custom_fields": _custom(row),
        "notes": [],
        "is_archived": row["is_archived"],
    } | _asked(request, "deal", {"cc_email": f"acme-sandbox+deal{row['id']}@pipedrivemail.com"})


def _plain_organization(_: ApiRequest, row: Row) -> JsonObject:
    return {
        "id": row["id"],
        "type": "organization",
        "name": row["name"],
        "address": _address(row),
        "visible_to": row["visible_to"],
        "owner": {"id": row["owner_id"]},
        "custom_fields": _custom(row),
        "notes": [],
    }


def _organization(request: ApiRequest, org_id: Json) -> JsonObject | None:
    row = request.database.organizations.get(org_id) if isinstance(org_id, int) else None
    return {"id": row["id"], "name": row["name"], "address": _address(row)} if row else None


def _address(row: Row) -> Json:
    """Return an organization's address as one text."""
    address = row.get("address")
    return address.get("value") if isinstance(address, dict) else address


def _stage(request: ApiRequest, stage_id: Json) -> JsonObject | None:
    row = request.database.stages.get(stage_id) if isinstance(stage_id, int) else None
    return {name: row[name] for name in ("id", "name")} if row else None


def _custom(row: Row) -> list[Json]:
    return [text for name, text in searchable(row) if name == "custom_fields"]


def _asked(request: ApiRequest, item_type: ItemType, fields: JsonObject) -> JsonObject:
    """Return what ``include_fields`` asks for, such as "person.picture"."""
    asked = request.query.get("include_fields")
    names = asked if isinstance(asked, list) else []
    return {name: value for name, value in fields.items() if f"{item_type}.{name}" in names}


def _linked_person(request: ApiRequest, person_id: Json) -> JsonObject | None:
    name = request.database.person_name(person_id)
    return {"id": person_id, "name": name} if name else None


_SHOWN: dict[ItemType, Callable[[ApiRequest, Row], JsonObject]] = {
    "person": _person,
    "lead": _lead,
    "deal": _deal,
    "organization": _plain_organization,
}
HANDLERS: dict[str, Handler] = {
    "GET /api/v2/persons/search": persons,
    "GET /api/v2/deals/search": deals,
    "GET /api/v2/organizations/search": organizations,
    "GET /api/v2/leads/search": leads,
    "GET /v1/leads/search": leads,
    "GET /api/v2/itemSearch": items,
    "GET /api/v2/itemSearch/field": by_field,
}
