"""What Bullhorn is sent for a note, a person and a copy in somebody's comments."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appconnect.connectors.bullhorn.comments import with_entry
from appconnect.connectors.bullhorn.follow_ups import Copy
from appconnect.connectors.bullhorn.kinds import CANDIDATE, CONTACT, LEAD, Kind, kind_of
from appconnect.connectors.bullhorn.payloads import digest, external_id, note_fields, person
from appconnect.connectors.bullhorn.queries import any_of, named, only, quoted
from appconnect.connectors.bullhorn.schemas import Person
from appconnect.errors import InputError
from appconnect.models import Choice, Contact, LogDraft

START = datetime(2026, 1, 2, 9, 30, 1, 500_000, tzinfo=UTC)
NIA = Contact(id="501", name="Nia Holt", type="Contact")


def test_a_note_has_what_the_draft_sets() -> None:
    draft = LogDraft(body="Hi", start=START, duration=0, owner_id="7001")
    assert {
        "comments": "Hi",
        "dateAdded": 1_767_346_201_500,
        "minutesSpent": 0,
        "commentingPerson": {"id": 7001},
    } == note_fields(draft)
    assert {"comments": ""} == note_fields(LogDraft(body="", owner_id=""))


def test_an_owner_that_is_none_is_named() -> None:
    with pytest.raises(InputError) as caught:
        note_fields(LogDraft(owner_id="Rae"))
    assert "'Rae' is not a Bullhorn owner id; those are whole numbers." == caught.value.message


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (59, 1), (60, 1), (61, 2), (120, 2), (3601, 61)])
def test_a_minute_that_has_begun_is_a_whole_one(seconds: int, minutes: int) -> None:
    assert {"minutesSpent": minutes} == note_fields(LogDraft(duration=seconds))


@pytest.mark.parametrize("length", [1, 50])
def test_a_reference_that_fits_is_the_id_of_a_note(length: int) -> None:
    assert "r" * length == external_id(NIA, LogDraft(reference="r" * length))


@pytest.mark.parametrize(
    ("draft", "written_from"),
    [
        (LogDraft(reference="r" * 51), "r" * 51),
        (LogDraft(body="Hi", start=START), "501\n2026-01-02T09:30:01.500000+00:00\nHi"),
        (LogDraft(body="Hi"), "501\n\nHi"),
    ],
)
def test_else_it_is_a_digest_of_the_reference_or_of_what_there_is(draft: LogDraft, written_from: str) -> None:
    assert digest(written_from)[:50] == external_id(NIA, draft)
    assert 50 == len(external_id(NIA, draft))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (" Nia   Holt ", ("Nia Holt", "Nia", "Holt")),
        ("Holt", ("Holt", "", "Holt")),
        ("a" * 60 + " " + "b" * 39, ("a" * 60 + " " + "b" * 39, "a" * 50, "b" * 39)),
        ("a" * 49 + " b c", ("a" * 49 + " b c", "a" * 49, "c")),
        ("a" * 30 + " " + "b" * 60, ("a" * 30 + " " + "b" * 60, "a" * 30, "b" * 50)),
        ("a" * 98 + "  b", ("a" * 98 + " b", "a" * 50, "b")),
    ],
)
def test_a_person_fits_bullhorns_fields(name: str, expected: tuple[str, str, str]) -> None:
    made = person(name, "+14155550142")
    assert expected == (made["name"], made["firstName"], made["lastName"])
    assert "+14155550142" == made["phone"]


def test_a_person_needs_a_name() -> None:
    with pytest.raises(InputError, match=r"^A new contact needs a name"):
        person(" \n ", "+14155550142")


# -- copies in comments --

MARK = digest("key")[:8]
BEGIN, END = f"[note {MARK}]", f"[/note {MARK}]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"{BEGIN} Hi {END}"),
        ("", f"{BEGIN} Hi {END}"),
        ("Likes tea", f"Likes tea<br><br>{BEGIN} Hi {END}"),
        (f"a{BEGIN} old {END}b", f"a{BEGIN} Hi {END}b"),
        (f"{END} a {BEGIN} old {END}", f"{END} a {BEGIN} Hi {END}"),
        (f"{BEGIN} Hi {END}", None),
        (f"{BEGIN} old", None),
    ],
)
def test_a_copy_is_appended_once_and_renewed_in_its_frame(before: str | None, after: str | None) -> None:
    assert after == with_entry(before, "key", "Hi")


@pytest.mark.parametrize(
    ("before", "after"), [(None, None), ("Likes tea", None), (f"{BEGIN} old {END}", f"{BEGIN} Hi {END}")]
)
def test_a_copy_that_is_not_there_is_not_made_to_refresh_it(before: str | None, after: str | None) -> None:
    assert after == with_entry(before, "key", "Hi", refresh_only=True)


def test_a_frame_in_the_body_is_none() -> None:
    body = f"[x] {BEGIN} [/note 1234567] {END}"
    written = f"[x] &#91;note {MARK}] [/note 1234567] &#91;/note {MARK}]"
    assert f"{BEGIN} {written} {END}" == with_entry("", "key", body)


def test_a_copy_knows_whose_comments_it_belongs_to() -> None:
    copy = Copy.of(NIA, LogDraft(body="Hi", reference="r"))
    assert ("ClientContact", 501, "r", "Hi", False) == (
        copy.entity, copy.person_id, copy.key, copy.body, copy.refresh_only,
    )  # fmt: skip
    assert Copy() == Copy.of(Contact(id="501", name="Nia Holt"), LogDraft(body="Hi", reference="r"))


# -- kinds of people --


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("", LEAD), (" lead ", LEAD), ("LEAD", LEAD), ("candidate", CANDIDATE),
        ("Contact", CONTACT), ("clientcontact", CONTACT), ("  ", LEAD),
    ],
)  # fmt: skip
def test_a_type_is_known_by_both_names(word: str, kind: Kind) -> None:
    assert kind is kind_of(word)


def test_a_type_that_is_none_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError) as caught:
        kind_of("Owner")
    told = "Bullhorn has no contact type 'Owner'; choose Lead, Candidate or Contact."
    assert told == caught.value.message


def test_a_kind_without_some_fields_asks_for_none_of_them() -> None:
    less = CONTACT.without(["clientCorporation", "phone2", "occupation", "nothing"])
    assert "id,name,firstName,lastName,dateAdded,dateLastModified,phone,phone3,mobile,dateLastVisit" == (
        less.fields
    )
    assert (CONTACT.type, CONTACT.entity, CONTACT.alive) == (less.type, less.entity, less.alive)


@pytest.mark.parametrize(
    ("fields", "organization", "organization_id"),
    [
        ({"clientCorporation": {"id": 61, "name": "Holt Ltd"}, "companyName": "Old"}, "Holt Ltd", "61"),
        ({"clientCorporation": {"name": "Holt Ltd"}}, "Holt Ltd", None),
        ({"companyName": "Holt Ltd"}, "Holt Ltd", None),
        ({}, "", None),
    ],
)
def test_a_hit_has_its_company(
    fields: dict[str, object], organization: str, organization_id: str | None
) -> None:
    hit = Person.model_validate({"id": 501, "firstName": "Nia", "lastName": "Holt", **fields})
    options = {"noteActions": [Choice(const="a", title="A")]}
    contact = CONTACT.contact(hit, "+1", options)
    assert (organization, organization_id) == (contact.organization, contact.organization_id)
    assert ("501", "Nia Holt", "+1", "Contact", "", options) == (
        contact.id, contact.name, contact.phone, contact.type, contact.title, contact.additional_info,
    )  # fmt: skip


# -- conditions --


def test_conditions_are_written_as_bullhorn_reads_them() -> None:
    assert 'phone:415 OR phone:"+1" OR mobile:415 OR mobile:"+1"' == any_of(
        ("phone", "mobile"), ("415", "+1")
    )
    assert 'phone:"٤"' == any_of(("phone",), ("٤",))
    assert "'O''Hara'" == quoted("O'Hara")
    assert "(a OR b) AND c" == only("a OR b", "c")
    names = 'name:"a\\"" OR firstName:"a\\"" OR lastName:"a\\""'
    assert names == named('a"', "", "b") == named('a"', "b", "")
    assert f'{names} OR (firstName:"x" AND lastName:"\\\\")' == named('a"', "x", "\\")
