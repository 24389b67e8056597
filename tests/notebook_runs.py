"""Runs notebooks with nbval, in kernels that cannot reach a network."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

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


def run(notebook: Path, mode: str, fixtures: Path = ROOT / "fixtures", package: Path | None = None) -> Run:
    """Run a notebook and compare; ``package`` is a folder whose appconnect is used instead of this one.

    nbval runs in this process, for to start another takes as long as the cells of a notebook do; the cells
    run in a kernel of their own.
    """
    arguments = [
        "--nbval", "--nbval-current-env", "--nbval-cell-timeout", "60",
        "--nbval-sanitize-with", str(ROOT / "tests" / "sanitize.cfg"), "-p", "no:cacheprovider", "-p", "no:xdist",
        "-rf", "--rootdir", str(notebook.parent), "--color=no", str(notebook),
    ]  # fmt: skip
    said = io.StringIO()
    with _environment(mode, fixtures, package), redirect_stdout(said), redirect_stderr(said):
        code = pytest.main(arguments)
    return Run(code, said.getvalue())


@contextmanager
def _environment(mode: str, fixtures: Path, package: Path | None) -> Iterator[None]:
    """The environment that kernels inherit."""
    paths = [str(OFFLINE), *([str(package)] if package else [])]
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith("APPCONNECT")]:
            patch.delenv(name)
        patch.setenv("PYTHONPATH", os.pathsep.join(paths))
        patch.setenv("APPCONNECT_MODE", mode)
        patch.setenv("APPCONNECT_FIXTURES", str(fixtures))
        yield
