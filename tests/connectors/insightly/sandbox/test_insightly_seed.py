"""What a fresh account of the played Insightly has."""

from __future__ import annotations

from typing import Any

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.sandbox import SandboxClock


def rows(kind: str, *names: str) -> list[tuple[Any, ...]]:
    records = InsightlySandbox(SandboxClock()).database.records[kind].values()
    return [tuple(row[name] for name in names) for row in records]


def test_an_account_has_an_administrator_a_colleague_and_somebody_who_has_left() -> None:
    assert [
        (41, "Rae", "Quill", "rae.quill@acme.example", "Pacific Standard Time", True, True, True),
        (42, "Kit", "Moss", "kit.moss@acme.example", "W. Europe Standard Time", True, False, False),
        (43, "Olu", "Gone", "olu.gone@acme.example", "US Mountain Standard Time", False, False, False),
    ] == rows(
        "User", "USER_ID", "FIRST_NAME", "LAST_NAME", "EMAIL_ADDRESS", "TIMEZONE_ID", "ACTIVE", "ADMINISTRATOR",
        "ACCOUNT_OWNER",
    )  # fmt: skip
    assert {(900, "USD", 1, "FirstLast", "FirstLast", 1, 1)} == {
        *rows(
            "User", "INSTANCE_ID", "USER_CURRENCY", "TASK_WEEK_START", "CONTACT_DISPLAY", "CONTACT_ORDER",
            "PROFILE_ID", "ROLE_ID",
        )
    }  # fmt: skip


def test_an_account_knows_people_with_numbers_in_all_sorts_of_fields() -> None:
    assert [
        (3101, "Nia", "Holt", "+1 415-555-0142", None, None, "Owner", 77),
        (3102, "Omar", "Vance", "+14155550177", "4155550177", None, None, None),
        (3103, "Ines", "Roth", None, "+14155550177", None, None, None),
        (3104, "Lena", "Fuzz", "+49 4155 5501 4299", None, None, None, None),
        (3105, "Zoë 🌟", "& Sons", "+442079460123", None, None, None, 78),
        (3106, "Ulla", "Bare", "(212) 555-0166", None, None, None, None),
        (3107, "Anna Maria", "van Dyke", None, None, "+31205550199", None, None),
        (3108, "Prince", None, "6125550133", None, None, None, None),
    ] == rows(
        "Contact", "CONTACT_ID", "FIRST_NAME", "LAST_NAME", "PHONE", "PHONE_MOBILE", "PHONE_HOME", "TITLE",
        "ORGANISATION_ID",
    )  # fmt: skip
    assert {(41,)} == {*rows("Contact", "OWNER_USER_ID")}
    assert [
        (4101, "Sinéad", "O'Neil", "+35315550188", "+353865550188", "O'Neil & Co", False, None),
        (4102, "Omar", "Vance", "+14155550177", None, None, True, 3102),
        (4103, "Petra", "Stale", "+14155550150", None, None, True, 3999),
        (4104, "Hugo", "Linde", None, "+46855501234", None, False, None),
    ] == rows(
        "Lead", "LEAD_ID", "FIRST_NAME", "LAST_NAME", "PHONE", "MOBILE", "ORGANISATION_NAME", "CONVERTED",
        "CONVERTED_CONTACT_ID",
    )  # fmt: skip
    sources = ("LEAD_SOURCE_ID", "LEAD_STATUS_ID", "RESPONSIBLE_USER_ID", "OWNER_USER_ID")
    assert {(11, 21, 41, 41)} == {*rows("Lead", *sources)}
    own = [("PHONE_2__c", "+31205550198")], [("HOTLINE__c", "+46855501299")]
    assert own == tuple(
        [
            (entry["FIELD_NAME"], entry["FIELD_VALUE"])
            for (entries,) in rows(kind, "CUSTOMFIELDS")
            for entry in entries
        ]
        for kind in ("Contact", "Lead")
    )


def test_an_account_has_what_people_are_linked_to() -> None:
    assert [(77, "Holt Ltd", "+442079460100"), (78, "Zoë & Sons", None)] == rows(
        "Organisation", "ORGANISATION_ID", "ORGANISATION_NAME", "PHONE"
    )
    names = ("OPPORTUNITY_ID", "OPPORTUNITY_NAME", "OPPORTUNITY_STATE")
    assert [
        (501, "Holt renewal", "OPEN"), (502, "Holt support plan", "OPEN"), (503, "Board matters", "OPEN"),
    ] == rows("Opportunity", *names)  # fmt: skip
    assert [(601, "Holt rollout", "IN PROGRESS")] == rows("Project", "PROJECT_ID", "PROJECT_NAME", "STATUS")
    assert [
        (5501, "Quarterly review", "Bring the figures.", 42, "2026-01-05 10:00:00", "2026-01-05 11:00:00")
    ] == (rows("Event", "EVENT_ID", "TITLE", "DETAILS", "OWNER_USER_ID", "START_DATE_UTC", "END_DATE_UTC"))
    linked = {
        number: [(each["LINK_OBJECT_NAME"], each["LINK_OBJECT_ID"]) for each in links]
        for number, links in rows("Contact", "CONTACT_ID", "LINKS")
        if links
    }
    assert {
        3101: [("Organisation", 77), ("Opportunity", 501), ("Opportunity", 502), ("Project", 601)],
        3105: [("Opportunity", 503), ("Project", 699), ("Organisation", 78)],
    } == linked


def test_an_account_has_fields_of_its_own_for_contacts_leads_and_vehicles() -> None:
    fields = InsightlySandbox(SandboxClock()).database.custom_fields
    assert {
        "Contact": [("PHONE_2__c", "Second phone", "CONTACT"), ("TEA__c", "Favourite tea", "CONTACT")],
        "Lead": [("HOTLINE__c", "Hotline", "LEAD")],
        "Vehicle__c": [("PLATE__c", "Plate", "VEHICLE__C")],
    } == {
        kind: [(each["FIELD_NAME"], each["FIELD_LABEL"], each["FIELD_FOR"]) for each in described]
        for kind, described in fields.items()
    }
    assert {("TEXT", 1, True, True)} == {
        (each["FIELD_TYPE"], each["FIELD_ORDER"], each["EDITABLE"], each["VISIBLE"])
        for described in fields.values()
        for each in described
    }
