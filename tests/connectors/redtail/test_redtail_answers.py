"""What is read of Redtail's answers, in which nearly everything may be absent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appconnect.connectors.redtail.schemas import (
    Activity,
    Category,
    DatabaseUser,
    LinkedContact,
    Person,
    Phone,
)

START = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "country", "text"),
    [
        (None, 1, ""),
        (" 415-555-0142 ", None, "415-555-0142"),
        ("415-555-0142", "", "415-555-0142"),
        ("415-555-0142", 1, "+1 415-555-0142"),
        ("1-415-555-0142", 1, "+1 415-555-0142"),
        ("1 (415) 555-0142", "+1", "+1 (415) 555-0142"),
        ("1", 1, "+1 1"),
        ("20 7946 0018", " +44 ", "+44 20 7946 0018"),
        ("1 23", 44, "+44 1 23"),
        ("+44 20 7946 0018", 1, "+44 20 7946 0018"),
        ("0044 20 7946 0018", 1, "0044 20 7946 0018"),
        (4155550142, 1, "+1 4155550142"),
    ],
)
def test_a_phone_is_one_text_with_its_country(number: object, country: object, text: str) -> None:
    assert text == Phone.model_validate({"number": number, "country_code": country}).text


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, ""),
        ({"full_name": "Nia Holt", "first_name": "N", "company_name": "Holt Ltd"}, "Nia Holt"),
        ({"first_name": "Nia", "middle_name": "B", "last_name": "Holt", "company_name": "x"}, "Nia B Holt"),
        ({"first_name": "", "last_name": "Holt"}, "Holt"),
        ({"company_name": "Holt Ltd"}, "Holt Ltd"),
    ],
)
def test_a_contact_has_the_first_name_that_there_is(fields: dict[str, str], name: str) -> None:
    assert name == Person.model_validate({"id": 501, **fields}).name


def test_the_main_phone_is_the_primary_one_that_has_digits_else_the_first() -> None:
    phones = [{"number": None, "is_primary": True}, {"number": "1", "is_primary": False}, {"number": "2"}]
    assert "1" == Person.model_validate({"id": 501, "phones": phones}).main_phone()
    phones[2]["is_primary"] = True
    assert "2" == Person.model_validate({"id": 501, "phones": phones}).main_phone()
    assert "" == Person(id=501).main_phone()


def test_a_contact_is_told_in_app_connects_words() -> None:
    person = Person.model_validate(
        {"id": 501, "type": "Crm::Contact::Business", "company_name": "Holt Ltd", "job_title": "Head"}
    )
    contact = person.as_contact("+1", {})
    assert ("501", "Holt Ltd", "+1", "Business", "Head", "Holt Ltd") == (
        contact.id, contact.name, contact.phone, contact.type, contact.title, contact.organization,
    )  # fmt: skip
    empty = Person(id=502).as_contact("", {})
    assert ("", "", "", "") == (empty.name, empty.type, empty.title, empty.organization)


@pytest.mark.parametrize(
    ("first", "last", "name"), [(None, None, ""), ("Nia", None, "Nia"), ("Nia", "Holt", "Nia Holt")]
)
def test_names_of_users_and_of_linked_contacts_are_made_of_what_there_is(
    first: str | None, last: str | None, name: str
) -> None:
    assert (name, name) == (
        DatabaseUser(id=1, first_name=first, last_name=last).name,
        LinkedContact(first_name=first, last_name=last).name,
    )


def test_a_category_is_labelled_by_name_or_code() -> None:
    assert ("a", "b", "") == tuple(
        Category.model_validate({"id": 1, **each}).label for each in ({"name": "a"}, {"code": "b"}, {})
    )


@pytest.mark.parametrize(
    ("end", "seconds"), [(None, None), (START, 0), (START + timedelta(seconds=64, milliseconds=600), 65)]
)
def test_an_activity_takes_from_begin_to_end(end: datetime | None, seconds: int | None) -> None:
    assert seconds == Activity(id=1, start_date=START, end_date=end).seconds
    assert Activity(id=1, end_date=end).seconds is None


def test_an_activity_has_its_first_contact_and_its_category() -> None:
    links = [LinkedContact(contact_id=502), LinkedContact(contact_id=501)]
    assert 502 == Activity(id=1, linked_contacts=links).contact.contact_id
    assert LinkedContact() == Activity(id=1).contact
    assert ({}, {"category": "0"}) == (
        Activity(id=1).dispositions,
        Activity(id=1, category_id=0).dispositions,
    )
