"""What a person waits for first: the import in a new process, and the first panel beside a kernel's own start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

from bench.rows import MILLISECONDS, Row, at_most, measurement

ROUNDS = 5
TOLD = "\nimport time; print(time.process_time())"
KERNEL = "import IPython, ipykernel.ipkernel, ipykernel.kernelapp"
PANEL = """
from appconnect import connect
from appconnect.panels import ContactsPanel
ContactsPanel(connect("pipedrive"))
"""


@measurement
def new_process() -> Iterable[Row]:
    """Compare our import with the longest that it may take."""
    ours = _milliseconds("from appconnect import connect")
    yield Row("from appconnect import connect", ours, 600, "at most", at_most(1), MILLISECONDS,
              why="pydantic builds the models, and httpx loads its command line where rich is installed")  # fmt: skip


@measurement
def first_panel() -> Iterable[Row]:
    """Compare a kernel with the first panel in it with a kernel alone."""
    kernel, panel = _milliseconds(KERNEL), _milliseconds(KERNEL + PANEL)
    yield Row("first panel in a new kernel", panel, kernel, "the kernel alone", at_most(1.5), MILLISECONDS,
              floor=kernel, why="SQLAlchemy is loaded for the store in memory; the sandbox is made")  # fmt: skip


def _milliseconds(code: str) -> float:
    command = [sys.executable, "-c", code + TOLD]
    runs = [subprocess.check_output(command, text=True) for _ in range(ROUNDS)]
    return 1000 * min(float(run.splitlines()[-1]) for run in runs)
