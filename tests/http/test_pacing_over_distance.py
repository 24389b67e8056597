"""The limits of a CRM that is far away: used to the full and never exceeded, though requests arrive unevenly.

All in virtual time: what is asserted is the clock of the simulation, which knows no slow computer.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase

import httpx
import pytest
import virtual_time
from hypothesis import example, given, settings
from hypothesis import strategies as st
from platforms import CRMS
from pydantic import SecretStr
from virtual_time import LoopClock
from wire import RULES, SECRET, Key

from appconnect.connectors import registry
from appconnect.http import CrmClient, Pace, Trace
from appconnect.http.ratelimit import FEW, OwnBook, Quickest
from appconnect.http.rules import ApiRules
from appconnect.redaction import ConnectionSecrets, Redactor

LATENCY, JITTER = 0.05, 0.05
"""Seconds there and back, and by how many more that varies."""
ENOUGH = 0.95

Way = Callable[[random.Random], float]
"""The part of the jitter, from 0 to 1, that a way has."""
WAYS: dict[str, Way] = {
    "evenly": lambda chance: chance.random(),
    "mostly quick": lambda chance: min(1.0, chance.expovariate(5.0)),
    "mostly slow": lambda chance: chance.random() ** 0.25,
    "around the middle": lambda chance: chance.triangular(0.0, 1.0),
    "quick or slow": lambda chance: float(chance.random() < 0.5),
}


@dataclass
class FarCrm:
    """Counts what arrives, by its own clock, and refuses nothing: ``crowded`` is by how much a window was too full."""

    paces: tuple[Pace, ...]
    jitter: float
    way: Way
    chance: random.Random
    arrivals: dict[Pace, list[float]] = field(default_factory=dict)
    crowded: float = 0.0

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Receive a request, and answer it."""
        await self._travel()
        for pace in self.paces:
            if fnmatchcase(request.url.path, pace.path):
                self._count(pace, asyncio.get_running_loop().time())
        await self._travel()
        return httpx.Response(200, json={})

    async def _travel(self) -> None:
        await asyncio.sleep(LATENCY / 2 + self.jitter / 2 * self.way(self.chance))

    def _count(self, pace: Pace, now: float) -> None:
        seen = self.arrivals.setdefault(pace, [])
        if len(seen) >= pace.requests:
            self.crowded = max(self.crowded, seen[-pace.requests] + pace.seconds - now)
        seen.append(now)


def client_of(crm: FarCrm, rules: ApiRules, clock: LoopClock) -> CrmClient:
    trace = Trace(Redactor(secrets=ConnectionSecrets([SecretStr(SECRET)])))
    client = CrmClient(httpx.MockTransport(crm.answer), rules=rules, clock=clock, trace=trace)
    client.signer = Key()
    return client


def used(
    rules: ApiRules, path: str, *, clients: int, requests: int, jitter: float, way: Way, seed: int = 7
) -> tuple[float, float]:
    """The share of the limit that so many clients of one account use together, and how crowded its windows were."""

    async def case() -> tuple[float, float]:
        clock, book, loop = LoopClock(), OwnBook(), asyncio.get_running_loop()
        crm = FarCrm(rules.rate_limits, jitter, way, random.Random(seed))
        made = [client_of(crm, rules, clock) for _ in range(clients)]
        for each in made:
            each.share_limits(book)
            await asyncio.gather(*(each.post(path) for _ in range(FEW)))
            await asyncio.sleep(120.0)
        began = loop.time()
        await asyncio.gather(*(made[at % clients].post(path) for at in range(requests)))
        tightest = max(
            pace.seconds / pace.requests for pace in rules.rate_limits if fnmatchcase(path, pace.path)
        )
        return requests * tightest / (loop.time() - began), crm.crowded

    return virtual_time.run(case())


def limits_of(crm: str) -> list[tuple[str, str, int]]:
    """For each limit that a connector states, a path that it is about, and enough requests to fill it."""
    paces = registry.platform(crm).connector.rules.rate_limits
    return [(crm, f"/x{pace.path[1:]}", max(300, 2 * pace.requests + 1)) for pace in paces]


STATED = [limit for crm in CRMS for limit in limits_of(crm)]


@pytest.mark.parametrize("clients", [1, 3])
@pytest.mark.parametrize("jitter", [0.0, JITTER], ids=["flat", "jittered"])
@pytest.mark.parametrize(("crm", "path", "requests"), STATED, ids=str)
def test_a_burst_uses_the_limit_and_never_exceeds_it(
    crm: str, path: str, requests: int, jitter: float, clients: int
) -> None:
    stated = registry.platform(crm).connector.rules
    rules = replace(RULES, rate_limits=stated.rate_limits, max_in_flight=stated.max_in_flight)
    share, crowded = used(rules, path, clients=clients, requests=requests, jitter=jitter, way=WAYS["evenly"])
    assert share >= ENOUGH
    assert crowded < 1e-4


def test_on_a_steady_way_a_window_takes_its_seconds_and_no_more() -> None:
    """Neither the way there nor the way back is waited for in each of them."""
    rules = replace(RULES, rate_limits=(Pace(10, 1.0, slack=0.25),))
    share, crowded = used(rules, "/x", clients=1, requests=301, jitter=0.0, way=WAYS["evenly"])
    assert 30.1 / share < 30.0 + 4 * LATENCY
    assert crowded < 1e-4


@settings(max_examples=40)
@given(
    st.sampled_from(sorted(WAYS)), st.floats(0, 0.2), st.integers(0, 1000), st.integers(1, 4),
    st.sampled_from([Pace(10, 1.0, slack=0.25), Pace(10, 2.0, slack=0.1), Pace(80, 2.0, slack=0.1)]),
    st.sampled_from([4, 8, 32]),
)  # fmt: skip
@example("mostly quick", 0.2, 3, 3, Pace(10, 2.0, slack=0.1), 32)
@example("around the middle", 0.1, 5, 1, Pace(10, 1.0, slack=0.25), 8)
@example("mostly slow", 0.125, 0, 1, Pace(80, 2.0, slack=0.1), 4)
@example("mostly slow", 0.2, 0, 1, Pace(80, 2.0, slack=0.1), 4)
def test_whatever_the_way_varies_by_no_window_is_exceeded(
    way: str, jitter: float, seed: int, clients: int, pace: Pace, in_flight: int
) -> None:
    rules = ApiRules(hosts=RULES.hosts, rate_limits=(pace,), max_in_flight=in_flight)
    requests = 8 * pace.requests
    share, crowded = used(
        rules, "/x", clients=clients, requests=requests, jitter=jitter, way=WAYS[way], seed=seed
    )
    assert crowded < 1e-4
    on_their_way = clients * in_flight / (LATENCY + jitter) * pace.seconds / pace.requests
    assert share > 0.75 * min(
        1.0, on_their_way
    )  # it is the limit that is waited for, or an answer, and nothing else


async def test_who_waits_for_its_turn_heeds_a_pause_that_was_asked_for_meanwhile() -> None:
    """A place is taken when there is one, not before: a refusal keeps all back who have not left yet."""
    left: list[float] = []
    rules = ApiRules(hosts=RULES.hosts, rate_limits=(Pace(2, 1.0, slack=0.1),))

    async def case() -> None:
        clock = LoopClock()

        async def answer(_: httpx.Request) -> httpx.Response:
            left.append(round(asyncio.get_running_loop().time(), 3))
            await asyncio.sleep(0.3)
            return httpx.Response(429 if len(left) == 2 else 200, json={}, headers={"retry-after": "30"})

        client = CrmClient(
            httpx.MockTransport(answer), rules=rules, clock=clock, jitter=lambda: 0.0,
            trace=Trace(Redactor(secrets=ConnectionSecrets([SecretStr(SECRET)]))),
        )  # fmt: skip
        client.signer = Key()
        await asyncio.gather(*(client.get(f"/{number}") for number in range(6)))

    await asyncio.to_thread(virtual_time.run, case())
    assert [0.0, 0.0] == left[:2]
    assert 30.3 <= min(left[2:])


def test_the_quickest_way_is_sure_only_when_enough_answers_agree() -> None:
    quickest = Quickest()
    for number in range(FEW):
        assert 0.0 == quickest.sure, number
        quickest.note(0.05)
    assert (0.05, pytest.approx(0.05)) == (quickest.met, quickest.sure)
    quickest.note(0.04)  # quicker than all others: there may be quicker ones still
    assert (0.04, pytest.approx(0.01)) == (quickest.met, quickest.sure)
    quickest.note(0.01)
    assert (0.01, 0.0) == (quickest.met, quickest.sure)


class TickingClock(LoopClock):
    """A clock that never tells the same time twice, as a computer's."""

    def now(self) -> datetime:
        self.advance(1e-6)
        return super().now()


def test_who_waits_for_those_ahead_is_told_to_have_waited_and_who_does_not_is_not() -> None:
    pace = Pace(2, 1.0, slack=0.1)
    rules = replace(RULES, rate_limits=(pace,), max_in_flight=10)

    async def case() -> list[list[tuple[float, str]]]:
        clock = TickingClock()
        client = client_of(FarCrm((pace,), 0.0, WAYS["evenly"], random.Random(7)), rules, clock)
        await asyncio.gather(*(client.post(f"/{number}") for number in range(6)))
        await asyncio.sleep(5.0)
        await client.post("/later")
        return [[(round(wait.seconds), wait.reason) for wait in each.waits] for each in client.trace]

    waits = virtual_time.run(case())
    assert [[], [], *([[(1, pace.in_words)]] * 2), *([[(2, pace.in_words)]] * 2), []] == waits
