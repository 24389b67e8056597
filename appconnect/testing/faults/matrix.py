"""The matrix: every operation of every platform, each request of it, each fault; run over a few processes.

The clock is the sandbox's, so that nobody waits; the processes are for speed.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Final

from appconnect.errors import ConfigurationError
from appconnect.sandbox.faults import READS
from appconnect.sandbox.named_faults import NAMED_FAULTS
from appconnect.testing.faults.cells import BY_NAME, Cell, Outcome, Rehearsal, rehearse, try_cell
from appconnect.testing.faults.operations import OPERATIONS
from appconnect.testing.faults.report import FaultReport
from appconnect.testing.faults.sandbox_time import SandboxLoop
from appconnect.testing.faults.scene import Span
from appconnect.workbench.sandboxes import sandbox_kinds

PROCESSES: Final = 2
BATCH: Final = 40
ONCE: Final = (
    "reset",
    "answer lost",
    "restart",
    "401",
    "429",
    "503",
    "done, answers 500",
    "truncated answer",
)
"""Faults that are tried with a single request too: the next attempt goes well."""
ONWARD: Final = ("refused connection", "timeout", "401", "503", "answer lost", "answer too late")
"""Faults that are tried with all that follows too, so that nothing can be looked up."""
NO_CELL: Final = (
    "There is no such cell. Its name is PLATFORM/OPERATION/REQUEST/FAULT/SPAN, "
    "such as acme/log call/1/answer lost/once."
)

Rehearsals = dict[tuple[str, str], Rehearsal]


@dataclass(frozen=True)
class Batch:
    """Cells to be tried in one go, with what their operations are without a fault."""

    cells: tuple[Cell, ...]
    rehearsals: Rehearsals


def run_faults(
    platforms: Sequence[str] = (),
    *,
    cell: str = "",
    only: str = "",
    sample: int = 0,
    seed: int = 0,
    processes: int = PROCESSES,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> FaultReport:
    """Try the cells of these platforms, by default of all with a sandbox, and report what became of them.

    ``cell`` is the whole name of one, ``only`` a part of names; ``sample`` takes so many of them, by ``seed``
    (0: all). ``tell`` hears how many of how many are done. Raises ConfigurationError when no cell is left.
    """
    rehearsals = asyncio.run(rehearse_all(platforms or tuple(sandbox_kinds()), of=cell))
    cells = [each for each in cells_of(rehearsals) if (str(each) == cell if cell else only in str(each))]
    if not cells:
        raise ConfigurationError(NO_CELL)
    chosen = random.Random(seed).sample(cells, min(sample, len(cells))) if sample else cells  # noqa: S311
    outcomes = list[Outcome]()
    for done in _in_processes(processes, _batches(chosen, rehearsals), alone=len(chosen) <= BATCH):
        outcomes += done
        tell(len(outcomes), len(chosen))
    return FaultReport(outcomes, len(cells))


def _in_processes(processes: int, batches: Iterable[Batch], *, alone: bool) -> Iterator[list[Outcome]]:
    """Yield the outcomes of batches as they are done; in this process where that is enough."""
    if processes == 1 or alone:
        yield from map(run_batch, batches)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(run_batch, batches)


def run_batch(batch: Batch) -> list[Outcome]:
    """Try the cells of a batch, one after the other."""
    logging.disable(logging.CRITICAL)
    try:
        with asyncio.Runner(loop_factory=SandboxLoop) as runner:
            return runner.run(_try_all(batch))
    finally:
        logging.disable(logging.NOTSET)


async def _try_all(batch: Batch) -> list[Outcome]:
    known = batch.rehearsals
    return [await try_cell(cell, known[cell.platform, cell.operation]) for cell in batch.cells]


def _batches(cells: Sequence[Cell], rehearsals: Rehearsals) -> Iterator[Batch]:
    rest = iter(cells)
    while taken := tuple(islice(rest, BATCH)):
        needed = {(cell.platform, cell.operation) for cell in taken}
        yield Batch(taken, {key: rehearsals[key] for key in needed})


async def rehearse_all(platforms: Sequence[str], *, of: str = "") -> Rehearsals:
    """Return every operation of these platforms as it is without a fault, or only that ``of`` a cell."""
    found: Rehearsals = {}
    for platform in platforms:
        for operation in OPERATIONS:
            if of and not of.startswith(f"{platform}/{operation.name}/"):
                continue
            if rehearsal := await rehearse(platform, operation):
                found[platform, operation.name] = rehearsal
    return found


def cells_of(rehearsals: Rehearsals) -> Iterator[Cell]:
    """Yield all cells: a fault meets each request of an operation, the first and the last of equal ones."""
    for (platform, name), rehearsal in rehearsals.items():
        for position in _positions(rehearsal):
            method, _ = rehearsal.requests[position - 1]
            for fault in NAMED_FAULTS:
                for span in _spans(fault, is_write=method not in READS or not BY_NAME[name].look):
                    yield Cell(platform, name, position, fault, span)


def _positions(rehearsal: Rehearsal) -> list[int]:
    first, last = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
    for number, request in enumerate(rehearsal.requests, 1):
        if not rehearsal.browsers[number - 1]:
            first.setdefault(request, number)
            last[request] = number
    return sorted({*first.values(), *last.values()})


def _spans(fault: str, *, is_write: bool) -> Iterator[Span]:
    yield "each time"
    if fault in ONCE:
        yield "once"
    if fault in ONWARD and is_write:
        yield "from then on"
