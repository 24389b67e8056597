"""README says of the contract what the contract says of itself; ``appconnect contract --readme`` renews it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from platforms import OURS

from appconnect.connectors import registry
from appconnect.testing.operations import OPERATIONS

RENEW = "renew it with: appconnect contract --readme README.md"
README = Path(__file__).parent.parent / "README.md"


def in_readme() -> str:
    return (
        README.read_text("utf-8")
        .partition("<!-- contract: begin -->")[2]
        .partition("<!-- contract: end -->")[0]
        .strip()
    )


@pytest.fixture(scope="module")
def collected() -> str:
    """The table of a run that collects the cases and runs none, in an interpreter of its own."""
    code = "from appconnect.testing import run_contract; print(run_contract(collect_only=True).markdown())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def columns(table: str) -> dict[str, list[str]]:
    """The cells of each platform, without the numbers of footnotes."""
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    return {title.strip(): [re.sub("[⁰¹²³⁴-⁹]", "", cell).strip() for cell in cells]
            for title, *cells in zip(*rows, strict=True)}  # fmt: skip


def reasons(table: str) -> set[str]:
    """The footnotes, without their numbers."""
    return set(re.findall(r"^[⁰¹²³⁴-⁹]+ (.+?)(?:<br>)?$", table, re.MULTILINE))


def test_readme_has_the_table_of_the_contracts_cases(collected: str) -> None:
    told = in_readme()
    expected = columns(collected)
    assert expected == {title: cells for title, cells in columns(told).items() if title in expected}, RENEW
    assert reasons(collected) <= reasons(told), RENEW
    assert set(columns(told)) <= {"operation", *registry.titles().values(), *map(str.title, OURS)}, RENEW


def test_every_operation_has_a_case_or_a_reason_on_every_platform(collected: str) -> None:
    rows = collected.splitlines()[2 : 2 + len(OPERATIONS)]
    assert [len(registry.names())] * len(OPERATIONS) == [row.count("✓") + row.count("–") for row in rows]
