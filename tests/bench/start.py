"""What a person waits for first: the import in a new process, and the first panel beside a kernel's own start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr
from io import StringIO

from jupyter_client.manager import start_new_kernel

from bench.rows import MILLISECONDS, Row, at_most, measurement

ROUNDS = 5
TOLD = "\nimport time; print(time.process_time())"
PANEL = """
from appconnect import connect
from appconnect.panels import {panel}
{panel}(connect("pipedrive"))
"""
LIBRARIES = """
import ipywidgets, pydantic, pydantic_settings
class Model(pydantic.BaseModel):
    text: str = ""
Model()
ipywidgets.VBox([ipywidgets.Text() for _ in range(12)])
"""
"""What no panel can do without: the libraries, and a dozen controls."""


@measurement
def new_process() -> Iterable[Row]:
    """Compare our import with the longest that it may take."""
    ours, libraries = (
        _milliseconds("from appconnect import connect"),
        _milliseconds("import pydantic_settings"),
    )
    yield Row("from appconnect import connect", ours, 600, "at most", at_most(1), MILLISECONDS, floor=libraries,
              why="the floor is pydantic with its settings; the rest are sixty modules of our own, the words and a workbench")  # fmt: skip


@measurement
def first_panel() -> Iterable[Row]:
    """Compare the processor time of a kernel that has shown a panel with one that has only started."""
    panels = ("ConnectPanel", "ContactsPanel")
    kernel, libraries, *shown = _in_kernels("", LIBRARIES, *(PANEL.format(panel=each) for each in panels))
    for panel, milliseconds in zip(panels, shown, strict=True):
        yield Row(f"first panel in a new kernel, {panel}", milliseconds, kernel, "the kernel alone", at_most(1.5),
                  MILLISECONDS, floor=libraries,
                  why="the floor is ipywidgets, pydantic and a dozen controls; a hundred small modules of our own are the rest")  # fmt: skip


def _milliseconds(code: str) -> float:
    command = [sys.executable, "-c", code + TOLD]
    runs = [subprocess.check_output(command, text=True) for _ in range(ROUNDS)]
    return 1000 * min(float(run.splitlines()[-1]) for run in runs)


def _in_kernels(*codes: str) -> list[float]:
    """Return what a new kernel's process has used once it has run each code, in milliseconds; run in turns."""
    best = [float("inf")] * len(codes)
    for _ in range(ROUNDS):
        for place, code in enumerate(codes):
            best[place] = min(best[place], 1000 * _once_in_kernel(code))
    return best


def _once_in_kernel(code: str) -> float:
    printed: list[str] = []
    with redirect_stderr(StringIO()):
        manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    try:
        client.execute_interactive(
            code + TOLD, output_hook=lambda message: printed.append(message["content"].get("text", ""))
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return float("".join(printed))
