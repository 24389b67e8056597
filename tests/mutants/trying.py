"""Tries changes out, each in a process with its own copy of the tree."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from mutants.changes import change
from mutants.noticing import Noticing
from mutants.running import Outcome, Result, Runner
from mutants.sample import Mutant
from mutants.score import Tried


class Worker:
    """One process with its own copy of the tree."""

    def __init__(self, tree: Path, folder: str, noticing: Noticing, seconds: float) -> None:
        self._tree, self._noticing, self._seconds = tree, noticing, seconds
        self._runner = Runner(Path(shutil.copytree(tree, Path(mkdtemp(dir=folder), "tree"))))

    def try_out(self, mutant: Mutant) -> Tried | None:
        """Change one place and run the tests that can notice it; None where nothing can be changed."""
        started = time.monotonic()
        code = (self._tree / mutant.module).read_text("utf-8")
        changed = change(code, mutant.place)
        if changed is None:
            return None
        chosen = self._noticing.chosen(mutant.module, code, changed.line, self._seconds)
        result = self._run(mutant.module, changed.code, chosen.rounds)
        took = round(time.monotonic() - started, 1)
        what = (mutant.room, mutant.module, changed.line, changed.old, changed.new)
        return Tried(
            *what, result.outcome, took, mutant.seed, result.noticed_by, result.passed, chosen.left_out
        )

    def _run(self, module: str, code: str, rounds: Sequence[Sequence[str]]) -> Result:
        passed, outcome = 0, Outcome.NO_TEST
        for some in rounds:
            result = self._runner.run(module, code, some, self._noticing.takes(some))
            passed += result.passed
            if result.outcome not in (Outcome.UNNOTICED, Outcome.NO_TEST):
                return result._replace(passed=passed)
            outcome = Outcome.UNNOTICED if passed else Outcome.NO_TEST
        return Result(outcome, passed=passed)


_worker: Worker


def _start(tree: Path, folder: str, noticing: Noticing, seconds: float) -> None:
    global _worker  # noqa: PLW0603
    _worker = Worker(tree, folder, noticing, seconds)


def _try_out(mutant: Mutant) -> Tried | None:
    return _worker.try_out(mutant)


def tried(
    tree: Path, drawn: Sequence[Mutant], noticing: Noticing, *, processes: int, seconds: float, end: float
) -> Iterator[Tried]:
    """Try changes out in some processes until all are done or it is time to end."""
    queue = iter(drawn)
    with TemporaryDirectory() as folder:
        start = partial(_start, tree, folder, noticing, seconds)
        with ProcessPoolExecutor(processes, get_context("spawn"), initializer=start) as pool:
            under_way: set[Future[Tried | None]] = {
                pool.submit(_try_out, each) for each in islice(queue, processes)
            }
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                more = islice(queue, len(done)) if time.monotonic() < end else ()
                under_way |= {pool.submit(_try_out, each) for each in more}
                yield from (result for each in done if (result := each.result()) is not None)
