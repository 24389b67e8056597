"""What Redtail is sent for an activity and a contact, and how an activity is known again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from appconnect import phone
from appconnect.connectors.redtail.payloads import (
    attendance,
    chosen,
    iso,
    needs_old,
    new_person,
    new_span,
    span,
    texts,
)
from appconnect.connectors.redtail.schemas import Activity
from appconnect.errors import InputError
from appconnect.models import JsonObject, LogDraft

START = datetime(2026, 1, 2, 9, 30, 1, tzinfo=UTC)
LATER = START + timedelta(hours=1)
OLD = Activity(id=1, start_date=START, end_date=START + timedelta(seconds=60))
BEGIN, END = "2026-01-02T09:30:01.000Z", "2026-01-02T09:31:01.000Z"
TYPES = ("Individual", "Business", "Trust")


def test_texts_are_those_that_the_draft_sets() -> None:
    assert {"subject": "Call", "description": ""} == texts(LogDraft(subject="Call", body=""))
    assert {"subject": ""} == texts(LogDraft(subject=""))
    assert {} == texts(LogDraft())


@pytest.mark.parametrize(
    ("draft", "needed"),
    [
        (LogDraft(), False),
        (LogDraft(owner_id="41"), True),
        (LogDraft(owner_id=""), False),
        (LogDraft(start=START), True),
        (LogDraft(duration=0), True),
        (LogDraft(start=START, duration=0), False),
    ],
)
def test_the_old_activity_is_read_for_an_owner_and_for_one_time_of_two(draft: LogDraft, needed: bool) -> None:
    assert needed is needs_old(draft)


@pytest.mark.parametrize(
    ("draft", "old", "changed"),
    [
        (LogDraft(), OLD, {}),
        (LogDraft(duration=5), None, {}),
        (LogDraft(duration=5), Activity(id=1), {}),
        (LogDraft(duration=0), OLD, {"end_date": BEGIN}),
        (LogDraft(duration=60), OLD, {"end_date": END}),
        (LogDraft(start=START), None, {"start_date": BEGIN, "end_date": BEGIN}),
        (LogDraft(start=LATER), OLD, span(LATER, 60)),
        (LogDraft(start=LATER, duration=0), OLD, span(LATER, 0)),
    ],
)
def test_a_start_moves_both_times_and_a_duration_the_end(
    draft: LogDraft, old: Activity | None, changed: JsonObject
) -> None:
    assert changed == new_span(draft, old)


def test_times_are_utc_with_milliseconds() -> None:
    there = START.replace(microsecond=1_999).astimezone(timezone(timedelta(hours=2)))
    assert "2026-01-02T09:30:01.001Z" == iso(there)
    assert {"start_date": BEGIN, "end_date": END} == span(START, 60)


RAE: JsonObject = {"type": "Crm::Activity::Attendee::User", "user_id": 41}
KIT: JsonObject = {"type": "Crm::Activity::Attendee::User", "user_id": 42}


@pytest.mark.parametrize(
    ("owner", "attendees", "sent"),
    [
        ("", [KIT], {}),
        (None, [KIT], {}),
        ("41", None, {"attendees": [RAE]}),
        ("41", [], {"attendees": [RAE]}),
        ("41", [KIT], {"attendees": [KIT, RAE]}),
        ("41", [KIT, RAE], {}),
    ],
)
def test_an_owner_is_added_beside_those_who_take_part(
    owner: str | None, attendees: list[JsonObject] | None, sent: JsonObject
) -> None:
    assert sent == attendance(owner, Activity(id=1, attendees=attendees))
    if attendees is None:
        assert sent == attendance(owner)


NUMBER = phone.parse("+44 20 7946 0018")
PHONES = [
    {"number": "2079460018", "country_code": 44, "phone_type": 3, "is_primary": True, "is_preferred": True}
]


@pytest.mark.parametrize(
    ("name", "kind", "category", "named"),
    [
        ("Nia  Holt", "Individual", None, {"first_name": "Nia", "last_name": "Holt"}),
        ("Holt", "Individual", "", {"last_name": "Holt"}),
        (" Holt   Ltd ", "Business", "7", {"company_name": "Holt Ltd", "category_id": 7}),
        ("Holt", "Trust", None, {"company_name": "Holt"}),
    ],
)
def test_a_contact_has_its_name_in_parts_or_whole(
    name: str, kind: str, category: str | None, named: JsonObject
) -> None:
    expected = {"type": f"Crm::Contact::{kind}", "phones": PHONES, **named}
    assert expected == new_person(NUMBER, name, kind, TYPES, category)


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("Nia", "Owner", "Redtail has no contact type 'Owner'; choose one of: Individual, Business, Trust."),
        (" \n", "Individual", "The new contact needs a name."),
    ],
)
def test_a_contact_that_cannot_be_is_told(name: str, kind: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        new_person(NUMBER, name, kind, TYPES, None)
    assert told == caught.value.message


def test_a_choice_is_read_as_the_form_sends_it() -> None:
    assert (None, None, "", "7") == (
        chosen(None, "category"),
        chosen({}, "category"),
        chosen({"category": "none"}, "category"),
        chosen({"category": {"const": 7}}, "category"),
    )


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"subject": " Call "}, True),
        ({"start_date": START.replace(microsecond=900_000)}, True),
        ({"linked_contacts": None, "added_by": None}, True),
        ({"subject": "Another"}, False),
        ({"start_date": LATER}, False),
        ({"start_date": None}, False),
        ({"linked_contacts": [{"contact_id": 502}]}, False),
        ({"linked_contacts": [{"contact_id": 502}, {"contact_id": 501}]}, True),
        ({"added_by": 42}, False),
        ({"deleted": True}, False),
    ],
)
def test_an_activity_is_known_by_contact_subject_second_and_user(
    changes: dict[str, object], same: bool
) -> None:
    written = {
        "subject": "Call",
        "start_date": START,
        "linked_contacts": [{"contact_id": 501}],
        "added_by": 41,
    }
    activity = Activity.model_validate({"id": 1, **written, **changes})
    assert same is activity.is_from(LogDraft(subject="Call ", start=START), "501", "41")
    assert (same or changes == {"added_by": 42}) is activity.is_from(
        LogDraft(subject="Call", start=START), "501", ""
    )
