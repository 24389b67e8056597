"""Batch work in virtual time: how much of the limit it uses, what a plan saves, and the memory of a long table."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pandas as pd
import virtual_time
from exports import calls, people
from virtual_time import FarSandbox, LoopClock

from appconnect.batch.plan import READ_ALL, SEARCH
from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.sandbox import Sandbox, SandboxClock
from appconnect.workbench import connect
from bench.rows import SECONDS, Row, as_fast, at_most, measurement

LATENCY, WINDOW = 0.05, 2.0
SEARCHES, REQUESTS = 10, 80
"""Of Pipedrive's smallest plan, in a window."""
ROWS, CONTACTS = 600, 200
FEW, MANY = 1_000, 10_000
MEGABYTES = "MB"


class Ran(NamedTuple):
    """What a batch took: virtual seconds, requests, rows by status."""

    seconds: float
    requests: int
    searches: int
    rows: dict[str, int]


@measurement
def limits() -> Iterable[Row]:
    """Compare logging with what the limit allows, and the plan's way of matching with a search for each number."""
    log = virtual_time.run(_ran("log", way=READ_ALL))
    assert sum(log.rows.values()) == ROWS
    yield Row(f"batch log of {ROWS} rows", log.seconds, log.requests * WINDOW / REQUESTS, f"at {REQUESTS} in {WINDOW:g} s",
              at_most(1 / 0.95), SECONDS, floor=(log.requests - 1) // REQUESTS * WINDOW + LATENCY,
              why="the first requests count from their answers, until it is known how long the way is")  # fmt: skip
    search, planned = virtual_time.run(_ran("match", way=SEARCH)), virtual_time.run(_ran("match", way=""))
    assert search.rows == planned.rows
    yield Row(f"batch match of {ROWS} rows, as planned", planned.seconds, search.seconds, "search each number",
              as_fast(8), SECONDS, floor=LATENCY * planned.requests,
              why="the pages of contacts are read one after the other")  # fmt: skip
    yield Row(f"batch match of {ROWS} rows by searches", search.seconds, search.searches * WINDOW / SEARCHES,
              f"{SEARCHES} in {WINDOW:g} s", at_most(1 / 0.95), SECONDS, floor=(search.searches - 1) // SEARCHES * WINDOW + LATENCY,
              why="the first requests count from their answers, until it is known how long the way is")  # fmt: skip


@measurement
def memory() -> Iterable[Row]:
    """Compare the memory at its highest while a long file is matched with that of a short one."""
    few, many = _peak(FEW), _peak(MANY)
    yield Row(f"memory of a batch match of {MANY:,} rows", many / 1e6, few / 1e6, f"of {FEW:,} rows", at_most(1.5),
              MEGABYTES, floor=few / 1e6, why="rows are read and written in pieces; the index of contacts is as large for both")  # fmt: skip


async def _ran(what: str, *, way: str) -> Ran:
    clock = LoopClock()
    crm = PipedriveSandbox(clock)
    numbers = people(crm, CONTACTS)
    sandbox = FarSandbox(clock, [crm]).at(LATENCY)
    workbench = connect("pipedrive", mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    await clock.sleep(10 * WINDOW)
    sandbox.network.requests.clear()
    began = asyncio.get_running_loop().time()
    work = workbench.batch.log if what == "log" else workbench.batch.match
    result = await work(pd.DataFrame(list(calls(ROWS, numbers))), way=way)
    assert sandbox.network.refused == 0
    seconds = asyncio.get_running_loop().time() - began
    sent = sandbox.network.requests
    searches = [each for each in sent if "/search" in each]
    return Ran(seconds, len(sent), len(searches), dict(result.counts))


def _peak(rows: int) -> int:
    """Return the bytes of memory at their highest while a file of so many rows is matched."""
    clock = SandboxClock()
    crm = PipedriveSandbox(clock)
    numbers = people(crm, CONTACTS)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        path.write_text("".join(f"{json.dumps(each)}\n" for each in calls(rows, numbers)), "utf-8")
        tracemalloc.start()
        try:
            assert asyncio.run(_matched(path, Sandbox(clock, [crm]))) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


async def _matched(path: Path, sandbox: Sandbox) -> int:
    workbench = connect("pipedrive", mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    return sum((await workbench.batch.match(path, way=READ_ALL)).counts.values())
