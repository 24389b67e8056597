"""What Pipedrive is sent for an activity, and how an activity is known again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from appconnect.connectors.pipedrive.payloads import (
    activity_fields,
    activity_path,
    is_from,
    links_in,
    send_times,
    was_added_before,
)
from appconnect.connectors.pipedrive.schemas import Activity
from appconnect.errors import InputError, Rejected
from appconnect.models import JsonObject, LogDraft

START = datetime(2026, 1, 2, 9, 30, 59, tzinfo=UTC)


def test_an_activity_has_what_the_draft_sets() -> None:
    there = START.astimezone(timezone(-timedelta(hours=10)))
    draft = LogDraft(subject="Call", body="Hi", start=there, duration=65, owner_id="7001")
    assert {
        "subject": "Call",
        "note": "Hi",
        "due_date": "2026-01-02",
        "due_time": "09:30",
        "duration": "00:02",
        "owner_id": 7001,
    } == activity_fields(draft)
    assert {"subject": "", "note": ""} == activity_fields(LogDraft(subject="", body="", owner_id=""))
    assert "/api/v2/activities/9301" == activity_path("9301")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "00:00"), (1, "00:01"), (60, "00:01"), (61, "00:02"), (3600, "01:00"),
        (23 * 3600 + 59 * 60, "23:59"), (23 * 3600 + 59 * 60 + 1, "23:59"), (90_000, "23:59"),
    ],
)  # fmt: skip
def test_a_duration_is_in_minutes_that_have_begun_within_a_day(seconds: int, written: str) -> None:
    assert {"duration": written} == activity_fields(LogDraft(duration=seconds))


def refused(words: str) -> Rejected:
    return Rejected("Not accepted.", crm_message=words)


@pytest.mark.parametrize("field", ["due_time", "duration"])
@pytest.mark.parametrize("what", ["time", "datetime"])
async def test_times_that_are_refused_are_sent_once_more_with_seconds(field: str, what: str) -> None:
    sent: list[JsonObject] = []

    async def send(body: JsonObject) -> str:
        sent.append(body)
        if 1 == len(sent):
            raise refused(f"Validation failed: {field}: This value is not a valid {what}.")
        return "done"

    body: JsonObject = {"subject": "x", "due_time": "09:30", "duration": "00:02"}
    assert "done" == await send_times(send, body)
    assert [body, {**body, "due_time": "09:30:00", "duration": "00:02:00"}] == sent


@pytest.mark.parametrize("words", ["", "subject: This value is not a valid time", "due_time: missing"])
async def test_any_other_refusal_stands(words: str) -> None:
    sent: list[JsonObject] = []

    async def send(body: JsonObject) -> None:
        sent.append(body)
        raise refused(words)

    with pytest.raises(Rejected):
        await send_times(send, {"duration": "00:02"})
    assert 1 == len(sent)


async def test_what_is_sent_once_more_has_no_times_that_it_had_not() -> None:
    sent: list[JsonObject] = []

    async def send(body: JsonObject) -> None:
        sent.append(body)
        if 1 == len(sent):
            raise refused("duration: This value is not a valid time")

    await send_times(send, {"duration": "00:02", "due_time": None})
    assert {"duration": "00:02:00", "due_time": None} == sent[-1]


@pytest.mark.parametrize(
    ("submission", "links"),
    [
        ({}, {}),
        ({"deals": "901"}, {"deal_id": 901, "lead_id": None}),
        ({"deals": "901", "leads": ""}, {"deal_id": 901, "lead_id": None}),
        ({"leads": "a-b"}, {"deal_id": None, "lead_id": "a-b"}),
        ({"deals": "none"}, {"deal_id": None}),
        ({"leads": ""}, {"lead_id": None}),
        ({"deals": "", "leads": None}, {"deal_id": None, "lead_id": None}),
    ],
)
def test_a_deal_or_a_lead_is_set_or_cleared(submission: JsonObject, links: JsonObject) -> None:
    assert links == links_in(LogDraft(additional_submission=submission))


def test_a_deal_and_a_lead_are_too_many() -> None:
    with pytest.raises(InputError) as caught:
        links_in(LogDraft(additional_submission={"deals": "901", "leads": "a-b"}))
    told = "Choose a deal or a lead, not both: a Pipedrive activity belongs to one of them."
    assert told == caught.value.message


@pytest.mark.parametrize(
    ("added", "start", "before"),
    [
        (START - timedelta(days=1), START, False),
        (START - timedelta(days=1, seconds=1), START, True),
        (None, START, False),
        (START, None, False),
    ],
)
def test_an_activity_of_more_than_a_day_earlier_is_another(
    added: datetime | None, start: datetime | None, before: bool
) -> None:
    assert before is was_added_before(Activity(id=1, add_time=added), LogDraft(start=start))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"note": "<p>Hi <i>there</i></p>&amp;"}, True),
        ({"note": "Hi there &#38;"}, True),
        ({"note": "Hi &amp; there"}, False),
        ({"note": None}, False),
        ({"subject": "call"}, False),
        ({"due_time": "09:31"}, False),
        ({"due_time": None}, False),
    ],
)
def test_an_activity_is_known_by_its_minute_subject_and_words(
    changes: dict[str, str | None], same: bool
) -> None:
    written = {"subject": "Call", "note": "Hi there &amp;", "due_date": "2026-01-02", "due_time": "09:30:00"}
    activity = Activity.model_validate({"id": 1, **written, **changes})
    assert same is is_from(activity, LogDraft(subject="Call", body="<b>Hi</b><br>there &amp;", start=START))


def test_a_draft_without_a_start_is_known_by_subject_and_words_alone() -> None:
    assert is_from(Activity(id=1, subject="Call"), LogDraft(subject="Call"))


@pytest.mark.parametrize(
    ("participants", "person_id", "found"),
    [
        (None, None, None),
        ([{"person_id": 1, "primary": False}, {"person_id": 2, "primary": True}], None, 2),
        ([{"person_id": 1, "primary": False}, {"person_id": 2, "primary": True}], 3, 3),
        ([{"person_id": None, "primary": True}, {"person_id": 2, "primary": False}], None, 2),
    ],
)
def test_the_contact_is_the_person_else_the_primary_participant(
    participants: list[dict[str, object]] | None, person_id: int | None, found: int | None
) -> None:
    activity = Activity.model_validate({"id": 1, "participants": participants, "person_id": person_id})
    assert found == activity.contact_id


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:03", 180), ("01:02:03", 3723), ("00:00", 0), ("3 min", None), (None, None)]
)
def test_a_duration_is_read_with_and_without_seconds(text: str | None, seconds: int | None) -> None:
    assert seconds == Activity(id=1, duration=text).seconds


@pytest.mark.parametrize(
    ("deal", "lead", "links"),
    [(901, None, {"deals": "901"}), (None, "a-b", {"leads": "a-b"}), (0, "", {}), (None, None, {})],
)
def test_the_deal_or_lead_of_an_activity_is_its_choice(
    deal: int | None, lead: str | None, links: JsonObject
) -> None:
    assert links == Activity(id=1, deal_id=deal, lead_id=lead).dispositions


@pytest.mark.parametrize(
    ("date", "time", "start"),
    [
        ("2026-01-02", "09:30", START.replace(second=0)),
        ("2026-01-02", "09:30:59", START),
        ("2026-01-02", None, None),
        (None, "09:30", None),
        ("2026-01-32", "09:30", None),
    ],
)
def test_an_activity_of_a_whole_day_has_no_start(
    date: str | None, time: str | None, start: datetime | None
) -> None:
    assert start == Activity(id=1, due_date=date, due_time=time).start
