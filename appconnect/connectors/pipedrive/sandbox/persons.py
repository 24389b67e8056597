"""Persons and organizations.

Source: https://developers.pipedrive.com/docs/api/v1/Persons (version switch: v2).
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
from appconnect.connectors.pipedrive.sandbox.calls import Body, Call, Listing, Query, listed
from appconnect.connectors.pipedrive.sandbox.database import live, split_name
from appconnect.sandbox.base import Json, JsonObject, RefusedError

CONTACT_SYNC_ONLY = {"ims", "postal_address", "birthday", "job_title", "notes"}
VISIBILITIES = Literal[1, 3, 5, 7]


class Entry(Body):
    """A phone number or e-mail address."""

    value: Annotated[str, Field(min_length=1)]
    primary: bool = False
    label: str = "work"


class PersonChange(Body):
    """PATCH: only what is sent changes."""

    name: Annotated[str, Field(min_length=1, max_length=255)] = ""
    owner_id: int | None = None
    org_id: int | None = None
    emails: list[Entry] = Field(default_factory=list)
    phones: list[Entry] = Field(default_factory=list)
    visible_to: VISIBILITIES = 3
    label_ids: list[int] = Field(default_factory=list)
    custom_fields: JsonObject = Field(default_factory=dict)


class NewPerson(PersonChange):
    """POST: a name is needed."""

    name: Annotated[str, Field(min_length=1, max_length=255)]


class PersonListing(Listing):
    """GET /api/v2/persons."""

    org_id: int | None = None
    deal_id: int | None = None


class Single(Query):
    """GET of one record."""

    include_fields: str | None = None
    custom_fields: str | None = None


def persons(call: Call) -> Response:
    """GET /api/v2/persons: ids that are unknown or deleted are silently left out."""
    asked = call.asked(PersonListing)
    rows = live(call.database.persons)
    if asked.deal_id is not None:
        deal = call.database.deals.get(asked.deal_id, {})
        rows = [row for row in rows if row["id"] == deal.get("person_id")]
    return listed(rows, asked, "org_id")


def person(call: Call) -> Response:
    """GET /api/v2/persons/{id}."""
    call.asked(Single)
    return ok(_found(call))


def create(call: Call) -> Response:
    """POST /api/v2/persons."""
    _only_with_contact_sync(call)
    sent = call.sent(NewPerson).sent()
    return ok(call.database.add_person(str(sent["name"]), {"owner_id": call.user} | _fields(call, sent)))


def change(call: Call) -> Response:
    """PATCH /api/v2/persons/{id}."""
    row = _found(call)
    _only_with_contact_sync(call)
    fields = _fields(call, call.sent(PersonChange).sent())
    if "name" in fields:
        row |= split_name(str(fields["name"]))
    row |= fields
    row["update_time"] = call.database.now
    return ok(row)


def delete(call: Call) -> Response:
    """DELETE /api/v2/persons/{id}: marked, and purged after thirty days."""
    row = _found(call)
    row |= {"is_deleted": True, "update_time": call.database.now}
    return ok({"id": row["id"]})


def _found(call: Call) -> Row:
    row = call.database.persons.get(call.id)
    if row is None or (row["is_deleted"] and call.toggles["deleted_answer_404"]):
        raise not_found()
    return row


def _only_with_contact_sync(call: Call) -> None:
    if isinstance(call.body, dict):
        for field in sorted(CONTACT_SYNC_ONLY & call.body.keys()):
            raise forbidden(f"The field '{field}' is available with contact sync only.")


def _fields(call: Call, sent: Row) -> Row:
    """What is to be kept, with entries completed and links checked."""
    known = {"owner_id": call.database.users, "org_id": call.database.organizations}
    for field, table in known.items():
        if sent.get(field) is not None and sent[field] not in table:
            raise bad_request(f"{field} {sent[field]} was not found.")
    if sent.get("owner_id", 0) is None:
        del sent["owner_id"]
    for field in ("phones", "emails"):
        _have_a_primary(sent.get(field))
    return sent


def _have_a_primary(entries: Json) -> None:
    """The first is primary when none says so."""
    rows = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    if rows and not any(entry["primary"] for entry in rows):
        rows[0]["primary"] = True


# -- the old way --


def create_v1(call: Call) -> Response:
    """POST /v1/persons: out of support since 2026-08-01; works until the switch says it is gone."""
    if call.toggles["v1_persons_gone"]:
        raise RefusedError(
            problem(410, "This endpoint has been removed. Use POST /api/v2/persons.", data=None)
        )
    body = call.body if isinstance(call.body, dict) else {}
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("name", "Required")
    entries = {"phones": _entries_v1(body, "phone"), "emails": _entries_v1(body, "email")}
    row = call.database.add_person(name, entries)
    return ok(_shown_v1(call, row), 201, related_objects=_related(call))


def _entries_v1(body: JsonObject, field: str) -> Json:
    """One text, or a list of entries; lenient as v1 is."""
    given = body.get(field) or []
    entries: list[Json] = []
    for entry in given if isinstance(given, list) else [given]:
        said: JsonObject = entry if isinstance(entry, dict) else {"value": entry}
        primary, label = said.get("primary") in (True, 1, "1"), said.get("label") or "work"
        entries.append({"value": str(said.get("value") or ""), "primary": primary, "label": label})
    _have_a_primary(entries)
    return entries


def _shown_v1(call: Call, row: Row) -> Row:
    owner = call.database.users[call.user]
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
        "add_time": call.database.time_v1(),
        "update_time": call.database.time_v1(),
    }


def _related(call: Call) -> JsonObject:
    return {"user": {str(call.user): call.database.users[call.user]}}


# -- organizations --


def organizations(call: Call) -> Response:
    """GET /api/v2/organizations."""
    return listed(live(call.database.organizations), call.asked(Listing))


def organization(call: Call) -> Response:
    """GET /api/v2/organizations/{id}."""
    call.asked(Single)
    row = call.database.organizations.get(call.id)
    if row is None or row["is_deleted"]:
        raise not_found()
    return ok(row)
