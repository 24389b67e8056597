"""Sums, timelines and statistics of the played Pipedrive, reckoned by hand for deals that a test makes."""

from __future__ import annotations

from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox

DAYS = {"start_date": "2026-01-01", "end_date": "2026-01-31"}


@pytest.fixture
def deals(crm: PipedriveSandbox) -> list[int]:
    """Four deals and no others: two open ones, one won, one lost."""
    database = crm.database
    for number in list(database.deals):
        database.deals.remove(number)
    made = [
        ("A", {"value": 1000.5, "currency": "EUR", "add_time": "2026-01-01T08:00:00Z"}),
        ("B", {"value": 2000, "currency": "USD", "add_time": "2026-01-31T23:59:59Z", "stage_id": 2}),
        ("C", {"value": 30, "currency": "EUR", "add_time": "2026-02-01T00:00:00Z", "status": "won",
               "won_time": "2026-01-31T10:00:00Z"}),
        ("D", {"value": None, "currency": "EUR", "add_time": "2025-12-31T12:00:00Z", "status": "lost",
               "lost_time": "2026-02-01T10:00:00Z", "owner_id": 7002}),
    ]  # fmt: skip
    return [int(str(database.add_deal(title, 501, **fields)["id"])) for title, fields in made]


async def data(by_key: Any, path: str, **params: Any) -> Any:
    reply = await by_key.get(path, params=params)
    assert 200 == reply.status_code, reply.text
    return reply.json()["data"]


@pytest.mark.usefixtures("deals")
async def test_all_deals_are_summed_in_the_currency_of_the_user(by_key: Any) -> None:
    told = await data(by_key, "/v1/deals/summary")
    values = {"value": 3030.5, "count": 4, "value_formatted": "3,030.50 EUR"}
    converted = {"value_converted": 3030.5, "value_converted_formatted": "3,030.50 EUR"}
    assert {
        "values_total": {**values, **converted},
        "weighted_values_total": values,
        "total_count": 4,
        "total_currency_converted_value": 3030.5,
        "total_currency_converted_value_formatted": "3,030.50 EUR",
        "total_weighted_currency_converted_value": 3030.5,
        "total_weighted_currency_converted_value_formatted": "3,030.50 EUR",
    } == told
    of_won = await data(by_key, "/v1/deals/summary", status="won")
    assert (1, "30 EUR") == (of_won["total_count"], of_won["values_total"]["value_formatted"])


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize(
    ("interval", "amount", "starts", "ends", "counts"),
    [
        ("day", 2, ["2025-12-31", "2026-01-01"], ["2025-12-31", "2026-01-01"], [1, 1]),
        ("week", 2, ["2025-12-31", "2026-01-07"], ["2026-01-06", "2026-01-13"], [2, 0]),
        ("month", 3, ["2025-12-01", "2026-01-01", "2026-02-01"], ["2025-12-31", "2026-01-31", "2026-02-28"],
         [1, 2, 1]),
        ("quarter", 2, ["2025-12-01", "2026-03-01"], ["2026-02-28", "2026-05-31"], [4, 0]),
    ],
)  # fmt: skip
async def test_a_timeline_has_each_period_from_its_first_to_its_last_day(
    by_key: Any, interval: str, amount: int, starts: list[str], ends: list[str], counts: list[int]
) -> None:
    start = starts[0] if interval in ("day", "week") else "2025-12-31"
    periods = await data(
        by_key, "/v1/deals/timeline", start_date=start, interval=interval, amount=amount, field_key="add_time"
    )
    assert [f"{day} 00:00:00" for day in starts] == [each["period_start"] for each in periods]
    assert [f"{day} 23:59:59" for day in ends] == [each["period_end"] for each in periods]
    assert counts == [each["totals"]["count"] for each in periods] == [len(each["deals"]) for each in periods]


@pytest.mark.usefixtures("deals")
async def test_a_period_counts_open_and_won_deals_by_currency(by_key: Any) -> None:
    asked = {"start_date": "2026-01-01", "interval": "quarter", "amount": 1, "field_key": "add_time"}
    (period,) = await data(by_key, "/v1/deals/timeline", **asked, exclude_deals=1)
    every, opened = {"EUR": 1030.5, "USD": 2000}, {"EUR": 1000.5, "USD": 2000}
    assert ([], {
        "count": 3, "values": every, "weighted_values": every,
        "open_count": 2, "open_values": opened, "weighted_open_values": opened,
        "won_count": 1, "won_values": {"EUR": 30},
    }) == (period["deals"], period["totals"])  # fmt: skip
    (period,) = await data(by_key, "/v1/deals/timeline", **asked | {"field_key": "won_time"})
    assert ["C"] == [deal["title"] for deal in period["deals"]]


async def test_the_movements_of_a_pipeline_are_those_within_the_days(by_key: Any, deals: list[int]) -> None:
    a, b, c, d = deals
    for stage in (2, 3):
        assert 200 == (await by_key.patch(f"/api/v2/deals/{a}", json={"stage_id": stage})).status_code
    assert 200 == (await by_key.patch(f"/api/v2/deals/{b}", json={"stage_id": 1})).status_code
    told = await data(by_key, "/v1/pipelines/1/movement_statistics", **DAYS)
    eur = {"EUR": 30}
    assert {
        "movements_between_stages": {"count": 3},
        "new_deals": {"count": 2, "deals_ids": [a, b], "values": {"EUR": 1000.5, "USD": 2000},
                      "formatted_values": {"EUR": "1000.5 EUR", "USD": "2000 USD"}},
        "deals_left_open": {"count": 2, "deals_ids": [a, b], "values": {"EUR": 1000.5, "USD": 2000},
                            "formatted_values": {"EUR": "1000.5 EUR", "USD": "2000 USD"}},
        "won_deals": {"count": 1, "deals_ids": [c], "values": eur, "formatted_values": {"EUR": "30 EUR"}},
        "lost_deals": {"count": 0, "deals_ids": [], "values": {}, "formatted_values": {}},
        "average_age_in_days": {
            "across_all_stages": -14,
            "by_stages": [{"stage_id": 3, "value": 1}, {"stage_id": 1, "value": -19}],
        },
    } == told  # fmt: skip
    later = await data(
        by_key, "/v1/pipelines/1/movement_statistics", start_date="2026-02-01", end_date="2026-02-01"
    )
    assert (0, [c], [d]) == (
        later["movements_between_stages"]["count"],
        later["new_deals"]["deals_ids"],
        later["lost_deals"]["deals_ids"],
    )
    of_kit = await data(by_key, "/v1/pipelines/1/movement_statistics", **DAYS, user_id=7002)
    assert [[], []] == [of_kit[name]["deals_ids"] for name in ("new_deals", "deals_left_open")]


async def test_conversions_are_in_per_cent_of_what_left_a_stage_and_of_all_deals(
    by_key: Any, deals: list[int]
) -> None:
    a, b, c, _ = deals
    for deal, stage in ((a, 2), (c, 3), (b, 1), (a, 3)):
        assert 200 == (await by_key.patch(f"/api/v2/deals/{deal}", json={"stage_id": stage})).status_code
    told = await data(by_key, "/v1/pipelines/1/conversion_statistics", **DAYS)
    assert (25, 0) == (told["won_conversion"], told["lost_conversion"])
    assert [(1, 2, 50), (1, 3, 50), (2, 1, 50), (2, 3, 50)] == sorted(
        (each["from_stage_id"], each["to_stage_id"], each["conversion_rate"])
        for each in told["stage_conversions"]
    )
    february = await data(
        by_key, "/v1/pipelines/1/conversion_statistics", start_date="2026-02-01", end_date="2026-02-28"
    )
    assert ([], 0, 25) == tuple(
        february[name] for name in ("stage_conversions", "won_conversion", "lost_conversion")
    )


@pytest.mark.parametrize(
    "key", ["add_time", "update_time", "stage_change_time", "won_time", "lost_time", "close_time", "expected_close_date"]
)  # fmt: skip
async def test_a_timeline_may_be_by_any_date_of_a_deal(by_key: Any, key: str) -> None:
    asked = {"start_date": "2026-01-01", "interval": "month", "amount": 1, "field_key": key}
    (period,) = await data(by_key, "/v1/deals/timeline", **asked)
    assert (5 if key in ("add_time", "update_time") else 0) == period["totals"]["count"]
