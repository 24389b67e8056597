"""What is read of Pipedrive's answers, in which hardly any value is promised."""

from __future__ import annotations

from typing import Any

import pytest
from wire import Wire, said

from appconnect.connector import Account
from appconnect.connectors.pipedrive import Pipedrive
from appconnect.connectors.pipedrive.schemas import Activity


def reads(data: Any) -> Pipedrive:
    """A connector whose Pipedrive answers everything with this."""
    answer = {"success": True, "data": data, "additional_data": {"next_cursor": None}}
    return Pipedrive(Wire(said(200, answer)).client, Account())


async def test_users_are_those_who_are_active_and_not_deleted_called_by_their_address_if_need_be() -> None:
    rows = [
        {"id": 1, "name": "Rae", "email": "rae@acme.example"},
        {"id": 2, "name": "", "email": "kit@acme.example", "active_flag": True, "is_deleted": False},
        {"id": 3, "name": "", "email": None},
        {"id": 4, "name": "Left", "active_flag": False},
        {"id": 5, "name": "Gone", "is_deleted": True},
    ]
    users = await reads(rows).get_user_list()
    assert [
        ("1", "Rae", "rae@acme.example"),
        ("2", "kit@acme.example", "kit@acme.example"),
        ("3", "", ""),
    ] == [(each.id, each.name, each.email) for each in users]
    assert [] == await reads(None).get_user_list()


@pytest.mark.parametrize(
    ("told", "zone", "offset"),
    [
        ({}, "", ""),
        ({"timezone_name": "Europe/Lisbon", "timezone_offset": "+01:00"}, "Europe/Lisbon", "+01:00"),
    ],
)
async def test_the_user_is_named_with_the_company_and_the_zone_as_far_as_told(
    told: dict[str, str], zone: str, offset: str
) -> None:
    company = {"company_id": 88, "company_name": "Acme", "company_domain": "acme"}
    user = await reads({"id": 7001, "name": "Rae", **company, **told}).get_user_info()
    assert ("7001-pipedrive", "Rae", zone, offset) == (
        user.id, user.name, user.timezone_name, user.timezone_offset,
    )  # fmt: skip
    assert {"companyId": 88, "companyName": "Acme", "companyDomain": "acme"} == user.platform_additional_info


async def test_the_list_of_all_persons_has_their_phones_and_their_organizations() -> None:
    rows = [
        {
            "id": 1,
            "name": "Nia",
            "org_id": 61,
            "phones": [{"value": "1"}, {"value": None}, {}, {"value": "2"}],
        },
        {"id": 2, "phones": None},
        {"id": 3},
    ]
    listed = [each async for each in reads(rows).directory().contacts()]
    assert [
        ("1", "Nia", ("1", "2"), "contact", "61"),
        ("2", "", (), "contact", ""),
        ("3", "", (), "contact", ""),
    ] == [(each.id, each.name, each.phones, each.type, each.organization_id) for each in listed]
    assert 3 == await reads([{"id": 3}]).directory().count()
    assert [0, 0] == [await reads(nobody).directory().count() for nobody in ([], None)]


async def test_a_log_without_anything_in_it_is_read_as_empty() -> None:
    log = await reads({"id": 9}).get_call_log("9")
    assert ("9", "", "", "", "", None, None, {}, {"id": 9}) == (
        log.id, log.subject, log.body, log.contact_id, log.contact_name, log.start, log.duration,
        log.dispositions, log.raw,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "contact"),
    [
        ({}, None),
        ({"person_id": 501, "participants": [{"person_id": 502, "primary": True}]}, 501),
        ({"participants": [{"person_id": 502}, {"person_id": 501, "primary": True}]}, 501),
        ({"participants": [{"person_id": 502}, {"person_id": 501, "primary_flag": True}]}, 501),
        ({"participants": [{"person_id": 502}, {"person_id": 501}]}, 502),
        ({"participants": [{"primary": True}, {"person_id": 501}]}, 501),
        ({"participants": [{"person_id": 0}]}, 0),
    ],
)
def test_an_activity_is_about_its_person_or_its_primary_participant_or_the_first_one(
    fields: dict[str, Any], contact: int | None
) -> None:
    assert contact == Activity.model_validate({"id": 1, **fields}).contact_id


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None), ("", None), ("00:00", 0), ("00:01", 60), ("01:00", 3600), ("01:02:03", 3723),
        ("1000:00", 3_600_000), ("1:00", 3600), ("10000:00", None), ("00:1", None), ("01:02:3", None),
        ("x", None), ("1:00 h", None),
    ],
)  # fmt: skip
def test_a_duration_is_hours_and_minutes_and_maybe_seconds(text: str | None, seconds: int | None) -> None:
    assert seconds == Activity(id=1, duration=text).seconds


@pytest.mark.parametrize(
    ("day", "time", "start"),
    [
        ("2026-01-02", "09:30", "2026-01-02T09:30:00+00:00"),
        ("2026-01-02", "09:30:05", "2026-01-02T09:30:05+00:00"),
        ("2026-01-02", None, None), (None, "09:30", None), ("2026-01-02", "", None), ("soon", "09:30", None),
    ],
)  # fmt: skip
def test_an_activity_began_on_its_day_at_its_time_in_utc(
    day: str | None, time: str | None, start: str | None
) -> None:
    began = Activity(id=1, due_date=day, due_time=time).start
    assert start == (began and began.isoformat())


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        ({}, {}), ({"deal_id": 901}, {"deals": "901"}), ({"lead_id": "a-b"}, {"leads": "a-b"}),
        ({"deal_id": 0, "lead_id": ""}, {}),
    ],
)  # fmt: skip
def test_what_an_activity_is_linked_to_is_what_the_form_shows_as_chosen(
    fields: dict[str, Any], chosen: dict[str, str]
) -> None:
    assert chosen == Activity.model_validate({"id": 1, **fields}).dispositions
