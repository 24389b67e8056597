"""The chart of the rate limits is true to scale, and what operations cost is put in words."""

from __future__ import annotations

import re
from html import unescape

import pytest
from platforms import CRMS
from workbench_steps import signed_in

from appconnect.panels import RateLimitsPanel
from appconnect.workbench import Cost, Workbench, connect

NONE_LEFT, ALL_LEFT = 120.0, 12.0
"""Where the chart has its lines, in its own units."""
FIRST, LAST = 52.0, 620.0
MARK = re.compile(r'<circle cx="([\d.]+)" cy="([\d.]+)"|<text x="([\d.]+)" y="([\d.]+)" text-anchor="middle"')


def window_chart(panel: RateLimitsPanel) -> str:
    """The first drawing: of the present window."""
    drawn: str = panel.chart.value
    return drawn[: drawn.index("</svg>")]


def marks(panel: RateLimitsPanel) -> list[tuple[float, float]]:
    """Where the requests are drawn, from left to right; a cross hangs five below its middle."""
    found = [
        (float(x or cross_x), float(y or 0) or float(cross_y) - 5)
        for x, y, cross_x, cross_y in MARK.findall(window_chart(panel))
    ]
    return sorted(found)


async def busy(requests: int, crm: str = "pipedrive", plan: str = "tiny") -> Workbench:
    workbench = connect(crm, mode="sandbox", plan=plan)
    await workbench.sign_in()
    for _ in range(requests):
        await workbench.list_users()
    return workbench


async def test_each_request_stands_as_high_as_what_it_left() -> None:
    workbench = await busy(6)
    panel = RateLimitsPanel(workbench)
    limits = [each.limits for each in workbench.trace if each.limits.remaining is not None]
    shares = [(each.remaining or 0) / (each.amount or 1) for each in limits]
    assert min(shares) == 0 < max(shares)
    drawn = marks(panel)
    expected = [NONE_LEFT - share * (NONE_LEFT - ALL_LEFT) for share in shares]
    assert expected == pytest.approx([y for _, y in drawn], abs=0.06)
    step = (LAST - FIRST) / (len(shares) - 1)
    assert [FIRST + step * at for at in range(len(shares))] == pytest.approx([x for x, _ in drawn], abs=0.06)
    numbers = [each.number for each in workbench.trace if each.limits.remaining is not None]
    assert f">request {numbers[0]}, 09:30:00</text>" in panel.chart.value
    assert f">request {numbers[-1]}, " in panel.chart.value


async def test_the_newest_sixty_are_drawn() -> None:
    workbench = await busy(0, plan="")
    panel = RateLimitsPanel(workbench)
    while len(workbench.trace) < 100:
        await workbench.list_users()
    assert 60 == len(marks(panel))


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_limits_are_drawn_over_the_requests_and_refusals_are_crossed(crm: str) -> None:
    workbench = connect(crm, mode="sandbox", plan="tiny")
    panel = RateLimitsPanel(workbench)
    assert "No requests yet" in panel.now.value
    await workbench.sign_in()
    for _ in range(6):
        await workbench.list_users()
    refused = sum(each.status == 429 for each in workbench.trace)
    window, day, _ = panel.chart.value.split("</svg>")
    assert refused and refused == window.count(", refused</title>") == day.count(", refused</title>")
    assert f"{refused} of {len(workbench.trace)} requests (status 429)" in panel.now.value


@pytest.mark.parametrize("crm", CRMS)
async def test_an_operation_is_said_to_be_possible_as_often_as_the_budget_allows(crm: str) -> None:
    workbench = await signed_in(crm)
    panel, left = RateLimitsPanel(workbench), workbench.limits.daily_remaining
    for name, cost in workbench.costs.items():
        panel.operation.value = name
        times = re.search(r"good for ([\d,]+) more", panel.price.value)
        assert bool(times) == bool(left is not None and cost.units)
        if times and left is not None:
            number = int(times[1].replace(",", ""))
            assert number * cost.units <= left < (number + 1) * cost.units


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Cost(requests=1), "takes 1 request. "),
        (Cost(requests=2, units=40), "takes 2 requests and 40 of the day's budget. "),
        (Cost(requests=0, requests_per_match=1), "takes 0 requests; every further match 1 request. "),
        (
            Cost(requests=1, units=20, requests_per_match=2, units_per_match=3),
            "takes 1 request and 20 of the day's budget; every further match 2 requests and 3. ",
        ),
    ],
)
async def test_a_cost_is_put_in_words(monkeypatch: pytest.MonkeyPatch, cost: Cost, words: str) -> None:
    workbench = await signed_in("pipedrive")
    monkeypatch.setattr(type(workbench.connector), "costs", {"find_contact": cost})
    assert f"Find contact {words}" in unescape(str(RateLimitsPanel(workbench).price.value))


@pytest.mark.parametrize("crm", CRMS)
async def test_the_pace_that_is_kept_is_told_with_its_units(crm: str) -> None:
    workbench = await signed_in(crm)
    panel = RateLimitsPanel(workbench)
    for pace in workbench.rate_limits:
        assert f"{pace.requests} requests in {pace.seconds:g} s" in panel.now.value
