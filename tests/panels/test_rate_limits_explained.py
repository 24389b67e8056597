"""Which request used up a limit, what is to come, and the limits of several workbenches in one panel."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path

import pytest
from acme import acme
from answers import call
from platforms import CRMS
from workbench_steps import nia, sandbox_of, secrets_of, signed_in

from appconnect.panels import RateLimitsPanel
from appconnect.store import Store
from appconnect.workbench import connect

NUMBER = "+14155550142"


def text(value: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", value)).replace("  ", " ")


def lines(panel: RateLimitsPanel) -> list[str]:
    """The operations that are listed, each with its own summary."""
    return [text(each.value.partition("</summary>")[0]) for each in panel.used.children]


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_the_operation_that_used_up_the_day_is_named_first_and_opens_to_its_requests(crm: str) -> None:
    workbench = await signed_in(crm, plan="tiny")
    await workbench.find_contact(NUMBER)
    while workbench.limits.daily_remaining:
        await workbench.sleep(3)
        await workbench.list_users()
    refused = await workbench.list_users()
    assert not refused.successful
    panel = RateLimitsPanel(workbench)
    told = text(panel.verdict.value)
    assert "was refused: the day's budget of 300 is used up" in told
    assert re.search(r"Used by list users: \d+ units in \d+ requests; find contact: \d+ units", told)
    assert [True, True, True] == [
        each.strip().startswith(name)
        for each, name in zip(lines(panel), ("list users", "find contact", "sign in"), strict=True)
    ]
    opened = text(panel.used.children[0].value)
    assert "GET /v1/users" in opened and "429" in opened


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_a_refusal_is_chosen_and_only_what_led_to_it_is_listed(crm: str) -> None:
    workbench = await signed_in(crm, plan="tiny")
    await workbench.sleep(60)
    for _ in range(6):
        await workbench.list_users()
    panel = RateLimitsPanel(workbench)
    everything = lines(panel)
    (_, _), (label, key), *_ = panel.explain.options
    assert "refused at 09:31" in label and "list users" in label
    panel.explain.value = key
    assert "4 requests in the 2 s before it, and the limit is 4" in text(panel.verdict.value)
    assert any("sign in" in each for each in everything)
    assert ["list users 4 requests" in re.sub(" +", " ", each) for each in lines(panel)] == [True]


@pytest.mark.parametrize("crm", CRMS)
async def test_every_request_is_listed_under_its_operation(crm: str) -> None:
    workbench = await signed_in(crm)
    await workbench.log_call(call(), await nia(workbench))
    panel = RateLimitsPanel(workbench)
    counted = [int(number) for each in lines(panel) for number in re.findall(r"(\d+) requests?", each)[:1]]
    assert len(workbench.trace) == sum(counted)
    assert any("log call" in each for each in lines(panel))
    assert not [secret for secret in secrets_of(workbench) if secret in str(panel.snapshot())]


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_the_refusals_of_a_second_workbench_on_the_same_account_are_seen(crm: str) -> None:
    first = await signed_in(crm, plan="tiny")
    second = connect(crm, mode="sandbox", sandbox=first.environment.sandbox)
    await second.sign_in()
    for _ in range(6):
        await second.list_users()
    panel = RateLimitsPanel(first, second)
    refused = sum(each.status == 429 for each in second.trace)
    assert refused and f"Refused so far {refused} of" in re.sub(" +", " ", text(panel.now.value))
    assert 1 == panel.now.value.count("Refused so far")
    assert any("list users · Pipedrive 2" in each for each in lines(panel))


@pytest.mark.parametrize("crm", CRMS)
async def test_several_crms_stand_side_by_side(crm: str) -> None:
    one, stranger = await signed_in(crm), connect(acme(), mode="sandbox")
    await stranger.sign_in({"passPhrase": "quiet as 7 mice"})
    panel = RateLimitsPanel(one, stranger)
    assert 2 == panel.now.value.count("Refused so far")
    assert f"<h4>{one.title}</h4>" in panel.chart.value or not one.limits.is_known
    assert f"{one.title}: " in panel.about() and "Acme: " in panel.about()
    assert f">{one.title}</th>" in panel.costs.value and ">Acme</th>" in panel.costs.value


@pytest.mark.parametrize("crm", CRMS)
async def test_costs_are_compared_as_documented_and_as_measured(crm: str) -> None:
    workbench = await signed_in(crm)
    await workbench.list_users()
    row = re.search(r"<tr><td>Get user list</td><td>(.*?)</td>", RateLimitsPanel(workbench).costs.value)
    assert row and re.search("; measured 1 request(?: and .* units)?$", row[1])


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_twelve_thousand_calls_are_told_in_days_on_each_plan(crm: str) -> None:
    panel = RateLimitsPanel(await signed_in(crm))
    panel.operation.value, panel.times.value, panel.plan.value = "create_call_log", 12_400, "lite"
    assert (
        "12,400 times: 12,400 requests and 62,000 units. That takes 2.1 days on Lite with 30,000 a day."
        in (text(panel.price.value))
    )
    panel.plan.value = "growth"
    assert "That takes 1.0 days on Growth" in text(panel.price.value)


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_the_pace_is_told_in_minutes_until_the_budget_is_empty(crm: str) -> None:
    workbench = await signed_in(crm, plan="tiny")
    for _ in range(4):
        await workbench.sleep(60)
        await workbench.list_users()
    told = text(RateLimitsPanel(workbench).now.value)
    assert (
        "At the pace of the last 4 minutes (20 units a minute) the day's budget is empty in about 11 minutes"
        in told
    )


@pytest.mark.parametrize("crm", CRMS)
async def test_a_practice_plan_holds_from_the_next_answer_on(crm: str) -> None:
    workbench = await signed_in(crm)
    panel = RateLimitsPanel(workbench)
    panel.practice[workbench.title].value = "tiny"
    assert "tiny" == sandbox_of(workbench).plan
    assert "is on tiny from its next answer on" in panel.status.value
    before = workbench.limits.amount
    await workbench.list_users()
    assert before is None or workbench.limits.amount != before


async def test_of_two_sandboxes_of_a_crm_only_the_chosen_one_changes_its_plan() -> None:
    one, other = await signed_in("pipedrive"), await signed_in("pipedrive")
    panel = RateLimitsPanel(one, other)
    assert ["Pipedrive 1", "Pipedrive 2"] == list(panel.practice)
    panel.practice["Pipedrive 2"].value = "tiny"
    assert ("lite", "tiny") == (sandbox_of(one).plan, sandbox_of(other).plan)


async def test_waits_are_marked_with_their_reason() -> None:
    workbench = await signed_in("pipedrive", plan="tiny")
    for _ in range(6):
        await workbench.list_users()
    waits = [wait for each in workbench.trace for wait in each.waits]
    panel = RateLimitsPanel(workbench)
    assert waits and waits[0].reason in unescape(panel.chart.value)
    assert "The same as a table" in panel.chart.value


async def test_a_panel_that_is_shown_is_drawn_a_few_times_a_second_however_much_runs() -> None:
    workbench = await signed_in("pipedrive")
    panel = RateLimitsPanel(workbench)
    panel._repr_mimebundle_()
    drawn = []
    panel._follower._look = lambda: drawn.append(1)  # type: ignore[method-assign]
    began = time.monotonic()
    for _ in range(200):
        await workbench.list_users()
    assert len(drawn) <= 4 * (time.monotonic() - began) + 1


async def test_requests_that_are_no_longer_remembered_are_said_to_be() -> None:
    workbench = await signed_in("pipedrive")
    await workbench.list_users()
    workbench.trace.clear()
    await workbench.list_users()
    assert "earlier ones are no longer remembered" in RateLimitsPanel(workbench).now.value


async def test_what_all_have_used_who_share_the_store_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workbench = await signed_in("pipedrive", plan="tiny")
    monkeypatch.setattr(type(workbench.environment), "store", Store.at(tmp_path))
    await workbench.sign_in(again=True)
    while not any(each.status == 429 for each in workbench.trace):
        await workbench.list_users()
    told = text(RateLimitsPanel(workbench).now.value)
    assert re.search(
        r"All who share the store \d+ of 80 requests in 2 s, \d of 10 requests", re.sub(" +", " ", told)
    )


async def test_a_pause_that_the_crm_asked_for_is_told_while_it_lasts() -> None:
    workbench = await signed_in("pipedrive", plan="tiny")
    workbench.crm._transport.pacer.quiet_for(30, workbench.now())
    panel = RateLimitsPanel(workbench)
    assert "Kept back" in panel.now.value and "for 30 seconds: the CRM asked for a pause" in panel.now.value


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_the_price_of_the_next_operation_is_told_with_how_often_it_can_be_paid_today(crm: str) -> None:
    workbench = await signed_in(crm, plan="tiny")
    panel = RateLimitsPanel(workbench)
    panel.operation.value = "get_user_list"
    assert "Get user list takes 1 request and 20 of the day" in panel.price.value
    assert "good for 14 more" in panel.price.value
