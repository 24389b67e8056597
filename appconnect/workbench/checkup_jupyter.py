"""Whether notebooks run in this Python and JupyterLab can show panels."""

from __future__ import annotations

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from appconnect.workbench.findings import Finding, failed, note, ok

NATIVE = ("python", "python3", f"python{sys.version_info[0]}.{sys.version_info[1]}")
"""What a kernel specification may call the Python that Jupyter itself runs in."""
WIDGETS = Path("@jupyter-widgets") / "jupyterlab-manager" / "package.json"
REPAIR = "run: python -m ipykernel install --sys-prefix"


def kernel(prefix: Path | None = None) -> Finding:
    """Look at the kernel that notebooks are started with, by ``appconnect lab`` and by a plain JupyterLab."""
    if find_spec("ipykernel") is None:
        return failed("there is no kernel for notebooks; run: pip install ipykernel")
    prefix = prefix or Path(sys.prefix)
    own = prefix / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    if own.exists() and (problem := _problem(own)):
        return failed(f"the kernel in {own.parent} {problem}; {REPAIR}")
    others = [each for each in _kernels("python3") if each != own and _problem(each)]
    if others:
        return note(
            f"kernel: notebooks of appconnect lab run in this Python; a JupyterLab that is started otherwise "
            f"may take the one in {others[0].parent}, which {_problem(others[0])}"
        )
    return ok("kernel: notebooks of appconnect lab run in this Python")


def widgets() -> Finding:
    """Look for the part of JupyterLab that shows panels."""
    if any((folder / WIDGETS).exists() for folder in _jupyter_folders("labextensions")):
        return ok("panels: JupyterLab has the extension that shows them")
    return failed(
        "JupyterLab lacks the extension that shows panels; "
        "run: pip install --force-reinstall jupyterlab_widgets"
    )


def _problem(specification: Path) -> str:
    """Return what is wrong with a kernel's specification, to follow its name; "" for nothing."""
    try:
        program = json.loads(specification.read_text("utf-8"))["argv"][0]
    except (OSError, ValueError, LookupError, TypeError):
        return "cannot be read"
    if program in NATIVE:
        return ""
    found = shutil.which(str(program))
    if found is None:
        return f"starts {program}, which is not there"
    return "" if _is_this_python(Path(found)) else f"starts another Python, {program}"


def _is_this_python(program: Path) -> bool:
    """Return whether a program is of this environment, whose Python may be a link to a shared one."""
    here = Path(sys.executable)
    return program.parent.resolve() == here.parent.resolve() or program == here


def _kernels(name: str) -> list[Path]:
    """Return the specifications of this name, in the order in which Jupyter looks for them."""
    places = (folder / name / "kernel.json" for folder in _jupyter_folders("kernels"))
    return [each for each in places if each.exists()][:1]


def _jupyter_folders(name: str) -> list[Path]:
    from jupyter_core.paths import jupyter_path

    return [Path(each) for each in jupyter_path(name)]
