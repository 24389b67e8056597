"""From a finished draft to what Redtail is sent.

https://documenter.getpostman.com/view/7873823/SVzxXyzn (Activities, Contacts). All ids are numbers; a PUT
changes only the fields that are sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import JsonValue

from appconnect.connectors.redtail.schemas import TYPE_PREFIX, Activity
from appconnect.errors import InputError
from appconnect.ids import whole_number
from appconnect.models import JsonObject, LogDraft
from appconnect.phone import PhoneNumber
from appconnect.text.person_names import split_name

parse_id = partial(whole_number, "Redtail")

CALL_CODE = 3
"""The activity code of phone calls in a fresh database; RingCentral's own products send it for every log."""
MOBILE = 3
"""The phone type of numbers that we know no better of."""
ATTENDEE = "Crm::Activity::Attendee::User"


def texts(draft: LogDraft) -> JsonObject:
    """Return subject and body, as far as the draft sets them."""
    fields: JsonObject = {"subject": draft.subject, "description": draft.body}
    return {key: value for key, value in fields.items() if value is not None}


def needs_old(draft: LogDraft) -> bool:
    """Return whether the activity must be read before this update can be written."""
    return bool(draft.owner_id) or (draft.start is None) != (draft.duration is None)


def span(start: datetime, seconds: int | None) -> JsonObject:
    """Return begin and end."""
    return {"start_date": iso(start), "end_date": iso(start + timedelta(seconds=seconds or 0))}


def new_span(draft: LogDraft, old: Activity | None) -> JsonObject:
    """Return what changes of begin and end: a start moves both, a duration alone only the end."""
    if draft.start is None and draft.duration is None:
        return {}
    start = draft.start or (old.start_date if old else None)
    if start is None:
        return {}
    seconds = draft.duration if draft.duration is not None else (old.seconds if old else None)
    times = span(start, seconds)
    return times if draft.start else {"end_date": times["end_date"]}


def attendance(owner_id: str | None, old: Activity | None = None) -> JsonObject:
    """Return the owner beside everybody who takes part already, because a PUT may replace the list."""
    if not owner_id:
        return {}
    before = list(old.attendees or []) if old else []
    owner = parse_id(owner_id, "user")
    if any(attendee.get("user_id") == owner for attendee in before):
        return {}
    return {"attendees": [*before, {"type": ATTENDEE, "user_id": owner}]}


def new_person(
    number: PhoneNumber, name: str, contact_type: str, types: tuple[str, ...], category: str | None
) -> JsonObject:
    """Return a contact with one phone: a person's name in two parts, any other's in one."""
    if contact_type not in types:
        raise InputError(f"Redtail has no contact type {contact_type!r}; choose one of: {', '.join(types)}.")
    if not name.strip():
        raise InputError("The new contact needs a name.")
    body: JsonObject = {"type": f"{TYPE_PREFIX}{contact_type}", "phones": [new_phone(number)]}
    if contact_type == types[0]:
        first, last = split_name(name)
        body |= {"first_name": first, "last_name": last} if first else {"last_name": last}
    else:
        body["company_name"] = " ".join(name.split())
    return body | ({"category_id": parse_id(category, "category")} if category else {})


def new_phone(number: PhoneNumber) -> JsonObject:
    """Return a phone as Redtail keeps it: national digits, the country code apart."""
    return {
        "number": number.national,
        "country_code": int(number.country_code),
        "phone_type": MOBILE,
        "is_primary": True,
        "is_preferred": True,
    }


def iso(moment: datetime) -> str:
    """Return ``2026-03-01T15:00:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def chosen(submission: Mapping[str, JsonValue] | None, field: str) -> str | None:
    """Return what a form says for ``field``, as :meth:`LogDraft.chosen` reads it."""
    return LogDraft(additional_submission=dict(submission or {})).chosen(field)
