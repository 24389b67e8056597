"""The pytest plugin is loaded wherever this package is installed, so it costs next to nothing."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_pytest_finds_it_by_its_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"appconnect": "appconnect.testing.plugin"} == project["entry-points"]["pytest11"]


def test_loading_it_loads_nothing_else_of_ours_and_no_library() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import appconnect.testing.plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {"appconnect", "appconnect.lazily", "appconnect.testing", "appconnect.testing.plugin"}
    libraries = sys.stdlib_module_names
    assert set() == {name for name in run.stdout.split() if name.split(".")[0] not in libraries} - ours


def test_the_package_needs_no_pytest_until_a_contract_is_run() -> None:
    """Names of ``appconnect.testing`` that are not cases, and the command line, work without it."""
    code = (
        "import sys; sys.modules['pytest'] = sys.modules['pytest_asyncio'] = None;"
        "import appconnect.cli; from appconnect.testing import StoredLog, steps, samples, cast, run_contract"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
