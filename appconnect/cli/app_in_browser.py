"""``appconnect app``: the workbench without code, in a browser."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import typer

from appconnect.errors import ConfigurationError
from appconnect.paths import current_folder

PANELS = Path(__file__).parents[1] / "panels"


def app(context: typer.Context) -> None:
    """Open the workbench without code: choose a CRM, and the panels are tabs. On this computer only.

    Voilà prints its address and gets all further arguments: appconnect app --no-browser --port=9000
    """
    if find_spec("voila") is None:
        raise ConfigurationError("Voilà is not installed; install it with: pip install 'appconnect[app]'")
    arguments = [
        sys.executable, "-m", "voila", str(PANELS / "app.ipynb"), "--Voila.ip=127.0.0.1",
        "--Voila.show_tracebacks=True", "--VoilaConfiguration.template=appconnect",
        "--VoilaConfiguration.file_allowlist=[]", *context.args,
    ]  # fmt: skip
    # our template, and no kernel first that somebody installed for all their environments
    found = [str(PANELS), f"{sys.prefix}/share/jupyter", os.environ.get("JUPYTER_PATH")]
    jupyter_path = os.pathsep.join(filter(None, found))
    environment = {**os.environ, "JUPYTER_PATH": jupyter_path, "APPCONNECT_APP_FOLDER": str(current_folder())}
    os.execve(sys.executable, arguments, environment)  # noqa: S606 (as meant)
