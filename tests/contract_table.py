"""README's table of CRMs and operations, made from the contract's own results.

``python tests/contract_table.py`` runs the contract and writes the table into README.md; a test holds the two
equal as far as the cases go, and the cases themselves run with all other tests.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from appconnect.connectors import registry

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
CRMS = tuple(registry.titles().values())
OPERATIONS = (
    "getAuthType", "getOauthInfo", "getUserInfo", "unAuthorize",
    "findContact", "findContactWithName", "createContact",
    "createCallLog", "updateCallLog", "getCallLog", "upsertCallDisposition",
    "createMessageLog", "updateMessageLog",
    "getLogFormatType", "getUserList",
)  # fmt: skip
BEGIN, END = "<!-- contract: begin -->", "<!-- contract: end -->"


class Results:
    """A pytest plugin that counts, per operation and CRM, the contract's cases and those that passed."""

    def __init__(self) -> None:
        self.cases: Counter[tuple[str, str]] = Counter()
        self.passed: Counter[tuple[str, str]] = Counter()
        self._shown: dict[str, tuple[str, str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            mark = item.get_closest_marker("operation")
            parent = item.getparent(pytest.Class)
            if mark and parent:
                self._shown[item.nodeid] = (mark.args[0], parent.name.removeprefix("Test"))
        self.cases = Counter(self._shown.values())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed and report.nodeid in self._shown:
            self.passed[self._shown[report.nodeid]] += 1


def run(*more: str) -> Results:
    """Run the contract on every CRM (or, with ``--collect-only``, only look at it)."""
    results = Results()
    files = [str(HERE / f"connectors/{crm.lower()}/test_{crm.lower()}_contract.py") for crm in CRMS]
    pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", *more, *files], plugins=[results])
    return results


def table(cases: Counter[tuple[str, str]], passed: Counter[tuple[str, str]]) -> str:
    """The table in Markdown: how many cases show an operation on a CRM; a failure is said."""
    lines = [f"| operation | {' | '.join(CRMS)} |", f"|---|{'---|' * len(CRMS)}"]
    for operation in OPERATIONS:
        cells = [_cell(cases[operation, crm], passed[operation, crm]) for crm in CRMS]
        lines.append(f"| `{operation}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(cases: int, passed: int) -> str:
    if not cases:
        return "–"
    return f"✓ {cases}" if passed == cases else f"✗ {cases - passed} of {cases}"


def in_readme(text: str) -> str:
    """The table as README has it."""
    found = re.search(rf"{re.escape(BEGIN)}\n(.*?)\n{re.escape(END)}", text, re.DOTALL)
    return found[1] if found else ""


if __name__ == "__main__":
    outcome = run()
    before = README.read_text("utf-8")
    after = before.replace(in_readme(before), table(outcome.cases, outcome.passed))
    README.write_text(after, "utf-8")
    print(f"{outcome.passed.total()} of {outcome.cases.total()} cases passed; README.md has the table.")
