"""What is sent to New CRM: https://docs.newcrm.example/calls (replace by your vendor's page)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from appconnect.ids import whole_number
from appconnect.models import JsonObject, LogDraft

from newcrm_connector.schemas import Call

parse_id = partial(whole_number, "New CRM")
"""An id as a number: ``parse_id("12", "contact")``. InputError for anything else, before it is sent."""


def call_fields(draft: LogDraft) -> JsonObject:
    """Return the fields of a call that the draft sets. None means: leave that field as it is."""
    fields: JsonObject = {}
    if draft.subject is not None:
        fields["subject"] = draft.subject
    if draft.body is not None:
        fields["text"] = draft.body
    if draft.start is not None:
        fields["started_at"] = iso(draft.start)
    if draft.duration is not None:
        fields["seconds"] = draft.duration
    if draft.owner_id:
        fields["owner_id"] = parse_id(draft.owner_id, "user")
    return fields


def iso(moment: datetime) -> str:
    """Return a moment as New CRM writes it: ``2026-01-02T09:30:00Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def is_from(call: Call, draft: LogDraft) -> bool:
    """Return whether the call was written from this draft."""
    same_start = draft.start is None or call.started_at == draft.start.replace(microsecond=0)
    return same_start and (call.subject, call.text) == (draft.subject or "", draft.body or "")
