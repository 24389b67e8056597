"""How a person who was found in Insightly looks in App Connect."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from appconnect.connectors.insightly.matches import as_contact, offered
from appconnect.connectors.insightly.schemas import ContactRow, LeadRow, Person
from appconnect.connectors.insightly.search import Found
from appconnect.models import Choice

MADE, CHANGED, ACTIVE = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))


def link(number: int, name: str, of: int) -> dict[str, Any]:
    return {"LINK_ID": number, "LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": of}


LINKS = [
    link(1, "Project", 601), link(2, "Contact", 3102), link(3, "Opportunity", 501), link(4, "Opportunity", 502),
    link(5, "Lead", 4101), link(6, "Organisation", 78),
]  # fmt: skip
NAMES = {
    ("Organisation", 77): "Holt Ltd", ("Organisation", 78): "", ("Opportunity", 501): "Renewal",
    ("Project", 601): "Rollout",
}  # fmt: skip


def contact(**fields: Any) -> Person:
    return ContactRow.model_validate({"CONTACT_ID": 3101, "FIRST_NAME": "Nia", "LAST_NAME": "Holt", **fields})


def test_offered_are_organisations_opportunities_and_projects() -> None:
    assert [
        ("Organisation", 77), ("Project", 601), ("Opportunity", 501), ("Opportunity", 502), ("Organisation", 78),
    ] == offered(contact(ORGANISATION_ID=77, LINKS=LINKS))  # fmt: skip


def test_a_contact_comes_with_what_has_a_name_by_kind() -> None:
    person = contact(
        ORGANISATION_ID=77, LINKS=LINKS, TITLE="Owner", DATE_CREATED_UTC=MADE, DATE_UPDATED_UTC=CHANGED,
        LAST_ACTIVITY_DATE_UTC=ACTIVE, ORGANISATION_NAME="Not this",
    )  # fmt: skip
    shown = as_contact(Found(person, "+1"), NAMES)
    assert ("3101", "Nia Holt", "+1", "Contact", "Owner", "Holt Ltd", "77", MADE, ACTIVE) == (
        shown.id, shown.name, shown.phone, shown.type, shown.title, shown.organization,
        shown.organization_id, shown.created_date, shown.most_recent_activity_date,
    )  # fmt: skip
    assert {
        "organisation": [Choice(const="77", title="Holt Ltd"), Choice(const="78", title="78")],
        "opportunity": [Choice(const="501", title="Renewal")],
        "project": [Choice(const="601", title="Rollout")],
    } == shown.additional_info


@pytest.mark.parametrize(
    ("fields", "organization", "number"),
    [
        ({"ORGANISATION_ID": 79}, "", "79"),
        ({"ORGANISATION_NAME": "O'Neil & Co"}, "O'Neil & Co", ""),
        ({"ORGANISATION_ID": 0, "ORGANISATION_NAME": "O'Neil & Co"}, "O'Neil & Co", ""),
        ({}, "", ""),
    ],
)
def test_an_organisation_that_is_no_record_is_what_the_lead_says(
    fields: dict[str, Any], organization: str, number: str
) -> None:
    lead = LeadRow.model_validate({"LEAD_ID": 4101, "DATE_UPDATED_UTC": CHANGED, **fields})
    shown = as_contact(Found(lead, ""), NAMES)
    assert (organization, number, "Lead", "", "", None, CHANGED) == (
        shown.organization, shown.organization_id, shown.type, shown.title, shown.phone, shown.created_date,
        shown.most_recent_activity_date,
    )  # fmt: skip
    assert {"organisation": [], "opportunity": [], "project": []} == shown.additional_info
