"""Listens to a run of pytest and makes the contract's report from it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from appconnect.connectors import registry
from appconnect.errors import CrmError
from appconnect.testing.operations import unsupported, why_not
from appconnect.testing.plugin import contract_of, operations_of
from appconnect.testing.report import ContractReport, Failure, PlatformReport

MAX_VALUE = 1500
HYPOTHESIS, HYPOTHESIS_PLUGIN = "hypothesis", "hypothesispytest"
"""Where no case uses it, its plugin would load all of it at the end, to say nothing."""


class Recorder:
    """A pytest plugin for one run: runs the contracts of these platforms only, and records how cases went."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._platforms = {
            name: PlatformReport(name, registry.platform(name).title, unsupported=unsupported(name))
            for name in names
        }
        self._cases: dict[str, tuple[str, str]] = {}
        self._failures: list[Failure] = []
        self._problems: list[str] = []
        self._sides: tuple[str, str] = ("", "")
        self._raised: BaseException | None = None
        self._root = Path()

    def report(self, *, collected_only: bool = False) -> ContractReport:
        """Return what was recorded; with ``collected_only`` every case counts as passed."""
        platforms = [each for each in self._platforms.values() if each.cases or len(self._platforms) == 1]
        if collected_only:
            for platform in platforms:
                platform.passed = platform.cases
        return ContractReport(platforms, self._failures, self._problems)

    # -- what pytest tells --

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the contracts of the platforms that were asked for, and nothing else."""
        others = [item for item in items if _platform_of(item) not in self._platforms]
        items[:] = [item for item in items if item not in others]

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Note why cases are left out."""
        for item in items:
            operations, platform = operations_of(item), self._platforms.get(_platform_of(item))
            reason = why_not(contract_of(item), operations) if platform else ""
            if platform and reason:
                platform.left_out[operations[0]] = reason

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the cases of each operation."""
        self._root = session.config.rootpath
        plugins = session.config.pluginmanager
        if HYPOTHESIS not in sys.modules and plugins.has_plugin(HYPOTHESIS_PLUGIN):
            plugins.unregister(name=HYPOTHESIS_PLUGIN)
        for item in session.items:
            platform, operation = _platform_of(item), (*operations_of(item), "")[0]
            self._cases[item.nodeid] = platform, operation
            self._platforms[platform].level = getattr(contract_of(item), "level", "everything")
            self._platforms[platform].cases[operation] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be run."""
        if report.failed:
            self._problems.append(f"{report.nodeid}: {str(report.longrepr).strip().splitlines()[-1]}")

    def pytest_runtest_setup(self) -> None:
        """Begin a case."""
        self._sides, self._raised = ("", ""), None

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        """Keep both sides of a comparison that failed; by our custom the expected one is on the left."""
        if op in ("==", "is"):
            self._sides = _shown(left), _shown(right)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Keep what a case raised."""
        self._raised = call.excinfo.value if call.excinfo else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case that passed; keep one that failed."""
        platform, operation = self._cases.get(report.nodeid, ("", ""))
        if report.failed:
            self._failures.append(self._failure(report, platform, operation))
        elif report.skipped and platform:
            self._platforms[platform].leave_out(operation, report.nodeid, _reason(report))
        elif report.when == "call" and report.passed and platform:
            self._platforms[platform].passed[operation] += 1

    def _failure(self, report: pytest.TestReport, platform: str, operation: str) -> Failure:
        crash = getattr(report.longrepr, "reprcrash", None)
        message = str(crash.message if crash else report.longrepr)
        if isinstance(self._raised, CrmError):
            message = _shown(self._raised)
        file, _, case = report.nodeid.partition("::")
        place = f"{os.path.relpath(self._root / file)}::{case}"
        compared = self._sides if message.startswith(("assert", "AssertionError")) else ("", "")
        return Failure(platform, operation, case.rpartition("::")[2], place, message, *compared)


def _platform_of(item: pytest.Item) -> str:
    return str(getattr(contract_of(item), "platform", ""))


def _reason(report: pytest.TestReport) -> str:
    """Return why a case skipped itself."""
    told = report.longrepr
    return (str(told[2]) if isinstance(told, tuple) else str(told)).removeprefix("Skipped: ")


def _shown(value: object) -> str:
    """Return a value for the report; of a CRM's error, the request and what became of it."""
    text = _answered(value) if isinstance(value, CrmError) else repr(value)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"


def _answered(error: CrmError) -> str:
    """Return ``PUT /calls/1001 → 405: There is no such address.``"""
    return f"{error.request} → {error.status or 'no answer'}: {error.crm_message or error.message}"
