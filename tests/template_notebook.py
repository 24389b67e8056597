"""Run the notebook of the template for new packages, and keep its outputs: ``python tests/template_notebook.py``.

The template is the package of New CRM, so it is made under that very name, recorded, and its notebook taken back.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TEMPLATE = Path(__file__).parents[1] / "appconnect/scaffold/templates/common/notebooks/newcrm.ipynb"


def renew() -> None:
    """Write the outputs into the template."""
    with TemporaryDirectory() as folder:
        package = Path(folder) / "appconnect-newcrm"
        appconnect = [sys.executable, "-m", "appconnect"]
        new = [*appconnect, "new", "newcrm", "--title", "New CRM", "--into", folder]
        subprocess.run(new, check=True, stdout=subprocess.DEVNULL)
        known = {**os.environ, "APPCONNECT_CONNECTORS": str(package)}
        subprocess.run([*appconnect, "record", "newcrm"], cwd=package, env=known, check=True)
        shutil.copyfile(package / "notebooks" / TEMPLATE.name, TEMPLATE)


if __name__ == "__main__":
    renew()
