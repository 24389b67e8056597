"""Runs the tests on changed code: in a copy of the tree, in a process forked from one that is warm."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence, Set
from enum import StrEnum
from pathlib import Path

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
FAILED = "failed.txt"


class Outcome(StrEnum):
    """What the tests said to a change."""

    NOTICED = "noticed"
    HUNG = "hung"
    UNNOTICED = "unnoticed"
    NO_TEST = "no test runs it"
    UNKNOWN = "the tests fail or take too long without it"


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

    def run(self, module: str, code: str, tests: Sequence[str], seconds: float) -> Outcome:
        """Run tests on a changed module until one fails; they hang when they take much longer than ``seconds``."""
        tests = [test for test in tests if test not in self._unsound]
        if not tests:
            return Outcome.NO_TEST
        outcome = self._changed(module, code, tests, seconds)
        if outcome is Outcome.HUNG:
            alone = self._outcome(lambda: self._pytest(tests), 3 * seconds + GRACE)
            return Outcome.UNKNOWN if alone is Outcome.HUNG else outcome
        if outcome is Outcome.NOTICED and (failed := self._failed()) and not self._is_sound(failed):
            return self.run(module, code, tests, seconds)
        return outcome

    def _failed(self) -> str:
        """The test that noticed the change; "" where its file cannot even be read."""
        return failed.read_text("utf-8") if (failed := self._tree / FAILED).exists() else ""

    def _is_sound(self, test: str) -> bool:
        """True where a test passes on the code as it is: only then its failure says something of a change."""
        if test not in self._sound:
            alone = self._outcome(lambda: self._pytest([test]), SOUND)
            (self._sound if alone is Outcome.UNNOTICED else self._unsound).add(test)
        return test in self._sound

    def _changed(self, module: str, code: str, tests: Sequence[str], seconds: float) -> Outcome:
        file = self._tree / module
        before = file.read_text("utf-8")
        file.write_text(code, "utf-8")
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
            compiled.unlink()
        try:
            return self._outcome(lambda: self._pytest(tests), 3 * seconds + GRACE)
        finally:
            file.write_text(before, "utf-8")

    def _outcome(self, work: Callable[[], int], seconds: float) -> Outcome:
        child = os.fork()
        if child == 0:
            os.setsid()
            status = 1
            try:
                status = work()
            finally:
                os._exit(status)
        ended = _wait(child, seconds)
        if ended is None:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return Outcome.HUNG
        return Outcome.UNNOTICED if ended in QUIET else Outcome.NOTICED

    def _pytest(self, tests: Sequence[str]) -> int:
        os.chdir(self._tree)
        sys.dont_write_bytecode = True
        sys.path[:] = [str(self._tree), str(self._tree / "tests"), *sys.path]
        output = os.open(self._tree / "output.txt", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(output, 1)
        os.dup2(output, 2)
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=short"]
        return int(
            pytest.main([*options, *files], plugins=[Chosen(tests, self._unsound, self._tree / FAILED)])
        )


class Chosen:
    """Runs these tests, in this order, and no others; a file stands for all of its tests. Notes which one fails."""

    def __init__(self, tests: Sequence[str], but: Set[str], failed: Path) -> None:
        self._place = {test: place for place, test in enumerate(tests)}
        self._but, self._failed = but, failed
        failed.unlink(missing_ok=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """With ``-x`` it is the last one."""
        if report.failed:
            self._failed.write_text(report.nodeid, "utf-8")

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
