"""``appconnect record`` and ``fixtures``: what is said of notebooks and recordings, without running a notebook."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from platforms import needs
from typer.testing import CliRunner, Result

from appconnect.cli import app, recordings

pytestmark = needs("redtail")
RECORDED = Path(__file__).parents[1] / "fixtures" / "redtail" / "log_a_call.json"
EXCHANGES = len(json.loads(RECORDED.read_text("utf-8"))["exchanges"])
NAMES = ("00_start", "11_acme")
Does = Callable[[Any], object]


class Project:
    """A project with two notebooks and a recording; ``does`` is what running a notebook does to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: list[Any] = []
        self.does: Does = lambda notebook: None
        (folder / "pyproject.toml").touch()
        (folder / "notebooks").mkdir()
        for name in NAMES:
            told = nbformat.v4.new_output("stream", name="stdout", text="a")
            cells = [nbformat.v4.new_markdown_cell("# A"), nbformat.v4.new_code_cell("1", outputs=[told])]
            nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "notebooks" / f"{name}.ipynb")
        self.record("mine")

    def record(self, name: str, change: Callable[[str], str] = str) -> None:
        path = self.folder / "fixtures" / "redtail" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(change(RECORDED.read_text("utf-8")), "utf-8")

    def executed(self, path: Path, settings: dict[str, str], *, as_it_was: str) -> Any:
        self.runs.append((path.stem, settings, as_it_was))
        notebook = deepcopy(nbformat.read(path, as_version=4))
        self.does(notebook)
        return notebook


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = Project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setattr(recordings, "executed", project.executed)
    return project


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def told(*arguments: str) -> list[str]:
    result = run("record", *arguments)
    assert 0 == result.exit_code, result.output
    return result.stdout.splitlines()


@pytest.mark.parametrize(
    ("asked", "ran"),
    [
        (["--all"], [*NAMES]),
        (["11_acme"], ["11_acme"]),
        (["11_acme.ipynb", "00_start"], ["11_acme", "00_start"]),
        (["--all", "11_acme"], [*NAMES]),
    ],
)
def test_notebooks_run_in_the_sandbox_and_record(project: Project, asked: list[str], ran: list[str]) -> None:
    assert [f"{name}: outputs as before" for name in ran] == told(*asked)
    settings = {"MODE": "sandbox", "RECORD": "1", "FIXTURES": str(project.folder / "fixtures")}
    assert [(name, settings, "The notebook is as it was.") for name in ran] == project.runs


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ([], "Say which notebooks to run, or --all"),
        (["11_acme", "12_tea.ipynb", "13_x"], "There is no notebook '12_tea'"),
    ],
)
def test_a_notebook_that_is_not_there_is_told_with_those_that_are(
    project: Project, asked: list[str], problem: str
) -> None:
    result = run("record", *asked)
    assert f"appconnect: {problem}; there are: 00_start, 11_acme.\n" == result.stderr
    assert (1, []) == (result.exit_code, project.runs)


@pytest.mark.parametrize(
    ("does", "is_changed"),
    [
        (lambda notebook: notebook.cells[1].outputs[0].update(text="b"), True),
        (lambda notebook: notebook.cells[1].outputs.clear(), True),
        (lambda notebook: notebook.cells[1].update(execution_count=7), True),
        (lambda notebook: notebook.cells[0].update(source="# B"), True),
        (lambda notebook: notebook.cells[1].metadata.update(seconds=7), False),
    ],
)
def test_a_notebook_is_written_if_a_reader_sees_a_difference(
    project: Project, does: Does, is_changed: bool
) -> None:
    path = project.folder / "notebooks" / "11_acme.ipynb"
    before, project.does = path.read_text("utf-8"), does
    assert [f"11_acme: outputs {'renewed' if is_changed else 'as before'}"] == told("11_acme")
    assert is_changed == (before != path.read_text("utf-8"))
    if is_changed:
        expected = nbformat.reads(before, as_version=4)
        does(expected)
        assert expected == nbformat.read(path, as_version=4)


def without_last(text: str) -> str:
    document = json.loads(text)
    document["exchanges"].pop()
    return json.dumps(document)


@pytest.mark.parametrize(
    ("name", "change", "before", "lines"),
    [
        ("mine", str, None, ["redtail/mine: as before"]),
        ("other", str, None, [f"redtail/other: new, {EXCHANGES} exchanges"]),
        ("mine", str, "{", [f"redtail/mine: new, {EXCHANGES} exchanges"]),
        ("mine", without_last, None, ["redtail/mine: changed", "  No longer asked: "]),
        ("mine", lambda text: "{", None, ["redtail/mine: The recording "]),
    ],
)
def test_what_a_notebook_recorded_is_told_beside_what_was_there(
    project: Project, name: str, change: Callable[[str], str], before: str | None, lines: list[str]
) -> None:
    if before:
        (project.folder / "fixtures" / "redtail" / "mine.json").write_text(before)
    project.record("of_another")
    project.does = lambda notebook: project.record(name, change)
    found = told("11_acme")[1:]
    assert len(lines) == len(found)
    assert [(line, True) for line in lines] == [
        (line, each.startswith(line)) for line, each in zip(lines, found, strict=True)
    ]


# -- the list --


def about(project: Project, **header: object) -> None:
    def change(text: str) -> str:
        document = json.loads(text)
        document["header"] |= header
        return json.dumps(document)

    project.record("mine", change)


@pytest.mark.parametrize(("days", "is_stale"), [(179, False), (181, True)])
def test_a_live_recording_is_stale_after_half_a_year(project: Project, days: int, is_stale: bool) -> None:
    moment = datetime.now(UTC) - timedelta(days=days)
    about(project, recorded_from="live", recorded_at=moment.isoformat())
    line = run("fixtures").stdout.rstrip("\n")
    plain = f"{'redtail/mine':<30} live    {moment:%Y-%m-%d}  {EXCHANGES:>3} requests"
    assert (line.startswith(f"{plain}  stale: "), line == plain) == (is_stale, not is_stale)


def test_a_recording_of_the_sandbox_does_not_age(project: Project) -> None:
    about(project, recorded_from="sandbox", recorded_at="2001-02-03T09:30:00Z")
    listed = f"{'redtail/mine':<30} sandbox 2001-02-03  {EXCHANGES:>3} requests\n"
    assert listed == run("fixtures").stdout


def test_what_cannot_be_read_is_told_beside_the_list(project: Project) -> None:
    project.record("broken", lambda text: "{")
    (project.folder / "fixtures" / "gone").mkdir()
    shutil.copy(RECORDED, project.folder / "fixtures" / "gone" / "mine.json")
    result = run("fixtures")
    assert ["redtail/mine"] == [line.split()[0] for line in result.stdout.splitlines()]
    assert result.stderr.startswith("redtail/broken: The recording ")
    assert (1, 1) == (result.exit_code, len(result.stderr.splitlines()))


def test_without_recordings_it_says_how_to_make_them(project: Project) -> None:
    shutil.rmtree(project.folder / "fixtures")
    folder = project.folder / "fixtures"
    said = f"appconnect: There are no recordings in {folder}; make them with: appconnect record --all\n"
    result = run("fixtures")
    assert (1, said) == (result.exit_code, result.stderr)
