"""Change the code in a sample of places, one at a time, and count how many of the changes the tests notice.

``make mutants`` runs this. It takes a copy of the tree, so that the tree itself is never changed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from mutants.ledger import SCORES, Ledger, scores
from mutants.noticing import measured
from mutants.running import copy_of
from mutants.sample import same, sample
from mutants.score import Tried, below, equivalents, report
from mutants.trying import tried

ROOT = Path(__file__).parent.parent.parent
KEPT = ROOT / ".mutants"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the score of each room; return 1 where it is too low."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="which sample is drawn")
    parser.add_argument("--per-room", type=int, default=12, help="places drawn of each room")
    parser.add_argument("--minutes", type=float, default=30, help="no change is begun after these")
    parser.add_argument("--room", action="append", default=[], help="only this room; may be said again")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=120, help="what the tests of one change may take")
    parser.add_argument(
        "--stale",
        action="store_true",
        help="measure changed tests again, but not all of them because the code has changed",
    )
    parser.add_argument("--again", action="store_true", help="try again what was not noticed when last tried")
    parser.add_argument("--scores", action="store_true", help="only write the table of all that was tried")
    chosen = parser.parse_args(arguments)
    known, ledger = equivalents(), Ledger(KEPT / "ledger.jsonl")
    if chosen.scores:
        SCORES.write_text(scores(ledger.histories(), known), "utf-8")
        return 0
    results = list(_tried(chosen, ledger))
    print(f"\n{report(results, known)}")
    for sentence in below(results, known):
        print(sentence)
    return 1 if below(results, known) else 0


def _tried(chosen: argparse.Namespace, ledger: Ledger) -> Iterator[Tried]:
    with TemporaryDirectory() as folder:
        tree = copy_of(ROOT, Path(folder, "tree"))
        noticing = measured(tree, KEPT, processes=chosen.processes, stale=chosen.stale)
        only = tuple(chosen.room)
        drawn = list(
            same(tree, ledger.unnoticed(equivalents()), only)
            if chosen.again
            else sample(tree, chosen.seed, chosen.per_room, only)
        )
        limits = {"processes": chosen.processes, "seconds": chosen.seconds, "minutes": chosen.minutes}
        for number, each in enumerate(tried(tree, drawn, noticing, **limits), 1):
            ledger.append(each)
            mark = f" {number} of {len(drawn)}\n" if number % 10 == 0 else ""
            said = f".{mark}" if each.is_noticed else f"! {each}\n{mark}"
            print(said, end="", file=sys.stderr, flush=True)
            yield each


if __name__ == "__main__":
    os.nice(max(0, 10 - os.nice(0)))
    sys.exit(main())
