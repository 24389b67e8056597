"""A notebook that ran live is saved without its outputs: they show people of a real account.

Two processes meet here. The kernel marks the outputs of a cell that connects to a live account, or shows what
was done in one. Jupyter's server, of which this module is an extension, looks for the mark when it saves.
https://jupyter-server.readthedocs.io/en/latest/developers/savehooks.html
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final, Protocol, TypedDict

KEEP: Final = "APPCONNECT_SAVE_LIVE_OUTPUTS"
MARK: Final = {"appconnect": {"live": True}}
SENTENCE: Final = (
    f"Live: outputs show people, so Jupyter saves this notebook without them ({KEEP}=1 keeps them)."
)


class SavedModel(TypedDict):
    """What Jupyter's server is about to save; ``content`` of a notebook is its JSON."""

    type: str
    content: dict[str, Any]


class _Contents(Protocol):
    def register_pre_save_hook(self, hook: object, /) -> None: ...


class _Server(Protocol):
    contents_manager: _Contents


# -- in the kernel --


def mark_live_outputs() -> None:
    """Mark the outputs of the cell that runs, once a run; without one, as after a click, nothing is shown."""
    shell = _kernel_shell()
    request = shell.get_parent().get("header", {}) if shell is not None else {}
    run = request.get("msg_id") if request.get("msg_type") == "execute_request" else None
    if run is None or run == getattr(shell, "appconnect_marked_run", None):
        return
    from IPython.display import display

    shell.appconnect_marked_run = run
    data = {"text/plain": SENTENCE, "text/html": f"<small>{SENTENCE}</small>"}
    display(data, raw=True, metadata=MARK)  # type: ignore[no-untyped-call]


def _kernel_shell() -> Any:  # of IPython, which has no types
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    return shell if hasattr(shell, "kernel") else None


# -- in the server --


def without_live_outputs(*, model: SavedModel, **_: object) -> None:
    """Take all outputs, and the state of widgets, out of a notebook that bears the mark."""
    if os.environ.get(KEEP) == "1" or model["type"] != "notebook":
        return
    cells = model["content"].get("cells", [])
    if not any(_is_marked(output) for cell in cells for output in cell.get("outputs", [])):
        return
    for cell in cells:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    model["content"].get("metadata", {}).pop("widgets", None)


def _is_marked(output: dict[str, Any]) -> bool:
    return bool(output.get("metadata", {}).get("appconnect", {}).get("live"))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: _Server) -> None:
    server.contents_manager.register_pre_save_hook(without_live_outputs)
