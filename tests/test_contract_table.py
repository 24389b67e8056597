"""README says of the contract what the contract says of itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from contract_table import CRMS, OPERATIONS, README, in_readme

HERE = Path(__file__).parent


def test_readme_has_the_table_of_the_contracts_cases() -> None:
    code = "from contract_table import run, table; r = run('--collect-only'); print('BEGIN' + table(r.cases, r.cases))"
    made = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, check=True)
    assert made.stdout.partition("BEGIN")[2].strip() == in_readme(README.read_text("utf-8"))


def test_every_operation_has_a_case_on_every_crm() -> None:
    rows = in_readme(README.read_text("utf-8")).splitlines()[2:]
    assert len(OPERATIONS) == len(rows)
    assert [len(CRMS)] * len(rows) == [row.count("✓") for row in rows]
