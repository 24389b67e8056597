"""Activities (v2). Source: https://developers.pipedrive.com/docs/api/v1/Activities (choose v2 there).

The person is linked through ``participants``; ``person_id`` is for reading only.
"""

from __future__ import annotations

from collections.abc import Iterator

from appconnect.connectors.pipedrive.sandbox.answers import Fault, Row, bad_request
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import defaults, is_live
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.html_rewriting import rewritten

PERSON_ID_IS_READ_ONLY = (
    "'person_id' is a read-only field. Add a primary participant to set 'person_id' instead."
)
CONFERENCE = ("conference_meeting_client", "conference_meeting_url", "conference_meeting_id")
TIMES = ("due_time", "duration")


def _activity(request: ApiRequest, sent: Row, before: Row | None) -> Row:
    if "person_id" in sent:
        raise bad_request(PERSON_ID_IS_READ_ONLY)
    if isinstance(note := sent.get("note"), str) and request.toggles["rewrites_notes"]:
        sent["note"] = rewritten(note)
    for name in TIMES:
        if isinstance(time := sent.get(name), str):
            sent[name] = time if time.count(":") == 2 else f"{time}:00"
    row = (before | sent) if before else _new(request, sent)
    _check(request, sent, row)
    return sent | row | _derived(request, row)


def _new(request: ApiRequest, sent: Row) -> Row:
    """Return a new activity: owner, type and subject have defaults."""
    activity_type = _type(request, sent.get("type") or "call")
    assert activity_type is not None
    return (
        defaults("activities")
        | sent
        | {
            "type": activity_type["key_string"],
            "subject": sent.get("subject") or activity_type["name"],
            "owner_id": sent.get("owner_id") or request.user,
            "creator_user_id": request.user,
        }
    )


def _faults(request: ApiRequest, sent: JsonObject) -> Iterator[Fault]:
    """Yield an unknown type, and what a toggle refuses: a field, a time without seconds."""
    if "outcome" in sent and not request.toggles["activity_outcome"]:
        yield Fault("outcome", "Parameter 'outcome' is not allowed for this request")
    key = sent.get("type")
    if isinstance(key, str) and _type(request, key) is None:
        yield Fault("type", f"Activity type '{key}' was not found")
    short = [name for name in TIMES if isinstance(time := sent.get(name), str) and time.count(":") == 1]
    if short and _refuses_short_times(request):
        yield from (Fault(name, "This value is not a valid datetime.") for name in short)


def _refuses_short_times(request: ApiRequest) -> bool:
    """Return True always or every other time, as the toggles say."""
    if request.toggles["times_now_and_then"]:
        return request.database.next_id("short times") % 2 == 1
    return request.toggles["times_need_seconds"]


def _type(request: ApiRequest, key: Json) -> Row | None:
    rows = request.database.activity_types.values()
    return next((row for row in rows if row["key_string"] == key), None)


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
    prepare=_activity, faults=_faults, show=_shown, hidden=_hidden,
)  # fmt: skip
HANDLERS: dict[str, Handler] = ACTIVITIES.handlers
