"""How much of the limits is used, in virtual time over a network whose latency varies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import virtual_time
from answers import NIA, call
from virtual_time import FarSandbox, LoopClock

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.insightly.sandbox.schema import CONTACT, LEAD
from appconnect.connectors.insightly.schemas import MAX_PAGE
from appconnect.connectors.insightly.stored_phones import MAX_PAGES
from appconnect.connectors.pipedrive.connector import Pipedrive
from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.http.ratelimit import Pacer
from appconnect.sandbox import CrmSandbox
from appconnect.sandbox.clock import START
from appconnect.store import Store, StoreBook
from appconnect.workbench import Workbench, connect
from bench.rows import MICROSECONDS, SECONDS, Row, at_most, measurement
from bench.timing import cpu_seconds

LATENCY, JITTER = 0.05, 0.05
RESERVATIONS = 200
WINDOW, SEARCHES, REQUESTS = 2.0, 10, 80
UNKNOWN = "the first requests count from their answers, until it is known how long the way is at least"
LATE = "an answer that took longer than the quickest may mean a late arrival: by so much the next one waits longer"


@dataclass(frozen=True)
class Burst:
    """Work that is begun at once, and the limit that it meets: ``limit`` requests in ``window`` seconds.

    ``jitter`` is by how many seconds a way there and back varies.
    """

    what: str
    sandbox: Callable[[LoopClock], CrmSandbox]
    work: Callable[[Workbench], Awaitable[object]]
    limit: int
    window: float
    jitter: float
    why: str = LATE


@measurement
def limits() -> Iterable[Row]:
    """Compare with what the limit itself allows; 95 % of it is at most 1.053 times as long."""
    for burst in (
        Burst("Pipedrive, 41 searches at once", PipedriveSandbox, _searches, SEARCHES, WINDOW, JITTER),
        Burst("Pipedrive, 300 writes at once", PipedriveSandbox, _writes, REQUESTS, WINDOW, JITTER),
        Burst(
            "Insightly, 41 matches at once in a large account",
            _large_insightly,
            _searches,
            10,
            1.0,
            0.0,
            UNKNOWN,
        ),
        Burst("Insightly, 300 writes at once", InsightlySandbox, _writes, 10, 1.0, 0.0, UNKNOWN),
        Burst("Insightly, 300 writes, latency varies", InsightlySandbox, _writes, 10, 1.0, JITTER),
    ):
        seconds, requests, refused = virtual_time.run(_measured(burst))
        assert refused == 0
        yield Row(
            burst.what, seconds, requests * burst.window / burst.limit,
            f"at {burst.limit} in {burst.window:g} s", at_most(1 / 0.95), SECONDS,
            floor=(requests - 1) // burst.limit * burst.window + LATENCY,
            why=burst.why,
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
              why=LATE)  # fmt: skip


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


async def _measured(burst: Burst) -> tuple[float, int, int]:
    clock = LoopClock()
    crm = burst.sandbox(clock)
    sandbox = FarSandbox(clock, [crm]).at(LATENCY, burst.jitter)
    workbench = connect(crm.name, mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    await workbench.find_contact(NIA)
    await clock.sleep(10 * burst.window)
    sandbox.network.requests.clear()
    began = asyncio.get_running_loop().time()
    await burst.work(workbench)
    seconds = asyncio.get_running_loop().time() - began
    return seconds, len(sandbox.network.requests), sandbox.network.refused


def _large_insightly(clock: LoopClock) -> InsightlySandbox:
    """Return an account of more people than one match reads, so that it searches for every spelling."""
    crm = InsightlySandbox(clock)
    for number in range(MAX_PAGES * MAX_PAGE):
        for kind in (CONTACT, LEAD):
            crm.database.add(kind, {"LAST_NAME": f"Clerk {number}"})
    return crm


async def _searches(workbench: Workbench) -> None:
    await asyncio.gather(*(workbench.find_contact(f"+1415555{number:04d}") for number in range(41)))


async def _writes(workbench: Workbench) -> None:
    contact = (await workbench.find_contact(NIA)).contacts[0]
    calls = [call(f"session-{number}") for number in range(300)]
    await asyncio.gather(*(workbench.log_call(each, contact) for each in calls))
