"""What so many operations take, in requests, units and time, and how long a budget lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from platforms import CRMS
from sent_requests import sent

from appconnect.connector import Cost
from appconnect.connectors import registry
from appconnect.http import Pace
from appconnect.limits import effort, forecast, spent
from appconnect.limits.effort import cost_in_words, together, with_one_match
from appconnect.workbench import connect

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_day_s_budget_decides_where_it_is_what_runs_out_first() -> None:
    taken = effort(15_600, Cost(1, 5), rate_limits=[Pace(80, 2.0)], max_in_flight=32, daily=30_000)
    assert ("15,600 requests and 78,000 of 30,000 units a day", "2.6 days") == (
        taken.amount_in_words,
        taken.time_in_words,
    )


def test_without_a_budget_the_pace_decides() -> None:
    taken = effort(15_001, Cost(1), rate_limits=[Pace(1500, 60.0)], max_in_flight=8)
    assert (15_001, 0, 600.0) == (taken.requests, taken.units, taken.seconds)
    assert "about 10 minutes" == taken.time_in_words


def test_a_pace_for_one_path_counts_only_the_first_request_of_each() -> None:
    searches = Pace(10, 2.0, path="*/search")
    fast = effort(100, Cost(2), rate_limits=[searches], max_in_flight=1000)
    slow = effort(100, Cost(2, path="/persons/search"), rate_limits=[searches], max_in_flight=1000)
    assert (0.04, 18.0) == (pytest.approx(fast.seconds), slow.seconds)


def test_costs_are_added_and_told() -> None:
    call = together(
        with_one_match(Cost(2, 30, requests_per_match=2, units_per_match=30, path="/search")), Cost(1, 5)
    )
    assert Cost(5, 65, path="/search") == call
    assert ("5 requests and 65 units", "1 request") == (cost_in_words(call), cost_in_words(Cost(1)))


@pytest.mark.parametrize("crm", CRMS)
def test_the_plans_that_a_connector_states_are_those_that_its_sandbox_plays(crm: str) -> None:
    sandbox = connect(crm, mode="sandbox").sandbox
    assert sandbox is not None
    played = {plan: words.replace(",", "") for plan, words in sandbox.guide().plans.items()}
    for plan, allows in registry.platform(crm).connector.plans.items():
        assert plan in sandbox.plans
        assert f"{allows.daily}" in played[plan]
        for pace in allows.rate_limits:
            assert f"{pace.requests} requests per {pace.seconds:g} s" in played[plan]


def test_a_budget_that_shrinks_is_empty_when_the_pace_says() -> None:
    requests = spent(
        [sent(number, NOON + timedelta(minutes=number), left=300 - 20 * number) for number in range(1, 6)]
    )
    told = forecast(requests, NOON + timedelta(minutes=5))
    assert told is not None
    assert (200, 80, 240.0, 600.0) == (told.left, told.units, told.seconds, told.empty_in)
    assert (
        "At the pace of the last 4 minutes (20 units a minute) the day's budget is empty in about 10 minutes."
        == told.sentence
    )


def test_what_was_used_long_ago_is_no_pace() -> None:
    requests = spent([sent(1, NOON, left=300), sent(2, NOON, left=280)])
    told = forecast(requests, NOON + timedelta(hours=2))
    assert told is not None
    assert "Nothing was used lately, so there is no pace to go by." == told.sentence


def test_no_pace_is_told_where_no_time_has_passed() -> None:
    told = forecast(spent([sent(1, NOON, left=300), sent(2, NOON, left=280)]), NOON)
    assert told is not None and told.empty_in is None
    assert told.sentence.startswith("Hardly any time has passed since the first request")


def test_a_budget_that_is_empty_and_one_that_nobody_tells_of() -> None:
    told = forecast(spent([sent(1, NOON, left=20), sent(2, NOON, left=0)]), NOON)
    assert told is not None and "used up" in told.sentence
    assert None is forecast(spent([sent(1, NOON)]), NOON)
