"""Pipedrive behind the workbench: lost answers, rewritten HTML, company trouble, and what people are told."""

from __future__ import annotations

import pytest
from answers import NASTY, NIA, call, sms
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.errors import InternalExtension, PaymentRequired, RateLimited
from appconnect.models import JsonObject
from appconnect.workbench import Workbench

ACTIVITIES = "/api/v2/activities"


@pytest.fixture
async def workbench() -> Workbench:
    return await signed_in("pipedrive")


def activities(workbench: Workbench) -> dict[int, JsonObject]:
    crm = sandbox_of(workbench)
    assert isinstance(crm, PipedriveSandbox)
    return crm.database.activities


@pytest.mark.parametrize("rewrites", [False, True])
@pytest.mark.parametrize("kind", ["call", "message"])
async def test_a_log_whose_answer_was_lost_is_found_and_not_doubled(
    workbench: Workbench, kind: str, rewrites: bool
) -> None:
    sandbox_of(workbench).toggles["rewrites_notes"] = rewrites
    contact = await nia(workbench)
    sandbox_of(workbench).faults.add("POST", ACTIVITIES, drop_after=True)
    if kind == "call":
        logged = await workbench.log_call(call(), contact, note="Wants a quote")
    else:
        logged = await workbench.log_message(sms("1", "Hello"), contact)
    assert (True, "9301") == (logged.successful, logged.log_id)
    assert [9301] == list(activities(workbench))


async def test_notes_survive_html_that_pipedrive_has_rewritten(workbench: Workbench) -> None:
    sandbox_of(workbench).toggles["rewrites_notes"] = True
    logged = await workbench.log_call(call(), await nia(workbench), note=NASTY, ai_note="AI & co")
    for link in ("https://x.test/1?a=1&b=2", "https://x.test/2"):
        updated = await workbench.update_call_log(logged.log_id, recording_link=link)
        assert NASTY == updated.updated_note
    read = await workbench.get_call_log(logged.log_id)
    assert NASTY == read.call_log_info.note
    body = read.call_log_info.full_body
    assert (1, 1, 0) == tuple(map(body.count, ("https://x.test/2", "AI &amp; co", "https://x.test/1")))


async def test_several_messages_of_a_day_survive_rewriting_too(workbench: Workbench) -> None:
    sandbox_of(workbench).toggles["rewrites_notes"] = True
    contact = await nia(workbench)
    for number in range(1, 4):
        assert (await workbench.log_message(sms(str(number), f"Text <{number}>"), contact)).successful
    (activity,) = activities(workbench).values()
    assert "Conversation(3 messages)" in str(activity["note"])
    assert [1, 1, 1] == [str(activity["note"]).count(f"Text &lt;{number}&gt;") for number in range(1, 4)]


@pytest.mark.parametrize("number", ["204", "4155550142", "1 415 555 0142"])
async def test_a_number_without_plus_is_an_internal_extension_here(workbench: Workbench, number: str) -> None:
    sandbox_of(workbench).requests.clear()
    matches = await workbench.find_contact(number)
    assert isinstance(matches.error, InternalExtension)
    assert "Logging against internal extension number is not supported." == matches.message
    assert [] == sandbox_of(workbench).requests


async def test_a_space_where_the_plus_was_is_mended(workbench: Workbench) -> None:
    assert ["Nia Holt"] == [
        contact.name for contact in (await workbench.find_contact(" 14155550142")).contacts
    ]


async def test_a_closed_company_is_no_sign_in_problem(workbench: Workbench) -> None:
    sandbox_of(workbench).toggles["company_closed"] = True
    matches = await workbench.find_contact(NIA)
    assert isinstance(matches.error, PaymentRequired)


async def test_a_block_by_cloudflare_stops_and_is_said(workbench: Workbench) -> None:
    page = "<!DOCTYPE html><h1>Error 1015</h1>"
    sandbox_of(workbench).faults.add(status=403, text=page, times=None)
    sandbox_of(workbench).requests.clear()
    matches = await workbench.find_contact(NIA)
    assert isinstance(matches.error, RateLimited)
    assert 1 == len(sandbox_of(workbench).requests)


@pytest.mark.parametrize("daily", [True, False])
async def test_limits_are_told_as_pipedrive_tells_them(workbench: Workbench, daily: bool) -> None:
    sandbox_of(workbench).toggles["daily_headers"] = daily
    tracking = (await workbench.find_contact(NIA)).to_wire()["extraDataTracking"]
    assert {"ratelimitAmount", "ratelimitRemaining", "ratelimitReset"} <= tracking.keys()
    assert (30_000 if daily else None) == workbench.limits.daily_amount


def test_a_log_has_a_deal_or_a_lead(workbench: Workbench) -> None:
    assert (("deals", "leads"),) == workbench.exclusive_form_fields


async def test_the_user_of_a_deleted_mapping_is_refused_in_pipedrive_s_words(workbench: Workbench) -> None:
    contact = await nia(workbench)
    sandbox_of(workbench).faults.add(
        "POST", ACTIVITIES, status=400, json={"error": "owner_id 9 was not found."}
    )
    logged = await workbench.log_call(call(), contact)
    assert "owner_id 9 was not found." in str(logged.error)
    assert {} == activities(workbench)
