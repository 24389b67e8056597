"""Persons and organizations.

Source: https://developers.pipedrive.com/docs/api/v1/Persons (choose v2 there).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import (
    Row,
    bad_request,
    forbidden,
    invalid,
    not_found,
    ok,
    problem,
)
from appconnect.connectors.pipedrive.sandbox.database import live, split_name
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Body, Listing, Query, listed
from appconnect.sandbox.base import Json, JsonObject, RefusedError

CONTACT_SYNC_ONLY = {"ims", "postal_address", "birthday", "job_title", "notes"}
VISIBILITIES = Literal[1, 3, 5, 7]


class Entry(Body):
    """A phone number or e-mail address."""

    value: Annotated[str, Field(min_length=1)]
    primary: bool = False
    label: str = "work"


class PersonChange(Body):
    """The body of PATCH; only fields that are sent change."""

    name: Annotated[str, Field(min_length=1, max_length=255)] = ""
    owner_id: int | None = None
    org_id: int | None = None
    emails: list[Entry] = Field(default_factory=list)
    phones: list[Entry] = Field(default_factory=list)
    visible_to: VISIBILITIES = 3
    label_ids: list[int] = Field(default_factory=list)
    custom_fields: JsonObject = Field(default_factory=dict)


class NewPerson(PersonChange):
    """The body of POST; a name is required."""

    name: Annotated[str, Field(min_length=1, max_length=255)]


class PersonListing(Listing):
    """The query of GET /api/v2/persons."""

    org_id: int | None = None
    deal_id: int | None = None


class Single(Query):
    """The query of GET for one record."""

    include_fields: str | None = None
    custom_fields: str | None = None


def persons(request: ApiRequest) -> Response:
    """GET /api/v2/persons: ids that are unknown or deleted are silently left out."""
    query = request.query_as(PersonListing)
    rows = live(request.database.persons)
    if query.deal_id is not None:
        deal = request.database.deals.get(query.deal_id, {})
        rows = [row for row in rows if row["id"] == deal.get("person_id")]
    return listed(rows, query, "org_id")


def person(request: ApiRequest) -> Response:
    """GET /api/v2/persons/{id}."""
    request.query_as(Single)
    return ok(_found(request))


def create(request: ApiRequest) -> Response:
    """POST /api/v2/persons."""
    _only_with_contact_sync(request)
    sent = request.body_as(NewPerson).sent_fields()
    return ok(
        request.database.add_person(str(sent["name"]), {"owner_id": request.user} | _fields(request, sent))
    )


def change(request: ApiRequest) -> Response:
    """PATCH /api/v2/persons/{id}."""
    _found(request)
    _only_with_contact_sync(request)
    fields = _fields(request, request.body_as(PersonChange).sent_fields())
    if "name" in fields:
        fields = split_name(str(fields["name"])) | fields
    fields["update_time"] = request.database.now
    return ok(request.database.persons.change(request.id, fields))


def delete(request: ApiRequest) -> Response:
    """DELETE /api/v2/persons/{id}: marked, and purged after thirty days."""
    row = _found(request)
    request.database.persons.change(request.id, {"is_deleted": True, "update_time": request.database.now})
    return ok({"id": row["id"]})


def _found(request: ApiRequest) -> Row:
    row = request.database.persons.get(request.id)
    if row is None or (row["is_deleted"] and request.toggles["deleted_answer_404"]):
        raise not_found()
    return row


def _only_with_contact_sync(request: ApiRequest) -> None:
    if isinstance(request.body, dict):
        for field in sorted(CONTACT_SYNC_ONLY & request.body.keys()):
            raise forbidden(f"The field '{field}' is available with contact sync only.")


def _fields(request: ApiRequest, sent: Row) -> Row:
    """Return the fields to store, with owner and organization checked and a primary phone and e-mail."""
    tables = {"owner_id": request.database.users, "org_id": request.database.organizations}
    for field, table in tables.items():
        if sent.get(field) is not None and sent[field] not in table:
            raise bad_request(f"{field} {sent[field]} was not found.")
    if sent.get("owner_id", 0) is None:
        del sent["owner_id"]
    for field in ("phones", "emails"):
        _ensure_primary(sent.get(field))
    return sent


def _ensure_primary(entries: Json) -> None:
    """Make the first entry primary when none is."""
    rows = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    if rows and not any(entry["primary"] for entry in rows):
        rows[0]["primary"] = True


# -- v1 --


def create_v1(request: ApiRequest) -> Response:
    """POST /v1/persons: out of support since 2026-08-01; works unless the toggle removes it."""
    if request.toggles["v1_persons_gone"]:
        raise RefusedError(
            problem(410, "This endpoint has been removed. Use POST /api/v2/persons.", data=None)
        )
    body = request.body if isinstance(request.body, dict) else {}
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("name", "Required")
    entries = {"phones": _entries_v1(body, "phone"), "emails": _entries_v1(body, "email")}
    row = request.database.add_person(name, entries)
    return ok(_shown_v1(request, row), 201, related_objects=_related(request))


def _entries_v1(body: JsonObject, field: str) -> Json:
    """Return entries from one text or a list, as leniently as v1."""
    sent = body.get(field) or []
    entries: list[Json] = []
    for each in sent if isinstance(sent, list) else [sent]:
        entry: JsonObject = each if isinstance(each, dict) else {"value": each}
        primary, label = entry.get("primary") in (True, 1, "1"), entry.get("label") or "work"
        entries.append({"value": str(entry.get("value") or ""), "primary": primary, "label": label})
    _ensure_primary(entries)
    return entries


def _shown_v1(request: ApiRequest, row: Row) -> Row:
    owner = request.database.users[request.user]
    return {
        "id": row["id"],
        "company_id": 88,
        "owner_id": {key: owner[key] for key in ("id", "name", "email", "active_flag")}
        | {"value": owner["id"]},
        "org_id": None,
        "name": row["name"],
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "phone": row["phones"],
        "email": row["emails"],
        "active_flag": True,
        "visible_to": str(row["visible_to"]),
        "add_time": request.database.time_v1(),
        "update_time": request.database.time_v1(),
    }


def _related(request: ApiRequest) -> JsonObject:
    return {"user": {str(request.user): request.database.users[request.user]}}


# -- organizations --


def organizations(request: ApiRequest) -> Response:
    """GET /api/v2/organizations."""
    return listed(live(request.database.organizations), request.query_as(Listing))


def organization(request: ApiRequest) -> Response:
    """GET /api/v2/organizations/{id}."""
    request.query_as(Single)
    row = request.database.organizations.get(request.id)
    if row is None or row["is_deleted"]:
        raise not_found()
    return ok(row)
