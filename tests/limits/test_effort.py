"""What so many operations take, in requests, units and time, and how long a budget lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from platforms import CRMS
from sent_requests import sent

from appconnect.connector import Cost
from appconnect.connectors import registry
from appconnect.http import Pace
from appconnect.limits import Effort, Forecast, effort, forecast, spent
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


def test_a_pace_for_all_paths_counts_every_request_of_each() -> None:
    taken = effort(100, Cost(3), rate_limits=[Pace(10, 2.0)], max_in_flight=1000)
    assert (300, 58.0) == (taken.requests, taken.seconds)


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


@pytest.mark.parametrize(
    ("taken", "amount", "days", "budgets", "time"),
    [
        (Effort(0, 0, 0.0, None), "0 requests", 0, 0.0, "1 second"),
        (Effort(1, 0, 0.4, None), "1 request", 0, 0.0, "1 second"),
        (Effort(1200, 7, 90.0, None), "1,200 requests and 7 units", 0, 0.0, "90 seconds"),
        (Effort(2, 300, 60.0, 300), "2 requests and 300 of 300 units a day", 1, 1.0, "60 seconds"),
        (Effort(2, 301, 60.0, 300), "2 requests and 301 of 300 units a day", 2, 301 / 300, "1.0 days"),
        (Effort(2, 450, 1.5 * 86_400, 300), "2 requests and 450 of 300 units a day", 2, 1.5, "1.5 days"),
        (Effort(2, 450, 1.5 * 86_400 + 1, 300), "2 requests and 450 of 300 units a day", 2, 1.5, "about 37 hours"),
    ],
)  # fmt: skip
def test_an_effort_is_told_by_what_runs_out_first(
    taken: Effort, amount: str, days: int, budgets: float, time: str
) -> None:
    assert (amount, days, budgets) == (taken.amount_in_words, taken.days, taken.budgets)
    assert time == taken.time_in_words


def test_without_any_limit_the_answers_decide() -> None:
    assert 20.0 == pytest.approx(effort(800, Cost(1), rate_limits=[], max_in_flight=8).seconds)
    assert 0.0 == effort(0, Cost(1), rate_limits=[Pace(1, 1.0)], max_in_flight=8).seconds


@pytest.mark.parametrize(("requests", "seconds"), [(10, 0.0), (11, 2.0), (20, 2.0), (21, 4.0)])
def test_a_pace_lets_so_many_leave_before_it_waits(requests: int, seconds: float) -> None:
    taken = effort(requests, Cost(1), rate_limits=[Pace(10, 2.0, slack=0.5)], max_in_flight=100_000)
    assert seconds == pytest.approx(taken.seconds, abs=0.01)


def test_a_search_that_finds_one_takes_what_each_match_takes_once() -> None:
    search = Cost(2, 30, requests_per_match=3, units_per_match=4, path="/search")
    assert Cost(5, 34, path="/search") == with_one_match(search)
    assert Cost(3, 1, path="/b") == together(Cost(1, 1), Cost(2, path="/b"), Cost(0, path="/c"))
    assert Cost(0) == together()
    assert "2 requests and 1 unit" == cost_in_words(Cost(2, 1))


@pytest.mark.parametrize(
    ("told", "empty_in", "sentence"),
    [
        (Forecast(0, 5, 60.0), 0.0, "The day's budget is used up; it refills at the CRM's daily reset."),
        (Forecast(-1, 5, 60.0), 0.0, "The day's budget is used up; it refills at the CRM's daily reset."),
        (Forecast(1, 0, 60.0), None, "Nothing was used lately, so there is no pace to go by."),
        (Forecast(1, 5, 9.9), None, "Hardly any time has passed since the first request, so there is no pace to go by."),
        (Forecast(1, 5, 10.0), 2.0, "At the pace of the last 10 seconds (30 units a minute) the day's budget is empty in 2 seconds."),
        (Forecast(10, 1, 40.0), 400.0, "At the pace of the last 40 seconds (1.5 units a minute) the day's budget is empty in about 7 minutes."),
        (Forecast(1440, 1, 60.0), 86_400.0, "At the pace of the last 60 seconds (1 units a minute) the day's budget is empty in about 24 hours."),
        (Forecast(1441, 1, 60.0), 86_460.0, "At the pace of the last 60 seconds (1 units a minute) the day's budget lasts for more than a day."),
        (Forecast(9, 120_000, 60.0), 0.0045, None),
    ],
)  # fmt: skip
def test_a_forecast_goes_by_the_pace_of_late(
    told: Forecast, empty_in: float | None, sentence: str | None
) -> None:
    assert empty_in == told.empty_in
    assert sentence in (None, told.sentence)
    assert sentence is not None or "(120,000 units a minute)" in told.sentence


def test_the_pace_is_that_of_the_last_quarter_of_an_hour_of_the_present_budget() -> None:
    quarter = timedelta(minutes=15)
    requests = spent([
        sent(1, NOON - timedelta(days=1), left=50), sent(2, NOON - quarter - timedelta(seconds=30), left=300),
        sent(3, NOON - quarter, left=290), sent(4, NOON - quarter + timedelta(seconds=1), left=270),
        sent(5, NOON - timedelta(minutes=1), left=240), sent(6, NOON, operation="sign_in"),
    ])  # fmt: skip
    told = forecast(requests, NOON)
    assert told is not None
    assert (240, 50, 899.0) == (told.left, told.units, told.seconds)
