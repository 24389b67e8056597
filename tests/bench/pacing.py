"""How much of Pipedrive's limits is used, in virtual time over a network whose latency varies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import virtual_time
from answers import NIA, call
from virtual_time import FarSandbox, LoopClock

from appconnect.connectors.pipedrive.connector import Pipedrive
from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.http.ratelimit import Pacer
from appconnect.sandbox.clock import START
from appconnect.store import Store, StoreBook
from appconnect.workbench import Workbench, connect
from bench.rows import MICROSECONDS, SECONDS, Row, at_most, measurement
from bench.timing import cpu_seconds

LATENCY, JITTER = 0.05, 0.05
RESERVATIONS = 200
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


@measurement
def several_workbenches() -> Iterable[Row]:
    """Compare what two workbenches of one account take together with what its limit allows."""
    with TemporaryDirectory() as home:
        seconds, requests, refused = virtual_time.run(_measured_together(Store.at(Path(home))))
    assert refused == 0
    yield Row("Pipedrive, 40 searches by two workbenches", seconds, requests * WINDOW / SEARCHES,
              f"at {SEARCHES} in {WINDOW:g} s", at_most(1 / 0.95), SECONDS,
              floor=(requests - 1) // SEARCHES * WINDOW + LATENCY,
              why="the slack of requests that are not answered yet")  # fmt: skip


@measurement
def reservation() -> Iterable[Row]:
    """Compare a reservation that all processes share, in a file, with a request of httpx alone."""
    with TemporaryDirectory() as home:
        shared, own = _pacer(Store.at(Path(home))), _pacer(None)
        together, alone = cpu_seconds(lambda: _reserve(shared), lambda: _reserve(own))
    each = 1_000_000 / RESERVATIONS
    yield Row("a reservation that all processes share", together * each, alone * each, "in this process",
              at_most(50), MICROSECONDS, floor=alone * each,
              why="a transaction of SQLite for each, so that no two processes take one place")  # fmt: skip


def _pacer(store: Store | None) -> Pacer:
    pacer = Pacer(Pipedrive.rules.rate_limits)
    if store is not None:
        pacer.share(StoreBook(store, "pipedrive/31"), START)
    return pacer


def _reserve(pacer: Pacer) -> None:
    for _ in range(RESERVATIONS):
        pacer.answered(pacer.reserve("/api/v2/persons/search", START), START)


async def _measured_together(store: Store) -> tuple[float, int, int]:
    clock = LoopClock()
    sandbox = FarSandbox(clock, [PipedriveSandbox(clock)]).at(LATENCY, JITTER)
    both = [connect("pipedrive", mode="sandbox", sandbox=sandbox) for _ in range(2)]
    for workbench in both:
        await workbench.sign_in()
        workbench.crm.share_limits(StoreBook(store, "pipedrive/31"))
    await clock.sleep(10 * WINDOW)
    sandbox.network.requests.clear()
    began = asyncio.get_running_loop().time()
    numbers = [f"+1415555{number:04d}" for number in range(40)]
    await asyncio.gather(*(both[at % 2].find_contact(number) for at, number in enumerate(numbers)))
    seconds = asyncio.get_running_loop().time() - began
    return seconds, len(sandbox.network.requests), sandbox.network.refused


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
