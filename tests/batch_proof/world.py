"""The process that plays the CRM, begins those that work, kills them, and lets the days pass."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from exports import calls, people
from other_process import Place, workbench_of
from platforms import answers_of

from appconnect.batch.ledger import FLUSH
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.server import Sandbox
from appconnect.store import Store
from appconnect.workbench.sandboxes import make_sandbox
from batch_proof.job import SOCKET
from batch_proof.wire import UNREACHED, read_frame, send_frame

READ = (b"content-encoding", b"content-length", b"transfer-encoding")
CONTACTS = 2000
WHILE = 61.0
"""Seconds until a batch that was killed is resumed: longer than any window of a limit, and than a claim."""
DAY = 86_400.0
MAX_RUNS = 60
TESTS = str(Path(__file__).parent.parent)


@dataclass
class Seen:
    """What the CRM has seen."""

    statuses: Counter[int] = field(default_factory=Counter)
    requests: int = 0
    kills: int = 0
    days: int = 1
    ended: list[dict[str, Any]] = field(default_factory=list)
    """What came of the runs that ended by themselves."""
    paced: list[tuple[int, float]] = field(default_factory=list)
    """Of each run, also of those that were killed: its requests, and the CRM's seconds until the last of them."""


class World:
    """A CRM with people, an account that is signed in, and a table of calls."""

    def __init__(self, crm: str, home: Path, rows: int, chance: random.Random, *, log: bool = True) -> None:
        self.crm, self.home, self.rows, self._chance, self.log = crm, home, rows, chance, log
        self.clock = SandboxClock()
        self.sandbox: Sandbox = make_sandbox(crm, clock=self.clock)
        self._transport = self.sandbox.transport()
        self.seen = Seen()
        self.table, self.output = home / "calls.jsonl", home / "calls.logged.jsonl"
        self._kill_at = 0
        self._child: asyncio.subprocess.Process | None = None
        numbers = people(self.sandbox[crm], CONTACTS)
        with self.table.open("w") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in calls(rows, numbers))
        self._before = answers_of(crm).count(self.sandbox[crm])

    @property
    def logs(self) -> int:
        """How many logs stand in the CRM that were not there before."""
        return answers_of(self.crm).count(self.sandbox[self.crm]) - self._before

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Place]:
        """The sandbox at a socket, with somebody signed in."""
        place, store = Place(self.crm, str(self.home), "", 0), Store.at(self.home)
        workbench = workbench_of(
            place, store, transport=self.sandbox.transport(), sandbox=self.sandbox, clock=self.clock
        )
        assert (await workbench.sign_in()).successful
        store.close()
        self.clock.advance(WHILE)
        async with await asyncio.start_unix_server(self._serve, self.home / SOCKET):
            yield place

    async def run_to_the_end(self, place: Place, kills: int) -> dict[str, Any]:
        """Run the batch, killed so often, until nothing is left to do; where the day is used up, it passes."""
        steps = self.rows * 7 // 10 if self.log else 20 + 2 * self.rows // FLUSH
        for _ in range(MAX_RUNS):
            reach = max(2, steps // (self.seen.kills + 2))
            kill_at = self._chance.randrange(1, reach) if self.seen.kills < kills else 0
            run = await self._run(place, kill_at)
            if run is not None and not {"waiting", "failed"} & run["counts"].keys():
                return run
            if run is not None:
                steps = min(steps, self.seen.paced[-1][0])  # no more fit into a day
                self.clock.advance(DAY)
                self.seen.days += 1
        raise AssertionError(f"after {MAX_RUNS} runs there is still something to do: {run}")

    # -- one run --

    async def _run(self, place: Place, kill_at: int) -> dict[str, Any] | None:
        """Run the batch in a process; None when it was killed, at the n-th step from now.

        A step is a request; of a match, which sends few, it is a transaction in the store.
        """
        before, began = self.seen.requests, self.clock.now()
        self._kill_at = before + kill_at if kill_at and self.log else 0
        kill = [self._chance.choice(["before", "after"]), 0 if self.log else kill_at]
        job = {"place": vars(place), "now": self.clock.now().isoformat(), "table": str(self.table),
               "output": str(self.output), "log": self.log, "kill": kill}  # fmt: skip
        told = await self._work(job)
        self.seen.paced.append((self.seen.requests - before, (self.clock.now() - began).total_seconds()))
        self.clock.advance(WHILE)
        if told is None:
            self.seen.kills += 1
            return None
        run: dict[str, Any] = json.loads(told)
        self.seen.ended.append(run)
        return run

    async def _work(self, job: dict[str, Any]) -> bytes | None:
        """Begin the process that works, and return what it told; None when it was killed."""
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "batch_proof.job", json.dumps(job), stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([TESTS, os.environ.get("PYTHONPATH", "")])},
        )  # fmt: skip
        told, _ = await self._child.communicate()
        if self._child.returncode == -signal.SIGKILL:
            return None
        assert self._child.returncode == 0, f"the batch ended with {self._child.returncode}"
        return told

    def _kill(self) -> None:
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(signal.SIGKILL)

    # -- its requests --

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what one process asks, until it ends."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                number, now, method, url, headers, content = await read_frame(reader)
                self.clock.advance((datetime.fromisoformat(now) - self.clock.now()).total_seconds())
                try:
                    answer = await self._answer(httpx.Request(method, url, headers=headers, content=content))
                except httpx.TransportError:  # a host that this CRM has not
                    send_frame(writer, (number, UNREACHED, [], b""))
                    continue
                kept = [each for each in answer.headers.raw if each[0].lower() not in READ]
                send_frame(writer, (number, answer.status_code, kept, await answer.aread()))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.requests += 1
        is_fatal = self._kill_at == self.seen.requests
        if is_fatal and self._chance.random() < 0.5:
            self._kill()
        answer = await self._transport.handle_async_request(request)
        self.seen.statuses[answer.status_code] += 1
        self.sandbox[self.crm].requests.clear()
        if is_fatal:
            self._kill()
        return answer
