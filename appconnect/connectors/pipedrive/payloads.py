"""From a finished draft to the body of an activity.

https://developers.pipedrive.com/docs/api/v1/Activities (version 2 is strict: numbers are numbers, and a key
that is not said stays as it is).
"""

from __future__ import annotations

import html
import re
from datetime import UTC
from functools import partial

from appconnect.errors import InputError
from appconnect.ids import whole_number
from appconnect.models import JsonObject, LogDraft

MAX_MINUTES = 24 * 60 - 1
"""Of an activity: its duration is written like a time of day."""
parse_id = partial(whole_number, "Pipedrive")


def said(draft: LogDraft) -> JsonObject:
    """What the draft says, in Pipedrive's words; times are UTC."""
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


def links_in(draft: LogDraft) -> JsonObject:
    """``deal_id`` and ``lead_id`` as far as the form says; an activity has one of them at most."""
    deal, lead = draft.chosen("deals"), draft.chosen("leads")
    if deal and lead:
        raise InputError("Choose a deal or a lead, not both: a Pipedrive activity belongs to one of them.")
    if deal:
        return {"deal_id": parse_id(deal, "deal"), "lead_id": None}
    if lead:
        return {"deal_id": None, "lead_id": lead}
    cleared = {"deal_id": deal, "lead_id": lead}
    return {key: None for key, value in cleared.items() if value == ""}


def words(note: str | None) -> list[str]:
    """The words of a note without its markup, which Pipedrive may rewrite."""
    return html.unescape(re.sub(r"<[^<>]*>", " ", note or "")).split()
