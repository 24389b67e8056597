"""Change the code in a sample of places, one at a time, and count how many of the changes the tests notice.

``make mutants`` runs this. It takes a copy of the tree, so that the tree itself is never changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

sys.path.insert(0, str(Path(__file__).parent.parent))

from mutants.changes import change
from mutants.noticing import Noticing, measured, near_and_far
from mutants.running import Outcome, Runner, copy_of
from mutants.sample import Mutant, sample
from mutants.score import Tried, below, equivalents, report

ROOT = Path(__file__).parent.parent.parent
KEPT = ROOT / ".mutants"


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
        tests = self._noticing.chosen(mutant.module, code, changed.line, self._seconds)
        outcome = Outcome.NO_TEST
        for some in near_and_far(tests):
            outcome = self._runner.run(mutant.module, changed.code, some, self._noticing.takes(some))
            if outcome is not Outcome.UNNOTICED:
                break
        took = time.monotonic() - started
        return Tried(mutant.room, mutant.module, changed.line, changed.old, changed.new, outcome, took)


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the score of each room; return 1 where it is too low."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="which sample is drawn")
    parser.add_argument("--per-room", type=int, default=12, help="places drawn of each room")
    parser.add_argument("--minutes", type=float, default=30, help="no change is begun after these")
    parser.add_argument("--room", action="append", default=[], help="only this room; may be said again")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=120, help="what the tests of one change may take")
    parser.add_argument("--stale", action="store_true", help="do not measure again which tests run what")
    chosen = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        tree = copy_of(ROOT, Path(folder, "tree"))
        noticing = measured(tree, KEPT, processes=chosen.processes, stale=chosen.stale)
        drawn = list(sample(tree, chosen.seed, chosen.per_room, tuple(chosen.room)))
        end = time.monotonic() + 60 * chosen.minutes
        results = []
        limits = {"processes": chosen.processes, "seconds": chosen.seconds, "end": end}
        for each in tried(tree, drawn, noticing, **limits):
            results.append(each)
            mark = "." if each.is_noticed else "!"
            print(mark, end="" if each.is_noticed else f" {each}\n", file=sys.stderr, flush=True)
    known = equivalents()
    print(f"\nSeed {chosen.seed}: {len(results)} of {len(drawn)} changes tried.\n")
    print(report(results, known))
    for sentence in below(results, known):
        print(sentence)
    return 1 if below(results, known) else 0


if __name__ == "__main__":
    os.nice(10)
    sys.exit(main())
