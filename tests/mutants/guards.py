"""Guards, each disabled on purpose, one at a time: for every one of them a test must fail.

``make guards`` runs this, in a copy of the tree, so that the tree itself is never changed. The guards stand in
``guards.toml``: what each promises, the lines that keep the promise, the same lines without it, and the tests
that must notice.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from mutants.changes import Change
from mutants.noticing import Chosen
from mutants.running import Round, copy_of
from mutants.sample import Mutant, room_of
from mutants.score import Tried
from mutants.trying import tried_by

ROOT = Path(__file__).parent.parent.parent
LISTED = Path(__file__).with_name("guards.toml")
SECONDS = 15.0
"""What the tests of one guard take at most; they hang when they take much longer."""


class Moved(Exception):
    """A guard that is not where it was: its lines stand in no place of the module, or in several."""


@dataclass(frozen=True)
class Guard:
    """Lines of a module that keep a promise, and what disables them; a test is named with its file."""

    promise: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]

    def disabled(self, code: str) -> Change:
        """Return the module's code without the guard. Raises Moved."""
        places = code.count(self.old)
        if places != 1:
            raise Moved(f"{self.module} has {places} places with the lines {self.old!r}.")
        line = code[: code.index(self.old)].count("\n") + 1
        return Change(line, self.old, self.new, code.replace(self.old, self.new))

    def mutant(self, tree: Path) -> Mutant:
        """Return the change of a tree that disables the guard. Raises Moved."""
        change = self.disabled((tree / self.module).read_text("utf-8"))
        return Mutant(room_of(Path(self.module)), self.module, change)


def guards(file: Path = LISTED) -> list[Guard]:
    """Return the guards that are listed in a file."""
    listed = tomllib.loads(file.read_text("utf-8"))["guard"]
    return [Guard(**{**each, "tests": tuple(each["tests"])}) for each in listed]


def tried(tree: Path, chosen: Sequence[Guard], processes: int) -> Iterator[tuple[Guard, Tried]]:
    """Disable guards in copies of a tree, and yield each with what its tests said, as they are done."""
    pairs = [(each.mutant(tree), Chosen([Round(each.tests, SECONDS)], 0)) for each in chosen]
    by_key = {(each.module, each.old, each.new): each for each in chosen}
    for result in tried_by(tree, pairs, processes=processes, minutes=float("inf")):
        yield by_key[result.key], result


def table(results: Mapping[Guard, Tried]) -> str:
    """Return what became of each guard: its promise, where it stands, and the test that noticed."""
    lines = []
    for guard, result in results.items():
        noticed = f"noticed by {result.noticed_by or f'{guard.tests[0]}, which does not end'}"
        lines.append(f"{'✓' if result.is_noticed else '✗'} {guard.promise}")
        lines.append(f"    {guard.module}:{result.line}, {noticed if result.is_noticed else result.outcome}")
    count = sum(each.is_noticed for each in results.values())
    return "\n".join([*lines, f"{len(results)} guards were disabled; of {count} a test noticed it."])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 where nobody noticed that a guard was disabled."""
    parser = argparse.ArgumentParser(prog="make guards", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="those whose promise or module has this in it")
    parser.add_argument("--tree", type=Path, default=ROOT, help="the tree; this project's by default")
    parser.add_argument("--listed", type=Path, default=LISTED, help="the file that lists the guards")
    parser.add_argument("--processes", type=int, default=2)
    told = parser.parse_args(arguments)
    chosen = [each for each in guards(told.listed) if told.only in f"{each.promise}\n{each.module}"]
    results: dict[Guard, Tried] = {}
    with TemporaryDirectory() as folder:
        tree = copy_of(told.tree, Path(folder, "tree"))
        for guard, result in tried(tree, chosen, told.processes):
            results[guard] = result
            print("." if result.is_noticed else "!", end="", file=sys.stderr, flush=True)
    print(f"\n{table({each: results[each] for each in chosen})}")
    return 0 if results and all(each.is_noticed for each in results.values()) else 1


if __name__ == "__main__":
    os.nice(max(0, 10 - os.nice(0)))
    sys.exit(main())
