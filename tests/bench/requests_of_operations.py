"""How many requests operations send: what is not used is not read, and what is known is not asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

import virtual_time
from answers import NIA, call
from virtual_time import FarSandbox, LoopClock

from appconnect.connectors import registry
from appconnect.workbench import Workbench, connect
from appconnect.workbench.sandboxes import sandbox_kinds
from bench.rows import COUNT, SECONDS, Row, at_most, measurement

LATENCY = 0.05
A_WINDOW = 60.0
MATCHES = 30
OTHER = "+14155550177"


class Seen(NamedTuple):
    """What an operation sent, and how long it took, in virtual time."""

    requests: list[str]
    seconds: float


@measurement
def updates_of_a_call_log() -> Iterable[Row]:
    """Compare an update with the two requests that it needs: the old body must be read."""
    for crm in registry.names():
        seen = virtual_time.run(_seen(crm, _logged, _update))
        yield Row(f"{crm}: requests of an update of a call log", len(seen.requests), 2, "one read, one write",
                  at_most(1), COUNT, floor=2)  # fmt: skip


@measurement
def what_is_asked_again() -> Iterable[Row]:
    """Compare what a sign-in and two looks at the list of users send with what is different among it."""
    for crm in registry.names():
        for what, work in (("a sign-in", _sign_in_again), ("the list of users, twice", _users)):
            sent = virtual_time.run(_seen(crm, _nothing, work)).requests
            yield Row(f"{crm}: requests of {what}", len(sent), len(set(sent)), "different ones", at_most(1), COUNT,
                      floor=len(set(sent)), why=_WHY_USERS if len(set(sent)) < len(sent) else "")  # fmt: skip


@measurement
def insightly() -> Iterable[Row]:
    """Compare a match with the requests that it took before, and the pace of many with the limit's."""
    sent = virtual_time.run(_seen("insightly", _match, _other_match)).requests
    yield Row("insightly: requests of a further match", len(sent), 18, "what it took at first", at_most(1), COUNT,
              floor=2, why="Insightly searches one field for one spelling at a time; contacts and leads have several")  # fmt: skip
    [pace] = registry.platform("insightly").connector.rules.rate_limits
    seen = virtual_time.run(_seen("insightly", _match, _many_matches))
    floor = (len(seen.requests) - 1) // pace.requests * pace.seconds + LATENCY
    yield Row(f"insightly: {MATCHES} matches at once", seen.seconds, len(seen.requests) * pace.seconds / pace.requests,
              f"at {pace.requests} in {pace.seconds:g} s", at_most(1 / 0.95), SECONDS, floor=floor,
              why="the first requests count from their answers, until it is known how long the way is")  # fmt: skip


_WHY_USERS = "an admin who looks at the list of users wants it as it is now"

Work = Callable[[Workbench], Awaitable[object]]


async def _seen(crm: str, before: Work, work: Work) -> Seen:
    clock = LoopClock()
    sandbox = FarSandbox(clock, [kind(clock) for kind in sandbox_kinds(crm).values()]).at(LATENCY)
    workbench = connect(crm, mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    await before(workbench)
    await clock.sleep(A_WINDOW)
    sandbox.network.requests.clear()
    began = clock.now()
    await work(workbench)
    assert sandbox.network.refused == 0
    return Seen(sandbox.network.requests, (clock.now() - began).total_seconds())


async def _nothing(workbench: Workbench) -> None:
    """Nothing comes before."""


async def _match(workbench: Workbench) -> None:
    await workbench.find_contact(NIA)


async def _other_match(workbench: Workbench) -> None:
    await workbench.find_contact(OTHER)


async def _many_matches(workbench: Workbench) -> None:
    await asyncio.gather(*(workbench.find_contact(f"+1415555{number:04d}") for number in range(MATCHES)))


async def _logged(workbench: Workbench) -> None:
    contact = (await workbench.find_contact(NIA)).contacts[0]
    await workbench.log_call(call("session-1"), contact)


async def _update(workbench: Workbench) -> None:
    log_id = workbench.logged_call("session-1")
    assert log_id is not None
    await workbench.update_call_log(log_id, call("session-1"), note="Wants a discount.")


async def _sign_in_again(workbench: Workbench) -> None:
    await workbench.sign_in(again=True)


async def _users(workbench: Workbench) -> None:
    await workbench.list_users()
    await workbench.list_users()
