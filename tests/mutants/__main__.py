"""Change the code in a sample of places, one at a time, and count how many of the changes the tests notice.

``make mutants`` runs this. It takes a copy of the tree, so that the tree itself is never changed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from mutants.noticing import measured
from mutants.running import copy_of
from mutants.sample import sample
from mutants.score import below, equivalents, report
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
    os.nice(max(0, 10 - os.nice(0)))
    sys.exit(main())
