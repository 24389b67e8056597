"""``appconnect lab``: the notebooks in JupyterLab."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from appconnect.errors import ConfigurationError

FIRST_NOTEBOOK = "00_start_here.ipynb"


def lab(context: typer.Context) -> None:
    """Open the notebooks in JupyterLab, on this computer only.

    In the folder of a connector's package, its notebooks are opened. JupyterLab prints its address, takes the
    next free port when 8888 is taken, and gets all further arguments: appconnect lab --no-browser --port 9000
    """
    notebooks = notebooks_folder()
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    first = f"--LabApp.default_url=/lab/tree/{first_notebook(notebooks)}"
    where = ["--ip=127.0.0.1", f"--ServerApp.root_dir={notebooks}", first]
    arguments = [sys.executable, "-m", "jupyterlab", *where, *as_root, *context.args]
    # a kernel that somebody installed for all their environments must not come first
    kernels = os.pathsep.join(filter(None, [f"{sys.prefix}/share/jupyter", os.environ.get("JUPYTER_PATH")]))
    os.execve(sys.executable, arguments, {**os.environ, "JUPYTER_PATH": kernels})  # noqa: S606 (as meant)


def notebooks_folder() -> Path:
    """Return the notebooks of the current folder's project, or else of the checkout that this package is in.

    Raises ConfigurationError when there are none, as with a package that was installed from a wheel.
    """
    from appconnect.paths import current_folder
    from appconnect.settings import project_root

    for start in (current_folder(), Path(__file__).parent):
        root = project_root(start)
        if root and any((root / "notebooks").glob("*.ipynb")):
            return root / "notebooks"
    raise ConfigurationError(
        "There are no notebooks here; run this command in a checkout of appconnect, "
        "or in the folder of a connector made by: appconnect new NAME"
    )


def first_notebook(folder: Path) -> str:
    """Return the name of the notebook to begin with."""
    names = sorted(path.name for path in folder.glob("*.ipynb"))
    return FIRST_NOTEBOOK if FIRST_NOTEBOOK in names else names[0]
