"""How much of Pipedrive's limits is used, in virtual time over a network whose latency varies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import virtual_time
from answers import NIA, call
from virtual_time import FarSandbox, LoopClock

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.workbench import Workbench, connect
from bench.rows import SECONDS, Row, at_most, measurement

LATENCY, JITTER = 0.05, 0.05
WINDOW, SEARCHES, REQUESTS = 2.0, 10, 80


@measurement
def limits() -> Iterable[Row]:
    """Compare with what the limit itself allows; 95 % of it is at most 1.053 times as long."""
    for what, work, limit in (
        ("41 searches at once", _searches, SEARCHES),
        ("300 writes at once", _writes, REQUESTS),
    ):
        seconds, requests, refused = virtual_time.run(_measured(work))
        assert refused == 0
        yield Row(
            f"Pipedrive, {what}", seconds, requests * WINDOW / limit, f"at {limit} in {WINDOW:g} s",
            at_most(1 / 0.95), SECONDS, floor=(requests - 1) // limit * WINDOW + LATENCY,
            why="the slack of requests that are not answered yet",
        )  # fmt: skip


async def _measured(work: Callable[[Workbench], Awaitable[object]]) -> tuple[float, int, int]:
    clock = LoopClock()
    sandbox = FarSandbox(clock, [PipedriveSandbox(clock)]).at(LATENCY, JITTER)
    workbench = connect("pipedrive", mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    await workbench.find_contact(NIA)
    await clock.sleep(10 * WINDOW)
    sandbox.network.requests.clear()
    began = asyncio.get_running_loop().time()
    await work(workbench)
    seconds = asyncio.get_running_loop().time() - began
    return seconds, len(sandbox.network.requests), sandbox.network.refused


async def _searches(workbench: Workbench) -> None:
    await asyncio.gather(*(workbench.find_contact(f"+1415555{number:04d}") for number in range(41)))


async def _writes(workbench: Workbench) -> None:
    contact = (await workbench.find_contact(NIA)).contacts[0]
    calls = [call(f"session-{number}") for number in range(300)]
    await asyncio.gather(*(workbench.log_call(each, contact) for each in calls))
