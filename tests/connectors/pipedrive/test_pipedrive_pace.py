"""Pipedrive's limits, 80 requests and 10 searches in two seconds, are nearly reached and never exceeded.

In virtual time, over a network that takes 50 ms for a request and its answer, give or take a tenth of a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import virtual_time
from answers import NIA, call
from virtual_time import FarSandbox, LoopClock

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.workbench import Workbench, connect

LATENCY = 0.05
CROWD = "+14155550199"


def far(*, jitter: float = 0.0, people: int = 0) -> tuple[LoopClock, FarSandbox]:
    clock = LoopClock()
    crm = PipedriveSandbox(clock)
    crm.database.add_crowd(people)
    return clock, FarSandbox(clock, [crm]).at(LATENCY, jitter)


async def signed_in(sandbox: FarSandbox) -> Workbench:
    workbench = connect("pipedrive", mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    return workbench


async def measured(sandbox: FarSandbox, work: Callable[[], Awaitable[object]]) -> tuple[float, int]:
    """Return the seconds and requests of some work that begins long after everything before it."""
    await asyncio.sleep(10)
    sandbox.network.requests.clear()
    began = asyncio.get_running_loop().time()
    await work()
    return asyncio.get_running_loop().time() - began, len(sandbox.network.requests)


@pytest.mark.parametrize(("people", "times_as_fast"), [(10, 8), (30, 15)])
def test_a_match_of_many_people_takes_a_fraction_of_one_request_after_the_other(
    people: int, times_as_fast: int
) -> None:
    async def case() -> None:
        _, sandbox = far(people=people)
        workbench = await signed_in(sandbox)
        seconds, requests = await measured(sandbox, lambda: workbench.find_contact(CROWD))
        assert 2 + 2 * people == requests
        assert times_as_fast * seconds <= requests * LATENCY
        assert 0 == sandbox.network.refused

    virtual_time.run(case())


@pytest.mark.parametrize("jitter", [0.0, 0.1])
def test_a_match_that_exceeds_the_limit_takes_as_long_as_the_limit_says(jitter: float) -> None:
    async def case() -> None:
        _, sandbox = far(jitter=jitter, people=50)
        workbench = await signed_in(sandbox)
        seconds, requests = await measured(sandbox, lambda: workbench.find_contact(CROWD))
        assert (102, 0) == (requests, sandbox.network.refused)
        assert 2.0 + LATENCY <= seconds <= (2.0 + LATENCY) / 0.95 + 2 * jitter

    virtual_time.run(case())


@pytest.mark.parametrize("jitter", [0.0, 0.1])
def test_searches_in_a_row_use_the_limit_and_none_is_refused(jitter: float) -> None:
    async def case() -> None:
        _, sandbox = far(jitter=jitter)
        workbench = await signed_in(sandbox)
        numbers = [f"+1415555{number:04d}" for number in range(41)]
        seconds, requests = await measured(
            sandbox, lambda: asyncio.gather(*(workbench.find_contact(each) for each in numbers))
        )
        assert (41, 0) == (requests, sandbox.network.refused)
        assert 41 / seconds >= 0.95 * 10 / 2.0

    virtual_time.run(case())


@pytest.mark.parametrize("jitter", [0.0, 0.1])
def test_a_burst_of_three_hundred_writes_uses_the_limit_and_none_is_refused(jitter: float) -> None:
    async def case() -> None:
        _, sandbox = far(jitter=jitter)
        workbench = await signed_in(sandbox)
        contact = (await workbench.find_contact(NIA)).contacts[0]
        calls = [call(f"session-{number}") for number in range(300)]
        seconds, requests = await measured(
            sandbox, lambda: asyncio.gather(*(workbench.log_call(each, contact) for each in calls))
        )
        assert 300 <= requests
        assert 0 == sandbox.network.refused
        assert requests / seconds >= 0.95 * 80 / 2.0

    virtual_time.run(case())


@pytest.mark.parametrize("jitter", [0.0, 0.1])
def test_several_workbenches_share_the_limit_of_their_account(jitter: float) -> None:
    async def case() -> None:
        _, sandbox = far(jitter=jitter)
        first = await signed_in(sandbox)
        others = [await signed_in(sandbox) for _ in range(3)]
        numbers = [f"+1415555{number:04d}" for number in range(41)]
        benches = [first, *others]
        asked = [benches[place % 4].find_contact for place in range(41)]
        seconds, requests = await measured(
            sandbox, lambda: asyncio.gather(*(ask(each) for ask, each in zip(asked, numbers, strict=True)))
        )
        assert (41, 0) == (requests, sandbox.network.refused)
        assert 41 / seconds >= 0.95 * 10 / 2.0

    virtual_time.run(case())
