"""Notebooks run from the command line: in this Python, from top to bottom, in one mode."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from appconnect.errors import ConfigurationError

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

SECONDS_A_CELL = 120
WIDGET = "application/vnd.jupyter.widget-view+json"


def executed(path: Path, settings: Mapping[str, str], *, as_it_was: str) -> NotebookNode:
    """Return a notebook with the outputs of a run under settings (``MODE``); the file is left alone.

    Raises ConfigurationError with the cell's error when it stops; ``as_it_was`` is said behind it.
    """
    from subprocess import DEVNULL

    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook: NotebookNode = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=SECONDS_A_CELL, km=_this_python(), record_timing=False, coalesce_streams=True,
        store_widget_state=False, resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    kept_apart = {"HISTORY": "0", **settings}  # no history of this person's
    environment = {**os.environ, **{f"APPCONNECT_{name}": value for name, value in kept_apart.items()}}
    try:
        client.execute(env=environment, stderr=DEVNULL, cleanup_kc=True)
    except CellExecutionError as error:
        raise ConfigurationError(
            f"{path.name} stopped with {error.ename}: {error.evalue}. {as_it_was}".rstrip()
        ) from None
    except (CellTimeoutError, DeadKernelError):
        raise ConfigurationError(f"{path.name} did not come to its end. {as_it_was}".rstrip()) from None
    _keep_plain_html(notebook)
    return notebook


def _this_python() -> AsyncKernelManager:
    """Kernels in this very interpreter, whatever is installed as ``python3`` elsewhere."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))


def _keep_plain_html(notebook: NotebookNode) -> None:
    """Widgets mean nothing without a kernel, and have random names: of a panel, its HTML is kept."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
        if "outputs" in cell:
            cell.outputs = [each for each in cell.outputs if each.get("data", True)]
    notebook.metadata.get("language_info", {}).pop("version", None)
