"""Real processes that work on one store and one CRM, and are killed at a chosen point.

Run as a script this is a process that forks one more for each job, so that none has to import everything again.
A job is killed by SIGKILL before or after its n-th request or transaction, and counts them if it is not.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr
from sqlalchemy import orm
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from appconnect.auth.vault import Vault
from appconnect.connectors import registry
from appconnect.loopback_server import served
from appconnect.models import Contact, ContactCreated, Logged
from appconnect.sandbox.clock import RealClock
from appconnect.sandbox.server import Sandbox
from appconnect.store import Store
from appconnect.testing.samples import call, sms
from appconnect.workbench import Workbench
from appconnect.workbench.environment import environment
from appconnect.workbench.lazy_store import LazyStore
from appconnect.workbench.sandboxes import make_sandbox

T = TypeVar("T")
ADDRESS = "x-address"


@dataclass(frozen=True)
class Place:
    """What processes share: where the store is, who is signed in to which CRM, and where that answers."""

    crm: str
    home: str
    url: str
    port: int
    contact: dict[str, str] = field(default_factory=dict)


class Killer:
    """Kills this process before or after the n-th of a kind of step."""

    def __init__(self, kind: str, when: str, number: int) -> None:
        self._kind, self._when, self._number = kind, when, number
        self.counts = {"request": 0, "transaction": 0}

    def begin(self, kind: str) -> int:
        self.counts[kind] += 1
        self.end(kind, self.counts[kind], "before")
        return self.counts[kind]

    def end(self, kind: str, number: int, when: str = "after") -> None:
        if (kind, when, number) == (self._kind, self._when, self._number):
            os.kill(os.getpid(), signal.SIGKILL)


class ToTheParent(httpx.AsyncBaseTransport):
    """Sends every request to the sandbox of the process that began this one."""

    def __init__(self, port: int, killer: Killer) -> None:
        self._inner, self._port, self._killer = httpx.AsyncHTTPTransport(), port, killer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        number = self._killer.begin("request")
        headers = {**request.headers, ADDRESS: str(request.url), "host": "127.0.0.1"}
        there = httpx.Request(
            request.method, f"http://127.0.0.1:{self._port}/", headers=headers, content=await request.aread()
        )
        response = await self._inner.handle_async_request(there)
        content = await response.aread()
        self._killer.end("request", number)
        # not the response itself: what is read to its end hangs whoever reads its stream once more
        return httpx.Response(response.status_code, headers=response.headers, content=content)


class KillingStore(Store):
    """A store in whose transactions the process may be killed."""

    killer: Killer

    def transaction(self, work: Callable[[orm.Session], T]) -> T:
        number = self.killer.begin("transaction")
        result = super().transaction(work)
        self.killer.end("transaction", number)
        return result


@cache
def not_used() -> Sandbox:
    """A sandbox that an environment needs, and that another one takes the place of; it also loads all code."""
    return make_sandbox()


def workbench_of(place: Place, store: Store, **changes: Any) -> Workbench:
    platform = registry.platform(place.crm)
    made = environment(platform, "sandbox", scenario="", record=False, sandbox=not_used())
    made = replace(made, lazy_store=LazyStore(lambda: store), vault=Vault.at(Path(place.home)), **changes)
    return Workbench(platform, made, settings={}, options={})


async def work(job: dict[str, Any]) -> dict[str, Any]:
    """Do the steps of a job, and tell what came of each."""
    place, killer = Place(**job["place"]), Killer(*job["kill"])
    KillingStore.killer = killer
    store = KillingStore.at(Path(place.home), SecretStr(place.url))
    clock = RealClock()
    clock.advance(job["ahead"])
    workbench = workbench_of(place, store, clock=clock, transport=ToTheParent(place.port, killer))
    told = []
    result: Logged | ContactCreated
    for name, *arguments in job["steps"]:
        if name == "log_message":
            result = await workbench.log_message(sms(*arguments), Contact(**place.contact))
        elif name == "log_call":
            result = await workbench.log_call(call(arguments[0]), Contact(**place.contact), note=arguments[1])
        else:
            result = await workbench.create_contact(*arguments)
        made = result.contact_info.id if isinstance(result, ContactCreated) and result.contact_info else ""
        log_id = made if isinstance(result, ContactCreated) else result.log_id
        told.append([type(result.error).__name__ if result.error else "", result.message, log_id])
    return {"told": told, **killer.counts}


def main() -> None:
    """Fork a process for every job that is read; print what it printed, or nothing when it was killed."""
    not_used()
    for line in sys.stdin:
        reader, writer = os.pipe()
        if (child := os.fork()) == 0:
            try:
                told = asyncio.run(work(json.loads(line)))
            except BaseException:
                told = {"crashed": traceback.format_exc()}
            os.write(writer, json.dumps(told).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            printed = pipe.read()
        os.waitpid(child, 0)
        print(printed or "{}", flush=True)


# -- in the process that begins them --


class Starter:
    """Starts processes; each job is one that begins and ends, or is killed. One at a time."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, __file__], stdin=pipe, stdout=pipe, text=True)

    async def run(
        self,
        place: Place,
        *steps: list[str],
        kill: tuple[str, str, int] = ("", "", 0),
        ahead: float = 0,
    ) -> dict[str, Any]:
        """Return what a process told that did these steps; {} when it was killed."""
        job = {"place": vars(place), "steps": steps, "kill": kill, "ahead": ahead}
        told: dict[str, Any] = json.loads(await asyncio.to_thread(self._ask, json.dumps(job)))
        assert "crashed" not in told, told["crashed"]
        return told

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def end(self) -> None:
        """End what starts them."""
        self._process.communicate()


@asynccontextmanager
async def open_to_processes(sandbox: Sandbox) -> AsyncIterator[int]:
    """The sandbox on a port for other processes, under the CRM's real addresses."""
    client = httpx.AsyncClient(transport=sandbox.transport())

    async def forward(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        headers = [(name, value) for name, value in request.headers.items() if name not in (ADDRESS, "host")]
        answer = await client.request(
            request.method, request.headers[ADDRESS], headers=headers, content=await request.body()
        )
        kept = {name: each for name, each in answer.headers.items() if name != "content-length"}
        await Response(answer.content, answer.status_code, kept)(scope, receive, send)

    async with served(forward) as port:
        yield port


if __name__ == "__main__":
    main()
