"""The same things asked at once: the requests that are sent, beside those that are different."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import virtual_time
from answers import NIA, call
from virtual_time import FarSandbox, LoopClock

from appconnect.connectors import registry
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import sandbox_kinds
from bench.rows import COUNT, Row, at_most, measurement

A_WINDOW = 60.0


@measurement
def equal_matches() -> Iterable[Row]:
    """Compare twenty equal matches with what is different among their requests."""
    for crm in registry.names():
        requests = virtual_time.run(_requests(crm, _matches))
        yield _row(f"{crm}: requests of 20 equal matches", requests)


@measurement
def reads_of_many_logs() -> Iterable[Row]:
    """Compare the reads of 150 logs with what is different among them."""
    for crm in registry.names():
        requests = virtual_time.run(_requests(crm, _logs))
        yield _row(f"{crm}: reads of 150 logs", [each for each in requests if each.startswith("GET ")])


def _row(what: str, requests: list[str]) -> Row:
    different = len(set(requests))
    return Row(what, len(requests), different, "different ones", at_most(1), COUNT, floor=different)


async def _requests(crm: str, work: Callable[[Workbench], Awaitable[object]]) -> list[str]:
    clock = LoopClock()
    sandbox = FarSandbox(clock, [kind(clock) for kind in sandbox_kinds(crm).values()]).at(0.05)
    workbench = connect(crm, mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    await clock.sleep(A_WINDOW)
    sandbox.network.requests.clear()
    await work(workbench)
    return sandbox.network.requests


async def _matches(workbench: Workbench) -> None:
    await asyncio.gather(*(workbench.find_contact(NIA) for _ in range(20)))


async def _logs(workbench: Workbench) -> None:
    contact = (await workbench.find_contact(NIA)).contacts[0]
    await asyncio.gather(*(workbench.log_call(call(f"session-{each}"), contact) for each in range(150)))
