"""Tries changes out, each in a process with its own copy of the tree."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from mutants.noticing import Chosen, Noticing
from mutants.running import Runner, file_of
from mutants.sample import Mutant
from mutants.score import Tried


class Worker:
    """One process with its own copy of the tree; it reads the tests of these files once."""

    def __init__(self, tree: Path, folder: str, files: Sequence[str]) -> None:
        self._runner = Runner(Path(shutil.copytree(tree, Path(mkdtemp(dir=folder), "tree"))), files=files)

    def try_out(self, mutant: Mutant, chosen: Chosen) -> Tried:
        """Make the change and run the tests that can notice it."""
        started, change = time.monotonic(), mutant.change
        result = self._runner.run(mutant.module, change.code, chosen.rounds)
        took = round(time.monotonic() - started, 1)
        what = (mutant.room, mutant.module, change.line, change.old, change.new)
        return Tried(
            *what, result.outcome, took, mutant.seed, result.noticed_by, result.passed, chosen.left_out
        )


_worker: Worker


def _start(tree: Path, folder: str, files: Sequence[str]) -> None:
    global _worker  # noqa: PLW0603
    _worker = Worker(tree, folder, files)


def _try_out(mutant: Mutant, chosen: Chosen) -> Tried:
    return _worker.try_out(mutant, chosen)


def tried(
    tree: Path, drawn: Iterable[Mutant], noticing: Noticing, *, processes: int, seconds: float, minutes: float
) -> Iterator[Tried]:
    """Try changes out by the tests that can notice them, for these seconds each; see `tried_by`."""
    pairs = [(mutant, _chosen(tree, noticing, mutant, seconds)) for mutant in drawn]
    yield from tried_by(tree, pairs, processes=processes, minutes=minutes)


def tried_by(
    tree: Path, pairs: Sequence[tuple[Mutant, Chosen]], *, processes: int, minutes: float
) -> Iterator[Tried]:
    """Try changes out in some processes; none is begun when these minutes are over since the first was tried."""
    queue = iter(pairs)
    files = sorted(
        {file_of(test) for _, chosen in pairs for some in chosen.rounds[:2] for test in some.tests}
    )
    with TemporaryDirectory() as folder:
        start = partial(_start, tree, folder, files)
        with ProcessPoolExecutor(processes, get_context("spawn"), initializer=start) as pool:
            under_way = {pool.submit(_try_out, *each) for each in islice(queue, processes)}
            end = math.inf
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                end = min(end, time.monotonic() + 60 * minutes)
                more = islice(queue, len(done)) if time.monotonic() < end else ()
                under_way |= {pool.submit(_try_out, *each) for each in more}
                yield from (each.result() for each in done)


def _chosen(tree: Path, noticing: Noticing, mutant: Mutant, seconds: float) -> Chosen:
    code = (tree / mutant.module).read_text("utf-8")
    return noticing.chosen(mutant.module, code, mutant.change.line, seconds)
