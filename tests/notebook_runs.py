"""Runs notebooks with nbval in processes of their own, which cannot reach a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
OFFLINE = Path(__file__).parent / "notebooks" / "offline"


@dataclass(frozen=True)
class Run:
    """What nbval said."""

    code: int
    output: str

    @property
    def passed(self) -> int:
        """How many cells said what they had said."""
        found = re.search(r"(\d+) passed", self.output)
        return int(found[1]) if found else 0

    @property
    def failed(self) -> list[str]:
        """The cells that did not, as nbval names them: ``11_pipedrive.ipynb::Cell 3``."""
        return re.findall(r"^FAILED .*?([\w.]+\.ipynb::Cell \d+)", self.output, re.MULTILINE)


def run(*notebooks: Path, mode: str, fixtures: Path = ROOT / "fixtures", package: Path | None = None) -> Run:
    """Run notebooks and compare; ``package`` is a folder whose appconnect is used instead of this one."""
    command = [
        sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "--nbval-cell-timeout", "60",
        "--nbval-sanitize-with", str(ROOT / "tests" / "sanitize.cfg"), "-p", "no:cacheprovider", "-rf",
        "--rootdir", str(notebooks[0].parent), "--color=no", *(["-n2", "--dist=loadscope"] if len(notebooks) > 1 else []),
        *map(str, notebooks),
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=notebooks[0].parent, env=_environment(mode, fixtures, package), capture_output=True,
        text=True, check=False, timeout=240,
    )  # fmt: skip
    return Run(done.returncode, done.stdout + done.stderr)


def _environment(mode: str, fixtures: Path, package: Path | None) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "APPCONNECT"))
    }
    paths = [str(OFFLINE), *([str(package)] if package else [])]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "APPCONNECT_MODE": mode,
        "APPCONNECT_FIXTURES": str(fixtures),
    }
