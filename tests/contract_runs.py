"""Runs of the contract, to see which of its cases a fault turns red."""

from __future__ import annotations

from appconnect.testing import run_contract


def red(platform: str, cases: tuple[str, ...]) -> set[str]:
    """The cases, of these, that fail."""
    report = run_contract([platform], arguments=["-k", " or ".join(cases)])
    assert not report.problems
    return {case for case in cases for failure in report.failures if failure.case.startswith(case)}
