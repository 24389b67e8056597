"""Runs pytest in forked processes, which write down what the tests said."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence, Set
from pathlib import Path

import pytest

TOLD, PASSED = "told.txt", "passed"
"""The file that says which tests passed or failed, and its word for one that passed."""
OPTIONS = ("-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=short")


def forked(work: Callable[[], int], seconds: float) -> int | None:
    """Return the exit status of work in a process of its own; None where it takes too long, and is killed."""
    child = os.fork()
    if child == 0:
        os.setsid()
        status = 1
        try:
            status = work()
        finally:
            os._exit(status)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def run_pytest(tree: Path, arguments: Sequence[str], plugin: object) -> int:
    """Run pytest in a tree; what it prints goes into a file."""
    os.chdir(tree)
    sys.dont_write_bytecode = True
    sys.path[:] = [str(tree), str(tree / "tests"), *sys.path]
    output = os.open(tree / "output.txt", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    os.dup2(output, 1)
    os.dup2(output, 2)
    return int(pytest.main([*OPTIONS, *arguments], plugins=[plugin]))


class Telling:
    """Writes down which tests pass and which one fails."""

    def __init__(self, tree: Path) -> None:
        self._told = tree / TOLD
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that is skipped says nothing."""
        self.failed |= report.failed
        if report.failed or (report.passed and report.when == "call"):
            with self._told.open("a", encoding="utf-8") as told:
                told.write((report.nodeid if report.failed else PASSED) + "\n")


def names_of(test: str) -> tuple[str, ...]:
    """Return what a test may be asked for by: itself, its function, whatever the parameters, and its file."""
    return tuple(dict.fromkeys((test, test.partition("[")[0], test.partition("::")[0])))


class Chosen(Telling):
    """Runs these tests, in this order, and no others; a function or a file stands for all of its tests."""

    def __init__(self, tests: Sequence[str], but: Set[str], tree: Path) -> None:
        super().__init__(tree)
        self._place = {test: place for place, test in enumerate(tests)}
        self._but = but

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the files together: fixtures of a module are made once."""
        places = {item: self._place_of(item.nodeid) for item in items if item.nodeid not in self._but}
        items[:] = sorted(
            (item for item, place in places.items() if place >= 0), key=lambda item: places[item]
        )

    def _place_of(self, test: str) -> int:
        return next((self._place[name] for name in names_of(test) if name in self._place), -1)
