"""Notebooks run from the command line: in this Python, apart from people's history, and kept without widgets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from nbclient.exceptions import CellTimeoutError

from appconnect.cli import executing
from appconnect.errors import ConfigurationError

CODE = """
import os, sys
print(sys.executable, os.getcwd())
print(*(os.environ.get(f"APPCONNECT_{name}") for name in ("MODE", "HISTORY", "OWN")))
print("to stderr", file=sys.stderr)
"""


def written(folder: Path, *code: str) -> Path:
    cells = [nbformat.v4.new_markdown_cell("# Start"), *map(nbformat.v4.new_code_cell, code)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["language_info"] = {"name": "python", "version": "1.2.3"}
    nbformat.write(notebook, folder / "it.ipynb")
    return folder / "it.ipynb"


def test_a_notebook_runs_in_its_folder_in_this_python_under_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("APPCONNECT_OWN", "mine")
    path = written(tmp_path, CODE, "from ipywidgets import HTML\nHTML('<b>a</b>')")
    before = path.read_bytes()
    notebook = executing.executed(path, {"MODE": "replay"}, as_it_was="")
    told, panel = notebook.cells[1], notebook.cells[2]
    assert ["stdout", "stderr"] == [each.name for each in told.outputs]
    assert [f"{sys.executable} {os.path.realpath(tmp_path)}", "replay 0 mine"] == told.outputs[
        0
    ].text.splitlines()
    assert "execution" not in told.metadata, "times would be otherwise each run"
    assert [] == [kind for each in panel.outputs for kind in each.data if "widget" in kind]
    assert "widgets" not in notebook.metadata
    assert {"name", "version"} & notebook.metadata.language_info.keys() == {"name"}
    assert before == path.read_bytes()
    assert "" == capfd.readouterr().err


@pytest.mark.parametrize(("as_it_was", "behind"), [("", ""), ("It is as it was.", " It is as it was.")])
@pytest.mark.parametrize("way", ["error", "timeout"])
def test_a_notebook_that_stops_is_told_with_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_it_was: str, behind: str, way: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        if way == "timeout":
            raise CellTimeoutError("too long")
        raise nbclient.exceptions.CellExecutionError("traceback", "KeyError", "'a'")

    monkeypatch.setattr(nbclient.NotebookClient, "execute", fails)
    with pytest.raises(ConfigurationError) as caught:
        executing.executed(written(tmp_path, "1"), {}, as_it_was=as_it_was)
    problem = "stopped with KeyError: 'a'." if way == "error" else "did not come to its end."
    assert f"it.ipynb {problem}{behind}" == caught.value.message


def test_how_a_notebook_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Any] = []

    def execute(self: nbclient.NotebookClient, **given: Any) -> None:
        runs.append((self, given))

    monkeypatch.setattr(nbclient.NotebookClient, "execute", execute)
    executing.executed(written(tmp_path, "1"), {"HISTORY": "1", "RECORD": "0"}, as_it_was="")
    [(client, given)] = runs
    assert (120, False, True, False) == (
        client.timeout, client.record_timing, client.coalesce_streams, client.store_widget_state,
    )  # fmt: skip
    assert (subprocess.DEVNULL, True) == (given["stderr"], given["cleanup_kc"])
    assert ("1", "0") == (given["env"]["APPCONNECT_HISTORY"], given["env"]["APPCONNECT_RECORD"])
    assert "python3" == client.km.kernel_name
    assert [sys.executable, "-m"] == client.km.kernel_spec.argv[:2], "and none that is installed elsewhere"


def test_outputs_of_widgets_alone_are_left_out() -> None:
    widget = nbformat.v4.new_output("display_data", data={executing.WIDGET: {"model_id": "1"}})
    both = nbformat.v4.new_output(
        "display_data", data={executing.WIDGET: {"model_id": "1"}, "text/html": "<b>"}
    )
    told = nbformat.v4.new_output("stream", name="stdout", text="a")
    cells = [
        nbformat.v4.new_markdown_cell("# A"),
        nbformat.v4.new_code_cell("1", outputs=[widget, both, told]),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    executing._keep_plain_html(notebook)
    assert "outputs" not in notebook.cells[0]
    assert [{"text/html": "<b>"}, None] == [each.get("data") for each in notebook.cells[1].outputs]
