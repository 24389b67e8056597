"""Runs the tests on changed code: in a copy of the tree, in a process forked from one that is warm."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence, Set
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pytest

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
TOLD, PASSED = "told.txt", "passed"
"""The file that says which tests passed or failed, and its word for one that passed."""


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
    """A copy of the tree in which modules are changed, one at a time."""

    def __init__(self, tree: Path, warm: str = WARM) -> None:
        self._tree = tree
        self._sound: set[str] = set()
        self._unsound: set[str] = set()
        os.environ.update(HOME=str(tree / ".home"), PYTHONDONTWRITEBYTECODE="1")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(tree), str(tree / "tests")])
        for name in warm.split():
            importlib.import_module(name)

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
            alone = self._result([test], SOUND).outcome
            (self._sound if alone is Outcome.UNNOTICED else self._unsound).add(test)
        return test in self._sound

    def _changed(self, module: str, code: str, tests: Sequence[str], seconds: float) -> Result:
        file = self._tree / module
        before = file.read_text("utf-8")
        file.write_text(code, "utf-8")
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()
        try:
            return self._result(tests, 3 * seconds + GRACE)
        finally:
            file.write_text(before, "utf-8")

    def _result(self, tests: Sequence[str], seconds: float, *options: str) -> Result:
        (self._tree / TOLD).unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            os.setsid()
            status = 1
            try:
                status = self._pytest(tests, options)
            finally:
                os._exit(status)
        ended = _wait(child, seconds)
        if ended is None:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return Result(Outcome.HUNG)
        return self._told(ended)

    def _told(self, status: int) -> Result:
        """Say what came of a run by its exit status and by what `Chosen` has written."""
        told = (self._tree / TOLD).read_text("utf-8").splitlines() if (self._tree / TOLD).exists() else []
        passed = told.count(PASSED)
        if status not in QUIET:
            failed = next((each for each in told if each != PASSED), "")
            return Result(Outcome.NOTICED, failed, passed)
        return Result(Outcome.UNNOTICED if passed else Outcome.NO_TEST, passed=passed)

    def _pytest(self, tests: Sequence[str], more: Sequence[str]) -> int:
        os.chdir(self._tree)
        sys.dont_write_bytecode = True
        sys.path[:] = [str(self._tree), str(self._tree / "tests"), *sys.path]
        output = os.open(self._tree / "output.txt", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=short"]
        chosen = Chosen(tests, self._unsound, self._tree / TOLD)
        return int(pytest.main([*options, *more, *files], plugins=[chosen]))


class Chosen:
    """Runs these tests, in this order, and no others; a file stands for all of its tests. Tells which pass or fail."""

    def __init__(self, tests: Sequence[str], but: Set[str], told: Path) -> None:
        self._place = {test: place for place, test in enumerate(tests)}
        self._but, self._told = but, told

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that is skipped says nothing."""
        if report.failed or (report.passed and report.when == "call"):
            with self._told.open("a", encoding="utf-8") as told:
                told.write((report.nodeid if report.failed else PASSED) + "\n")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the files together: fixtures of a module are made once."""
        places = {item: self._place_of(item.nodeid) for item in items if item.nodeid not in self._but}
        items[:] = sorted(
            (item for item, place in places.items() if place >= 0), key=lambda item: places[item]
        )

    def _place_of(self, test: str) -> int:
        return self._place.get(test, self._place.get(test.partition("::")[0], -1))


def _wait(child: int, seconds: float) -> int | None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    return None
