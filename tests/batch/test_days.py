"""Work that the day's budget of a CRM's plan ends: planned in days, stopped before a refusal, gone on with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest
from exports import calls, people
from platforms import answers_of
from workbench_steps import sandbox_of, signed_in

from appconnect.batch.day_budget import DayBudget
from appconnect.batch.plan import READ_ALL, SEARCH
from appconnect.connectors.insightly.sandbox import limits as insightly_limits
from appconnect.connectors.pipedrive.sandbox import limits as pipedrive_limits
from appconnect.errors import RateLimited
from appconnect.http import RateLimit
from appconnect.http.ratelimit import NOTHING_TOLD
from appconnect.workbench import Workbench

DAY = 86_400
ROWS = 100
CRMS_WITH_DAYS = ["insightly", "pipedrive"]


async def with_a_small_day(crm: str, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    """A workbench whose plan has little for a day, and else all that is known of it."""
    monkeypatch.setitem(insightly_limits.PER_DAY, "professional", 60)
    monkeypatch.setitem(pipedrive_limits.PLANS, "lite", replace(pipedrive_limits.PLANS["lite"], daily=300))
    return await signed_in(crm)


def refusals(workbench: Workbench) -> int:
    return sum(each.status == 429 for each in sandbox_of(workbench).requests)


@pytest.mark.parametrize("crm", CRMS_WITH_DAYS)
async def test_a_log_of_many_days_is_refused_nothing_and_takes_the_days_of_its_plan(
    crm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = await with_a_small_day(crm, monkeypatch)
    await workbench.sleep(DAY)  # on which somebody signed in
    frame = pd.DataFrame(list(calls(ROWS, people(sandbox_of(workbench), 25))))
    logs, before = answers_of(crm), answers_of(crm).count(sandbox_of(workbench))
    planned = (await workbench.batch.prepare(frame, log=True)).plan.days
    left, days = list[int](), 1
    while (result := await workbench.batch.log(frame)).stopped:
        assert "The CRM's budget for today is used up: " in result.stopped
        left.append(workbench.limits.daily_remaining or 0)
        await workbench.sleep(DAY)
        days += 1
    assert 0 == refusals(workbench)
    assert 70 == logs.count(sandbox_of(workbench)) - before
    assert days <= planned <= days * 1.3  # strangers and withheld numbers are planned as if they were logged
    assert max(left) < workbench.costs["create_call_log"].units


@pytest.mark.parametrize("crm", CRMS_WITH_DAYS)
async def test_a_match_of_many_days_is_refused_nothing(crm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await with_a_small_day(crm, monkeypatch)
    await workbench.sleep(DAY)
    frame = pd.DataFrame(list(calls(ROWS // 5, people(sandbox_of(workbench), 10))))
    while (result := await workbench.batch.match(frame, way=SEARCH)).stopped:
        await workbench.sleep(DAY)
    assert (0, {"matched": 14, "no contact": 2, "refused": 4}) == (refusals(workbench), result.counts)


async def test_the_plan_tells_the_days_and_what_is_left_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await with_a_small_day("pipedrive", monkeypatch)
    frame = pd.DataFrame(list(calls(ROWS, people(sandbox_of(workbench), 25))))
    plan = (await workbench.batch.prepare(frame, log=True)).plan
    assert plan.left == workbench.limits.daily_remaining
    assert (
        f"This needs the budgets of {plan.days} days ({plan.left} units are left of today's): "
        "run the same again each day; it goes on from where it was."
    ) in plan.sentences()
    assert "write 80 logs at most: 80 requests, 1.3 days and 400 of 300 units a day" in str(plan)
    short = (await workbench.batch.prepare(frame[:2], log=True)).plan
    assert (1, False) == (short.days, "budgets of" in str(short))
    spent = replace(plan, left=0)
    assert plan.days + 1 == spent.days


async def test_contacts_that_cannot_be_read_in_a_day_are_searched() -> None:
    """Since each run reads them from the first one on, it would never come to an end."""
    workbench = await signed_in("pipedrive", plan="tiny")
    people(sandbox_of(workbench), 20_000)
    numbers = people(sandbox_of(workbench), 200, seed=1)
    frame = pd.DataFrame(list(calls(300, numbers)))
    plan = (await workbench.batch.prepare(frame)).plan
    days = {way.name: way.days for way in plan.ways}
    assert (SEARCH, True) == (plan.chosen.name, 1 < days[READ_ALL] < days[SEARCH]), str(plan)


# -- the room for what is in hand --


class Crm:
    """Takes units when it answers, and says what it has left, in an order of its own."""

    def __init__(self, left: int | None) -> None:
        self.left, self.said = left, NOTHING_TOLD
        self.most = self.in_hand = 0

    async def do(self, day: DayBudget, units: int, turns: int = 1) -> str:
        try:
            async with day.room_for(units):
                self.in_hand += 1
                self.most = max(self.most, self.in_hand)
                for _ in range(turns):
                    await asyncio.sleep(0)
                if self.left is not None:
                    self.left -= units
                    self.said = RateLimit(daily_remaining=self.left, daily_amount=100)
                self.in_hand -= 1
        except RateLimited as error:
            assert error.daily
            return "used up"
        return "done"


async def done(crm: Crm, day: DayBudget, units: Sequence[int]) -> list[str]:
    return await asyncio.gather(*(crm.do(day, each, turns) for turns, each in enumerate(units, 1)))


async def test_the_first_goes_alone_and_the_others_as_far_as_there_is_room() -> None:
    crm = Crm(50)
    day = DayBudget(lambda: crm.said)
    assert [*["done"] * 5, "used up", "used up"] == await done(crm, day, [10] * 7)
    assert (0, 4) == (crm.left, crm.most)


async def test_a_crm_that_tells_of_no_day_is_asked_by_all_at_once() -> None:
    crm = Crm(None)
    day = DayBudget(lambda: crm.said)
    assert ["done"] == await done(crm, day, [10])
    assert ["done"] * 7 == await done(crm, day, [10] * 7)
    assert 7 == crm.most


async def test_what_takes_no_units_waits_for_nobody_and_looks_at_nothing() -> None:
    crm, looks = Crm(0), list[int]()
    day = DayBudget(lambda: looks.append(1) or crm.said)  # type: ignore[func-returns-value]
    looks.clear()
    assert ["done"] * 7 == await done(crm, day, [0] * 7)
    assert (7, []) == (crm.most, looks)


async def test_what_was_said_before_is_of_an_earlier_day() -> None:
    crm = Crm(30)
    crm.said = RateLimit(daily_remaining=0, daily_amount=100)
    day = DayBudget(lambda: crm.said)
    assert [*["done"] * 3, "used up"] == await done(crm, day, [10] * 4)


async def test_an_answer_that_was_overtaken_gives_no_room_and_a_new_day_does() -> None:
    crm = Crm(40)
    day = DayBudget(lambda: crm.said)
    assert ["done"] * 3 == await done(crm, day, [10, 10, 10])
    crm.said = RateLimit(daily_remaining=20, daily_amount=100)
    assert ["done", "used up"] == await done(crm, day, [10, 10])
    crm.left, crm.said = 100, RateLimit(daily_remaining=100, daily_amount=100)
    assert ["done"] * 2 == await done(crm, day, [10, 10])
