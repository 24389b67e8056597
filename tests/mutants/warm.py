"""A process that has read the tests and the code once, and forks one for each change of a function."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import pytest
from mutants.functions import change_in_place
from mutants.pytest_runs import Telling, forked, names_of, run_pytest

UNCHANGEABLE = 99
"""The exit status of a process in which the change could not be made in place."""


class Request(NamedTuple):
    """Tests to run on a changed module."""

    file: str
    before: str
    after: str
    tests: Sequence[str]
    but: Set[str]
    """Tests that are left out."""
    seconds: float


class WarmTests:
    """The tests of some files, read once."""

    def __init__(self, tree: Path, files: Sequence[str]) -> None:
        self._ours, theirs = Pipe()
        if os.fork() == 0:
            self._ours.close()
            try:
                run_pytest(tree, ["--continue-on-collection-errors", *files], _Serving(theirs, tree))
            finally:
                os._exit(0)
        theirs.close()
        self._wait_until_all_is_read()

    def _wait_until_all_is_read(self) -> None:
        """Nothing may be changed on the disk before."""
        with suppress(EOFError):  # pytest could not begin
            self._ours.recv()

    def run(self, request: Request) -> int | None:
        """Return pytest's exit status, UNCHANGEABLE, or None where the tests took too long."""
        try:
            self._ours.send(request)
            answer: int | None = self._ours.recv()
        except (EOFError, OSError):
            return UNCHANGEABLE
        return answer


class _Serving(Telling):
    """Forks a process for each request, until nobody asks any more."""

    def __init__(self, requests: Connection, tree: Path) -> None:
        super().__init__(tree)
        self._requests = requests

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._requests.send("all is read")
        while True:
            try:
                request: Request = self._requests.recv()
            except EOFError:
                return True
            self._requests.send(forked(lambda asked=request: self._run(session, asked), request.seconds))

    def _run(self, session: pytest.Session, request: Request) -> int:
        if request.before != request.after and not change_in_place(
            request.file, request.before, request.after
        ):
            return UNCHANGEABLE
        items = [item for item in _items(session, request.tests) if item.nodeid not in request.but]
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                session._setupstate.teardown_exact(None)
                return int(pytest.ExitCode.TESTS_FAILED)
        return int(pytest.ExitCode.OK)


def _items(session: pytest.Session, tests: Sequence[str]) -> Iterator[pytest.Item]:
    """Yield the tests in this order; a function or a file stands for all of its tests."""
    by_name: dict[str, list[pytest.Item]] = {}
    for item in session.items:
        for name in names_of(item.nodeid):
            by_name.setdefault(name, []).append(item)
    for test in tests:
        yield from by_name.get(test, ())
