"""A notebook that ran live is saved without outputs, by Jupyter's server itself; any other as it is."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from importlib.resources import files
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from jupyter_server.services.contents.filemanager import FileContentsManager
from live_machine import LiveMachine
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from appconnect import connect
from appconnect.history import History
from appconnect.live_outputs import MARK, SENTENCE
from appconnect.panels import ContactsPanel, HistoryPanel

Save = Callable[[nbformat.NotebookNode], nbformat.NotebookNode]
Run = Callable[..., list[nbformat.NotebookNode]]
PERSON = "Nia Holt, +1 415 555 0142"


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves a notebook as Jupyter's server does that has read our configuration, and reads the file."""
    contents = FileContentsManager(root_dir=str(tmp_path))
    config = json.loads(files("appconnect").joinpath("live_outputs.json").read_text("utf-8"))
    for name in config["ServerApp"]["jpserver_extensions"]:
        extension = importlib.import_module(name)
        [point] = extension._jupyter_server_extension_points()
        loaded = importlib.import_module(point["module"])
        loaded._load_jupyter_server_extension(SimpleNamespace(contents_manager=contents))

    def saved(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
        contents.save({"type": "notebook", "format": "json", "content": notebook}, "some.ipynb")
        return nbformat.read(tmp_path / "some.ipynb", as_version=4)

    return saved


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a cell's code in what has a kernel, or a click's; gives the outputs that it has shown by itself."""
    parent = {"msg_type": "", "msg_id": ""}
    shell = SimpleNamespace(kernel=object(), get_parent=lambda: {"header": parent})
    shown: list[nbformat.NotebookNode] = []

    def display(data: object, *, raw: bool, metadata: object) -> None:
        assert raw
        shown.append(new_output("display_data", data=data, metadata=metadata))

    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr("IPython.display.display", display)

    number = count(1)

    def run(code: Callable[[], object], asks: str = "execute_request") -> list[nbformat.NotebookNode]:
        shown.clear()
        parent.update(msg_type=asks, msg_id=str(next(number)))
        code()
        return list(shown)

    return run


def notebook_of(*outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    person = new_output("execute_result", data={"text/plain": PERSON}, execution_count=2)
    return new_notebook(
        cells=[
            new_markdown_cell("# A notebook"),
            new_code_cell("connect(…)", outputs=list(outputs), execution_count=1),
            new_code_cell("found", outputs=[person], execution_count=2),
        ],
        metadata={"widgets": {"state": PERSON}},
    )


def test_what_ran_live_is_saved_without_outputs_and_widgets(
    save: Save, cell: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveMachine("pipedrive", monkeypatch, tmp_path)
    outputs = cell(live.connect)
    assert [each.data["text/plain"] for each in outputs] == [SENTENCE]
    kept = save(notebook_of(*outputs))
    assert PERSON not in nbformat.writes(kept)
    assert [(each.source, each.get("outputs")) for each in kept.cells] == [
        ("# A notebook", None),
        ("connect(…)", []),
        ("found", []),
    ]


def test_each_cell_that_connects_bears_the_mark_once(
    cell: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveMachine("pipedrive", monkeypatch, tmp_path)
    assert [len(cell(lambda: (live.connect(), live.connect()))) for _ in range(2)] == [1, 1]


def test_a_click_shows_nothing_and_takes_no_mark_from_the_next_cell(
    cell: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveMachine("pipedrive", monkeypatch, tmp_path)
    assert [] == cell(live.connect, asks="comm_msg")
    assert 1 == len(cell(live.connect))


@pytest.mark.parametrize("mode", ["sandbox", "replay"])
def test_what_ran_with_made_up_people_is_saved_as_it_is(save: Save, cell: Run, mode: str) -> None:
    assert cell(lambda: connect("pipedrive", mode=mode, scenario="log_a_call")) == []
    before = notebook_of()
    assert save(before).cells == before.cells


def test_outputs_are_kept_where_somebody_wants_them(
    save: Save, cell: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_SAVE_LIVE_OUTPUTS", "1")
    before = notebook_of(*cell(LiveMachine("pipedrive", monkeypatch, tmp_path).connect))
    assert save(before).cells == before.cells


async def test_the_history_of_a_live_account_bears_the_mark_in_any_notebook(
    cell: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_HISTORY", "1")
    live = LiveMachine("pipedrive", monkeypatch, tmp_path)
    async with live.connect() as workbench:
        await workbench.find_contact("not a number")
        history: History = workbench.history
    assert [each.data["text/plain"] for each in cell(history.search)] == [SENTENCE]
    assert cell(lambda: history.search("what nobody looked for")) == []


async def test_a_panel_bears_the_mark_where_it_may_show_a_live_account(
    cell: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The history's also in the sandbox, when somebody has searched by a click."""
    monkeypatch.setenv("APPCONNECT_HISTORY", "1")
    shown: list[object] = []
    monkeypatch.setattr(
        "appconnect.panels.panel.show_in_cell", lambda *_, **how: shown.append(how.get("metadata"))
    )
    live = LiveMachine("pipedrive", monkeypatch, tmp_path)
    async with live.connect() as workbench:
        await workbench.find_contact("not a number")
        ContactsPanel(workbench)._ipython_display_()
    made_up = connect("pipedrive", mode="sandbox")
    panel = HistoryPanel(made_up, "nobody has done this")
    panel._ipython_display_()
    panel.words.value = ""
    await panel.search()
    panel._ipython_display_()
    assert [MARK, MARK, None, None, MARK, MARK] == shown


def test_outside_a_notebook_nothing_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not InteractiveShell.initialized()
    LiveMachine("pipedrive", monkeypatch, tmp_path).connect()
    assert capsys.readouterr().out == ""
