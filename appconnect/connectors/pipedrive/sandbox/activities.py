"""Activities (v2). Source: https://developers.pipedrive.com/docs/api/v1/Activities (choose v2 there).

The person is linked through ``participants``; ``person_id`` is for reading only.
"""

from __future__ import annotations

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, invalid
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import is_live
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.html_rewriting import rewritten

PERSON_ID_IS_READ_ONLY = (
    "'person_id' is a read-only field. Add a primary participant to set 'person_id' instead."
)
NEW: Row = {
    "deal_id": None, "lead_id": None, "org_id": None, "participants": [], "attendees": [], "busy": False,
    "done": False, "person_id": None, "marked_as_done_time": None, "due_date": None,
}  # fmt: skip
CONFERENCE = ("conference_meeting_client", "conference_meeting_url", "conference_meeting_id")
TIMES = ("due_time", "duration")


def _activity(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if "person_id" in sent:
        raise bad_request(PERSON_ID_IS_READ_ONLY)
    if "outcome" in sent and not request.toggles["activity_outcome"]:
        raise invalid("outcome", "Parameter 'outcome' is not allowed for this request")
    if isinstance(note := sent.get("note"), str) and request.toggles["rewrites_notes"]:
        sent["note"] = rewritten(note)
    for name in TIMES:
        if isinstance(time := sent.get(name), str):
            sent[name] = _with_seconds(request, name, time)
    row = (before | sent) if before else _new(request, sent)
    _type(request, row["type"])
    _check(request, sent, row)
    return sent | row | _derived(request, row)


def _new(request: ApiRequest, sent: Row) -> Row:
    """Return a new activity: owner, type and subject have defaults."""
    activity_type = _type(request, sent.get("type") or "call")
    row = NEW | {name: value for name, value in sent.items() if value is not None}
    return row | {
        "type": activity_type["key_string"],
        "subject": sent.get("subject") or activity_type["name"],
        "owner_id": sent.get("owner_id") or request.user,
        "creator_user_id": request.user,
    }


def _with_seconds(request: ApiRequest, name: str, time: str) -> str:
    if time.count(":") == 2:
        return time
    if request.toggles["times_need_seconds"]:
        raise invalid(name, "This value is not a valid datetime.")
    return f"{time}:00"


def _type(request: ApiRequest, key: Json) -> Row:
    for activity_type in request.database.activity_types.values():
        if activity_type["key_string"] == key:
            return activity_type
    raise invalid("type", f"Activity type '{key}' was not found")


def _check(request: ApiRequest, sent: Row, after: Row) -> None:
    """Refuse participants that do not exist, and a deal together with a lead."""
    persons = request.database.persons
    for one in _participants(sent):
        key = one["person_id"]
        if not is_live(persons.get(key) if isinstance(key, int) else None):
            raise bad_request("participants: person was not found.")
    if after["deal_id"] is not None and after["lead_id"] is not None and request.toggles["deal_or_lead"]:
        raise bad_request("An activity can be linked to a deal or to a lead, not to both.")


def _derived(request: ApiRequest, row: Row) -> Row:
    """Return the person and the time it was done, which follow from other fields."""
    participants = [{"primary": False, **one} for one in _participants(row)]
    if participants and not any(one["primary"] for one in participants):
        participants[0]["primary"] = True
    person = next((one["person_id"] for one in participants if one["primary"]), None)
    done_at = (row["marked_as_done_time"] or request.database.now) if row["done"] else None
    everyone: list[Json] = list(participants)
    return {"participants": everyone, "person_id": person, "marked_as_done_time": done_at}


def _participants(row: Row) -> list[JsonObject]:
    rows = row.get("participants")
    return [dict(one) for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _shown(request: ApiRequest, row: Row) -> Row:
    if request.toggles["times_with_seconds"]:
        return row
    return row | {name: time[:5] for name in TIMES if isinstance(time := row.get(name), str)}


def _hidden(request: ApiRequest) -> set[str]:
    meetings = set() if request.toggles["conference_meetings"] else {*CONFERENCE}
    return {"attendees"} | meetings | (set() if request.toggles["activity_outcome"] else {"outcome"})


ACTIVITIES = Collection(
    "/api/v2/activities", "activities", "activity", 9301,
    prepare=_activity, show=_shown, hidden=_hidden,
)  # fmt: skip
HANDLERS: dict[str, Handler] = ACTIVITIES.handlers
