"""Matches at 50 ms a request in virtual time: a number that many people share, and one in many spellings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import virtual_time
from answers import NIA
from virtual_time import FarSandbox, LoopClock

from appconnect.connectors.insightly.sandbox import InsightlySandbox
from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.workbench import connect
from bench.rows import COUNT, SECONDS, Row, as_fast, at_most, measurement

LATENCY = 0.05
DEPTH = 2
"""Requests that must follow one another: who they are, and what they have."""
LIMIT, WINDOW = 80, 2.0
SPELLINGS, LINKED, KINDS = 18, 4, 2
"""Searches for one number, records that Nia is linked to, and kinds of records that change."""


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
        SECONDS, floor=floor, why="the answers of the first window are waited for, since requests may arrive closer together than they left",
    )  # fmt: skip


@measurement
def spellings() -> Iterable[Row]:
    """Compare the requests of Insightly's matches with a search for every spelling in every field."""
    first, nobody, nia = virtual_time.run(_spelt())
    for what, ours, people, floor in (
        ("first match, of nobody", first, 0, KINDS),
        ("next match of nobody", nobody, 0, KINDS),
        ("next match of somebody", nia, 1, KINDS + LINKED),
    ):
        yield Row(
            f"Insightly, requests of a {what}", ours, SPELLINGS + people * LINKED, "for every spelling",
            at_most(0.4), COUNT, floor=floor,
            why="" if ours == floor else "the search that tells whether somebody known has the number still",
        )  # fmt: skip


async def _spelt() -> list[int]:
    """Return the requests of a first match, of one of nobody, and of one of somebody."""
    clock = LoopClock()
    sandbox = FarSandbox(clock, [InsightlySandbox(clock)]).at(LATENCY)
    workbench = connect("insightly", mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    counts = []
    for number in ("+12025550100", "+12025550101", NIA):
        before = len(sandbox.network.requests)
        await workbench.find_contact(number)
        counts.append(len(sandbox.network.requests) - before)
    return counts


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
