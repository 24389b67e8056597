"""Which tests can notice a change: those that ran its lines, measured once by coverage.py's contexts."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coverage import CoverageData
from mutants import coverage_plugin as plugin

LEFT_OUT_FOLDERS = ("browser", "notebooks", "mutants")
LEFT_OUT_FILES = ("test_packaging.py", "test_made_packages.py", "test_imports.py", "test_notebooks_static.py")
"""Tests that build packages, drive a browser or read the source: they notice little that others do not, slowly."""


@dataclass
class Noticing:
    """The tests by module and line, with what each takes in seconds."""

    lines: Mapping[str, Mapping[int, set[str]]]
    seconds: Mapping[str, float]
    ran: dict[str, int] = field(default_factory=dict)
    """How many lines a test runs: one that runs few looks at them closely."""

    def __post_init__(self) -> None:
        for test in chain.from_iterable(chain.from_iterable(each.values() for each in self.lines.values())):
            self.ran[test] = self.ran.get(test, 0) + 1

    def tests(self, module: str, code: str, line: int, seconds: float) -> list[str]:
        """Return the tests to run: the closest of every file first, as many as take this long."""
        chosen, taken = [], 0.0
        for test in self._in_turn(self._that_ran(module, code, line), module):
            taken += self.seconds[test]
            if chosen and taken > seconds:
                break
            chosen.append(test)
        return chosen

    def takes(self, tests: Iterable[str]) -> float:
        """Return how long tests take, in seconds."""
        return sum(self.seconds[test] for test in tests)

    def _that_ran(self, module: str, code: str, line: int) -> set[str]:
        """The tests that ran the statement; of what runs on import only, those that ran the lines that name it."""
        first, last = statement(code, line)
        found = self._on_lines(module, range(first, last + 1)) or self._on_lines(module, users(code, first))
        found = found or set().union(*self.lines.get(module, {}).values()) or self._of_neighbours(module)
        return {test for test in found if self.seconds.get(test, float("inf")) != float("inf")}

    def _on_lines(self, module: str, lines: Iterable[int]) -> set[str]:
        ran = self.lines.get(module, {})
        return set().union(*(ran.get(each, ()) for each in lines))

    def _of_neighbours(self, module: str) -> set[str]:
        folder = str(Path(module).parent)
        near = [by_line for name, by_line in self.lines.items() if str(Path(name).parent) == folder]
        return set().union(*(tests for by_line in near for tests in by_line.values()))

    def _in_turn(self, tests: Iterable[str], module: str) -> list[str]:
        files: dict[str, list[str]] = {}
        for test in sorted(tests, key=lambda test: (self.ran[test], test)):
            files.setdefault(test.partition("::")[0], []).append(test)
        words = set(Path(module).with_suffix("").parts[1:])
        closest = sorted(files.values(), key=lambda each: -len(words & _words(each[0])))
        return [test for turn in zip_longest(*closest) for test in turn if test is not None]


def _words(test: str) -> set[str]:
    parts = Path(test.partition("::")[0]).with_suffix("").parts
    return set(parts) | set(parts[-1].split("_")) | {parts[-1].removeprefix("test_")}


def near_and_far(tests: Sequence[str]) -> list[list[str]]:
    """Return the tests of the two closest files, which notice most changes, and the others, which need not run then."""
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))[:2]
    parts: tuple[list[str], list[str]] = ([], [])
    for test in tests:
        parts[test.partition("::")[0] not in files].append(test)
    return [part for part in parts if part]


def statement(code: str, line: int) -> tuple[int, int]:
    """Return the first and last line of the smallest statement around a line; of a compound one, its head."""
    found = (line, line)
    smallest = len(code)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            if node.lineno <= line <= last and last - node.lineno < smallest:
                smallest, found = last - node.lineno, (node.lineno, max(last, node.lineno))
    return found


def users(code: str, line: int) -> set[int]:
    """Return the lines of a module that name what is defined at a line of it, or what is made of that."""
    body = ast.parse(code).body
    names: set[str] = set()
    more = _defined(next((node for node in body if node.lineno <= line <= (node.end_lineno or 0)), None))
    while not more <= names:
        names |= more
        more = set().union(*(_defined(node) for node in body if names & _named(node)))
    return {number for node in body for each, number in _names(node) if each in names}


def _defined(node: ast.stmt | None) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {
        each.id for target in targets if target for each in ast.walk(target) if isinstance(each, ast.Name)
    }


def _named(node: ast.stmt) -> set[str]:
    return {name for name, _ in _names(node)}


def _names(node: ast.stmt) -> list[tuple[str, int]]:
    return [(each.id, each.lineno) for each in ast.walk(node) if isinstance(each, ast.Name)]


def measured(tree: Path, kept: Path, *, processes: int = 1, stale: bool = False) -> Noticing:
    """Read what was measured for this state of the product; test files that are new since are measured now.

    ``stale`` takes the newest measurement, though the product has changed: lines that moved are then looked up
    where they were.
    """
    before = sorted(kept.glob("*/"), key=lambda folder: folder.stat().st_mtime)
    folder = kept / _digest(sorted((tree / "appconnect").rglob("*.py")))
    if stale and before and not folder.exists():
        folder = before[-1]
    folder.mkdir(parents=True, exist_ok=True)
    notes = {file: folder / f"{file.stem}-{_digest([file])}.json" for file in test_files(tree)}
    if new := {file: note for file, note in notes.items() if not note.exists()}:
        _measure(tree, new, processes)
    return _joined(json.loads(note.read_text("utf-8")) for note in notes.values())


def test_files(tree: Path) -> list[Path]:
    """Return the files of tests whose runs are measured."""
    tests = tree / "tests"
    return [
        file
        for file in sorted(tests.rglob("test_*.py"))
        if file.relative_to(tests).parts[0] not in LEFT_OUT_FOLDERS and file.name not in LEFT_OUT_FILES
    ]


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _measure(tree: Path, notes: Mapping[Path, Path], processes: int) -> None:
    """Run test files under coverage and note for each what its tests ran."""
    print(f"Measuring which lines the tests of {len(notes)} files run ...", file=sys.stderr)
    with TemporaryDirectory() as folder:
        data, seconds = Path(folder, "coverage"), Path(folder, "seconds.json")
        path = os.pathsep.join([str(tree), str(tree / "tests")])
        env = os.environ | {plugin.COVERAGE: str(data), plugin.SECONDS: str(seconds), "PYTHONPATH": path}
        names = [str(file.relative_to(tree)) for file in notes]
        spread = ["-n", str(processes), "--dist", "loadfile"]
        command = [sys.executable, "-m", "pytest", "-q", *spread, "-p", plugin.__name__, *names]
        with Path(folder, "output").open("w", encoding="utf-8") as output:
            subprocess.run(command, cwd=tree, env=env, stdout=output, check=False)
        write_notes(tree, notes, Path(folder).glob("coverage.*"), json.loads(seconds.read_text("utf-8")))


def write_notes(
    tree: Path, notes: Mapping[Path, Path], data: Iterable[Path], seconds: Mapping[str, float]
) -> None:
    """Write one note a test file: ``{"seconds": {test: …}, "lines": {module: {line: [test, …]}}}``."""
    own: dict[str, Any] = {str(file.relative_to(tree)): {"seconds": {}, "lines": {}} for file in notes}
    for test, took in seconds.items():
        own[test.partition("::")[0]]["seconds"][test] = took
    for module, ran in _lines(data).items():
        for line, tests in ran.items():
            for test in tests:
                by_line = own[test.partition("::")[0]]["lines"].setdefault(module, {})
                by_line.setdefault(line, []).append(test)
    for file, note in notes.items():
        note.write_text(json.dumps(own[str(file.relative_to(tree))]), "utf-8")


def _lines(data: Iterable[Path]) -> dict[str, dict[int, set[str]]]:
    """The tests by module and line, of all processes."""
    lines: dict[str, dict[int, set[str]]] = {}
    for file in data:
        ran = CoverageData(str(file))
        ran.read()
        for name in ran.measured_files():
            by_line = lines.setdefault("appconnect/" + name.rpartition("appconnect/")[2], {})
            for line, tests in ran.contexts_by_lineno(name).items():
                by_line.setdefault(line, set()).update(test for test in tests if test)
    return lines


def _joined(notes: Iterable[Any]) -> Noticing:
    lines: dict[str, dict[int, set[str]]] = {}
    seconds: dict[str, float] = {}
    for note in notes:
        seconds |= note["seconds"]
        for module, ran in note["lines"].items():
            by_line = lines.setdefault(module, {})
            for line, tests in ran.items():
                by_line.setdefault(int(line), set()).update(tests)
    return Noticing(lines, seconds)
