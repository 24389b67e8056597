"""A scenario as two cells at the end of a notebook: a heading, and the code with its output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from appconnect.errors import ConfigurationError, RecordingError
from appconnect.replay.cassette import Cassette
from appconnect.workbench.scenarios.as_code import title_of
from appconnect.workbench.scenarios.checking import CheckedScenario

if TYPE_CHECKING:
    from nbformat import NotebookNode

_MARK = "appconnect_scenario"


def append(
    path: Path, cassette: Cassette, source: str, checked: CheckedScenario, *, overwrite: bool = False
) -> None:
    """Put a scenario at the end of a notebook, in place of the same one if that is to be overwritten.

    Raises ConfigurationError when the notebook cannot be read or written, RecordingError when the scenario
    is in it already.
    """
    import nbformat

    notebook = _read(path)
    others = [cell for cell in notebook.cells if cell.metadata.get(_MARK) != cassette.name]
    if len(others) < len(notebook.cells) and not overwrite:
        raise RecordingError(f"{path} holds {cassette.name} already; save with overwrite=True.")
    count = 1 + max((cell.get("execution_count") or 0 for cell in others), default=0)
    heading = nbformat.v4.new_markdown_cell(f"## {title_of(cassette)}\n\nWhat was done, and what came of it:")
    output = nbformat.v4.new_output(
        "execute_result", {"text/plain": _messages(checked)}, execution_count=count
    )
    cell = nbformat.v4.new_code_cell(source, execution_count=count, outputs=[output])
    for each in (heading, cell):
        each.metadata[_MARK] = cassette.name
    notebook.cells = [*others, heading, cell]
    try:
        nbformat.write(notebook, path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}).") from None


def _read(path: Path) -> NotebookNode:
    import nbformat

    notebook: NotebookNode = nbformat.v4.new_notebook()
    if not path.exists():
        notebook.metadata["kernelspec"] = {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        }
        return notebook
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises what its JSON reader, validator and converters raise
        raise ConfigurationError(
            f"{path} is no notebook that can be read ({type(error).__name__})."
        ) from None
    return notebook


def _messages(checked: CheckedScenario) -> str:
    """Return the list of messages as a notebook shows it."""
    from IPython.lib.pretty import pretty

    messages = [each.run.message for each in checked.operations if each.run is not None]
    return str(pretty(messages))  # type: ignore[no-untyped-call]
