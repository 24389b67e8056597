"""Runs the tests on changed code: in a copy of the tree, in a process forked from one that is warm."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pytest
from mutants.pytest_runs import PASSED, TOLD, Chosen, forked, run_pytest
from mutants.warm import UNCHANGEABLE, Request, WarmTests

WARM = (
    "pytest_asyncio hypothesis pydantic httpx sqlalchemy phonenumbers babel.dates ipywidgets"
    " pandas starlette oauthlib"
)
"""What is imported once: it is the same for every change."""
QUIET = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
GRACE = 30.0
"""Seconds beyond three times what the tests take, after which they hang."""
SOUND = 120.0
"""Seconds for one test on the code as it is."""


class Outcome(StrEnum):
    """What the tests said to a change."""

    NOTICED = "noticed"
    HUNG = "hung"
    UNNOTICED = "unnoticed"
    NO_TEST = "no test runs it"
    UNKNOWN = "the tests fail or take too long without it"


NOTICED = (Outcome.NOTICED, Outcome.HUNG)


class Result(NamedTuple):
    """What came of running tests."""

    outcome: Outcome
    noticed_by: str = ""
    """The test that failed; "" where pytest could not even read the tests."""
    passed: int = 0
    """How many tests passed."""


def copy_of(tree: Path, into: Path) -> Path:
    """Copy what git knows of the tree, as it is now; the tree itself is never changed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=tree,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (tree / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tree / name, into / name)
    return into


@dataclass(frozen=True)
class Changed:
    """A changed module, which is on the disk inside a ``with`` block."""

    file: Path
    before: str
    after: str

    def __enter__(self) -> None:
        self.file.write_text(self.after, "utf-8")
        for compiled in (self.file.parent / "__pycache__").glob(f"{self.file.stem}.*.pyc"):
            compiled.unlink()

    def __exit__(self, *_: object) -> None:
        self.file.write_text(self.before, "utf-8")

    @property
    def undone(self) -> Changed:
        """The module as it is."""
        return Changed(self.file, self.before, self.before)


class Round(NamedTuple):
    """Tests that are run together, and how long they take."""

    tests: Sequence[str]
    seconds: float = 1.0


Way = Callable[[Changed, Sequence[str], float], Result]
"""Runs tests on a change for some seconds at most."""


class Runner:
    """A copy of the tree in which modules are changed, one at a time.

    The tests of ``files`` are read once: a change of a function is made in place there, and only where it is not
    noticed so, or cannot be made so, pytest is started anew on the changed module.
    """

    def __init__(self, tree: Path, warm: str = WARM, files: Sequence[str] = ()) -> None:
        self._tree = tree
        self._sound: set[str] = set()
        self._unsound: set[str] = set()
        os.environ.update(HOME=str(tree / ".home"), PYTHONDONTWRITEBYTECODE="1")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(tree), str(tree / "tests")])
        for name in warm.split():
            importlib.import_module(name)
        self._warm, self._files = WarmTests(tree, files) if files else None, set(files)

    def run(self, module: str, code: str, rounds: Sequence[Round]) -> Result:
        """Run rounds of tests on a changed module until one fails; they hang when they take much longer than said.

        What is not noticed in place is looked at by the first round once more with the module imported anew, for
        a function may have been called on import.
        """
        file = self._tree / module
        change = Changed(file, file.read_text("utf-8"), code)
        result = self._rounds(self._in_place, change, rounds)
        if result.outcome is Outcome.NO_TEST:
            return self._rounds(self._anew, change, rounds)
        if result.outcome is Outcome.UNNOTICED:
            once_more = self._rounds(self._anew, change, rounds[:1])
            return once_more if once_more.outcome in NOTICED else result
        return result

    def _rounds(self, way: Way, change: Changed, rounds: Sequence[Round]) -> Result:
        passed = 0
        for tests, seconds in rounds:
            result = self._round(way, change, tests, 3 * seconds + GRACE)
            passed += result.passed
            if result.outcome not in (Outcome.UNNOTICED, Outcome.NO_TEST):
                return result._replace(passed=passed)
        return Result(Outcome.UNNOTICED if passed else Outcome.NO_TEST, passed=passed)

    def _round(self, way: Way, change: Changed, tests: Sequence[str], limit: float) -> Result:
        tests = [test for test in tests if test not in self._unsound]
        if not tests:
            return Result(Outcome.NO_TEST)
        with change:
            result = way(change, tests, limit)
        if result.outcome is Outcome.HUNG:
            alone = way(change.undone, tests, limit).outcome
            return Result(Outcome.UNKNOWN) if alone is Outcome.HUNG else result
        if result.outcome is Outcome.NOTICED and not self._is_sound(result.noticed_by, change, tests):
            return self._round(way, change, tests, limit) if result.noticed_by else Result(Outcome.UNKNOWN)
        return result

    def _is_sound(self, test: str, change: Changed, tests: Sequence[str]) -> bool:
        """True where a test passes on the code as it is: only then its failure says something of a change.

        Where no test failed, pytest itself did, and the files of the tests must be readable without the change.
        """
        if not test:
            return self._anew(change.undone, tests, SOUND, "--collect-only").outcome is Outcome.NO_TEST
        if test not in self._sound:
            alone = self._in_place(change.undone, [test], SOUND)
            if alone.outcome is Outcome.NO_TEST:
                alone = self._anew(change.undone, [test], SOUND)
            (self._sound if alone.outcome is Outcome.UNNOTICED else self._unsound).add(test)
        return test in self._sound

    def _in_place(self, change: Changed, tests: Sequence[str], limit: float) -> Result:
        """Run those of the tests that were read; none where the change cannot be made in place."""
        tests = [test for test in tests if file_of(test) in self._files]
        if self._warm is None or not tests:
            return Result(Outcome.NO_TEST)
        (self._tree / TOLD).unlink(missing_ok=True)
        asked = Request(str(change.file), change.before, change.after, tests, self._unsound, limit)
        ended = self._warm.run(asked)
        result = Result(Outcome.NO_TEST) if ended == UNCHANGEABLE else self._told(ended)
        is_nobodys = result.outcome is Outcome.NOTICED and not result.noticed_by
        return Result(Outcome.NO_TEST) if is_nobodys else result

    def _anew(self, change: Changed, tests: Sequence[str], limit: float, *options: str) -> Result:
        """Start pytest, which imports the module as it is on the disk."""
        (self._tree / TOLD).unlink(missing_ok=True)
        files = list(dict.fromkeys(map(file_of, tests)))
        chosen = Chosen(tests, self._unsound, self._tree)
        return self._told(forked(lambda: run_pytest(self._tree, [*options, *files], chosen), limit))

    def _told(self, status: int | None) -> Result:
        """Say what came of a run by its exit status and by what `Telling` has written."""
        if status is None:
            return Result(Outcome.HUNG)
        told = (self._tree / TOLD).read_text("utf-8").splitlines() if (self._tree / TOLD).exists() else []
        passed = told.count(PASSED)
        if status not in QUIET:
            failed = next((each for each in told if each != PASSED), "")
            return Result(Outcome.NOTICED, failed, passed)
        return Result(Outcome.UNNOTICED if passed else Outcome.NO_TEST, passed=passed)


def file_of(test: str) -> str:
    """Return the file of a test."""
    return test.partition("::")[0]
