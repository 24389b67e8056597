"""Which recordings and notebooks ``appconnect check`` takes by which names, and how it counts what it finds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from platforms import needs
from typer.testing import CliRunner, Result

from appconnect.cli import app
from appconnect.cli.check import Tally, chosen
from appconnect.errors import ConfigurationError
from appconnect.workbench.scenarios import accepting
from appconnect.workbench.scenarios.checking import CheckedOperation, CheckedScenario

pytestmark = needs("insightly", "redtail")
RECORDED = Path(__file__).parents[1] / "fixtures" / "redtail" / "log_a_call.json"
RECORDINGS = ("insightly/log_a_call", "redtail/11_acme", "redtail/log_a_call", "redtail/other")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with four recordings of two CRMs, and two notebooks; something else lies beside them."""
    for name in RECORDINGS:
        path = tmp_path / "fixtures" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(RECORDED, path)
    (tmp_path / "fixtures" / "top.json").touch()
    (tmp_path / "fixtures" / "redtail" / "notes.txt").touch()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "notebooks").mkdir()
    for name in ("00_start", "11_acme"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.mark.parametrize(
    ("names", "recordings", "books"),
    [
        ([], [*RECORDINGS], []),
        (["redtail"], ["redtail/11_acme", "redtail/log_a_call", "redtail/other"], []),
        (["log_a_call"], ["insightly/log_a_call", "redtail/log_a_call"], []),
        (["redtail/log_a_call"], ["redtail/log_a_call"], []),
        (["redtail/other", "other", "insightly"], ["redtail/other", "insightly/log_a_call"], []),
        (["00_start"], [], ["00_start"]),
        (["00_start.ipynb", "other"], ["redtail/other"], ["00_start"]),
        (["11_acme"], [], ["11_acme"]),
        (["redtail/11_acme"], ["redtail/11_acme"], []),
    ],
)
@pytest.mark.parametrize("with_notebooks", [False, True])
def test_a_name_is_a_scenario_a_crm_or_a_notebook(
    project: Path, names: list[str], recordings: list[str], books: list[str], with_notebooks: bool
) -> None:
    paths, notebooks = chosen(names, with_notebooks=with_notebooks)
    assert [project / "fixtures" / f"{each}.json" for each in recordings] == paths
    if with_notebooks and not names:
        books = ["00_start", "11_acme"]
    assert [project / "notebooks" / f"{each}.ipynb" for each in books] == notebooks


def test_a_name_of_nothing_is_told_with_those_there_are(project: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        chosen(["redtail", "tea.ipynb"], with_notebooks=False)
    there_are = ", ".join([*RECORDINGS, "00_start", "11_acme"])
    told = f"There is no scenario and no notebook 'tea.ipynb'; there are: {there_are}."
    assert told == caught.value.message


def test_where_there_are_none_yet_it_says_how_to_make_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(project / "fixtures")
    shutil.rmtree(project / "notebooks")
    monkeypatch.setattr("appconnect.cli.lab.__file__", str(project / "lab.py"))
    with pytest.raises(ConfigurationError) as caught:
        chosen(["tea"], with_notebooks=False)
    none = "none yet; save one with workbench.save_scenario"
    assert f"There is no scenario and no notebook 'tea'; there are: {none}." == caught.value.message
    assert ([], []) == chosen([], with_notebooks=True)


def test_of_a_crm_that_is_not_installed_only_recordings_are_taken(project: Path) -> None:
    (project / "fixtures" / "gone").mkdir()
    document = json.loads(RECORDED.read_text("utf-8"))
    for name, crm in (("mine", "gone"), ("of_another", "redtail")):
        document["header"]["crm"] = crm
        (project / "fixtures" / "gone" / f"{name}.json").write_text(json.dumps(document))
    (project / "fixtures" / "gone" / "other.json").write_text("{}")
    paths, _ = chosen([], with_notebooks=False)
    assert ["mine"] == [path.stem for path in paths if path.parent.name == "gone"]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "Nothing was checked."),
        ({"operations": 3}, "Nothing was checked."),
        ({"scenarios": 1, "operations": 1}, "1 scenario with 1 operation: all as recorded."),
        ({"scenarios": 2, "operations": 0, "red": 1}, "2 scenarios with 0 operations: 1 otherwise."),
        ({"scenarios": 1, "operations": 2, "notebooks": 1}, "1 scenario with 2 operations and 1 notebook: all as recorded."),
        ({"notebooks": 2, "red": 2}, "0 scenarios with 0 operations and 2 notebooks: 2 otherwise."),
    ],
)  # fmt: skip
def test_what_was_found_is_counted(facts: dict[str, int], told: str) -> None:
    assert told == Tally(**facts).in_words()


GREEN, RED = CheckedOperation(1, "sign_in", 2), CheckedOperation(2, "log_call", 1, ("body.a: was 1, now 2",))


@pytest.mark.parametrize(
    ("outcome", "lines", "end", "code"),
    [
        ({"operations": (GREEN,)}, ["  ✓ sign_in: as recorded, 2 requests"], "✓ 1 scenario with 1 operation: all as recorded.", 0),
        ({"operations": (GREEN, RED, RED)}, ["  ✓ sign_in: as recorded, 2 requests", *[f"  ✗ {RED.line}"] * 2],
         "✗ 1 scenario with 3 operations: 2 otherwise.", 1),
        ({"problem": "It is damaged."}, ["  ✗ It is damaged."], "✗ 1 scenario with 0 operations: 1 otherwise.", 1),
        ({"operations": (RED,), "accepted": "Recorded anew, because: so."}, [f"  ✗ {RED.line}", "  Recorded anew, because: so."],
         "✓ 1 scenario with 1 operation: all as recorded.", 0),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("project")
def test_a_scenario_is_told_with_its_operations_and_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch, outcome: dict[str, Any], lines: list[str], end: str, code: int
) -> None:
    asked: list[Any] = []

    async def check_file(path: Path, reason: str) -> CheckedScenario:
        asked.append((path.stem, reason))
        return CheckedScenario("redtail/other", **outcome)

    monkeypatch.setattr(accepting, "check_file", check_file)
    result = run("check", "redtail/other", "--accept", "so")
    assert (["redtail/other", *lines, end], code) == (result.stdout.splitlines(), result.exit_code)
    assert [("other", "so")] == asked


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.usefixtures("project")
def test_recordings_of_traffic_alone_are_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check_file(path: Path, reason: str) -> None:
        return None

    monkeypatch.setattr(accepting, "check_file", check_file)
    result = run("check", "log_a_call", "redtail/other")
    assert [
        "3 recordings of notebooks hold traffic only, and were not checked; do with --notebooks: log_a_call, other",
        "✗ Nothing was checked.",
    ] == result.stdout.splitlines()  # fmt: skip
    assert 1 == result.exit_code


@pytest.mark.parametrize("reason", [" ", "\t"])
def test_a_reason_must_say_something(reason: str) -> None:
    said = "appconnect: Say why the changes are right, for example: --accept 'the field was renamed'\n"
    result = run("check", "--accept", reason)
    assert (1, said) == (result.exit_code, result.stderr)


@pytest.mark.parametrize(("options", "replaces"), [([], False), (["--replace"], True)])
def test_an_import_is_told_line_by_line(
    monkeypatch: pytest.MonkeyPatch, options: list[str], replaces: bool
) -> None:
    asked: list[Any] = []

    class Made:
        lines = ("acme/mine: 2 requests imported", "1 left out")

    def make(*given: Any, **more: Any) -> Made:
        asked.append((given, more))
        return Made()

    monkeypatch.setattr("appconnect.workbench.har_import.import_har", make)
    result = run("import-har", "ticket.har", "--crm", "acme", "--scenario", "mine", *options)
    assert (0, "acme/mine: 2 requests imported\n1 left out\n") == (result.exit_code, result.stdout)
    assert [((Path("ticket.har"), "acme"), {"scenario": "mine", "replace": replaces})] == asked
