"""What panels draw and say is what is: heights, directions, prices, results."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable

import pytest
from markupsafe import escape
from platforms import CRMS, OAUTH, answers_of
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.models import Direction
from appconnect.panels import ConnectPanel, MessageLogPanel, RateLimitsPanel, SandboxPanel, TimelinePanel
from appconnect.panels.panel import Panel
from appconnect.workbench import Workbench


def numbers(pattern: str, text: str) -> list[tuple[float, ...]]:
    found = (match if isinstance(match, tuple) else (match,) for match in re.findall(pattern, text))
    return [tuple(map(float, each)) for each in found]


async def spent(crm: str) -> tuple[Workbench, RateLimitsPanel]:
    """A workbench whose small window is used up, and the panel that watched it."""
    workbench = await signed_in(crm, plan="tiny")
    panel = RateLimitsPanel(workbench)
    for _ in range(6):
        await workbench.list_users()
    return workbench, panel


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_a_point_stands_between_all_and_none_as_high_as_what_is_left(crm: str) -> None:
    workbench, panel = await spent(crm)
    chart = panel.chart.value.partition("</svg>")[0]
    (every, *_), (none, *_) = numbers(r'<line x1="\d+" y1="(\d+)"', chart)
    told = [each.limits for each in workbench.trace if each.limits.remaining is not None]
    lines = [numbers(r"([\d.]+),([\d.]+)", points) for points in re.findall('points="([^"]*)"', chart)]
    amounts = list(dict.fromkeys(each.amount for each in told))
    assert len(amounts) == len(lines)
    for amount, points in zip(amounts, lines, strict=True):
        left = [each.remaining or 0 for each in told if each.amount == amount]
        heights = [round((none - y) / (none - every) * (amount or 0)) for _, y in points]
        assert left == heights
        assert sorted(x for x, _ in points) == [x for x, _ in points]
    assert 0 in {each.remaining for each in told}


@pytest.mark.parametrize("crm", ["pipedrive"])
async def test_the_drawing_fits_its_frame_and_names_its_first_and_last_request(crm: str) -> None:
    workbench, panel = await spent(crm)
    chart = panel.chart.value.partition("</svg>")[0]
    ((width, height),) = numbers(r'viewBox="0 0 (\d+) (\d+)"', chart)
    across = [x for x, _ in numbers(r'c?x="([\d.]+)" c?y="([\d.]+)"', chart)]
    down = [y for _, y in numbers(r'c?x="([\d.]+)" c?y="([\d.]+)"', chart)]
    assert 0 < min(across) and max(across) < width
    assert 0 < min(down) and max(down) < height
    numbered = [each.number for each in workbench.trace if each.limits.remaining is not None]
    assert [(numbered[0],), (numbered[-1],)] == numbers(r">request (\d+), ", chart)
    spread = sorted(
        {
            x
            for points in re.findall('points="([^"]*)"', chart)
            for x, _ in numbers(r"([\d.]+),([\d.]+)", points)
        }
    )
    steps = {round(after - before) for before, after in itertools.pairwise(spread)}
    assert max(steps) - min(steps) <= 1


@pytest.mark.parametrize("crm", CRMS)
async def test_what_is_left_is_said_with_its_amount_and_when_it_refills(crm: str) -> None:
    workbench = await signed_in(crm)
    panel = RateLimitsPanel(workbench)
    await workbench.list_users()
    limits, shown = workbench.limits, panel.now.value
    if not limits.is_known:
        number = len(workbench.trace)
        assert f"{number} requests, {number} of them in the last minute" in shown
        assert f"{workbench.title} says nothing about limits in its answers.<" in shown
        assert ">Instead, the workbench counts its own requests.<" in shown
        assert f"the CRM has said nothing; {number} requests counted here" == panel.about()
    if limits.daily_remaining is not None and limits.daily_amount is not None:
        assert f"{limits.daily_remaining:,} of {limits.daily_amount:,} left of the day" in shown
        assert f"{limits.daily_remaining:,} of {limits.daily_amount:,} left today" in panel.about()
    if limits.remaining is not None and limits.daily_remaining != limits.remaining:
        assert f"{limits.remaining:,} of {limits.amount:,} requests left" in shown
        assert f"{limits.remaining:,} of {limits.amount:,} left now" in panel.about()
        refill = "the CRM does not say when" if limits.reset is None else f"refills in {limits.reset:g} s"
        assert refill in shown
    paces = [f"{pace.requests} requests in {pace.seconds:g} s" for pace in workbench.rate_limits]
    assert [] == [pace for pace in paces or ["no pace of its own"] if pace not in shown]


@pytest.mark.parametrize("crm", CRMS)
async def test_the_price_of_every_operation_is_the_one_the_connector_states(crm: str) -> None:
    workbench = await signed_in(crm)
    panel = RateLimitsPanel(workbench)
    for name, cost in workbench.costs.items():
        panel.operation.value = name
        told = re.sub("<[^>]*>", "", panel.price.value)
        words = f"{cost.requests} request" + ("s" if cost.requests != 1 else "")
        words += f" and {cost.units} of the day" if cost.units else ""
        assert f"takes {words}" in told
        assert bool(cost.requests_per_match) == ("every further match" in told)
        if cost.requests_per_match:
            more = f"{cost.requests_per_match} request" + ("s" if cost.requests_per_match != 1 else "")
            more += f" and {cost.units_per_match}" if cost.units_per_match else ""
            assert f"every further match {more}." in told
        left = workbench.limits.daily_remaining
        times = f"good for {left // cost.units:,} more" if left is not None and cost.units else "more of them"
        assert (times in told) == bool(left is not None and cost.units)


@pytest.mark.parametrize(
    ("direction", "sender", "receiver"),
    [(Direction.INBOUND, "Nia Holt", "Rae Quill"), (Direction.OUTBOUND, "Rae Quill", "Nia Holt")],
)
async def test_a_message_comes_from_whom_its_direction_says(
    direction: Direction, sender: str, receiver: str
) -> None:
    workbench = await signed_in(OAUTH)
    contact = await nia(workbench)
    panel = MessageLogPanel(workbench, contact, "Hi")
    panel.direction.value = direction
    message = panel.message()
    assert (sender, [receiver]) == (message.from_.name, [each.name for each in message.to])
    assert contact.phone in {message.from_.phone_number, *(each.phone_number for each in message.to)}
    await panel.log()
    stored = answers_of(OAUTH).stored(sandbox_of(workbench), panel.log_id or "")
    assert f"{sender} " in re.sub("<[^>]*>", " ", stored.body)


@pytest.mark.parametrize("crm", CRMS)
async def test_what_became_of_signing_out_is_said_and_its_requests_are_shown(crm: str) -> None:
    workbench = await signed_in(crm)
    panel = ConnectPanel(workbench)
    before = len(workbench.trace)
    signed_out = await panel.sign_out()
    assert signed_out is not None
    assert signed_out.message in panel.status.value
    shown = re.findall("<summary><b>([A-Z]+)</b> <code>([^<]*)</code>", panel.steps.value)
    assert [(each.method, str(escape(each.path))) for each in list(workbench.trace)[before:]] == shown
    assert "Nobody is signed in" in panel.state.value


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        (SandboxPanel, "appconnect.panels.sandbox.counted"),
        (RateLimitsPanel, "appconnect.panels.rate_limits.look"),
        (TimelinePanel, "appconnect.panels.timeline.listing.gather"),
    ],
)
async def test_what_goes_wrong_while_a_panel_follows_the_traffic_is_shown_in_it(
    kind: Callable[[Workbench], Panel], broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = await signed_in(OAUTH)
    panel = kind(workbench)
    panel._repr_mimebundle_()

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by <b>zero")

    monkeypatch.setattr(broken, fail)
    said = asyncio.Event()
    panel.status.observe(lambda _: said.set(), "value")
    await workbench.list_users()
    async with asyncio.timeout(30):
        await said.wait()
    assert "ZeroDivisionError: by &lt;b&gt;zero" in panel.status.value
