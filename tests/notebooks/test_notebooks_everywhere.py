"""The notebooks say the same against the sandbox and against their recordings, and neither needs a network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from notebook_runs import OFFLINE, ROOT, run
from platforms import absent_from

NOTEBOOKS = [
    path for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if not absent_from(path.read_text("utf-8"))
]


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_crms_that_a_notebook_shows_are_installed(path: Path) -> None:
    if absent := absent_from(path.read_text("utf-8")):
        pytest.skip(f"{path.stem} shows {', '.join(absent)}, not installed here: it needs an edit of its own")
    assert path in NOTEBOOKS


def is_recorded(path: Path) -> bool:
    return any((ROOT / "fixtures").glob(f"*/{path.stem}*.json"))


RUNS = [
    pytest.param(mode, path, id=f"{mode}-{path.stem}")
    for mode in ("sandbox", "replay")
    for path in NOTEBOOKS
    if mode == "replay" or is_recorded(path)
]
"""What has no recording, and is right all the same where nothing but a recording may answer, asks for no mode."""


@pytest.mark.parametrize(("mode", "path"), RUNS)
def test_every_cell_says_what_is_stored_without_a_network(mode: str, path: Path) -> None:
    done = run(path, mode)
    assert 0 == done.code, done.output
    cells = nbformat.read(path, as_version=4).cells
    assert sum(cell.cell_type == "code" for cell in cells) == done.passed


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "socket.create_connection(('crm.example', 443), timeout=1)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    ],
)
def test_in_these_runs_nothing_but_this_computer_can_be_reached(attempt: str) -> None:
    command = [sys.executable, "-c", f"import socket; {attempt}"]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(OFFLINE)}, capture_output=True, text=True, check=False
    )
    assert "these tests run without a network" in done.stderr
