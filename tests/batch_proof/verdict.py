"""What came of a proof: a row of the table, and a sentence for everything that is not as it must be."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from batch_proof.world import World

SETTLED = 0.2
"""The part of a run after which its memory must not grow any more."""
GROWTH = 24_000_000
"""Bytes by which it may, all the same: caches of a fixed size, and the interpreter's own pieces."""
ENOUGH = 0.95
"""The part of a limit that must be used."""
TOO_MANY = 429
IN_MEMORY = next((each for each in [Path("/dev/shm")] if each.is_dir()), None)
"""Where the store lies, if there is such a place: it outlives a killed process, and waits for no disk."""
COLUMNS = (
    "what", "rows", "kills", "days", "seconds", "requests", "pace", "day's budget", "refusals", "memory", "exactly once",
)  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """How a batch went: its row of the table, what the first run planned, and what is not as it must be.

    Of the limits a dash stands for one that the CRM does not tell, or that was not reached.
    """

    cells: tuple[str, ...]
    plan: Sequence[str]
    problems: Sequence[str]

    @property
    def told(self) -> str:
        """Everything, for a person who waits for the next one."""
        row = ", ".join(f"{name} {cell}" for name, cell in zip(COLUMNS[1:], self.cells[1:], strict=True))
        return "\n  ".join([f"{self.cells[0]}: {row}", *self.plan, *self.problems[:20]])


async def prove(crm: str, rows: int, kills: int, seed: int, *, log: bool = True) -> Proof:
    """Log, or match, so many rows, killed so often, and return how it went."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as home:
        world = World(crm, Path(home), rows, Random(seed), log=log)
        began = time.monotonic()
        async with world.open() as place:
            run = await world.run_to_the_end(place, kills)
        seconds, problems = time.monotonic() - began, list(_problems(world))
        held = [each for ended in world.seen.ended for _, each in ended["held"]]
        exactly_once = f"{world.logs:,} logs" if log else f"{run['counts'].get('matched', 0):,} matched"
        cells = (
            f"{crm} {'log' if log else 'match'}", f"{rows:,}", f"{world.seen.kills}", f"{world.seen.days}",
            f"{seconds:,.0f}", f"{world.seen.requests:,}", _share(_pace_used(world)), _share(_day_used(world)),
            f"{world.seen.statuses[TOO_MANY]}", f"{min(held) / 1e6:.0f}-{max(held) / 1e6:.0f} MB",
            "NO" if problems else exactly_once,
        )  # fmt: skip
        return Proof(cells, world.seen.ended[0]["plan"], problems)


def table(proofs: Sequence[Proof]) -> str:
    """Return the rows of all under the names of their columns."""
    lines = [COLUMNS, *(each.cells for each in proofs)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    written = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines]
    return "\n".join([written[0], "-" * len(written[0]), *written[1:]])


def _share(part: float | None) -> str:
    return "-" if part is None else f"{part:.1%}"


def _problems(world: World) -> Iterator[str]:
    """Yield a sentence for everything that is not as it must be."""
    yield from _problems_of_rows(world)
    if refused := world.seen.statuses[TOO_MANY]:
        yield f"the CRM refused {refused} requests"
    if world.log and (used := _pace_used(world)) is not None and used < ENOUGH:
        yield f"only {used:.1%} of the CRM's pace were used"
    if world.log and (used := _day_used(world)) is not None and used < ENOUGH:
        yield f"only {used:.1%} of a day's budget were used"
    if (grown := max(map(_grown, world.seen.ended))) > GROWTH:
        yield f"memory grew by {grown:,} bytes"
    if world.seen.days > max(1, planned := world.seen.ended[0]["days"]):
        yield f"it took {world.seen.days} days, and {planned} were planned"
    for run in world.seen.ended[:-1]:
        if "budget" not in run["stopped"]:
            yield f"a run ended with {run['counts']}: {run['stopped']}"


def _problems_of_rows(world: World) -> Iterator[str]:
    """Yield what is wrong with the table that was given back, and with the logs in the CRM."""
    logged, ids, done = 0, set[str](), ("logged", "logged before") if world.log else ("matched",)
    with world.output.open() as written, world.table.open() as given:
        for place, (line, original) in enumerate(zip(written, given, strict=True)):
            row, is_call = json.loads(line), place % 10 < 7
            if {name: row[name] for name in json.loads(original)} != json.loads(original):
                yield f"row {place} came back changed"
            if row["crm_status"] not in (done if is_call else ("no contact", "refused")):
                yield f"row {place} is {row['crm_status']}: {row['crm_reason']}"
            logged += is_call and world.log
            ids |= {row["crm_log_id"]} if row["crm_log_id"] else set()
    if not logged == len(ids) == world.logs:
        yield f"{logged} calls were to be logged, {len(ids)} logs are named, {world.logs} stand in the CRM"


def _pace_used(world: World) -> float | None:
    """Return the part of the CRM's limit of requests in seconds that was used while there was work."""
    if world.seen.ended[-1]["pace"] is None:
        return None
    requests, window = world.seen.ended[-1]["pace"]
    floor = sum((sent - 1) // requests * window for sent, _ in world.seen.paced if sent)
    seconds = sum(seconds for _, seconds in world.seen.paced)
    return float(floor / seconds) if seconds else 1.0


def _day_used(world: World) -> float | None:
    """Return the part of the day's budget that was used on the worst of the days that it ended."""
    used = [1 - left / amount for left, amount in (run["day"] for run in world.seen.ended[:-1]) if amount]
    return min(used, default=None)


def _grown(run: dict[str, Any]) -> int:
    """Return the bytes by which the memory of a run grew after its first part."""
    begin = run["held"][0][0] if run["held"] else 0.0
    settled = [held for share, held in run["held"] if share >= begin + SETTLED * (1 - begin)]
    return max(settled) - settled[0] if settled else 0
