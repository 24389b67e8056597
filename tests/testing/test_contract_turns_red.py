"""A changed mapping turns the contract red, on every platform: the proof that its cases look closely enough.

Each fault is put into the connector's own methods, and only the cases that should notice are run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from contract_runs import red

from appconnect.connector import Connector
from appconnect.connectors import registry
from appconnect.models import JsonObject, LogDraft

Fault = Callable[[Connector, LogDraft], LogDraft]


def changed(draft: LogDraft, **fields: Any) -> LogDraft:
    return draft.model_copy(update=fields)


def rounds_durations_down(_: Connector, draft: LogDraft) -> LogDraft:
    return draft if draft.duration is None else changed(draft, duration=draft.duration // 60 * 60)


def drops_the_owner(_: Connector, draft: LogDraft) -> LogDraft:
    return changed(draft, owner_id=None)


def takes_local_time_for_utc(connector: Connector, draft: LogDraft) -> LogDraft:
    if draft.start is None:
        return draft
    local = draft.start.astimezone(ZoneInfo(connector.timezone()))
    return changed(draft, start=local.replace(tzinfo=UTC))


def writes_the_note_for_the_body(_: Connector, draft: LogDraft) -> LogDraft:
    return changed(draft, body=draft.note) if draft.note else draft


def swapped(connector: Connector, chosen: JsonObject) -> JsonObject:
    """A deal for a lead and back; where there is but one association, it goes astray."""
    fields = connector.disposition_fields
    next_field = dict(zip(fields, (*fields[1:], fields[0]), strict=True)) if len(fields) > 1 else {}
    return {
        next_field.get(name, "astray" if name in fields else name): value for name, value in chosen.items()
    }


def swaps_associations(connector: Connector, draft: LogDraft) -> LogDraft:
    return changed(draft, additional_submission=swapped(connector, draft.additional_submission))


FAULTS: Mapping[str, tuple[Fault, tuple[str, ...]]] = {
    "rounds durations down": (
        rounds_durations_down,
        ("test_the_duration_is_kept", "test_a_new_duration_is_kept"),
    ),
    "drops the owner": (
        drops_the_owner,
        ("test_the_owner_who_is_asked_for", "test_a_new_owner", "test_a_message_log_has_its_moment"),
    ),
    "swaps associations": (
        swaps_associations,
        ("test_what_is_chosen_in_the_form", "test_what_is_chosen_later"),
    ),
    "takes local time for UTC": (
        takes_local_time_for_utc,
        ("test_the_start_is_that_very_moment", "test_a_new_start", "test_a_message_log_has_its_moment"),
    ),
    "writes the note for the body": (
        writes_the_note_for_the_body,
        ("test_the_body_is_this_to_the_letter",),
    ),
}
WRITES = ("create_call_log", "update_call_log", "create_message_log", "update_message_log")


def put_in(monkeypatch: pytest.MonkeyPatch, connector: type[Connector], fault: Fault) -> None:
    """Let the connector write a draft with this fault."""
    for name in WRITES:
        right = getattr(connector, name)

        def wrong(self: Connector, where: object, draft: LogDraft, right: Callable[..., Any] = right) -> Any:
            return right(self, where, fault(self, draft))

        monkeypatch.setattr(connector, name, wrong)


@pytest.mark.parametrize("platform", registry.names())
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_turns_it_red(monkeypatch: pytest.MonkeyPatch, platform: str, fault: str) -> None:
    change, cases = FAULTS[fault]
    put_in(monkeypatch, registry.platform(platform).connector, change)
    assert set(cases) == red(platform, cases)


@pytest.mark.parametrize("platform", registry.names())
def test_a_wrong_zone_turns_it_red(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(registry.platform(platform).connector, "timezone", lambda _: "Asia/Tokyo")
    cases = ("test_the_body_is_this_to_the_letter", "test_the_user_has_their_own_time_zone",
             "test_a_conversation_is_this_to_the_letter", "test_a_day_of_messages")  # fmt: skip
    assert set(cases) == red(platform, cases)


@pytest.mark.parametrize("platform", registry.names())
def test_an_association_that_is_read_back_as_another_turns_it_red(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    connector = registry.platform(platform).connector
    right = connector.get_call_log

    async def wrong(self: Connector, log_id: str) -> Any:
        record = await right(self, log_id)
        fields = self.disposition_fields
        turned = {fields[fields.index(name) - 1]: value for name, value in record.dispositions.items()}
        return record.model_copy(update={"dispositions": turned if len(fields) > 1 else {}})

    monkeypatch.setattr(connector, "get_call_log", wrong)
    assert {"test_what_is_read_back"} == red(platform, ("test_what_is_read_back",))


@pytest.mark.parametrize("platform", registry.names())
def test_a_disposition_that_is_linked_as_another_turns_it_red(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    connector = registry.platform(platform).connector
    right = connector.upsert_call_disposition

    async def wrong(self: Connector, log_id: str, dispositions: JsonObject) -> str | None:
        return await right(self, log_id, swapped(self, dispositions))

    monkeypatch.setattr(connector, "upsert_call_disposition", wrong)
    cases = ("test_a_disposition_is_set", "test_a_disposition_is_linked")
    assert set(cases) == red(platform, cases)
