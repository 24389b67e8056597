"""What records show only when asked for, by ``include_fields`` or ``include_labels``: counts, activities …"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from appconnect.connectors.pipedrive.sandbox import custom_fields
from appconnect.connectors.pipedrive.sandbox.answers import Row
from appconnect.connectors.pipedrive.sandbox.database import is_live
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest
from appconnect.sandbox.base import Json, JsonObject

LINK = {"person": "person_id", "organization": "org_id", "deal": "deal_id"}
CLOSED = {"won", "lost"}


def with_more(entity: str) -> Callable[[ApiRequest, Row], Row]:
    """Return what shows a person, an organization or a deal as the query asks."""

    def show(request: ApiRequest, row: Row) -> Row:
        shown = row | {"custom_fields": custom_fields.shown(request, entity, row)}
        asked = request.query.get("include_fields")
        for name in asked if isinstance(asked, list) else ():
            shown[str(name)] = value_of(request, entity, row, str(name))
        if request.query.get("include_labels") is True:
            shown["labels"] = list(_labels(request, entity, row))
        return shown

    return show


def value_of(request: ApiRequest, entity: str, row: Row, name: str) -> Json:
    """Return what a record shows on demand: a count, its next or last activity, an address for mail."""
    if name in {"next_activity_id", "last_activity_id"}:
        activities = _linked(request, "activities", entity, row)
        return _nearest(activities, done=name == "last_activity_id")
    if name == "smart_bcc_email":
        return f"acme-sandbox+{entity}{row['id']}@pipedrivemail.com"
    if not name.endswith("_count"):
        return row.get(name)
    return _count(request, entity, row, name.removesuffix("_count"))


def _linked(request: ApiRequest, table: str, entity: str, row: Row) -> list[Row]:
    rows = request.database.tables()[table].having((LINK[entity], row["id"]))
    return [each for each in rows if is_live(each) and each.get("active_flag", True)]


def _count(request: ApiRequest, entity: str, row: Row, what: str) -> int:
    if what == "followers":
        rows = request.database.followers.values()
        return len([each for each in rows if (each["entity"], each["record_id"]) == (entity, row["id"])])
    if what in {"notes", "files", "people"}:
        return len(_linked(request, "persons" if what == "people" else what, entity, row))
    if what.endswith("activities"):
        wanted = {"done_activities": (True,), "undone_activities": (False,)}.get(what, (True, False))
        return len([each for each in _linked(request, "activities", entity, row) if each["done"] in wanted])
    return _deals(_linked(request, "deals", entity, row), what)


def _deals(deals: Iterable[Row], what: str) -> int:
    """Return the number of deals for "open_deals", "closed_deals"; 0 for what is not linked here."""
    state = what.partition("_")[0]
    wanted = {"open": {"open"}, "closed": CLOSED, "won": {"won"}, "lost": {"lost"}}.get(state, set())
    return len([each for each in deals if each["status"] in wanted])


def _nearest(activities: list[Row], *, done: bool) -> Json:
    fitting = [each for each in activities if each["done"] is done]
    fitting.sort(key=lambda each: str(each["due_date"] or ""), reverse=done)
    return fitting[0]["id"] if fitting else None


def _labels(request: ApiRequest, entity: str, row: Row) -> Iterable[JsonObject]:
    ids = row.get("label_ids")
    for known in request.database.fields.values():
        if (known["entity"], known["key"]) == (entity, "label_ids") and isinstance(ids, list):
            yield from (each for each in custom_fields.options(known) if each["id"] in ids)
