"""The same things asked at once: every distinct request is sent once, in virtual time with 50 ms for each."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
import virtual_time
from answers import NIA, NOBODY, SHARED, call
from platforms import CRMS
from virtual_time import FarSandbox, LoopClock

from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import sandbox_kinds

A_WINDOW = 60.0
"""Seconds after which no limit remembers the sign-in."""


async def signed_in(crm: str) -> tuple[Workbench, FarSandbox]:
    clock = LoopClock()
    sandbox = FarSandbox(clock, [kind(clock) for kind in sandbox_kinds(crm).values()]).at(0.05)
    workbench = connect(crm, mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    await clock.sleep(A_WINDOW)
    sandbox.network.requests.clear()
    return workbench, sandbox


def twice(requests: list[str]) -> dict[str, int]:
    return {request: times for request, times in Counter(requests).items() if times > 1}


@pytest.mark.parametrize("number", [NIA, SHARED, NOBODY], ids=["one", "shared", "nobody"])
@pytest.mark.parametrize("crm", CRMS)
def test_twenty_equal_matches_at_once_ask_nothing_twice(crm: str, number: str) -> None:
    async def case() -> None:
        workbench, sandbox = await signed_in(crm)
        alone = await workbench.find_contact(number)
        asked_alone = set(sandbox.network.requests)
        await asyncio.sleep(A_WINDOW)
        sandbox.network.requests.clear()
        results = await asyncio.gather(*(workbench.find_contact(number) for _ in range(20)))
        assert {} == twice(sandbox.network.requests)
        assert set(sandbox.network.requests) <= asked_alone
        assert [alone.contacts] * 20 == [each.contacts for each in results]
        assert 0 == sandbox.network.refused

    virtual_time.run(case())


@pytest.mark.parametrize("crm", CRMS)
def test_matches_of_several_numbers_at_once_look_each_up_once(crm: str) -> None:
    async def case() -> None:
        workbench, sandbox = await signed_in(crm)
        numbers = [NIA, SHARED, NOBODY]
        alone = [(await workbench.find_contact(each)).contacts for each in numbers]
        await asyncio.sleep(A_WINDOW)
        sandbox.network.requests.clear()
        results = await asyncio.gather(*(workbench.find_contact(each) for each in numbers * 5))
        assert {} == twice(sandbox.network.requests)
        assert alone * 5 == [each.contacts for each in results]

    virtual_time.run(case())


@pytest.mark.parametrize("crm", CRMS)
def test_a_hundred_and_fifty_logs_at_once_read_nothing_twice(crm: str) -> None:
    async def case() -> None:
        workbench, sandbox = await signed_in(crm)
        contact = (await workbench.find_contact(NIA)).contacts[0]
        await asyncio.sleep(A_WINDOW)
        sandbox.network.requests.clear()
        calls = [call(f"session-{number}") for number in range(150)]
        results = await asyncio.gather(*(workbench.log_call(each, contact) for each in calls))
        reads = [each for each in sandbox.network.requests if each.startswith("GET ")]
        assert {} == twice(reads)
        assert 150 == len({result.log_id for result in results})
        assert 0 == sandbox.network.refused

    virtual_time.run(case())
