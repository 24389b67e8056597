"""From a finished draft to the body of an activity.

https://developers.pipedrive.com/docs/api/v1/Activities (version 2 is strict: numbers are numbers, and a key
that is left out stays as it is).
"""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta
from functools import partial
from typing import TypeVar

from appconnect.connectors.pipedrive.schemas import Activity
from appconnect.errors import InputError, Rejected
from appconnect.ids import whole_number
from appconnect.models import JsonObject, LogDraft

T = TypeVar("T")
MAX_MINUTES = 24 * 60 - 1
"""Of an activity: its duration is written like a time of day."""
TIMES = ("due_time", "duration")
FAULT_OF_TIME = re.compile(rf"\b(?:{'|'.join(TIMES)}): This value is not a valid (?:date)?time\b")
parse_id = partial(whole_number, "Pipedrive")


def activity_path(log_id: str) -> str:
    """Return the path of an activity."""
    return f"/api/v2/activities/{parse_id(log_id, 'activity')}"


def activity_fields(draft: LogDraft) -> JsonObject:
    """Return the fields of an activity that the draft sets; times are UTC."""
    body: JsonObject = {}
    if draft.subject is not None:
        body["subject"] = draft.subject
    if draft.body is not None:
        body["note"] = draft.body
    if draft.start is not None:
        start = draft.start.astimezone(UTC)
        body |= {"due_date": f"{start:%Y-%m-%d}", "due_time": f"{start:%H:%M}"}
    if draft.duration is not None:
        minutes = min(-(-draft.duration // 60), MAX_MINUTES)
        body["duration"] = f"{minutes // 60:02}:{minutes % 60:02}"
    if draft.owner_id:
        body["owner_id"] = parse_id(draft.owner_id, "owner")
    return body


async def send_times(send: Callable[[JsonObject], Awaitable[T]], body: JsonObject) -> T:
    """Send a body; where Pipedrive refuses its times, as it does now and then, once more with seconds."""
    try:
        return await send(body)
    except Rejected as error:
        if not FAULT_OF_TIME.search(error.crm_message):
            raise
    whole = {name: f"{time}:00" for name in TIMES if isinstance(time := body.get(name), str)}
    return await send({**body, **whole})


def links_in(draft: LogDraft) -> JsonObject:
    """Return ``deal_id`` and ``lead_id`` as the form sets or clears them; an activity has one at most."""
    deal, lead = draft.chosen("deals"), draft.chosen("leads")
    if deal and lead:
        raise InputError("Choose a deal or a lead, not both: a Pipedrive activity belongs to one of them.")
    if deal:
        return {"deal_id": parse_id(deal, "deal"), "lead_id": None}
    if lead:
        return {"deal_id": None, "lead_id": lead}
    cleared = {"deal_id": deal, "lead_id": lead}
    return {key: None for key, value in cleared.items() if value == ""}


def was_added_before(activity: Activity, draft: LogDraft) -> bool:
    """Return whether the activity was there a day before the call began; clocks may be wrong by less."""
    if activity.add_time is None or draft.start is None:
        return False
    return activity.add_time < draft.start - timedelta(days=1)


def is_from(activity: Activity, draft: LogDraft) -> bool:
    """Return whether the activity was written from this draft: same subject, minute and words of the note."""
    minute = draft.start.replace(second=0, microsecond=0) if draft.start else None
    same_start = minute is None or activity.start == minute
    return activity.subject == draft.subject and same_start and _words(activity.note) == _words(draft.body)


def _words(note: str | None) -> list[str]:
    """Return the words of a note without its markup, which Pipedrive may rewrite."""
    return html.unescape(re.sub(r"<[^<>]*>", " ", note or "")).split()
