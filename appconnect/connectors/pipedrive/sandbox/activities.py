"""Activities (v2). Source: https://developers.pipedrive.com/docs/api/v1/Activities (choose v2 there).

The person is linked through ``participants``; ``person_id`` is for reading only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, invalid, not_found, ok
from appconnect.connectors.pipedrive.sandbox.database import live
from appconnect.connectors.pipedrive.sandbox.persons import Single
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Body, Flag, Listing, listed
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.html_rewriting import rewritten

NEVER_NULL = {"owner_id", "type", "done", "busy"}
PERSON_ID_IS_READ_ONLY = (
    "'person_id' is a read-only field. Add a primary participant to set 'person_id' instead."
)


def _day(value: str) -> str:
    date.fromisoformat(value)
    return value


def _with_seconds(value: str) -> str:
    return value if value.count(":") == 2 else f"{value}:00"


Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(_day)]
Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"), AfterValidator(_with_seconds)]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Participant(Body):
    """A person who takes part; the primary one becomes the activity's ``person_id``."""

    person_id: int
    primary: bool = False


class Attendee(Body):
    """A person invited by e-mail."""

    email: str
    name: str | None = None
    status: str | None = None
    is_organizer: bool = False
    person_id: int | None = None
    user_id: int | None = None


class Place(Body):
    """The location of an activity."""

    value: str


class ActivityFields(Body):
    """The fields that may be written; times are HH:MM or HH:MM:SS."""

    subject: str | None = None
    type: str | None = None
    owner_id: int | None = None
    deal_id: int | None = None
    lead_id: Uuid | None = None
    org_id: int | None = None
    project_id: int | None = None
    due_date: Day | None = None
    due_time: Time | None = None
    duration: Time | None = None
    busy: bool | None = None
    done: bool | None = None
    location: Place | None = None
    participants: list[Participant] | None = None
    attendees: list[Attendee] | None = None
    public_description: str | None = None
    priority: int | None = None
    note: str | None = None
    outcome: str | None = None


class ActivityListing(Listing):
    """GET /api/v2/activities; there is no filter by type."""

    deal_id: int | None = None
    lead_id: str | None = None
    person_id: int | None = None
    org_id: int | None = None
    done: Flag | None = None
    sort_by: str = Field(default="id", pattern="^(id|add_time|update_time|due_date)$")


def activities(request: ApiRequest) -> Response:
    """GET /api/v2/activities."""
    query = request.query_as(ActivityListing)
    rows = [_shown(row, query.include_fields) for row in live(request.database.activities)]
    return listed(rows, query, "deal_id", "lead_id", "person_id", "org_id", "done")


def activity(request: ApiRequest) -> Response:
    """GET /api/v2/activities/{id}."""
    query = request.query_as(Single)
    return ok(_shown(_found(request), query.include_fields))


def create(request: ApiRequest) -> Response:
    """POST /api/v2/activities. Owner, type and subject have defaults."""
    sent = _sent(request)
    activity_type = _type(request, sent.get("type") or "call")
    row = ActivityFields().model_dump() | {
        "participants": [],
        "attendees": [],
        "busy": False,
        "done": False,
        "person_id": None,
        "marked_as_done_time": None,
    }
    row |= {name: value for name, value in sent.items() if value is not None}
    row |= {
        "type": activity_type["key_string"],
        "subject": sent.get("subject") or activity_type["name"],
        "owner_id": sent.get("owner_id") or request.user,
        "creator_user_id": request.user,
    }
    _check(request, sent, row)
    return ok(_shown(request.database.add_activity(**_derived(request, row))))


def change(request: ApiRequest) -> Response:
    """PATCH /api/v2/activities/{id}: what is not sent stays, null clears."""
    row, sent = _found(request), _sent(request)
    _type(request, sent.get("type") or row["type"])
    after = row | {name: value for name, value in sent.items() if value is not None or name not in NEVER_NULL}
    _check(request, sent, after)
    changed = _derived(request, after) | {"update_time": request.database.now}
    return ok(_shown(request.database.activities.change(request.id, changed)))


def delete(request: ApiRequest) -> Response:
    """DELETE /api/v2/activities/{id}: marked, and purged after thirty days."""
    row = _found(request)
    request.database.activities.change(request.id, {"is_deleted": True, "update_time": request.database.now})
    return ok({"id": row["id"]})


# -- reading --


def _sent(request: ApiRequest) -> Row:
    if isinstance(request.body, dict) and "person_id" in request.body:
        raise bad_request(PERSON_ID_IS_READ_ONLY)
    sent = request.body_as(ActivityFields).sent_fields()
    if isinstance(note := sent.get("note"), str) and request.toggles["rewrites_notes"]:
        sent["note"] = rewritten(note)
    return sent


def _type(request: ApiRequest, key: Json) -> Row:
    for activity_type in request.database.activity_types.values():
        if activity_type["key_string"] == key:
            return activity_type
    raise invalid("type", f"Activity type '{key}' was not found")


def _check(request: ApiRequest, sent: Row, after: Row) -> None:
    """Refuse links to records that do not exist, and a deal together with a lead."""
    database = request.database
    existing: dict[str, Iterable[Json]] = {
        "owner_id": database.users,
        "deal_id": [deal["id"] for deal in live(database.deals)],
        "lead_id": [lead["id"] for lead in live(database.leads)],
        "org_id": [organization["id"] for organization in live(database.organizations)],
    }
    for field, ids in existing.items():
        if sent.get(field) is not None and sent[field] not in ids:
            raise bad_request(f"{field} {sent[field]} was not found.")
    persons = {person["id"] for person in live(database.persons)}
    if {one["person_id"] for one in _participants(sent)} - persons:
        raise bad_request("participants: person was not found.")
    if after["deal_id"] is not None and after["lead_id"] is not None and request.toggles["deal_or_lead"]:
        raise bad_request("An activity can be linked to a deal or to a lead, not to both.")


def _derived(request: ApiRequest, row: Row) -> Row:
    """Return the row with its person and the time it was done, which follow from other fields."""
    participants = _participants(row)
    if participants and not any(one["primary"] for one in participants):
        participants[0]["primary"] = True
    person = next((one["person_id"] for one in participants if one["primary"]), None)
    done_at = (row["marked_as_done_time"] or request.database.now) if row["done"] else None
    everyone: list[Json] = list(participants)
    return row | {"participants": everyone, "person_id": person, "marked_as_done_time": done_at}


def _participants(row: Row) -> list[JsonObject]:
    rows = row.get("participants")
    return [dict(one) for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


# -- answering --


def _found(request: ApiRequest) -> Row:
    row = request.database.activities.get(request.id)
    if row is None or (row["is_deleted"] and request.toggles["deleted_answer_404"]):
        raise not_found()
    return row


def _shown(row: Row, include_fields: str | None = None) -> Row:
    if "attendees" in (include_fields or "").split(","):
        return row
    return {name: value for name, value in row.items() if name != "attendees"}
