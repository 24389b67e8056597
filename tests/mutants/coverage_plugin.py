"""A pytest plugin that notes which lines each test runs, and how long each test takes.

What runs in processes that a test starts is noted as well, by ``context`` in ``coverage.ini``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

COVERAGE, SECONDS, TEST = "MUTANTS_COVERAGE", "MUTANTS_SECONDS", "MUTANTS_TEST"
"""Variables of the environment: the data file, the file of the durations, the test that runs."""


class Measuring:
    """Switches coverage's context from test to test."""

    def __init__(self) -> None:
        self._coverage = coverage.Coverage(
            data_file=os.environ[COVERAGE], config_file=str(Path(__file__).with_name("coverage.ini"))
        )
        self._seconds: dict[str, float] = {}
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        os.environ[TEST] = item.nodeid
        self._coverage.switch_context(item.nodeid)
        result = yield
        self._coverage.switch_context("")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._seconds[report.nodeid] = float("inf")
        else:
            self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._coverage.stop()
        self._coverage.save()
        if not hasattr(session.config, "workerinput"):  # pytest-xdist's workers report to its controller
            Path(os.environ[SECONDS]).write_text(json.dumps(self._seconds), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Begin as early as a plugin can: what modules do while they are imported is nobody's."""
    config.pluginmanager.register(Measuring(), "measuring")
