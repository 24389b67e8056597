"""What is read of Bullhorn's answers, which may lack everything but an id."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appconnect.connectors.bullhorn.schemas import Company, CorporateUser, Note, Person, WholePerson

NIA, OMAR = {"id": 501, "name": "Nia Holt"}, {"id": 601, "name": "Omar Reyes"}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, ""),
        ({"name": " Nia Holt ", "firstName": "N"}, "Nia Holt"),
        ({"name": " ", "firstName": "Nia", "lastName": "Holt"}, "Nia Holt"),
        ({"firstName": "Nia"}, "Nia"),
        ({"lastName": "Holt"}, "Holt"),
        ({"name": 7}, "7"),
    ],
)
def test_a_name_is_told_whole_or_in_parts(fields: dict[str, object], name: str) -> None:
    answer = {"id": 501, **fields}
    assert (name, name) == (
        Person.model_validate(answer).full_name, CorporateUser.model_validate(answer).full_name,
    )  # fmt: skip


def test_phones_begin_with_the_mobile_and_leave_out_what_is_empty() -> None:
    fields = {"phone": "1", "phone2": "2", "phone3": "3", "mobile": "4", "workPhone": "5"}
    assert ["4", "1", "5", "2", "3"] == Person.model_validate({"id": 501, **fields}).phones
    some = Person.model_validate({"id": 501, **fields, "mobile": "", "phone": None})
    assert {"workPhone": "5", "phone2": "2", "phone3": "3"} == some.phones_by_field
    assert "person 501" == some.label


@pytest.mark.parametrize(
    "latest", ["dateLastComment", "dateLastVisit", "dateLastVisited", "dateLastModified"]
)
def test_the_last_activity_is_the_latest_of_the_dates(latest: str) -> None:
    dates = dict.fromkeys(("dateLastComment", "dateLastVisit", "dateLastVisited", "dateLastModified"), 1000)
    person = Person.model_validate({"id": 501, **dates, latest: 2000, "dateAdded": 3000})
    assert datetime.fromtimestamp(2, UTC) == person.last_activity
    assert datetime.fromtimestamp(3, UTC) == person.added


def test_without_dates_and_with_zeros_there_is_no_activity() -> None:
    assert Person(id=501).last_activity is None
    assert Person.model_validate({"id": 501, "dateLastComment": 0}).last_activity is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ""),
        ({"status": "New Lead"}, ""),
        ({"status": "Archive"}, "Its status is Archive."),
        ({"status": "Converted"}, "Its status is Converted."),
        ({"status": "Archive", "isDeleted": True}, "It is deleted in Bullhorn."),
    ],
)
def test_who_is_not_called_any_more_has_a_reason(fields: dict[str, object], why: str) -> None:
    assert why == WholePerson.model_validate({"id": 501, **fields}).why_nobody_calls


@pytest.mark.parametrize(
    ("fields", "entity", "who"),
    [
        ({}, "", None),
        ({"personReference": NIA}, "", 501),
        ({"candidates": {"data": [OMAR, NIA]}, "personReference": NIA}, "Candidate", 601),
        ({"candidates": {"data": []}, "clientContacts": {"data": [NIA]}}, "ClientContact", 501),
        ({"leads": {"data": [NIA]}}, "Lead", 501),
        ({"leads": {"data": [NIA]}, "clientContacts": {"data": [OMAR]}}, "ClientContact", 601),
    ],
)
def test_whom_a_note_is_about_is_in_one_of_three_lists(
    fields: dict[str, object], entity: str, who: int | None
) -> None:
    kind, person = Note.model_validate({"id": 1, **fields}).about
    assert (entity, who) == (kind, person.id if person else None)


@pytest.mark.parametrize(
    ("fields", "ours", "author"),
    [
        ({}, True, None),
        ({"commentingPerson": {"id": 7001}}, True, 7001),
        ({"isDeleted": True}, False, None),
        ({"externalID": "other"}, False, None),
    ],
)
def test_a_note_is_known_by_its_id_and_author(
    fields: dict[str, object], ours: bool, author: int | None
) -> None:
    note = Note.model_validate({"id": 1, "externalID": "r", **fields})
    assert (ours, author) == (note.has_id("r"), note.author_id)


def test_a_note_refers_to_its_person() -> None:
    note = Note.model_validate({"id": 1, "personReference": NIA})
    assert (True, False, False) == (note.refers_to(501), note.refers_to(601), Note(id=1).refers_to(501))


@pytest.mark.parametrize(("minutes", "seconds"), [(None, None), (0, 0), (2, 120), (1.51, 91)])
def test_minutes_are_read_as_seconds(minutes: float | None, seconds: int | None) -> None:
    assert seconds == Note(id=1, minutes_spent=minutes).seconds


def test_a_note_without_an_action_has_no_choice() -> None:
    assert ({}, {}, {"noteActions": "Email"}) == tuple(
        Note(id=1, action=each).dispositions for each in (None, "", "Email")
    )


def test_what_an_answer_does_not_tell_is_not_known() -> None:
    assert "" == Person(id=501).full_name == CorporateUser(id=101).full_name
    assert WholePerson(id=501).why_nobody_calls == ""
    assert Note(id=1).about == ("", None)
    told = [CorporateUser(id=1), Person(id=1), WholePerson(id=1), Note(id=1), Company(id=1)]
    known = {
        (type(each).__name__, name): value
        for each in told
        for name, value in each
        if value is not None and name != "id"
    }
    assert {
        ("CorporateUser", "enabled"): True,
        ("CorporateUser", "is_deleted"): False,
        ("WholePerson", "is_deleted"): False,
        ("Note", "is_deleted"): False,
    } == known
