"""What App Connect gets of every kind of result, written out in full."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from answers import NIA, NOBODY, call, sms
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.models import JsonObject
from appconnect.workbench import Workbench, connect

NEW: JsonObject = {
    "id": "createNewContact",
    "name": "Create new contact...",
    "isNewContact": True,
    "additionalInfo": {},
}
ACTIONS = ("Outbound Call", "Inbound Call", "Left Message", "Text Message", "Email", "BD Call")


@pytest.fixture
async def workbench() -> AsyncIterator[Workbench]:
    workbench = await signed_in("pipedrive")
    yield workbench
    await workbench.close()


def message(text: str, level: str = "success", ttl: int = 2000, *details: str) -> JsonObject:
    said: JsonObject = {"message": text, "messageType": level, "ttl": ttl}
    items: list[JsonObject] = [
        {"id": str(number), "type": "text", "text": line} for number, line in enumerate(details, 1)
    ]
    return {**said, "details": [{"title": "Details", "items": [*items]}]} if items else said


def limits(remaining: int, amount: int = 80, **more: bool) -> JsonObject:
    return {"ratelimitRemaining": remaining, "ratelimitAmount": amount, "ratelimitReset": 2.0, **more}


async def test_signed_in() -> None:
    expected = {
        "successful": True,
        "returnMessage": message("Connected to Pipedrive as Rae Quill"),
        "extraDataTracking": limits(79),
        "user": {
            "id": "7001-pipedrive",
            "name": "Rae Quill",
            "timezoneName": "Europe/Lisbon",
            "timezoneOffset": "+00:00",
            "platformAdditionalInfo": {
                "companyId": 88,
                "companyName": "Acme",
                "companyDomain": "acme-sandbox",
            },
        },
    }
    assert expected == (await connect("pipedrive", mode="sandbox").sign_in()).to_wire()


async def test_signed_out_here_only(workbench: Workbench) -> None:
    sandbox_of(workbench).faults.add("POST", "/oauth/revoke", status=500, times=None)
    expected = {
        "successful": True,
        "returnMessage": message(
            "Signed out here; Pipedrive did not confirm it",
            "warning",
            5000,
            "The CRM did not answer properly (status 500); try again later.",
        ),
        "extraDataTracking": {},
    }
    assert expected == (await workbench.sign_out()).to_wire()


async def test_contact_matches(workbench: Workbench) -> None:
    left_out = "1 hit left out: The number is only a part of a longer one (person 504)."
    expected = {
        "successful": True,
        "returnMessage": message("Contact found", "success", 2000, left_out),
        "extraDataTracking": limits(75),
        "matchedContactInfo": [
            {
                "id": "501",
                "name": "Nia Holt",
                "phone": "+1 415-555-0142",
                "type": "contact",
                "organization": "Holt Ltd",
                "createdDate": "2026-01-02T09:30:00Z",
                "mostRecentActivityDate": "2026-01-02T09:30:00Z",
                "additionalInfo": {
                    "deals": [
                        {"const": "901", "title": "Holt renewal"},
                        {"const": "902", "title": "Holt training"},
                    ],
                    "leads": [{"const": "00000000-0000-4000-8000-000000000001", "title": "Holt second site"}],
                },
            },
            NEW,
        ],
    }
    assert expected == (await workbench.find_contact(NIA)).to_wire()


async def test_bullhorns_entry_for_a_new_contact_has_statuses_by_type() -> None:
    matches = (await (await signed_in("bullhorn")).find_contact(NOBODY)).to_wire()["matchedContactInfo"]
    statuses = {
        "Lead": ["New Lead", "Open", "Qualified", "Converted"],
        "Candidate": ["Active", "New Lead", "Placed", "Archive"],
        "Contact": ["Active", "Passive", "Archive"],
    }
    offered = {
        kind: {"status": [{"const": each, "title": each} for each in names]}
        for kind, names in statuses.items()
    }
    actions = [{"const": each, "title": each} for each in ACTIONS]
    entry = {**NEW, "additionalInfo": {**offered, "noteActions": actions}, "defaultContactType": "Lead"}
    expected = [entry]
    assert expected == matches


async def test_nobody_found(workbench: Workbench) -> None:
    expected = {
        "successful": True,
        "returnMessage": message(
            "Contact not found", "warning", 3000, "Create a new contact, or search in another way."
        ),
        "extraDataTracking": limits(9, 10),
        "matchedContactInfo": [NEW],
    }
    assert expected == (await workbench.find_contact(NOBODY)).to_wire()
    by_name = (await workbench.find_contact_with_name("zzz")).to_wire()
    assert {**expected, "extraDataTracking": limits(8, 10), "matchedContactInfo": []} == by_name


async def test_an_extension(workbench: Workbench) -> None:
    expected = {
        "successful": False,
        "returnMessage": message(
            "Logging against internal extension number is not supported.",
            "warning",
            3000,
            "Search for the contact by name. Nothing was sent.",
        ),
        "extraDataTracking": {},
        "matchedContactInfo": [],
    }
    assert expected == (await workbench.find_contact("204", is_extension=True)).to_wire()


async def test_contact_created(workbench: Workbench) -> None:
    expected = {
        "successful": True,
        "returnMessage": message("Contact created"),
        "extraDataTracking": limits(77),
        "contactInfo": {"id": "509", "name": "Ann Lee"},
    }
    assert expected == (await workbench.create_contact(NOBODY, "Ann Lee")).to_wire()


async def test_call_logged_and_logged_again(workbench: Workbench) -> None:
    contact = await nia(workbench)
    expected = {
        "successful": True,
        "returnMessage": message("Call logged"),
        "extraDataTracking": limits(73, withSmartNoteLog=True, withTranscript=False),
        "logId": "9301",
    }
    assert expected == (await workbench.log_call(call(), contact, note="Hi", ai_note="Asked")).to_wire()
    again = {
        "successful": True,
        "returnMessage": message("Call log updated."),
        "extraDataTracking": limits(71, withSmartNoteLog=False, withTranscript=True),
        "logId": "9301",
    }
    assert again == (await workbench.log_call(call(), contact, transcript="Rae: hi")).to_wire()


async def test_call_log_updated(workbench: Workbench) -> None:
    log_id = (await workbench.log_call(call(), await nia(workbench), note="Hi")).log_id or ""
    expected = {
        "successful": True,
        "returnMessage": message("Call log updated."),
        "extraDataTracking": limits(71),
        "updatedNote": "New",
    }
    assert expected == (await workbench.update_call_log(log_id, note="New")).to_wire()


async def test_call_log_read(workbench: Workbench) -> None:
    logged = await workbench.log_call(
        call(), await nia(workbench), note="Hi", additional_submission={"deals": "901"}
    )
    body = (
        "<b>Agent notes</b><br>Hi<br><br><b>Call details</b><br>"
        "<li><b>Summary</b>: Outbound Call to Nia Holt</li>"
        "<li><b>Date/time</b>: 2026-01-02 09:30:00 AM</li>"
        "<li><b>Duration</b>: 2 minutes, 5 seconds</li><li><b>Result</b>: Call connected</li>"
    )
    raw = {
        "id": 9301,
        "owner_id": 7001,
        "creator_user_id": 7001,
        "add_time": "2026-01-02T09:30:00Z",
        "update_time": "2026-01-02T09:30:00Z",
        "marked_as_done_time": "2026-01-02T09:30:00Z",
        "is_deleted": False,
        "subject": "Outbound Call to Nia Holt",
        "type": "call",
        "deal_id": 901,
        "lead_id": None,
        "org_id": 61,
        "person_id": 501,
        "project_id": None,
        "due_date": "2026-01-02",
        "due_time": "09:30:00",
        "duration": "00:03:00",
        "busy": False,
        "done": True,
        "location": None,
        "participants": [{"person_id": 501, "primary": True}],
        "public_description": None,
        "priority": None,
        "note": body,
    }
    expected = {
        "successful": True,
        "returnMessage": message("Call log read"),
        "extraDataTracking": limits(71),
        "callLogInfo": {
            "subject": "Outbound Call to Nia Holt",
            "note": "Hi",
            "contactName": "Nia Holt",
            "fullBody": body,
            "fullLogResponse": raw,
            "dispositions": {"deals": "901"},
        },
    }
    assert expected == (await workbench.get_call_log(logged.log_id or "")).to_wire()


async def test_dispositions(workbench: Workbench) -> None:
    log_id = (await workbench.log_call(call(), await nia(workbench))).log_id or ""
    set_now = {
        "successful": True,
        "returnMessage": message("Call disposition set"),
        "extraDataTracking": limits(72),
        "logId": "9301",
    }
    assert set_now == (await workbench.set_disposition(log_id, {"deals": "901"})).to_wire()
    nothing = {"successful": True, "returnMessage": message("Nothing to set"), "extraDataTracking": {}}
    assert nothing == (await workbench.set_disposition(log_id, {})).to_wire()


async def test_message_logged(workbench: Workbench) -> None:
    expected = {
        "successful": True,
        "returnMessage": message("Message logged"),
        "extraDataTracking": limits(73),
        "logId": "9301",
    }
    assert expected == (await workbench.log_message(sms("1", "Is it ready?"), await nia(workbench))).to_wire()


async def test_user_list(workbench: Workbench) -> None:
    expected = {
        "successful": True,
        "returnMessage": message("2 active users"),
        "extraDataTracking": limits(78),
        "users": [
            {"id": "7001", "name": "Rae Quill", "email": "rae.quill@acme.example"},
            {"id": "7002", "name": "Kit Moss", "email": "kit.moss@acme.example"},
        ],
    }
    assert expected == (await workbench.list_users()).to_wire()


async def test_an_error_of_the_crm_with_its_own_words(workbench: Workbench) -> None:
    contact = await nia(workbench)
    sandbox_of(workbench).faults.add("POST", status=400, json={"error": "Deal 5 is closed"})
    expected = {
        "successful": False,
        "returnMessage": message(
            "Pipedrive did not accept what was sent",
            "danger",
            5000,
            "Correct what Pipedrive names and try again; signing in again does not help.",
            "The CRM did not accept what was sent. It said: Deal 5 is closed",
        ),
        "extraDataTracking": limits(74),
    }
    assert expected == (await workbench.log_call(call(), contact)).to_wire()
