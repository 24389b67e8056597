"""From a finished draft to an event and its links, within Insightly's field lengths.

https://api.na1.insightly.com/v3.1/#!/Events (TITLE 255, DETAILS 4000 characters of plain text).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from appconnect.connectors.insightly.schemas import BODY_DATE, COLLECTIONS, FORM_FIELDS, Event, Target
from appconnect.ids import whole_number
from appconnect.models import Contact, JsonObject, LogDraft
from appconnect.text.utf16 import utf16_length, utf16_prefix

parse_id = partial(whole_number, "Insightly")

MAX_TITLE: Final = 255
MAX_DETAILS: Final = 4000
CUT: Final = "… (cut: the rest does not fit Insightly's 4000 characters)"


def new_event(draft: LogDraft, now: datetime) -> JsonObject:
    """Return the body of a new event; one without a start begins now."""
    start = draft.start or now
    return {**_fields(draft), **_times(start, start + timedelta(seconds=draft.duration or 0))}


def changed_event(event: Event, draft: LogDraft) -> JsonObject | None:
    """Return the body that changes what the draft sets; None when it sets nothing of the event itself.

    Start and end are always sent, as PUT requires. A draft without a start keeps it; a duration alone moves
    the end only, a start alone the whole event.
    """
    fields = _fields(draft)
    if not fields and draft.start is None and draft.duration is None:
        return None
    start = draft.start or event.start_date_utc
    seconds = (event.seconds if draft.duration is None else draft.duration) or 0
    times = _times(start, start + timedelta(seconds=seconds)) if start else {}
    return {"EVENT_ID": event.event_id, **fields, **times}


def fitting_title(text: str) -> str:
    """Return the title, shortened with "…" if need be."""
    return text if utf16_length(text) <= MAX_TITLE else utf16_prefix(text, MAX_TITLE - 1) + "…"


def fitting_details(text: str) -> str:
    """Return the body, cut at the end of a line if need be, with a last line that tells it.

    Call logs come shortened with more care, part by part; this is for whatever else is too long. A body that
    was cut before tells it for good, even if it has become short: what is lost stays lost.
    """
    lines = text.split("\n")
    if CUT not in lines and utf16_length(text) <= MAX_DETAILS:
        return text
    body, room = "\n".join(line for line in lines if line != CUT), MAX_DETAILS - utf16_length(CUT) - 1
    if utf16_length(body) > room:
        body = utf16_prefix(body, room)
        body = body[: body.rfind("\n")] if "\n" in body[room // 2 :] else body
    return f"{body.rstrip()}\n{CUT}"


def wanted_links(contact: Contact, draft: LogDraft) -> list[Target]:
    """Return what a new event is to be linked to: the contact, and what was chosen in the form."""
    kind = next(
        (kind for kind in ("Contact", "Lead") if kind.casefold() == contact.type.casefold()), "Contact"
    )
    links = [(kind, parse_id(contact.id, kind.lower()))]
    return links + [(kind, number) for kind, number in chosen_links(draft).items() if number is not None]


def chosen_links(draft: LogDraft) -> dict[str, int | None]:
    """Return what the form sets, by singular name: an id, or None to clear."""
    choices = {field: draft.chosen(field) for field in FORM_FIELDS}
    if choices["organisation"] is None:  # the message log's form spells it the American way
        choices["organisation"] = draft.chosen("organization")
    return {
        FORM_FIELDS[field]: parse_id(choice, field) if choice else None
        for field, choice in choices.items()
        if choice is not None
    }


def is_from(event: Event, draft: LogDraft) -> bool:
    """Return whether the event was written from this draft; white space does not count, it may be trimmed."""
    same_start = draft.start is None or event.start_date_utc == draft.start.replace(microsecond=0)
    same_title = (event.title or "").split() == fitting_title(draft.subject or "").split()
    return same_start and same_title and event.text.split() == fitting_details(draft.body or "").split()


def record_path(target: Target) -> str:
    """Return the path of a record."""
    return f"/{COLLECTIONS[target[0]]}/{target[1]}"


def _fields(draft: LogDraft) -> JsonObject:
    body: JsonObject = {}
    if draft.subject is not None:
        body["TITLE"] = fitting_title(draft.subject)
    if draft.body is not None:
        body["DETAILS"] = fitting_details(draft.body)
    if draft.owner_id:
        body["OWNER_USER_ID"] = parse_id(draft.owner_id, "user")
    return body


def _times(start: datetime, end: datetime) -> JsonObject:
    return {
        "START_DATE_UTC": f"{start.astimezone(UTC):{BODY_DATE}}",
        "END_DATE_UTC": f"{end.astimezone(UTC):{BODY_DATE}}",
    }
