"""Runs the tests on changed code: in a copy of the tree, in a process forked from one that is warm."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from collections.abc import Sequence
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

    def run(self, module: str, code: str, tests: Sequence[str], seconds: float) -> Result:
        """Run tests on a changed module until one fails; they hang when they take much longer than ``seconds``."""
        tests = [test for test in tests if test not in self._unsound]
        if not tests:
            return Result(Outcome.NO_TEST)
        result = self._changed(module, code, tests, seconds)
        if result.outcome is Outcome.HUNG:
            alone = self._result(tests, 3 * seconds + GRACE).outcome
            return Result(Outcome.UNKNOWN) if alone is Outcome.HUNG else result
        if result.outcome is Outcome.NOTICED and not self._is_sound(result.noticed_by, tests):
            return self.run(module, code, tests, seconds) if result.noticed_by else Result(Outcome.UNKNOWN)
        return result

    def _is_sound(self, test: str, tests: Sequence[str]) -> bool:
        """True where a test passes on the code as it is: only then its failure says something of a change.

        Where no test failed, pytest itself did, and the files of the tests must be readable without the change.
        """
        if not test:
            return self._result(tests, SOUND, "--collect-only").outcome is Outcome.NO_TEST
        if test not in self._sound:
            alone = self._in_place("", "", "", [test], SOUND) or self._result([test], SOUND)
            (self._sound if alone.outcome is Outcome.UNNOTICED else self._unsound).add(test)
        return test in self._sound

    def _changed(self, module: str, code: str, tests: Sequence[str], seconds: float) -> Result:
        file = self._tree / module
        before, limit = file.read_text("utf-8"), 3 * seconds + GRACE
        file.write_text(code, "utf-8")
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()
        try:
            in_place = self._in_place(str(file), before, code, tests, limit)
            if in_place and (in_place.noticed_by or in_place.outcome is Outcome.HUNG):
                return in_place
            return self._result(tests, limit)
        finally:
            file.write_text(before, "utf-8")

    def _in_place(
        self, file: str, before: str, code: str, tests: Sequence[str], seconds: float
    ) -> Result | None:
        """Run those of the tests that were read; None where the change cannot be made in place."""
        tests = [test for test in tests if file_of(test) in self._files]
        if self._warm is None or not tests:
            return None
        (self._tree / TOLD).unlink(missing_ok=True)
        ended = self._warm.run(Request(file, before, code, tests, self._unsound, seconds))
        return None if ended == UNCHANGEABLE else self._told(ended)

    def _result(self, tests: Sequence[str], seconds: float, *options: str) -> Result:
        (self._tree / TOLD).unlink(missing_ok=True)
        files = list(dict.fromkeys(map(file_of, tests)))
        chosen = Chosen(tests, self._unsound, self._tree)
        return self._told(forked(lambda: run_pytest(self._tree, [*options, *files], chosen), seconds))

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
