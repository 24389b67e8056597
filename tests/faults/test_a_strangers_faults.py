"""A package made by ``appconnect new`` is in the matrix too, and no fault makes it lose, double or hide anything."""

from __future__ import annotations

from pathlib import Path

from made_packages import make

SEED, CELLS = "20261126", "12"


def test_a_package_of_somebody_else_has_no_forbidden_cell(tmp_path: Path) -> None:
    packages = make(tmp_path)
    command = ("appconnect", "faults", "acme", "--sample", CELLS, "--seed", SEED)
    told = packages.run(*command, cwd=packages["acme"].folder)
    assert f"a sample of {CELLS} of" in told
    assert "✗" not in told
