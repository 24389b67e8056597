"""What the workers of a Dask cluster do in tests: workbenches of accounts whose CRMs are played in the test's process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from other_process import ADDRESS, Place, workbench_of
from pydantic import SecretStr

from appconnect.cluster import AccountTable
from appconnect.sandbox.clock import RealClock
from appconnect.store import Store
from appconnect.workbench import Workbench

READ = ("content-encoding", "content-length", "transfer-encoding")
DEAD = 66.0
"""After so many seconds a worker that was killed is taken for dead, and nothing of it is still arriving."""


class ToTheTest(httpx.AsyncBaseTransport):
    """Sends every request to the sandbox of the test."""

    def __init__(self, port: int) -> None:
        self._inner, self._port = httpx.AsyncHTTPTransport(), port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = {**request.headers, ADDRESS: str(request.url), "host": "127.0.0.1"}
        url = f"http://127.0.0.1:{self._port}/"
        there = httpx.Request(request.method, url, headers=headers, content=await request.aread())
        response = await self._inner.handle_async_request(there)
        content = await response.aread()
        kept = {name: each for name, each in response.headers.items() if name not in READ}
        return httpx.Response(response.status_code, headers=kept, content=content)


@dataclass(frozen=True)
class Connected:
    """Makes the workbench of an account; a start after another one comes when that is taken for dead.

    Each start notes the process in which it is, in a file of its account.
    """

    places: dict[str, dict[str, Any]]
    starts: Path

    def __call__(self, job: AccountTable) -> Workbench:
        place = Place(**self.places[job.crm])
        clock = RealClock()
        clock.advance(DEAD * len(self.started(job.crm)))
        with (self.starts / job.crm).open("a") as file:
            file.write(f"{os.getpid()}\n")
        store = Store.at(Path(place.home), SecretStr(place.url))
        workbench = workbench_of(place, store, clock=clock, transport=ToTheTest(place.port))
        workbench.context.connections.wanted = job.user_id
        return workbench

    def started(self, crm: str) -> list[int]:
        """The processes in which work on this account was begun, one after the other."""
        log = self.starts / crm
        return [int(line) for line in log.read_text().splitlines()] if log.exists() else []
