"""What the CRM says of its limits reaches the result; short limits are waited out, a day's end is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from answers import NIA, NINE_THIRTY, call
from workbench_steps import CRMS, nia, sandbox_of, signed_in, slow_sandbox

from appconnect.errors import RateLimited
from appconnect.models import ContactMatches, JsonObject, Result
from appconnect.workbench import RateLimit, Workbench

LIMITED = ("pipedrive", "bullhorn", "insightly")


def tracked(result: Result) -> JsonObject:
    """``extraDataTracking`` as it goes over the wire."""
    tracking = result.to_wire()["extraDataTracking"]
    assert isinstance(tracking, dict)
    return tracking


def refusals(workbench: Workbench) -> int:
    return sum(request.status == 429 for request in sandbox_of(workbench).requests)


# -- what is said --


@pytest.mark.parametrize(
    ("crm", "first", "second"),
    [
        (
            "pipedrive",
            {"ratelimitAmount": 80, "ratelimitRemaining": 78, "ratelimitReset": 2.0},
            {"ratelimitAmount": 80, "ratelimitRemaining": 77, "ratelimitReset": 2.0},
        ),
        (
            "bullhorn",
            {"ratelimitAmount": 1500, "ratelimitRemaining": 1497, "ratelimitReset": 60.0},
            {"ratelimitAmount": 1500, "ratelimitRemaining": 1496, "ratelimitReset": 60.0},
        ),
        (
            "insightly",  # the only headers it has count the day, and none says when that ends
            {"ratelimitAmount": 60000, "ratelimitRemaining": 59998},
            {"ratelimitAmount": 60000, "ratelimitRemaining": 59997},
        ),
        ("redtail", {}, {}),
    ],
)
async def test_every_result_carries_what_its_own_requests_were_told(
    crm: str, first: JsonObject, second: JsonObject
) -> None:
    workbench = await signed_in(crm)
    assert (first, second) == (tracked(await workbench.list_users()), tracked(await workbench.list_users()))


@pytest.mark.parametrize("crm", LIMITED)
async def test_an_operation_that_sends_nothing_says_nothing(crm: str) -> None:
    workbench = await signed_in(crm)
    await workbench.list_users()
    assert ({}, {}) == (
        tracked(await workbench.find_contact("anonymous")),
        tracked(await workbench.find_contact_with_name("")),
    )
    assert workbench.limits.is_known


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_operations_at_the_same_time_are_not_told_each_others_limits(crm: str) -> None:
    workbench = await signed_in(crm, sandbox=slow_sandbox(crm))
    people, users = await asyncio.gather(workbench.find_contact_with_name("zzz"), workbench.list_users())
    assert (10, 80) == (tracked(people)["ratelimitAmount"], tracked(users)["ratelimitAmount"])


@pytest.mark.parametrize("crm", ["bullhorn"])
async def test_a_refused_operation_carries_the_limits_too(crm: str) -> None:
    workbench = await signed_in(crm)
    sandbox_of(workbench).faults.add(
        status=400, json={}, headers={"ratelimit-limit": "1500", "ratelimit-remaining": "7"}, times=None
    )
    result = await workbench.list_users()
    assert (False, 7) == (result.successful, tracked(result)["ratelimitRemaining"])


@pytest.mark.parametrize("said", ["soon", "", "nan", "inf"])
@pytest.mark.parametrize("crm", ["bullhorn"])
async def test_a_limit_that_is_no_number_is_not_made_up(crm: str, said: str) -> None:
    workbench = await signed_in(crm)
    sandbox_of(workbench).faults.add(status=400, json={}, headers={"ratelimit-remaining": said}, times=None)
    assert {} == tracked(await workbench.list_users())


@pytest.mark.parametrize(("crm", "amount"), [("pipedrive", 30_000), ("insightly", 60_000)])
async def test_a_days_quota_is_known_where_the_crm_tells_it(crm: str, amount: int) -> None:
    workbench = await signed_in(crm)
    await workbench.list_users()
    assert amount == workbench.limits.daily_amount
    assert 0 < (workbench.limits.daily_remaining or 0) < amount


@pytest.mark.parametrize("crm", ["redtail"])
async def test_redtail_says_nothing_and_nothing_is_invented(crm: str) -> None:
    workbench = await signed_in(crm)
    await workbench.find_contact(NIA)
    assert RateLimit() == workbench.limits


# -- short limits --


@pytest.mark.parametrize("crm", ["pipedrive", "insightly"])
async def test_a_burst_is_waited_through(crm: str) -> None:
    workbench = await signed_in(crm, plan="tiny")
    found = await workbench.find_contact(NIA)
    assert ["Nia Holt"] == [contact.name for contact in found.contacts]
    assert workbench.now() > NINE_THIRTY


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_what_is_documented_is_paced_so_that_nothing_is_refused(crm: str) -> None:
    workbench = await signed_in(crm)
    began = workbench.now()
    searches = [workbench.find_contact_with_name(f"Nobody {number}") for number in range(35)]
    results = await asyncio.gather(*searches)
    assert ([None] * 35, 0) == ([result.error for result in results], refusals(workbench))
    assert workbench.now() - began >= timedelta(seconds=6)  # ten searches in two seconds


@pytest.mark.parametrize("crm", CRMS)
async def test_a_write_that_was_refused_for_the_rate_is_written_once(crm: str) -> None:
    workbench = await signed_in(crm)
    contact = await nia(workbench)
    sandbox_of(workbench).faults.add(status=429, json={}, times=2)
    logged = await workbench.log_call(call(), contact, note="Once")
    again = await workbench.log_call(call(), contact, note="Once")
    assert (None, logged.log_id, None) == (logged.error, again.log_id, again.error)


@pytest.mark.parametrize("crm", ["bullhorn"])
async def test_a_pause_that_is_too_long_is_told_and_not_waited(crm: str, told) -> None:
    workbench = await signed_in(crm, plan="tiny")
    await workbench.find_contact(NIA)
    began, result = workbench.now(), await workbench.find_contact(NIA)
    expected = (RateLimited, "Bullhorn is getting too many requests")
    assert (expected, began) == (told(workbench, result), workbench.now())
    assert result.return_message is not None
    assert "Try again in 60 seconds. The data is fine." in [
        item.text for detail in result.return_message.details or [] for item in detail.items
    ]
    await workbench.sleep(60)
    assert (await workbench.find_contact(NIA)).successful


# -- the day's budget --


async def used_up(workbench: Workbench) -> ContactMatches:
    """Search until the day's budget is gone."""
    for _ in range(40):
        result = await workbench.find_contact(NIA)
        if result.error:
            return result
    raise AssertionError("the budget never ended")


@pytest.mark.parametrize("crm", ["pipedrive", "insightly"])
async def test_a_day_that_is_used_up_is_one_sentence_and_no_retry(crm: str, told) -> None:
    workbench = await signed_in(crm, plan="tiny")
    result = await used_up(workbench)
    assert (RateLimited, f"Today's {workbench.title} requests are used up") == told(workbench, result)
    assert isinstance(result.error, RateLimited)
    assert (True, None) == (result.error.daily, result.error.retry_after)
    await workbench.sleep(2)  # so that the pace has nothing to wait for
    began, before = workbench.now(), len(sandbox_of(workbench).requests)
    assert not (await workbench.list_users()).successful
    assert (began, before + 1) == (workbench.now(), len(sandbox_of(workbench).requests))
    assert 0 == workbench.limits.daily_remaining


@pytest.mark.parametrize("crm", ["pipedrive", "insightly"])
async def test_on_the_next_day_it_works_again(crm: str) -> None:
    workbench = await signed_in(crm, plan="tiny")
    contact = (await workbench.find_contact(NIA)).contacts[0]
    await used_up(workbench)
    refused = await workbench.log_call(call(), contact, note="Kept for tomorrow")
    assert isinstance(refused.error, RateLimited)
    await workbench.sleep(24 * 3600)
    logged = await workbench.log_call(call(), contact, note="Kept for tomorrow")
    assert (None, "Call logged") == (logged.error, logged.message)
