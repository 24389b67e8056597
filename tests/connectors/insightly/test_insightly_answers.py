"""What is read of Insightly's answers, in which all names and phones may be null."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appconnect.connectors.insightly.schemas import (
    ContactRow,
    Event,
    LeadRow,
    Link,
    OpportunityRow,
    OrganisationRow,
    ProjectRow,
    UserRow,
)

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (None, None, ""), (" Nia ", " Holt", "Nia Holt"), ("Nia", " ", "Nia"), (None, "Holt", "Holt"),
        (7, "Holt", "7 Holt"),
    ],
)  # fmt: skip
def test_a_name_is_made_of_what_there_is(first: str | None, last: str | None, name: str) -> None:
    row = ContactRow.model_validate({"CONTACT_ID": 1, "FIRST_NAME": first, "LAST_NAME": last})
    assert name == row.name


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, ""),
        ({"EMAIL_ADDRESS": "rae@acme.example"}, "rae@acme.example"),
        ({"FIRST_NAME": "Rae", "EMAIL_ADDRESS": "rae@acme.example"}, "Rae"),
    ],
)
def test_a_user_without_a_name_is_called_by_the_address(fields: dict[str, str], name: str) -> None:
    assert name == UserRow.model_validate({"USER_ID": 41, **fields}).name


PHONES = {
    "PHONE": "1", "PHONE_MOBILE": "2", "PHONE_HOME": "3", "PHONE_OTHER": "4",
    "PHONE_ASSISTANT": "5", "PHONE_FAX": "6",
}  # fmt: skip
CUSTOM = [
    {"FIELD_NAME": "A__c", "FIELD_VALUE": "7"},
    {"FIELD_NAME": "B__c", "FIELD_VALUE": 8},
    {"FIELD_NAME": "C__c", "FIELD_VALUE": None},
    {"FIELD_NAME": "D__c", "FIELD_VALUE": ["9"]},
]


@pytest.mark.parametrize(
    ("extra", "numbers"),
    [
        ((), "1 2 3 4 5"),
        (("PHONE_FAX",), "1 2 3 4 5 6"),
        (("B__c", "A__c", "C__c", "D__c", "E__c"), "1 2 3 4 5 7 8"),
    ],
)
def test_a_contacts_numbers_are_those_of_all_fields_and_a_fax_if_asked_for(
    extra: tuple[str, ...], numbers: str
) -> None:
    row = ContactRow.model_validate({"CONTACT_ID": 1, **PHONES, "CUSTOMFIELDS": CUSTOM})
    assert numbers.split() == row.phones(extra)


def test_a_leads_numbers_are_two_and_a_fax_if_asked_for() -> None:
    row = LeadRow.model_validate({"LEAD_ID": 1, "PHONE": "", "MOBILE": "2", "FAX": "3"})
    assert ({"MOBILE": "2"}, ["2", "3"]) == (row.phones_by_field(), row.phones(["FAX"]))
    assert ("PHONE", "MOBILE", "FAX") == LeadRow.standard_phones()
    assert tuple(PHONES) == ContactRow.standard_phones()


@pytest.mark.parametrize(
    ("fields", "converted", "became"),
    [
        ({}, False, None),
        ({"CONVERTED": False, "CONVERTED_CONTACT_ID": 5}, False, None),
        ({"CONVERTED": True}, True, None),
        ({"CONVERTED": True, "CONVERTED_CONTACT_ID": 5}, True, 5),
    ],
)
def test_a_lead_that_was_converted_became_a_contact(
    fields: dict[str, object], converted: bool, became: int | None
) -> None:
    row = LeadRow.model_validate({"LEAD_ID": 1, **fields})
    assert (converted, became, "lead 1") == (row.is_converted, row.became, row.label)
    contact = ContactRow(contact_id=1)
    assert (False, None, "contact 1") == (contact.is_converted, contact.became, contact.label)


@pytest.mark.parametrize(
    ("name", "number", "target"),
    [
        ("Contact", 1, ("Contact", 1)),
        ("PROJECT", 2, ("Project", 2)),
        ("organisation", 0, ("Organisation", 0)),
        ("Email", 1, None),
        (None, 1, None),
        ("Lead", None, None),
    ],
)
def test_a_link_leads_to_what_a_log_can_be_linked_to(
    name: str | None, number: int | None, target: tuple[str, int] | None
) -> None:
    assert target == Link(link_id=9, link_object_name=name, link_object_id=number).target


def test_targets_begin_with_the_primary_organisation_and_come_once() -> None:
    links = [
        {"LINK_ID": 1, "LINK_OBJECT_NAME": "Project", "LINK_OBJECT_ID": 7},
        {"LINK_ID": 2, "LINK_OBJECT_NAME": "Organisation", "LINK_OBJECT_ID": 5},
        {"LINK_ID": 3, "LINK_OBJECT_NAME": "Email", "LINK_OBJECT_ID": 5},
    ]
    row = ContactRow.model_validate({"CONTACT_ID": 1, "ORGANISATION_ID": 5, "LINKS": links})
    assert [("Organisation", 5), ("Project", 7)] == row.targets()
    row.organisation_id = None
    assert [("Project", 7), ("Organisation", 5)] == row.targets()


def test_what_a_drop_down_needs_has_an_id_and_a_name() -> None:
    rows = (
        OrganisationRow(organisation_id=1, organisation_name="a"),
        OpportunityRow(opportunity_id=2, opportunity_name="b"),
        ProjectRow(project_id=3, project_name="c"),
        OrganisationRow(organisation_id=4), OpportunityRow(opportunity_id=5), ProjectRow(project_id=6),
    )  # fmt: skip
    assert [(1, "a"), (2, "b"), (3, "c"), (4, ""), (5, ""), (6, "")] == [
        (each.id, each.name) for each in rows
    ]


@pytest.mark.parametrize(
    ("end", "seconds"),
    [(None, None), (NOW, 0), (NOW + timedelta(seconds=65), 65), (NOW - timedelta(seconds=1), 0)],
)
def test_an_event_lasts_from_begin_to_end(end: datetime | None, seconds: int | None) -> None:
    assert seconds == Event(event_id=1, start_date_utc=NOW, end_date_utc=end).seconds
    assert Event(event_id=1, end_date_utc=end).seconds is None


@pytest.mark.parametrize(
    ("made", "moment", "before"),
    [
        (NOW, NOW, False), (NOW, NOW + timedelta(seconds=1), True), (None, NOW, False), (NOW, None, False),
    ],
)  # fmt: skip
def test_an_event_was_there_before_what_is_later(
    made: datetime | None, moment: datetime | None, before: bool
) -> None:
    assert before is Event(event_id=1, date_created_utc=made).was_there_before(moment)


def test_an_event_without_a_zone_is_in_utc_and_has_one_kind_of_break() -> None:
    event = Event.model_validate(
        {"EVENT_ID": 1, "START_DATE_UTC": "2026-01-02 09:30:00", "DETAILS": "a\r\nb\n"}
    )
    assert (NOW, "a\nb\n", "") == (event.start_date_utc, event.text, Event(event_id=1).text)
    assert (
        NOW
        == Event.model_validate({"EVENT_ID": 1, "START_DATE_UTC": "2026-01-02T10:30:00+01:00"}).start_date_utc
    )
