"""A number that many people share: who they are, their deals and leads, at 50 ms a request in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import virtual_time
from virtual_time import FarSandbox, LoopClock

from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.workbench import connect
from bench.rows import SECONDS, Row, as_fast, at_most, measurement

LATENCY = 0.05
DEPTH = 2
"""Requests that must follow one another: who they are, and what they have."""
LIMIT, WINDOW = 80, 2.0


@measurement
def match() -> Iterable[Row]:
    """Compare a match with what the same requests take one after the other."""
    for people, times in ((10, 8), (30, 15)):
        seconds, requests = virtual_time.run(_matched(people))
        yield Row(
            f"Pipedrive match of {people} people at 50 ms", seconds, requests * LATENCY,
            "one after the other", as_fast(times), SECONDS, floor=DEPTH * LATENCY,
            why="so many requests at once that no CRM need take them for an attack",
        )  # fmt: skip
    seconds, requests = virtual_time.run(_matched(50))
    floor = (requests - 1) // LIMIT * WINDOW + LATENCY
    yield Row(
        "Pipedrive match of 50 people at 50 ms", seconds, floor, f"{LIMIT} in {WINDOW:g} s", at_most(1.05),
        SECONDS, floor=floor, why="a tenth of a second of slack: requests may arrive closer together than they left",
    )  # fmt: skip


async def _matched(people: int) -> tuple[float, int]:
    """Return the seconds and requests of a match of so many people, of which none may be refused."""
    clock = LoopClock()
    crm = PipedriveSandbox(clock)
    crm.database.add_crowd(people)
    sandbox = FarSandbox(clock, [crm]).at(LATENCY)
    workbench = connect("pipedrive", mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    await clock.sleep(WINDOW + 1)
    began, before = asyncio.get_running_loop().time(), len(sandbox.network.requests)
    assert people == len((await workbench.find_contact("+14155550199")).contacts)
    assert sandbox.network.refused == 0
    return asyncio.get_running_loop().time() - began, len(sandbox.network.requests) - before
