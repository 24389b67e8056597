"""Commands that hand their work on: what exactly is started, with which arguments, and what is printed of it."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner, Result

from appconnect.cli import app, app_in_browser, executing
from appconnect.errors import ConfigurationError

PANELS = app_in_browser.PANELS
KERNELS = f"{sys.prefix}/share/jupyter"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two notebooks."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "notebooks").mkdir()
    for name in ("00_start_here", "11_acme"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The program that took this one's place: its path, arguments and environment."""
    program: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *given: program.extend(given))
    return program


# -- lab and app --


@pytest.mark.parametrize(("user", "as_root"), [(0, ["--allow-root"]), (1000, [])])
@pytest.mark.parametrize("elsewhere", ["", "/theirs"])
def test_lab_starts_jupyterlab_of_this_python_on_this_computer(
    checkout: Path, started: list[Any], monkeypatch: pytest.MonkeyPatch, user: int, as_root: list[str], elsewhere: str
) -> None:  # fmt: skip
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("JUPYTER_PATH", elsewhere)
    monkeypatch.setenv("KEPT", "yes")
    assert 0 == run("lab", "--no-browser", "--port", "9000").exit_code
    program, arguments, environment = started
    assert sys.executable == program
    assert [
        sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--ServerApp.root_dir={checkout / 'notebooks'}",
        "--LabApp.default_url=/lab/tree/00_start_here.ipynb", *as_root, "--no-browser", "--port", "9000",
    ] == arguments  # fmt: skip
    assert (KERNELS + (f"{os.pathsep}{elsewhere}" if elsewhere else ""), "yes") == (
        environment["JUPYTER_PATH"], environment["KEPT"],
    )  # fmt: skip


def test_lab_begins_with_the_first_notebook_where_there_is_no_start(
    checkout: Path, started: list[Any]
) -> None:
    (checkout / "notebooks" / "00_start_here.ipynb").rename(checkout / "notebooks" / "21_zeta.ipynb")
    assert 0 == run("lab").exit_code
    assert "--LabApp.default_url=/lab/tree/11_acme.ipynb" in started[1]


def test_lab_looks_for_notebooks_in_the_project_and_then_in_the_checkout(
    checkout: Path, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "deeper" / "project").mkdir(parents=True)
    monkeypatch.chdir(checkout / "deeper")
    assert 0 == run("lab").exit_code
    assert f"--ServerApp.root_dir={checkout / 'notebooks'}" in started[1]
    started.clear()
    (checkout / "deeper" / "project" / "pyproject.toml").touch()
    monkeypatch.chdir(checkout / "deeper" / "project")
    assert 0 == run("lab").exit_code
    assert f"--ServerApp.root_dir={Path(__file__).parents[1] / 'notebooks'}" in started[1]


@pytest.mark.parametrize("elsewhere", ["", "/theirs"])
def test_app_starts_voila_of_this_python_on_this_computer(
    checkout: Path, started: list[Any], monkeypatch: pytest.MonkeyPatch, elsewhere: str
) -> None:
    monkeypatch.setattr(app_in_browser, "find_spec", lambda name: name == "voila")
    monkeypatch.setenv("JUPYTER_PATH", elsewhere)
    monkeypatch.setenv("KEPT", "yes")
    assert 0 == run("app", "--no-browser", "--port=9000").exit_code
    program, arguments, environment = started
    assert sys.executable == program
    assert [
        sys.executable, "-m", "voila", str(PANELS / "app.ipynb"), "--Voila.ip=127.0.0.1",
        "--Voila.show_tracebacks=True", "--VoilaConfiguration.template=appconnect",
        "--VoilaConfiguration.file_allowlist=[]", "--no-browser", "--port=9000",
    ] == arguments  # fmt: skip
    assert (PANELS / "app.ipynb").is_file()
    assert (os.pathsep.join(filter(None, [str(PANELS), KERNELS, elsewhere])), str(checkout), "yes") == (
        environment["JUPYTER_PATH"], environment["APPCONNECT_APP_FOLDER"], environment["KEPT"],
    )  # fmt: skip


def test_app_without_voila_says_how_to_install_it(
    started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_in_browser, "find_spec", lambda name: None)
    refused = run("app")
    said = "appconnect: Voilà is not installed; install it with: pip install 'appconnect[app]'\n"
    assert (1, said, []) == (refused.exit_code, refused.stderr, started)


# -- faults and contract --


class Report:
    """What came of a matrix of faults, or of a contract."""

    def __init__(self, fine: bool) -> None:
        self.passed, self.forbidden = fine, [] if fine else ["a cell"]
        self.outcomes = [self]
        self.evidence = "what the CRM has"

    def __str__(self) -> str:
        return "the table"

    def written_into(self, text: str) -> str:
        return f"{text} with the table – é"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a matrix or a contract is asked for; "fine" says how it ends."""
    found: dict[str, Any] = {"fine": True}

    def run_faults(names: list[str], **options: Any) -> Report:
        tell, history = options.pop("tell"), os.environ.get("APPCONNECT_HISTORY")
        found.update(names=names, options=options, history=history)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: bool(found.get("terminal")), raising=False)
        for done in (1, 3):
            tell(done, 3)
        return Report(found["fine"])

    def run_contract(names: list[str], **options: Any) -> Report:
        found.update(names=names, options=options)
        return Report(found["fine"])

    monkeypatch.setattr("appconnect.testing.faults.run_faults", run_faults)
    monkeypatch.setattr("appconnect.testing.run.run_contract", run_contract)
    return found


@pytest.mark.parametrize(
    ("arguments", "names", "options"),
    [
        ([], [], {}),
        (["acme", "zeta", "-k", "log call/1"], ["acme", "zeta"], {"only": "log call/1"}),
        (["--sample", "7", "--seed", "3"], [], {"sample": 7, "seed": 3}),
        (["zeta", "--cell", "acme/log call/1/reset"], ["acme"], {"cell": "acme/log call/1/reset"}),
    ],
)
def test_which_faults_are_tried(
    asked: dict[str, Any], arguments: list[str], names: list[str], options: dict[str, Any]
) -> None:
    result = run("faults", *arguments)
    assert (names, {"cell": "", "only": "", "sample": 0, "seed": 0, **options}) == (
        asked["names"], asked["options"],
    )  # fmt: skip
    told = "the table\nwhat the CRM has\n" if "cell" in options else "the table\n"
    assert (0, told, "") == (result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize("arguments", [[], ["--cell", "acme/log call/1/reset"]])
def test_what_is_forbidden_ends_with_1(asked: dict[str, Any], arguments: list[str]) -> None:
    asked["fine"] = False
    result = run("faults", *arguments)
    assert (1, "the table\n") == (result.exit_code, result.stdout)


def test_how_far_the_faults_are_is_told_in_a_terminal(asked: dict[str, Any]) -> None:
    asked["terminal"] = True
    assert "\r1 of 3 cells\r3 of 3 cells\n" == run("faults").stderr


@pytest.mark.parametrize(("given", "history"), [(None, "0"), ("1", "1")])
def test_faults_are_no_history_unless_somebody_wants_it(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, given: str | None, history: str
) -> None:
    monkeypatch.delenv("APPCONNECT_HISTORY")
    if given:
        monkeypatch.setenv("APPCONNECT_HISTORY", given)
    run("faults")
    assert history == asked["history"]


@pytest.fixture
def ascii_computer() -> Iterator[None]:
    """A computer whose texts are in ASCII unless somebody says otherwise."""
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    yield
    locale.setlocale(locale.LC_CTYPE, before)


@pytest.mark.usefixtures("ascii_computer")
@pytest.mark.parametrize("command", ["faults", "contract"])
@pytest.mark.parametrize("fine", [True, False])
def test_a_table_is_written_into_a_file_however_it_ended(
    asked: dict[str, Any], tmp_path: Path, command: str, fine: bool
) -> None:
    asked["fine"] = fine
    (tmp_path / "README.md").write_text("Read – é", "utf-8")
    result = run(command, "--readme", str(tmp_path / "README.md"))
    assert (0 if fine else 1, "the table\n") == (result.exit_code, result.stdout)
    assert "Read – é with the table – é" == (tmp_path / "README.md").read_text("utf-8")


@pytest.mark.parametrize("there", ["missing", "a folder"])
def test_a_file_for_the_table_must_be_there(asked: dict[str, Any], tmp_path: Path, there: str) -> None:
    (tmp_path / "a folder").mkdir()
    assert 2 == run("contract", "--readme", str(tmp_path / there)).exit_code
    assert "names" not in asked


@pytest.mark.parametrize(
    ("arguments", "names", "given"), [([], [], []), (["acme", "-k", "call"], ["acme"], ["-k", "call"])]
)
def test_which_cases_of_the_contract_are_run(
    asked: dict[str, Any], arguments: list[str], names: list[str], given: list[str]
) -> None:
    assert 0 == run("contract", *arguments).exit_code
    assert (names, {"arguments": given}) == (asked["names"], asked["options"])


# -- notebooks, checked --


def notebook(*outputs: dict[str, Any]) -> Any:
    cells = [nbformat.v4.new_markdown_cell("# Start"), nbformat.v4.new_code_cell("1", outputs=list(outputs))]
    return nbformat.v4.new_notebook(cells=cells)


def result_of(**data: str) -> dict[str, Any]:
    named = {kind.replace("_", "/").replace("svg/xml", "svg+xml"): text for kind, text in data.items()}
    return nbformat.v4.new_output("execute_result", data=named, execution_count=1)


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return nbformat.v4.new_output("stream", name=name, text=text)


ERROR = nbformat.v4.new_output("error", ename="KeyError", evalue="'a'", traceback=["one"])
SAME = "✓ 00_start_here: all outputs as stored"
CHANGED = "✗ 00_start_here: cell 2: output{}"


@pytest.mark.parametrize(
    ("stored", "now", "line"),
    [
        ([], [], SAME),
        ([result_of(text_plain="1")], [result_of(text_plain="1")], SAME),
        ([result_of(text_plain="1")], [result_of(text_plain="2")], CHANGED.format('["text/plain"]: stored "1", now "2"')),
        ([result_of(text_html="1")], [result_of(text_html="2")], CHANGED.format('["text/html"]: stored "1", now "2"')),
        ([result_of(image_svg_xml="1")], [result_of(image_svg_xml="2")],
         CHANGED.format('["image/svg+xml"]: stored "1", now "2"')),
        ([result_of(image_png="1")], [result_of(image_png="2")], SAME),
        ([stream("a"), stream("b")], [stream("ab")], SAME),
        ([stream("a")], [stream("a"), stream("b")], CHANGED.format('.stdout: stored "a", now "ab"')),
        ([stream("a")], [stream("a", "stderr")], CHANGED.format('.stdout: stored "a", now nothing')),
        ([stream("a")], [], CHANGED.format('.stdout: stored "a", now nothing')),
        ([ERROR], [ERROR], SAME),
        ([stream("a")], [stream("a"), ERROR], CHANGED.format(".error: stored nothing, now \"KeyError: 'a'\"")),
    ],
)  # fmt: skip
def test_a_notebook_is_told_with_its_first_output_that_is_otherwise(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, stored: list[Any], now: list[Any], line: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(checkout / "fixtures"))
    path = checkout / "notebooks" / "00_start_here.ipynb"
    nbformat.write(notebook(*stored), path)
    runs: list[Any] = []

    def executed(*given: Any, **more: Any) -> Any:
        runs.append((*given, more))
        return notebook(*now)

    monkeypatch.setattr(executing, "executed", executed)
    result = run("check", "00_start_here.ipynb")
    assert [(path, {"MODE": "replay", "RECORD": "0"}, {"as_it_was": ""})] == runs
    end = "✓ 0 scenarios with 0 operations and 1 notebook: all as recorded."
    if line != SAME:
        end = "✗ 0 scenarios with 0 operations and 1 notebook: 1 otherwise."
    assert [line, end] == result.stdout.splitlines()
    assert int(line != SAME) == result.exit_code


def test_all_notebooks_are_checked_when_asked_for(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(checkout / "fixtures"))

    def stops(path: Path, *_: object, **__: object) -> None:
        raise ConfigurationError(f"{path.name} stopped.")

    monkeypatch.setattr(executing, "executed", stops)
    result = run("check", "--notebooks")
    assert [
        "✗ 00_start_here: 00_start_here.ipynb stopped.", "✗ 11_acme: 11_acme.ipynb stopped.",
        "✗ 0 scenarios with 0 operations and 2 notebooks: 2 otherwise.",
    ] == result.stdout.splitlines()  # fmt: skip
    assert 1 == run("check").exit_code


def test_a_notebook_cannot_be_asked_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(checkout / "fixtures"))
    refused = run("drift", "11_acme")
    said = "appconnect: A notebook cannot be asked again; name a recording, such as CRM/11_acme.\n"
    assert (1, said) == (refused.exit_code, refused.stderr)
