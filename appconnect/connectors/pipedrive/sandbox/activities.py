"""Activities (v2). Source: https://developers.pipedrive.com/docs/api/v1/Activities (version switch: v2).

The person is linked through ``participants``; ``person_id`` is for reading only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, invalid, not_found, ok
from appconnect.connectors.pipedrive.sandbox.calls import Body, Call, Flag, Listing, listed
from appconnect.connectors.pipedrive.sandbox.company import live
from appconnect.connectors.pipedrive.sandbox.persons import Single
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.markup import rewritten

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
    """Somebody invited by e-mail."""

    email: str
    name: str | None = None
    status: str | None = None
    is_organizer: bool = False
    person_id: int | None = None
    user_id: int | None = None


class Place(Body):
    """Where it happens."""

    value: str


class ActivityFields(Body):
    """What may be written; times go in as HH:MM or HH:MM:SS."""

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


def activities(call: Call) -> Response:
    """GET /api/v2/activities."""
    asked = call.asked(ActivityListing)
    rows = [_shown(row, asked.include_fields) for row in live(call.company.activities)]
    return listed(rows, asked, "deal_id", "lead_id", "person_id", "org_id", "done")


def activity(call: Call) -> Response:
    """GET /api/v2/activities/{id}."""
    asked = call.asked(Single)
    return ok(_shown(_found(call), asked.include_fields))


def create(call: Call) -> Response:
    """POST /api/v2/activities. Owner, type and subject have defaults."""
    sent = _sent(call)
    kind = _type(call, sent.get("type") or "call")
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
        "type": kind["key_string"],
        "subject": sent.get("subject") or kind["name"],
        "owner_id": sent.get("owner_id") or call.user,
        "creator_user_id": call.user,
    }
    _check(call, sent, row)
    return ok(_shown(call.company.add_activity(**_derived(call, row))))


def change(call: Call) -> Response:
    """PATCH /api/v2/activities/{id}: what is not sent stays, null clears."""
    row, sent = _found(call), _sent(call)
    _type(call, sent.get("type") or row["type"])
    after = row | {name: value for name, value in sent.items() if value is not None or name not in NEVER_NULL}
    _check(call, sent, after)
    row |= _derived(call, after)
    row["update_time"] = call.company.now
    return ok(_shown(row))


def delete(call: Call) -> Response:
    """DELETE /api/v2/activities/{id}: marked, and purged after thirty days."""
    row = _found(call)
    row |= {"is_deleted": True, "update_time": call.company.now}
    return ok({"id": row["id"]})


# -- what is sent --


def _sent(call: Call) -> Row:
    if isinstance(call.body, dict) and "person_id" in call.body:
        raise bad_request(PERSON_ID_IS_READ_ONLY)
    sent = call.sent(ActivityFields).sent()
    if isinstance(note := sent.get("note"), str) and call.toggles["rewrites_notes"]:
        sent["note"] = rewritten(note)
    return sent


def _type(call: Call, key: Json) -> Row:
    for kind in call.company.activity_types:
        if kind["key_string"] == key:
            return kind
    raise invalid("type", f"Activity type '{key}' was not found")


def _check(call: Call, sent: Row, after: Row) -> None:
    """New links must lead to something that is there; a deal and a lead exclude each other."""
    company = call.company
    there: dict[str, Iterable[Json]] = {
        "owner_id": company.users,
        "deal_id": [deal["id"] for deal in live(company.deals)],
        "lead_id": [lead["id"] for lead in live(company.leads)],
        "org_id": [organization["id"] for organization in live(company.organizations)],
    }
    for field, known in there.items():
        if sent.get(field) is not None and sent[field] not in known:
            raise bad_request(f"{field} {sent[field]} was not found.")
    persons = {person["id"] for person in live(company.persons)}
    if {one["person_id"] for one in _participants(sent)} - persons:
        raise bad_request("participants: person was not found.")
    if after["deal_id"] is not None and after["lead_id"] is not None and call.toggles["deal_or_lead"]:
        raise bad_request("An activity can be linked to a deal or to a lead, not to both.")


def _derived(call: Call, row: Row) -> Row:
    """What follows from the rest: the person, and when it was done."""
    participants = _participants(row)
    if participants and not any(one["primary"] for one in participants):
        participants[0]["primary"] = True
    person = next((one["person_id"] for one in participants if one["primary"]), None)
    done_at = (row["marked_as_done_time"] or call.company.now) if row["done"] else None
    everyone: list[Json] = list(participants)
    return row | {"participants": everyone, "person_id": person, "marked_as_done_time": done_at}


def _participants(row: Row) -> list[JsonObject]:
    given = row.get("participants")
    return [dict(one) for one in given if isinstance(one, dict)] if isinstance(given, list) else []


# -- what is shown --


def _found(call: Call) -> Row:
    row = call.company.activities.get(call.id)
    if row is None or (row["is_deleted"] and call.toggles["deleted_answer_404"]):
        raise not_found()
    return row


def _shown(row: Row, include_fields: str | None = None) -> Row:
    if "attendees" in (include_fields or "").split(","):
        return row
    return {name: value for name, value in row.items() if name != "attendees"}
