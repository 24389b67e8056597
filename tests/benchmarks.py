"""Two ways of doing one thing, compared in one run: the ratio counts, the seconds depend on the machine.

Measured against the sandbox, with a made-up latency for every answer; never against a live CRM.
"""

from __future__ import annotations

import asyncio
import pkgutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import httpx

import appconnect
from appconnect.connectors.pipedrive.sandbox import PipedriveSandbox
from appconnect.logs.calls import body
from appconnect.logs.calls.body import CallFacts
from appconnect.models import LogFormat
from appconnect.sandbox.server import Sandbox
from appconnect.workbench import Workbench, connect

ROUNDS = 3
LATENCY = 0.02
PEOPLE = 30
LOAD = "import time; start = time.perf_counter(); import {name}; print(time.perf_counter() - start)"


class Late(httpx.AsyncBaseTransport):
    """Answers a little later, as a network does."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(LATENCY)
        return await self._inner.handle_async_request(request)


class LateSandbox(Sandbox):
    def transport(self) -> httpx.AsyncBaseTransport:
        return Late(super().transport())


async def best(work: Callable[[], Awaitable[object]]) -> float:
    """The best of a few rounds, since a computer can only be slower than it is."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


async def crowded() -> Workbench:
    sandbox = LateSandbox()
    pipedrive = sandbox["pipedrive"]
    assert isinstance(pipedrive, PipedriveSandbox)
    pipedrive.database.add_crowd(PEOPLE)
    workbench = connect("pipedrive", mode="sandbox", sandbox=sandbox)
    await workbench.sign_in()
    return workbench


async def matching() -> None:
    """A number that many people share: their deals and leads together, and one request after the other."""
    together, one_by_one = await crowded(), await crowded()
    one_by_one.crm._transport._in_flight = asyncio.Semaphore(1)

    async def match(workbench: Workbench) -> None:
        assert PEOPLE == len((await workbench.find_contact("+14155550199")).contacts)

    fast = await best(lambda: match(together))
    slow = await best(lambda: match(one_by_one))
    print(f"match of {PEOPLE} people at {LATENCY * 1000:.0f} ms a request: "
          f"{slow:.2f} s one by one, {fast:.2f} s together: {slow / fast:.1f} times as fast")  # fmt: skip


async def updating() -> None:
    """A hostile note, and one four times as long: linear work gives a ratio of about four."""

    async def update(length: int) -> None:
        note = "- Result: <li><b>" + " " * length
        old = body.compose(CallFacts(note=note), format=LogFormat.PLAIN, settings={}, timezone=None)
        body.update(old, CallFacts(result="Call ended"), format=LogFormat.PLAIN, settings={}, timezone=None)

    short, long = await best(lambda: update(50_000)), await best(lambda: update(200_000))
    print(
        f"update of a body of 50 kB {short * 1000:.1f} ms, of 200 kB {long * 1000:.1f} ms: {long / short:.1f} times"
    )


def loading() -> None:
    """How long each room takes to load in a fresh process: what a command does not need, it should not load."""
    rooms = [f"appconnect.{room.name}" for room in pkgutil.iter_modules(appconnect.__path__)]
    for name in ["appconnect", *(room for room in rooms if not room.endswith("__main__"))]:
        command = [sys.executable, "-c", LOAD.format(name=name)]
        seconds = min(float(subprocess.check_output(command, text=True)) for _ in range(ROUNDS))
        print(f"{seconds * 1000:7.0f} ms  import {name}", flush=True)


if __name__ == "__main__":
    asyncio.run(matching())
    asyncio.run(updating())
    loading()
