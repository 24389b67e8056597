"""The matrix of faults: a sample of it has no cell that may not be, and it is told in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from platforms import CRMS, OAUTH
from typer.testing import CliRunner

from appconnect.cli import app
from appconnect.sandbox.named_faults import NAMED_FAULTS
from appconnect.testing.faults import run_faults
from appconnect.testing.faults.cells import BY_NAME
from appconnect.testing.faults.matrix import cells_of, rehearse_all

SEED, CELLS = 20261126, 8


@pytest.mark.parametrize("platform", CRMS)
def test_no_cell_of_a_sample_is_one_that_may_not_be(platform: str) -> None:
    report = run_faults([platform], sample=CELLS, seed=SEED, processes=1)
    assert CELLS == len(report.outcomes)
    assert [] == report.forbidden, report


async def test_every_fault_meets_every_operation() -> None:
    cells = list(cells_of(await rehearse_all([OAUTH])))
    assert {(operation, fault) for operation in BY_NAME for fault in NAMED_FAULTS} == {
        (cell.operation, cell.fault) for cell in cells
    }


def test_a_name_of_no_cell_is_refused_with_what_a_name_is() -> None:
    result = CliRunner().invoke(app, ["faults", OAUTH, "-k", "asteroid"])
    assert (1, True) == (result.exit_code, "PLATFORM/OPERATION/REQUEST/FAULT/SPAN" in result.output)


def test_the_names_of_all_faults_are_listed() -> None:
    told = CliRunner().invoke(app, ["faults", "--list"]).output
    assert [] == [name for name in NAMED_FAULTS if name not in told]


def test_the_readme_has_a_table_of_all_families_without_a_forbidden_cell() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = readme.partition("<!-- faults: begin -->")[2].partition("<!-- faults: end -->")[0]
    assert {fault.family for fault in NAMED_FAULTS.values()} <= {
        row.split("|")[1].strip() for row in table.splitlines() if row.startswith("|")
    }
    assert "✗" not in table
