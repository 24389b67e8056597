"""A large batch against a sandbox: every row accounted for exactly once, however often it is killed and resumed.

    python tests/batch_proof.py                     # 100,000 rows, once in one go and once killed ten times
    python tests/batch_proof.py --rows 500 --kills 3 --crm pipedrive --seed 7
    python tests/batch_proof.py --match             # only matched

The CRM is played here; the batch runs in another process, which is killed by SIGKILL at random requests, before they
are answered or after; a match, which sends few, at random transactions. Time is the sandbox's: it moves when the batch
waits, and only while no answer is on its way. What is told is how much of the CRM's limit was used, how often the CRM
refused, the memory of the batch, and what it took of a processor.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import json
import os
import pickle
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from exports import calls, people
from other_process import Killer, KillingStore, Place, not_used, workbench_of
from platforms import answers_of
from pydantic import SecretStr

from appconnect.batch import Progress
from appconnect.batch.ledger import FLUSH
from appconnect.http import Pace
from appconnect.sandbox.clock import SandboxClock
from appconnect.sandbox.server import Sandbox
from appconnect.store import Store
from appconnect.workbench.sandboxes import make_sandbox

READ = (b"content-encoding", b"content-length", b"transfer-encoding")
SOCKET = "crm.socket"
CONTACTS = 2000
WHILE = 61.0
"""Seconds until a batch that was killed is resumed: longer than any window of a limit, and than a claim."""
MAX_RUNS = 60
SETTLED = 0.2
"""The part of a run after which its memory must not grow any more."""
GROWTH = 24_000_000
"""Bytes by which it may, all the same: caches of a fixed size, and the interpreter's own pieces."""


# -- the process that works --


class IdleClock:
    """A clock that only waits move, one after the other, and only while no answer is on its way."""

    def __init__(self, start: datetime) -> None:
        self._now, self._waiting = start, list[tuple[datetime, int]]()
        self._turns, self._in_flight = count(), 0
        self._idle = asyncio.Event()
        self._idle.set()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        mine = self._now + timedelta(seconds=max(0.0, seconds)), next(self._turns)
        heapq.heappush(self._waiting, mine)
        await asyncio.sleep(0)
        while self._in_flight or self._waiting[0] != mine:
            await self._idle.wait()
            await asyncio.sleep(0)
        heapq.heappop(self._waiting)
        self._now = max(self._now, mine[0])

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        self._in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()


class Timed(httpx.AsyncBaseTransport):
    """Sends every request to the sandbox of the process that began this one, with the time."""

    def __init__(self, address: str, clock: IdleClock) -> None:
        self._address, self._clock = address, clock
        self._numbers, self._waiting = count(), dict[int, asyncio.Future[Answer]]()
        self._writer: asyncio.StreamWriter | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        async with self._clock.answering():
            if self._writer is None:
                reader, self._writer = await asyncio.open_unix_connection(self._address)
                self._reading = asyncio.create_task(self._read(reader))
            number = next(self._numbers)
            self._waiting[number] = asyncio.get_running_loop().create_future()
            url, now = str(request.url), self._clock.now().isoformat()
            send_frame(self._writer, (number, now, request.method, url, request.headers.raw, content))
            status, headers, answer = await self._waiting[number]
            return httpx.Response(status, headers=headers, content=answer)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            number, *answer = await read_frame(reader)
            self._waiting.pop(number).set_result(answer)


Answer = Sequence[Any]
"""Status, headers and body."""


def send_frame(writer: asyncio.StreamWriter, frame: tuple[Any, ...]) -> None:
    """Send a tuple to the other process."""
    packed = pickle.dumps(frame)
    writer.write(len(packed).to_bytes(4) + packed)


async def read_frame(reader: asyncio.StreamReader) -> Any:
    """Return the next tuple of the other process."""
    length = int.from_bytes(await reader.readexactly(4))
    return pickle.loads(await reader.readexactly(length))


def memory() -> int:
    """The bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def work(job: dict[str, Any]) -> dict[str, Any]:
    """Log the table, and tell how it went."""
    started = time.process_time()
    place = Place(**job["place"])
    clock = IdleClock(datetime.fromisoformat(job["now"]))
    KillingStore.killer = Killer("transaction", *job["kill"])
    store = KillingStore.at(Path(place.home), SecretStr(place.url))
    workbench = workbench_of(
        place, store, clock=clock, transport=Timed(str(Path(place.home) / SOCKET), clock)
    )
    held: list[tuple[float, int]] = []

    def tell(progress: Progress) -> None:
        held.append((progress.share, memory()))

    batch = await workbench.batch.prepare(job["table"], log=job["log"], output=job["output"])
    result = await batch.run(tell)
    pace = next((each for each in workbench.rate_limits if each.path == "*"), Pace(1, 0.0))
    return {
        "counts": dict(result.counts),
        "stopped": result.stopped,
        "plan": batch.plan.sentences(),
        "pace": [pace.requests, pace.seconds + pace.slack],
        "held": held[:: max(1, len(held) // 50)] + held[-1:],
        "cpu": time.process_time() - started,
    }


# -- the process that plays the CRM --


@dataclass
class Ledger:
    """What the CRM has seen."""

    statuses: Counter[int] = field(default_factory=Counter)
    requests: int = 0
    kills: int = 0
    runs: list[dict[str, Any]] = field(default_factory=list)
    """What came of those that ended by themselves."""
    paced: list[tuple[int, float]] = field(default_factory=list)
    """Of each run, also of those that were killed: its requests, and the CRM's seconds until the last of them."""


class World:
    """A CRM with people, an account that is signed in, and a table of calls."""

    def __init__(self, crm: str, home: Path, rows: int, chance: random.Random, *, log: bool = True) -> None:
        self.crm, self.home, self.rows, self._chance, self.log = crm, home, rows, chance, log
        self.clock = SandboxClock()
        self.sandbox: Sandbox = make_sandbox(crm, clock=self.clock)
        self._transport = self.sandbox.transport()
        self.ledger = Ledger()
        self.table, self.output = home / "calls.jsonl", home / "calls.logged.jsonl"
        self._kill_at = 0
        self._child: asyncio.subprocess.Process | None = None
        numbers = people(self.sandbox[crm], CONTACTS)
        with self.table.open("w") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in calls(rows, numbers))
        self.before = answers_of(crm).count(self.sandbox[crm])

    @property
    def logs(self) -> int:
        """How many logs stand in the CRM that were not there before."""
        return answers_of(self.crm).count(self.sandbox[self.crm]) - self.before

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

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what one process asks, until it ends."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                number, now, method, url, headers, content = await read_frame(reader)
                self.clock.advance((datetime.fromisoformat(now) - self.clock.now()).total_seconds())
                answer = await self._answer(httpx.Request(method, url, headers=headers, content=content))
                kept = [each for each in answer.headers.raw if each[0].lower() not in READ]
                send_frame(writer, (number, answer.status_code, kept, await answer.aread()))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.ledger.requests += 1
        is_fatal = self._kill_at == self.ledger.requests
        if is_fatal and self._chance.random() < 0.5:
            self._kill()
        answer = await self._transport.handle_async_request(request)
        self.ledger.statuses[answer.status_code] += 1
        self.sandbox[self.crm].requests.clear()
        if is_fatal:
            self._kill()
        return answer

    def _kill(self) -> None:
        if self._child is not None and self._child.returncode is None:
            self._child.send_signal(signal.SIGKILL)

    async def run(self, place: Place, kill_at: int = 0) -> dict[str, Any] | None:
        """Run the batch in a process; None when it was killed, at the n-th step from now.

        A step is a request; of a match, which sends few, it is a transaction in the store.
        """
        seen, began = self.ledger.requests, self.clock.now()
        self._kill_at = seen + kill_at if kill_at and self.log else 0
        kill = [self._chance.choice(["before", "after"]), 0 if self.log else kill_at]
        job = {"place": vars(place), "now": self.clock.now().isoformat(), "table": str(self.table),
               "output": str(self.output), "log": self.log, "kill": kill}  # fmt: skip
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, __file__, "--job", json.dumps(job), stdout=asyncio.subprocess.PIPE
        )
        told, _ = await self._child.communicate()
        requests = self.ledger.requests - seen
        self.ledger.paced.append((requests, (self.clock.now() - began).total_seconds()))
        self.clock.advance(WHILE)
        if self._child.returncode == -signal.SIGKILL:
            self.ledger.kills += 1
            return None
        assert self._child.returncode == 0, f"the batch ended with {self._child.returncode}"
        run: dict[str, Any] = json.loads(told)
        self.ledger.runs.append(run)
        return run

    async def run_to_the_end(self, place: Place, kills: int) -> dict[str, Any]:
        """Run the batch, killed so often, then until nothing is left to do: the day's budget may end a run."""
        expected = self.rows * 7 // 10 if self.log else 20 + 2 * self.rows // FLUSH
        for number in range(kills):
            await self.run(place, kill_at=self._chance.randrange(1, max(2, expected // (number + 2))))
        for _ in range(MAX_RUNS):
            run = await self.run(place)
            if run is not None and not {"waiting", "failed"} & run["counts"].keys():
                return run
            self.clock.advance(86_400)
        raise AssertionError(f"after {MAX_RUNS} runs there is still something to do: {run}")

    def problems(self, run: dict[str, Any]) -> Iterator[str]:
        """Yield a sentence for everything that is not as it must be."""
        logged, ids, done = 0, set[str](), ("logged", "logged before") if self.log else ("matched",)
        with self.output.open() as written, self.table.open() as given:
            for place, (line, original) in enumerate(zip(written, given, strict=True)):
                row, is_call = json.loads(line), place % 10 < 7
                if {name: row[name] for name in json.loads(original)} != json.loads(original):
                    yield f"row {place} came back changed"
                if row["crm_status"] not in (done if is_call else ("no contact", "refused")):
                    yield f"row {place} is {row['crm_status']}: {row['crm_reason']}"
                logged += is_call and self.log
                ids |= {row["crm_log_id"]} if row["crm_log_id"] else set()
        if not logged == len(ids) == self.logs:
            yield f"{logged} calls were to be logged, {len(ids)} logs are named, {self.logs} stand in the CRM"
        if refused := self.ledger.statuses[429]:
            yield f"the CRM refused {refused} requests"
        if self.log and (used := self.used()) < 0.95:
            yield f"only {used:.1%} of the limit were used"
        if (grown := self.grown(run)) > GROWTH:
            yield f"memory grew by {grown:,} bytes"

    def used(self) -> float:
        """The part of the CRM's limit that was used, over all runs."""
        requests, window = self.ledger.runs[-1]["pace"]
        floor = sum((sent - 1) // requests * window for sent, _ in self.ledger.paced if sent)
        seconds = sum(seconds for _, seconds in self.ledger.paced)
        return float(floor / seconds) if seconds else 1.0

    def grown(self, run: dict[str, Any]) -> int:
        """The bytes by which the memory of a run grew after its first part."""
        settled = [held for share, held in run["held"] if share >= SETTLED]
        return max(settled) - settled[0] if settled else 0


async def prove(crm: str, rows: int, kills: int, seed: int, *, log: bool = True) -> list[str]:
    """Log, or match, so many rows, killed so often; tell how it went, and return what is wrong."""
    with tempfile.TemporaryDirectory() as home:
        world = World(crm, Path(home), rows, random.Random(seed), log=log)
        began, began_cpu = time.monotonic(), time.process_time()
        async with world.open() as place:
            run = await world.run_to_the_end(place, kills)
        held = [bytes_held for _, bytes_held in run["held"]]
        cpu, played = sum(each["cpu"] for each in world.ledger.runs), time.process_time() - began_cpu
        print(f"{crm}, {rows:,} rows, killed {world.ledger.kills} times, {len(world.ledger.runs)} runs to an end, "
              f"seed {seed}: {time.monotonic() - began:,.0f} s here")  # fmt: skip
        print("  " + "\n  ".join(world.ledger.runs[0]["plan"]))
        print(f"  {run['counts']}; {world.logs:,} logs in the CRM")
        print(
            f"  {world.ledger.requests:,} requests: {dict(world.ledger.statuses)}; {world.used():.1%} of the limit"
        )
        print(f"  memory {min(held) / 1e6:.0f} to {max(held) / 1e6:.0f} MB; of one core the runs that came to an end "
              f"took {cpu:,.1f} s, {cpu / rows * 1e3:.2f} ms a row, and the sandbox {played:,.1f} s", flush=True)  # fmt: skip
        return list(world.problems(run))


def main() -> None:
    arguments = argparse.ArgumentParser(description="A large batch against a sandbox.")
    arguments.add_argument("--crm", default="bullhorn")
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--kills", type=int, nargs="*", default=[0, 10])
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument(
        "--match", action="store_true", help="only match, which writes nothing into the CRM"
    )
    arguments.add_argument("--job", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.job:
        not_used()
        print(json.dumps(asyncio.run(work(json.loads(given.job)))))
        return
    problems = [
        each
        for kills in given.kills
        for each in asyncio.run(prove(given.crm, given.rows, kills, given.seed, log=not given.match))
    ]
    print("\n".join(problems[:50]) or "Every row is accounted for, exactly once.")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
