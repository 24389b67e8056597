"""A change in what a CRM answers, or in how a connector reads it, makes the notebook fail at the cell that shows it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from notebook_runs import ROOT, Run, run
from platforms import needs

pytestmark = needs("pipedrive")  # the tour begins with it
NAME = "00_start_here"


def cell_with(source: str) -> str:
    """nbval's name of the first cell that contains the source."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{NAME}.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return f"{NAME}.ipynb::Cell {next(at for at, text in enumerate(code) if source in text)}"


@pytest.fixture
def replay(tmp_path: Path) -> Callable[..., Run]:
    """Runs a copy of the notebook with a copy of its recording, in which some text was replaced."""

    def with_change(*, in_recording: tuple[str, str] = ("", ""), package: Path | None = None) -> Run:
        notebook = Path(shutil.copy(ROOT / "notebooks" / f"{NAME}.ipynb", tmp_path))
        fixture = tmp_path / "fixtures" / "pipedrive" / f"{NAME}.json"
        fixture.parent.mkdir(parents=True)
        original = (ROOT / "fixtures" / "pipedrive" / f"{NAME}.json").read_text("utf-8")
        changed = original.replace(*in_recording) if in_recording[0] else original
        assert (changed != original) == bool(in_recording[0])
        json.loads(changed)
        fixture.write_text(changed, "utf-8")
        return run(notebook, mode="replay", fixtures=tmp_path / "fixtures", package=package)

    return with_change


def package_with(tmp_path: Path, file: str, before: str, after: str) -> Path:
    """A folder with a copy of appconnect in which one line reads differently."""
    folder = tmp_path / "package"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "appconnect", folder / "appconnect", ignore=ignored)
    source = folder / "appconnect" / file
    text = source.read_text("utf-8")
    assert 1 == text.count(before)
    source.write_text(text.replace(before, after), "utf-8")
    return folder


def test_the_copy_passes_as_it_is(replay: Callable[..., Run]) -> None:
    done = replay()
    assert 0 == done.code, done.output


def test_one_value_in_a_recording_is_noticed(replay: Callable[..., Run]) -> None:
    done = replay(in_recording=('"title": "Holt renewal"', '"title": "Holt removal"'))
    assert cell_with("contacts.search()") in done.failed
    assert cell_with("connection.sign_in()") not in done.failed


def test_one_line_of_a_mapping_is_noticed(replay: Callable[..., Run], tmp_path: Path) -> None:
    line = 'organization=hit.organization.name if hit.organization else "",'
    package = package_with(tmp_path, "connectors/pipedrive/search.py", line, 'organization="",')
    done = replay(package=package)
    assert [cell_with("contacts.search()")] == done.failed[:1], done.output


def test_one_line_of_what_is_sent_is_noticed(replay: Callable[..., Run], tmp_path: Path) -> None:
    file = "connectors/pipedrive/connector.py"
    package = package_with(tmp_path, file, '"done": True,', '"done": False,')
    done = replay(package=package)
    assert cell_with("form.log()") in done.failed
    assert "no recording" in done.output
