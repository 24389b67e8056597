"""What Insightly is sent for an event and its links, within the lengths that it takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from appconnect.connectors.insightly.payloads import (
    CUT,
    changed_event,
    chosen_links,
    fitting_details,
    fitting_title,
    is_from,
    new_event,
    wanted_links,
)
from appconnect.connectors.insightly.schemas import Event
from appconnect.errors import InputError
from appconnect.models import Contact, JsonObject, LogDraft

START = datetime(2026, 1, 2, 9, 30, 1, 500_000, tzinfo=UTC)
NOW = START + timedelta(hours=1)


def test_a_new_event_has_what_the_draft_sets() -> None:
    draft = LogDraft(subject="Call", body="Hi", start=START, duration=65, owner_id="41")
    assert {
        "TITLE": "Call",
        "DETAILS": "Hi",
        "OWNER_USER_ID": 41,
        "START_DATE_UTC": "2026-01-02 09:30:01",
        "END_DATE_UTC": "2026-01-02 09:31:06",
    } == new_event(draft, NOW)


def test_an_event_without_a_start_begins_and_ends_now() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    assert {"START_DATE_UTC": "2026-01-02 10:30:01", "END_DATE_UTC": "2026-01-02 10:30:01"} == new_event(
        LogDraft(owner_id=""), there
    )


EVENT = Event(event_id=9301, start_date_utc=START, end_date_utc=START + timedelta(seconds=60))


def times(start: str, end: str) -> JsonObject:
    return {"START_DATE_UTC": f"2026-01-02 {start}", "END_DATE_UTC": f"2026-01-02 {end}"}


@pytest.mark.parametrize(
    ("draft", "changed"),
    [
        (LogDraft(), None),
        (LogDraft(subject=""), {"TITLE": "", **times("09:30:01", "09:31:01")}),
        (LogDraft(duration=0), times("09:30:01", "09:30:01")),
        (LogDraft(duration=5), times("09:30:01", "09:30:06")),
        (LogDraft(start=NOW), times("10:30:01", "10:31:01")),
        (LogDraft(start=NOW, duration=1), times("10:30:01", "10:30:02")),
    ],
)
def test_a_changed_event_has_what_the_draft_sets_and_both_times(
    draft: LogDraft, changed: JsonObject | None
) -> None:
    expected = None if changed is None else {"EVENT_ID": 9301, **changed}
    assert expected == changed_event(EVENT, draft)


@pytest.mark.parametrize(
    ("event", "draft", "changed"),
    [
        (Event(event_id=1), LogDraft(body="x"), {"DETAILS": "x"}),
        (Event(event_id=1), LogDraft(duration=5), {}),
        (Event(event_id=1, start_date_utc=START), LogDraft(body="x"), {"DETAILS": "x", **times("09:30:01", "09:30:01")}),
    ],
)  # fmt: skip
def test_an_event_of_which_begin_or_end_is_not_known(
    event: Event, draft: LogDraft, changed: JsonObject
) -> None:
    assert {"EVENT_ID": 1, **changed} == changed_event(event, draft)


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("a" * 255, "a" * 255),
        ("a" * 256, "a" * 254 + "…"),
        ("😀" * 127 + "a", "😀" * 127 + "a"),
        ("😀" * 128, "😀" * 127 + "…"),
    ],
)
def test_a_title_has_at_most_255_units(text: str, fitting: str) -> None:
    assert fitting == fitting_title(text)


ROOM = 4000 - len(CUT) - 1


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("a" * 4000, "a" * 4000),
        ("a" * 4001, f"{'a' * ROOM}\n{CUT}"),
        (f"{'a' * 3000}\n{'b' * 1001}", f"{'a' * 3000}\n{CUT}"),
        (f"{'a' * 100}\n{'b' * 4000}", f"{'a' * 100}\n{'b' * (ROOM - 101)}\n{CUT}"),
        (f"a\n{CUT}", f"a\n{CUT}"),
        (f"a\n{CUT}\nb\n\n", f"a\nb\n{CUT}"),
        (f"{'a' * 3000}\n{'b' * (ROOM - 3001)}\n{CUT}", f"{'a' * 3000}\n{'b' * (ROOM - 3001)}\n{CUT}"),
        (f"say {CUT}", f"say {CUT}"),
    ],
    ids=["just fits", "one too long", "at a line's end", "a break too early", "cut before", "grown since", "full", "said"],
)  # fmt: skip
def test_details_have_at_most_4000_units_and_tell_what_was_cut(text: str, fitting: str) -> None:
    assert fitting == fitting_details(text)
    assert 4000 >= len(fitting)


@pytest.mark.parametrize(
    ("kind", "linked"),
    [("Contact", "Contact"), ("lead", "Lead"), ("LEAD", "Lead"), ("", "Contact"), ("x", "Contact")],
)
def test_an_event_is_linked_to_its_contact_and_to_what_was_chosen(kind: str, linked: str) -> None:
    contact = Contact(id="501", name="Nia Holt", type=kind)
    draft = LogDraft(additional_submission={"opportunity": "7", "project": "none"})
    assert [(linked, 501), ("Opportunity", 7)] == wanted_links(contact, draft)


@pytest.mark.parametrize(
    ("submission", "links"),
    [
        ({}, {}),
        ({"organisation": "5", "organization": "6"}, {"Organisation": 5}),
        ({"organization": "6"}, {"Organisation": 6}),
        ({"organisation": "", "organization": "6"}, {"Organisation": None}),
        ({"project": "none", "opportunity": {"const": "8"}}, {"Opportunity": 8, "Project": None}),
    ],
)
def test_choices_are_links_by_their_singular_names(
    submission: JsonObject, links: dict[str, int | None]
) -> None:
    assert links == chosen_links(LogDraft(additional_submission=submission))


def test_a_choice_that_is_no_id_is_named() -> None:
    with pytest.raises(InputError, match=r"^'x' is not an Insightly project id"):
        chosen_links(LogDraft(additional_submission={"project": "x"}))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"title": " A  call ", "details": "Hi\r\n\r\nthere "}, True),
        ({"title": "Another call"}, False),
        ({"details": "Hi"}, False),
        ({"details": None}, False),
        ({"start_date_utc": START}, False),
        ({"start_date_utc": None}, False),
    ],
)
def test_an_event_is_known_by_its_second_title_and_words(changes: dict[str, object], same: bool) -> None:
    written = {"event_id": 1, "title": "A call", "details": "Hi\nthere"}
    event = Event.model_validate({**written, "start_date_utc": START.replace(microsecond=0), **changes})
    assert same is is_from(event, LogDraft(subject="A call", body="Hi\nthere", start=START))


def test_a_draft_without_a_start_is_known_by_title_and_words_alone() -> None:
    assert is_from(Event(event_id=1, start_date_utc=START), LogDraft())
