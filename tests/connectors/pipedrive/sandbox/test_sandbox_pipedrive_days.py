"""What days and sizes mean in the conditions of Pipedrive's filters: https://pipedrive.readme.io/docs/filters-api."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox

FRIDAY, SUNDAY = 0, 149
"""Days after the second of January 2026, on which the sandbox begins: that day, and the last one of May."""


async def let_through(by_key: Any, crm: PipedriveSandbox, key: str, operator: str, value: Any) -> list[str]:
    """The titles of the deals that a filter of this one condition lets through."""
    number = next(
        row["id"] for row in crm.database.fields.values() if (row["entity"], row["key"]) == ("deal", key)
    )
    one = {"object": "deal", "field_id": number, "operator": operator, "value": value}
    conditions = {"glue": "and", "conditions": [{"glue": "and", "conditions": [one]}]}
    made = await by_key.post("/v1/filters", json={"name": "x", "type": "deals", "conditions": conditions})
    reply = await by_key.get("/api/v2/deals", params={"filter_id": made.json()["data"]["id"]})
    assert 200 == reply.status_code, reply.text
    return [row["title"] for row in reply.json()["data"]]


@pytest.mark.parametrize(
    ("day", "text", "first", "last"),
    [
        (FRIDAY, "today", "2026-01-02", "2026-01-02"),
        (FRIDAY, "yesterday", "2026-01-01", "2026-01-01"),
        (FRIDAY, "tomorrow", "2026-01-03", "2026-01-03"),
        (FRIDAY, "last_week", "2025-12-22", "2025-12-28"),
        (FRIDAY, "this_week", "2025-12-29", "2026-01-04"),
        (FRIDAY, "next_week", "2026-01-05", "2026-01-11"),
        (SUNDAY, "this_week", "2026-05-25", "2026-05-31"),
        (FRIDAY, "last_month", "2025-12-01", "2025-12-31"),
        (FRIDAY, "this_month", "2026-01-01", "2026-01-31"),
        (FRIDAY, "next_month", "2026-02-01", "2026-02-28"),
        (SUNDAY, "next_month", "2026-06-01", "2026-06-30"),
        (FRIDAY, "last_quarter", "2025-10-01", "2025-12-31"),
        (FRIDAY, "this_quarter", "2026-01-01", "2026-03-31"),
        (FRIDAY, "next_quarter", "2026-04-01", "2026-06-30"),
        (SUNDAY, "this_quarter", "2026-04-01", "2026-06-30"),
        (FRIDAY, "last_year", "2025-01-01", "2025-12-31"),
        (FRIDAY, "this_year", "2026-01-01", "2026-12-31"),
        (SUNDAY, "next_year", "2027-01-01", "2027-12-31"),
        (FRIDAY, "2026-01-15", "2026-01-15", "2026-01-15"),
    ],
)
async def test_a_span_of_days_is_from_its_first_to_its_last_one(
    by_key: Any, crm: PipedriveSandbox, day: int, text: str, first: str, last: str
) -> None:
    crm.clock.advance(day * 86_400)
    for number in list(crm.database.deals):
        crm.database.deals.remove(number)
    before = date.fromisoformat(first) - timedelta(1)
    after = date.fromisoformat(last) + timedelta(1)
    for when in (f"{before}T23:59:59Z", f"{first}T00:00:00Z", f"{last}T23:59:59Z", f"{after}T00:00:00Z"):
        crm.database.add_deal(when, 501, add_time=when)
    earlier, begin, end, later = (row["title"] for row in crm.database.deals.values())
    for operator, expected in {
        "=": [begin, end],
        "!=": [earlier, later],
        "<": [earlier],
        "<=": [earlier, begin, end],
        ">": [later],
        ">=": [begin, end, later],
    }.items():
        assert expected == await let_through(by_key, crm, "add_time", operator, text), operator
        crm.clock.advance(0.5)


@pytest.mark.parametrize(
    ("key", "operator", "value", "expected"),
    [
        ("value", "=", 9, ["nine"]), ("value", "=", "9.0", ["nine"]), ("value", "<", 10, ["nine"]),
        ("value", ">", 9, ["Ten"]), ("value", ">=", 9, ["nine", "Ten"]), ("value", "<=", 8.9, []),
        ("value", "!=", 9, ["Ten", "none"]), ("value", "IS NULL", None, ["none"]),
        ("value", "IS NOT NULL", None, ["nine", "Ten"]),
        ("title", "=", "TEN", ["Ten"]), ("title", ">", "NINE", ["Ten", "none"]),
        ("title", "<", "none", ["nine"]), ("title", ">=", "TEN", ["Ten"]), ("title", "<=", "NONE", ["nine", "none"]),
        ("title", "LIKE '$%'", "N", ["nine", "none"]), ("title", "LIKE '%$'", "e", ["nine", "none"]),
        ("title", "LIKE '%$%'", "IN", ["nine"]), ("title", "NOT LIKE '$%'", "n", ["Ten"]),
        ("title", "NOT LIKE '%$'", "NE", ["Ten"]), ("title", "NOT LIKE '%$%'", "o", ["nine", "Ten"]),
    ],
)  # fmt: skip
async def test_sizes_are_compared_as_numbers_and_texts_without_regard_to_case(
    by_key: Any, crm: PipedriveSandbox, key: str, operator: str, value: Any, expected: list[str]
) -> None:
    for number in list(crm.database.deals):
        crm.database.deals.remove(number)
    for title, amount in (("nine", 9), ("Ten", 10), ("none", None)):
        crm.database.add_deal(title, 501, value=amount)
    assert expected == await let_through(by_key, crm, key, operator, value)
