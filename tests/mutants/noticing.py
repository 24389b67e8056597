"""Which tests can notice a change: those that ran its lines, measured once by coverage.py's contexts."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from itertools import groupby, zip_longest
from math import inf
from operator import or_
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from coverage import CoverageData
from coverage.exceptions import DataError
from mutants import coverage_plugin as plugin
from mutants.running import Round, file_of
from mutants.source import attribute, defined, runs_on_import, statement, users

LEFT_OUT_FOLDERS = ("browser", "faults", "mutants", "notebooks", "parity", "rehearsal")
LEFT_OUT_FILES = (
    *("test_packaging.py", "test_made_packages.py", "test_imports.py", "test_notebooks_static.py"),
    *("test_killed.py", "test_linear.py"),
)
"""Tests that build packages, drive a browser, kill processes, run the matrix of faults or read the source.

They notice little that others do not, slowly.
"""
FOCUSED, FOCUSED_FILES, FOCUSED_SECONDS = 30, 4, 15.0
"""How many tests are run first, of those that run the fewest lines: in so many files, and for so long together."""
NEAR = 2
"""How many test files are run whole before a few tests of all others."""
EACH = 8
"""Only every eighth line is counted."""
MODULES = "modules"
"""The file that says which modules were measured, each with its digest."""


class Chosen(NamedTuple):
    """The tests that are run for a change, in rounds; the next one is run when the one before notices nothing."""

    rounds: list[Round]
    left_out: int
    """How many more ran the changed line, for which there is no time."""


@dataclass(frozen=True)
class Noticing:
    """What was measured: the tests, and which of them ran a line, as a number with a bit for each of them."""

    tests: Sequence[str] = ()
    seconds: Sequence[float] = ()
    """What each takes; those that fail by themselves take infinitely long."""
    lines: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """By module and line."""
    tree: Path = Path()
    """Where the modules are."""
    changed: Set[str] = frozenset()
    """The modules that have changed since: their lines are those of before, and tell only that a test runs them."""

    @cached_property
    def ran(self) -> Sequence[int]:
        """How many lines each test runs, about: one that runs few looks at them closely."""
        lines = (bits for ran in self.lines.values() for line, bits in ran.items() if line % EACH == 0)
        counted = Counter(test for bits in lines for test in _ones(bits))
        return [counted[test] for test in range(len(self.tests))]

    def chosen(self, module: str, code: str, line: int, seconds: float) -> Chosen:
        """Return the tests to run, in rounds: the most focused, those of the closest files, and some of all others.

        Together they take this long, unless those of the closest files alone take longer.
        """
        tests = self._that_ran(module, code, line)
        files = list(dict.fromkeys(file_of(self.tests[test]) for test in tests))[:FOCUSED_FILES]
        first = [test for test in tests if file_of(self.tests[test]) in files][:FOCUSED]
        focused = list(self._as_many(first, FOCUSED_SECONDS))
        close, others = self._by_file([test for test in tests if test not in focused], module)
        left = seconds - sum(self.seconds[test] for test in (*focused, *close))
        some = list(self._as_many(others, left))
        rounds = [self._round(each) for each in (focused, close, some) if each]
        return Chosen(rounds, len(others) - len(some))

    def _round(self, tests: Sequence[int]) -> Round:
        return Round([self.tests[test] for test in tests], sum(self.seconds[test] for test in tests))

    def _as_many(self, tests: Iterable[int], seconds: float) -> Iterator[int]:
        for test in tests:
            seconds -= self.seconds[test]
            if seconds < 0:
                return
            yield test

    def _that_ran(self, module: str, code: str, line: int) -> list[int]:
        """Return the tests that ran the statement, those that run the fewest lines first.

        What runs on import belongs to all tests that ran its module, or a line of another one that names what it
        defines, or that name it in their own file: a model or a table has no functions. Those are run first.
        """
        first, last = statement(code, line)
        ran = self.lines.get(module, {})
        own, of_module = _any(ran, range(first, last + 1)), _any(ran, ran)
        if runs_on_import(code, first) or module in self.changed:
            names = defined(code, first)
            naming = self._naming(rf"\b(?:{'|'.join(names)})\b") if names else 0
            name, found = attribute(code, first), of_module | naming
            own |= _any(ran, users(code, first)) | (self._naming(rf"\.{name}\b") & found if name else naming)
        else:
            found = own or of_module
        found = found or self._of_neighbours(module)
        sound = (test for test in _ones(found) if self.seconds[test] < inf)
        return sorted(sound, key=lambda test: (not own >> test & 1, *self._focus(test, module)))

    def _focus(self, test: int, module: str) -> tuple[int, int, int, int]:
        folders, words = _closeness(module, file_of(self.tests[test]))
        return self.ran[test], -folders, -words, test

    def _naming(self, pattern: str) -> int:
        """The tests that ran a line of any module with this pattern in it, or have it in their own file."""
        wanted, found = re.compile(pattern), 0
        for module, ran in self.lines.items():
            code = enumerate(self._texts[module].splitlines(), 1)
            found |= _any(ran, (line for line, text in code if wanted.search(text)))
        files = [bits for file, bits in self._files.items() if wanted.search(self._texts[file])]
        return reduce(or_, files, found)

    @cached_property
    def _files(self) -> Mapping[str, int]:
        """The tests of each file."""
        files: dict[str, int] = {}
        for place, test in enumerate(self.tests):
            files[file_of(test)] = files.get(file_of(test), 0) | 1 << place
        return files

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        files = {name: self.tree / name for name in (*self.lines, *self._files)}
        return {name: file.read_text("utf-8") if file.is_file() else "" for name, file in files.items()}

    def _of_neighbours(self, module: str) -> int:
        near = [ran for name, ran in self.lines.items() if Path(name).parent == Path(module).parent]
        return reduce(or_, (_any(ran, ran) for ran in near), 0)

    def _by_file(self, tests: Iterable[int], module: str) -> tuple[list[int], list[int]]:
        """Return the tests of the closest files, and those of all others, one of each file in turn."""
        files: dict[str, list[int]] = {}
        for test in tests:
            files.setdefault(file_of(self.tests[test]), []).append(test)
        closest = sorted(files, key=lambda file: _closeness(module, file), reverse=True)
        near = [test for file in closest[:NEAR] for test in files[file]]
        turns = zip_longest(*(files[file] for file in closest[NEAR:]))
        return near, [test for turn in turns for test in turn if test is not None]


def _ones(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _any(ran: Mapping[int, int], lines: Iterable[int]) -> int:
    return reduce(or_, (ran.get(line, 0) for line in lines), 0)


def _closeness(module: str, file: str) -> tuple[int, int]:
    """Return how many folders a test file shares with a module, and how many words of its name."""
    *folders, name = Path(module).with_suffix("").parts[1:]
    *test_folders, test_name = Path(file).with_suffix("").parts[1:]
    words = {name, *name.split("_")} & {test_name.removeprefix("test_"), *test_name.split("_")}
    return len({*folders} & {*test_folders, *test_name.split("_")}), len(words)


def measured(tree: Path, kept: Path, *, processes: int = 1, stale: bool = False) -> Noticing:
    """Read what was measured for this state of the product; test files that are new since are measured now.

    ``stale`` takes the newest measurement, though the product has changed: a change of a module that is another
    one since is then looked at by all tests that ran it.
    """
    modules = {str(file.relative_to(tree)): _digest([file]) for file in _modules(tree)}
    folder = kept / _digest(_modules(tree))
    if stale and not folder.exists():
        folder = max(kept.glob("*/"), key=lambda each: each.stat().st_mtime, default=folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / MODULES
    if not written.exists():
        written.write_text(json.dumps(modules), "utf-8")
    before = json.loads(written.read_text("utf-8"))
    notes = {file: folder / f"{file.stem}-{_digest([file])}.json" for file in test_files(tree)}
    for some in _by_folder(file for file, note in notes.items() if not note.exists()):
        _measure(tree, {file: notes[file] for file in some}, processes)
    read = joined((Note(*json.loads(note.read_text("utf-8"))) for note in notes.values()), tree)
    changed = frozenset(name for name, digest in modules.items() if before.get(name) != digest)
    return replace(read, changed=changed)


def _modules(tree: Path) -> list[Path]:
    return sorted((tree / "appconnect").rglob("*.py"))


def test_files(tree: Path) -> list[Path]:
    """Return the files of tests whose runs are measured."""
    tests = tree / "tests"
    return [
        file
        for file in sorted(tests.rglob("test_*.py"))
        if file.relative_to(tests).parts[0] not in LEFT_OUT_FOLDERS and file.name not in LEFT_OUT_FILES
    ]


def _by_folder(files: Iterable[Path]) -> Iterator[list[Path]]:
    """Put the files of a folder together: what was measured of one is kept, should the next be interrupted."""
    yield from (list(some) for _, some in groupby(sorted(files), key=lambda file: file.parent))


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _measure(tree: Path, notes: Mapping[Path, Path], processes: int) -> None:
    """Run test files under coverage and note for each what its tests ran."""
    where = next(iter(notes)).parent.relative_to(tree)
    print(f"Measuring which lines the tests of {len(notes)} files in {where} run ...", file=sys.stderr)
    with TemporaryDirectory() as folder:
        data, seconds = Path(folder, "coverage"), Path(folder, "seconds.json")
        path = os.pathsep.join([str(tree), str(tree / "tests"), str(Path(__file__).parents[1])])
        env = os.environ | {plugin.COVERAGE: str(data), plugin.SECONDS: str(seconds), "PYTHONPATH": path}
        names = [str(file.relative_to(tree)) for file in notes]
        spread = ["-n", str(processes if processes > 1 else 0), "--dist", "loadfile"]
        command = [sys.executable, "-m", "pytest", "-q", *spread, "-p", plugin.__name__, *names]
        with Path(folder, "output").open("w", encoding="utf-8") as output:
            subprocess.run(command, cwd=tree, env=env, stdout=output, check=False)
        write_notes(tree, notes, Path(folder).glob("coverage.*"), json.loads(seconds.read_text("utf-8")))


def write_notes(
    tree: Path, notes: Mapping[Path, Path], data: Iterable[Path], seconds: Mapping[str, float]
) -> None:
    """Write a note for each test file: its tests, their seconds, and who of them ran the lines of the modules."""
    own = {str(file.relative_to(tree)): Note([], [], {}) for file in notes}
    bits: dict[str, tuple[Note, int]] = {}
    for test, took in seconds.items():
        note = own[file_of(test)]
        bits[test] = (note, 1 << len(note.tests))
        note.tests.append(test)
        note.seconds.append(took)
    for module, line, test in _ran(data):
        if test in bits:
            note, bit = bits[test]
            by_line = note.lines.setdefault(module, {})
            by_line[line] = by_line.get(line, 0) | bit
    for file, path in notes.items():
        path.write_text(json.dumps(own[str(file.relative_to(tree))]), "utf-8")


class Note(NamedTuple):
    """What one test file runs; see `Noticing`. JSON makes texts of the lines' numbers."""

    tests: list[str]
    seconds: list[float]
    lines: dict[str, dict[int, int]]


def _ran(data: Iterable[Path]) -> Iterator[tuple[str, int, str]]:
    """Yield module, line and test, of all processes."""
    for file in data:
        read = CoverageData(str(file))
        try:
            read.read()
        except DataError:  # of a process that a test has killed while it wrote
            continue
        for name in read.measured_files():
            module = "appconnect/" + name.rpartition("appconnect/")[2]
            for line, tests in read.contexts_by_lineno(name).items():
                yield from ((module, line, test) for test in tests if test)


def joined(notes: Iterable[Note], tree: Path) -> Noticing:
    """Put the notes of all test files together, without those of modules that are gone."""
    tests: list[str] = []
    seconds: list[float] = []
    lines: dict[str, dict[int, int]] = {}
    for note in notes:
        there = [(module, ran) for module, ran in note.lines.items() if (tree / module).is_file()]
        for module, ran in there:
            by_line = lines.setdefault(module, {})
            for line, bits in ran.items():
                by_line[int(line)] = by_line.get(int(line), 0) | bits << len(tests)
        tests += note.tests
        seconds += note.seconds
    return Noticing(tests, seconds, lines, tree)
