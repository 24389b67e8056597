"""The command line: every command does its work, and what goes wrong is one sentence and exit code 1."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import nbformat
import pytest
from platforms import CRMS, KEY, KEY_TITLE, OAUTH, OAUTH_TITLE, needs
from typer.main import get_command
from typer.testing import CliRunner, Result

from appconnect.cli import app
from appconnect.connectors import registry
from appconnect.sandbox.clock import START, SandboxClock
from appconnect.sandbox.server import Sandbox
from appconnect.sandbox.state import SandboxState
from appconnect.settings import Mode
from appconnect.workbench import connect
from appconnect.workbench.sandboxes import sandbox_kinds

BROKEN = "{"
CODE = """\
from appconnect.workbench import connect
workbench = connect("{crm}", scenario="{scenario}")
signed = await workbench.sign_in()
await workbench.close()
signed.user.name"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one notebook that has not been run, and the place for its recordings."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path, CODE.format(crm=OAUTH, scenario="walkthrough"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    return tmp_path


def write_notebook(checkout: Path, code: str) -> None:
    cells = [nbformat.v4.new_markdown_cell("# Start"), nbformat.v4.new_code_cell(code)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), checkout / "notebooks" / "00_start_here.ipynb")


def outputs(checkout: Path) -> list[str]:
    notebook = nbformat.read(checkout / "notebooks" / "00_start_here.ipynb", as_version=4)
    return [output["data"]["text/plain"] for output in notebook.cells[1].outputs]


def exchanges(checkout: Path) -> int:
    recording = checkout / "fixtures" / OAUTH / "walkthrough.json"
    return len(json.loads(recording.read_text())["exchanges"])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def one_sentence(result: Result) -> str:
    assert 1 == result.exit_code
    assert "" == result.stdout
    assert 1 == len(result.stderr.splitlines())
    return result.stderr.strip()


@contextmanager
def started(*arguments: str, cwd: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "appconnect", *arguments]
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        patience = threading.Timer(60, process.kill)  # so that a test fails instead of waiting for ever
        patience.start()
        try:
            yield process
        finally:
            patience.cancel()
            process.kill()


def heard(process: subprocess.Popen[str], pattern: str) -> str:
    """The first match in what the process says; fails with all it said when it ends without."""
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(pattern, line):
            return found[0]
    pytest.fail("".join(said))


# -- all commands --


def test_help_names_every_command() -> None:
    result = run("--help")
    assert 0 == result.exit_code
    assert [] == [
        name
        for name in (
            "lab",
            "new",
            "check",
            "contract",
            "drift",
            "sandbox",
            "doctor",
            "record",
            "fixtures",
            "review",
        )
        if name not in result.stdout
    ]


def test_help_loads_nothing_heavy() -> None:
    heavy = {"httpx", "pandas", "sqlalchemy", "nbformat", "uvicorn", "phonenumbers"}
    code = "import sys; from appconnect.cli import app; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert set() == heavy & set(loaded)


def test_a_wrong_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPCONNECT_MODE", "dream")
    assert "APPCONNECT_MODE is not valid" in one_sentence(run("fixtures"))


# -- lab --


def test_lab_needs_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appconnect.cli.lab.__file__", str(tmp_path / "site-packages" / "lab.py"))
    monkeypatch.chdir(tmp_path)
    assert one_sentence(run("lab")).endswith(
        "There are no notebooks here; run this command in a checkout of appconnect, "
        "or in the folder of a connector made by: appconnect new NAME"
    )


def test_lab_listens_on_this_computer_only_takes_a_free_port_and_passes_arguments_on(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(checkout / name))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started("lab", "--no-browser", f"--port={port}", cwd=checkout) as process:
            address = heard(process, r"http://127\.0\.0\.1:\d+/lab/tree/00_start_here.ipynb\?token=\w+")
            url = httpx.URL(address)
            assert port != url.port
            token = {"token": url.params["token"]}
            patient = httpx.HTTPTransport(retries=8)  # the address is printed a moment before it answers
            with httpx.Client(transport=patient, base_url=f"http://127.0.0.1:{url.port}/api/") as client:
                assert 403 == client.get("contents").status_code
                assert 200 == client.get("contents/00_start_here.ipynb", params=token).status_code


def test_lab_runs_as_root_in_a_container(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "execve", lambda path, arguments, environment: asked.append(arguments))
    assert 0 == run("lab", "--debug").exit_code
    assert {"--ip=127.0.0.1", "--allow-root", "--debug"} <= set(asked[0])


def test_lab_opens_the_notebook_of_a_connectors_package_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "acme.ipynb").touch()
    monkeypatch.chdir(tmp_path)
    asked: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda path, arguments, environment: asked.append(arguments))
    assert 0 == run("lab").exit_code
    assert "--LabApp.default_url=/lab/tree/acme.ipynb" in asked[0]
    assert f"--ServerApp.root_dir={tmp_path / 'notebooks'}" in asked[0]


# -- sandbox --


@needs("pipedrive")
def test_the_sandbox_on_a_port_is_used_by_any_client_and_ends_cleanly() -> None:
    with started(
        "sandbox", "--port", "0", "--plan", "pipedrive=tiny", "--toggle", "pipedrive.leads_feature=off"
    ) as process:
        url = heard(process, r"http://127\.0\.0\.1:\d+")
        with httpx.Client(base_url=url, headers={"x-api-token": "sandbox-pipedrive-api-token"}) as client:
            assert "sandbox-pipedrive-client" in client.get("/").text
            me = client.get("/pipedrive/v1/users/me")
            assert "Rae Quill" == me.json()["data"]["name"]
            assert "4" == me.headers["x-ratelimit-limit"]
            assert 403 == client.get("/pipedrive/v1/leads").status_code
        process.send_signal(signal.SIGINT)
        assert "The sandbox has ended." == heard(process, r"The sandbox has ended\.")
        assert 0 == process.wait(timeout=60)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_was_written_is_there_again_however_the_sandbox_ended(how: int, tmp_path: Path) -> None:
    state = tmp_path / "kept" / "state.json"
    options = ("sandbox", "--port=0", f"--state={state}", "--start=notebooks", "--people=3")
    with started(*options) as process:
        url = heard(process, r"http://127\.0\.0\.1:\d+")
        httpx.post(f"{url}/{OAUTH}/no/such/path")
        while not state.exists():
            assert process.poll() is None
        kept = SandboxState.model_validate_json(state.read_text("utf-8"))
        process.send_signal(how)
        process.wait(timeout=60)
    with started(*options) as process:
        assert heard(process, r"Restored from")
        assert heard(process, r"Its records are kept")
        process.send_signal(signal.SIGTERM)
        assert heard(process, r"The sandbox has ended\.")
    assert kept == SandboxState.model_validate_json(state.read_text("utf-8"))


def test_the_notebooks_people_and_records_are_played_on_the_port_at_the_notebooks_time(
    tmp_path: Path,
) -> None:
    state = tmp_path / "state.json"
    with started("sandbox", "--port=0", f"--state={state}", "--start=notebooks") as process:
        url = heard(process, r"http://127\.0\.0\.1:\d+")
        told = httpx.get(f"{url}/").text
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    theirs, again = notebooks_records(), notebooks_records()
    found = SandboxState.model_validate_json(state.read_text("utf-8"))
    for name, records in theirs.crms.items():
        made_anew = {each for each in records.tables if records.tables[each] != again.crms[name].tables[each]}
        assert made_anew <= {"user_keys"}, "only secrets differ from run to run"
        for table in records.tables.keys() - made_anew:
            assert records.tables[table] == found.crms[name].tables[table]
    assert f"{START:%Y-%m-%d %H}:" in told, "it runs on from there"


def notebooks_records() -> SandboxState:
    clock = SandboxClock()
    return SandboxState.of(Sandbox(clock, [kind(clock) for kind in sandbox_kinds().values()]))


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        ("2024-02-29T12:00", "2024-02-29 12:00"),
        ("2024-02-29T12:00+05:00", "2024-02-29 07:00"),
        ("2024-02-29T12:00-05:00", "2024-02-29 17:00"),
    ],
)
def test_a_start_is_in_utc_unless_it_says_its_zone(start: str, moment: str) -> None:
    with started("sandbox", "--port=0", f"--start={start}") as process:
        assert moment in httpx.get(f"{heard(process, r'http://127.0.0.1:[0-9]+')}/").text


def test_the_coverage_lists_what_is_played_of_every_crm_and_ends() -> None:
    told = run("sandbox", "--coverage")
    assert 0 == told.exit_code
    lines = told.stdout.splitlines()
    for name, kind in sandbox_kinds().items():
        share = kind(SandboxClock()).coverage
        assert f"{registry.titles()[name]}: {share.told}" in lines
        assert {f"    not played: {each}" for group in share.groups for each in group.missing} <= set(lines)


def test_a_start_that_is_no_time_is_one_sentence() -> None:
    assert "--start soon: write it as 2024-02-29" in one_sentence(run("sandbox", "--start=soon"))


def test_the_sandbox_says_where_each_crm_is() -> None:
    with started("sandbox", "--port=0") as process:
        title = registry.titles()[CRMS[-1]]
        assert heard(process, rf"{title} +http://127\.0\.0\.1:\d+/{CRMS[-1]}  in place of https://")


def test_the_sandbox_says_which_connector_cannot_be_loaded_and_plays_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_CONNECTORS", str(tmp_path / "nowhere"))
    with started("sandbox", "--port=0") as process:
        assert heard(process, r"appconnect: There is no .*pyproject\.toml; name the folder")
        assert heard(process, rf"{registry.titles()[CRMS[-1]]} +http://127")


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"appconnect: Port {port} is taken" in one_sentence(run("sandbox", f"--port={port}"))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--plan=hubspot=free", f"the sandbox plays no 'hubspot'; choose one of {CRMS[0]}"),
        (f"--plan={OAUTH}=free", f"{OAUTH_TITLE} has no plan 'free'; there are: "),
        (f"--toggle={OAUTH}.tea=on", "No toggle 'tea'; there are: "),
        (f"--toggle={OAUTH}.retry_after", "write it as CRM.NAME=on or CRM.NAME=off"),
        ("--toggle=hubspot.tea=on", "the sandbox plays no 'hubspot'"),
    ],
)
def test_a_plan_or_toggle_that_is_not_there_is_one_sentence_with_those_that_are(
    option: str, said: str
) -> None:
    assert said in one_sentence(run("sandbox", option))


# -- doctor --


def test_doctor_finds_a_good_machine_good_and_shows_names_only(monkeypatch: pytest.MonkeyPatch) -> None:
    key, oauth = (registry.platform(name).settings for name in (KEY, OAUTH))
    needed = [key.variable(name) for name in key.needed]
    for variable in needed:
        monkeypatch.setenv(variable, "s3cret-key")
    result = run("doctor")
    assert 0 == result.exit_code, result.output
    assert f"{KEY_TITLE}: {', '.join(needed)} set" in result.stdout
    assert f"set {oauth.variable('client_id')} and {oauth.variable('client_secret')}" in result.stdout
    assert "s3cret" not in result.output


def test_doctor_says_what_must_be_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "file" / "home"))
    result = run("doctor")
    assert 1 == result.exit_code
    assert "or set APPCONNECT_HOME to another folder" in result.stdout
    assert "appconnect: 1 of these must be mended.\n" == result.stderr


def test_doctor_sees_that_the_vault_key_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from appconnect.auth.vault import new_key
    from appconnect.store import Connection, Store

    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    store = Store.at(tmp_path)
    store.save_connection(Connection(OAUTH, f"1-{OAUTH}", "sealed elsewhere", {}))
    store.close()
    monkeypatch.setenv("APPCONNECT_VAULT_KEY", new_key())
    result = run("doctor")
    assert 1 == result.exit_code
    assert "connections in it: 1" in result.stdout
    assert "sealed with another vault key" in result.stdout


def test_doctor_notes_a_port_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr("appconnect.workbench.checkup.PORTS", {port: "tea"})
        result = run("doctor")
    assert f"note    port {port} is taken (tea)" in result.stdout
    assert 0 == result.exit_code


def test_doctor_finds_a_database_that_is_not_there_and_keeps_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://rae:s3cret@127.0.0.1:1/none")
    result = run("doctor")
    assert 1 == result.exit_code
    assert "FAILED  The database 127.0.0.1/none of DATABASE_URL cannot be used" in result.stdout
    assert "s3cret" not in result.output


# -- record and fixtures --


def test_record_renews_fixtures_and_outputs_together_and_says_what_changed(checkout: Path) -> None:
    first = run("record", "--all")
    assert 0 == first.exit_code, first.output
    assert "00_start_here: outputs renewed" in first.stdout
    assert f"{OAUTH}/walkthrough: new, {exchanges(checkout)} exchanges" in first.stdout
    assert ["'Rae Quill'"] == outputs(checkout)

    write_notebook(
        checkout,
        CODE.format(crm=OAUTH, scenario="walkthrough").replace(
            "await workbench.close", "await workbench.list_users(); await workbench.close"
        ),
    )
    second = run("record", "00_start_here")
    assert f"{OAUTH}/walkthrough: changed\n  Newly asked: GET" in second.stdout

    third = run("record", "00_start_here.ipynb")
    assert f"00_start_here: outputs as before\n{OAUTH}/walkthrough: as before\n" == third.stdout


def test_record_says_nothing_of_recordings_that_it_did_not_make(checkout: Path) -> None:
    assert 0 == run("record", "--all").exit_code
    recording = checkout / "fixtures" / OAUTH / "walkthrough.json"
    (recording.parent / "of_another.json").write_text(recording.read_text())
    assert "of_another" not in run("record", "--all").stdout


async def test_what_was_recorded_can_be_replayed(checkout: Path) -> None:
    assert 0 == run("record", "--all").exit_code
    workbench = connect(OAUTH, mode=Mode.REPLAY)
    signed = await workbench.sign_in()
    await workbench.close()
    assert signed.user is not None
    assert "Rae Quill" == signed.user.name


def test_a_notebook_that_fails_stays_as_it_was(checkout: Path) -> None:
    write_notebook(checkout, "raise ValueError('no tea')")
    said = one_sentence(run("record", "--all"))
    assert (
        "appconnect: 00_start_here.ipynb stopped with ValueError: no tea. The notebook is as it was." == said
    )
    assert [] == outputs(checkout)


@pytest.mark.parametrize("code", ["import os; os._exit(1)", "while True: pass"])
def test_a_notebook_that_does_not_end_is_told_and_stays_as_it_was(
    checkout: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appconnect.cli.executing.SECONDS_A_CELL", 3)
    write_notebook(checkout, code)
    said = one_sentence(run("record", "--all"))
    assert "appconnect: 00_start_here.ipynb did not come to its end. The notebook is as it was." == said
    assert [] == outputs(checkout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((), "Say which notebooks to run, or --all"), (("99_tea",), "There is no notebook '99_tea'")],
)
def test_record_names_the_notebooks_there_are(checkout: Path, arguments: tuple[str, ...], said: str) -> None:
    assert f"appconnect: {said}; there are: 00_start_here." == one_sentence(run("record", *arguments))


def test_fixtures_lists_recordings_and_why_one_is_stale(checkout: Path) -> None:
    assert 0 == run("record", "--all").exit_code
    path = checkout / "fixtures" / OAUTH / "walkthrough.json"
    assert f"{OAUTH}/walkthrough" in run("fixtures").stdout
    assert "stale" not in run("fixtures").stdout
    path.write_text(re.sub('"appconnect": "[^"]+"', '"appconnect": "0.0.1"', path.read_text()))
    assert (
        f"{exchanges(checkout)} requests  stale: it was recorded with appconnect 0.0.1"
        in run("fixtures").stdout
    )


def test_a_damaged_recording_is_named_and_the_others_are_listed(checkout: Path) -> None:
    assert 0 == run("record", "--all").exit_code
    (checkout / "fixtures" / OAUTH / "broken.json").write_text(BROKEN)
    result = run("fixtures")
    assert 1 == result.exit_code
    assert f"{OAUTH}/walkthrough" in result.stdout
    assert "broken.json is not JSON" in result.stderr


def test_without_recordings_fixtures_says_how_to_make_them(checkout: Path) -> None:
    assert "make them with: appconnect record --all" in one_sentence(run("fixtures"))


# -- paths --

LONG = "x" * 300
NOWHERE = [f"{LONG}{{}}", f"missing/{LONG}/x{{}}", "~nobody-of-this-name/x{}"]
WITH_PATHS: list[tuple[str, ...]] = [
    ("batch", "match", "{.csv}", "--crm", OAUTH),
    ("batch", "match", "calls.csv", "--crm", OAUTH, "--output", "{.csv}"),
    ("batch", "log", "{.csv}", "--crm", OAUTH),
    ("batch", "log", "calls.csv", "--crm", OAUTH, "--output", "{.csv}"),
    ("import-har", "{.har}", "--crm", OAUTH, "--scenario", "x"),
    ("sandbox", "--coverage", "--state", "{.json}"),
    ("new", "newest", "--into", "{}"),
    ("new", "newest", "--from", "{.yaml}"),
    ("contract", OAUTH, "--readme", "{.md}"),
    ("faults", OAUTH, "--readme", "{.md}"),
    ("check", "{}"),
    ("drift", "{}"),
    ("fixtures", "{}"),
    ("record", "{}"),
    ("review", "{}"),
]


@pytest.mark.parametrize("nowhere", NOWHERE)
@pytest.mark.parametrize("command", WITH_PATHS, ids=" ".join)
def test_a_path_that_cannot_be_looked_up_is_told(
    checkout: Path, command: tuple[str, ...], nowhere: str
) -> None:
    (checkout / "calls.csv").write_text("Phone Number\n+14155550142\n")
    before = sorted(each for each in checkout.rglob("*") if "home" not in each.parts)
    result = run(*(nowhere.format(each[1:-1]) if each[0] == "{" else each for each in command))
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (1, 2)
    assert result.stderr
    assert before == sorted(each for each in checkout.rglob("*") if "home" not in each.parts)


ANYWHERE: dict[str, tuple[str, ...]] = {
    "app": (), "batch": ("match", "calls.csv", "--crm", OAUTH), "check": (), "contract": (OAUTH, "-k", "none"),
    "doctor": (), "drift": (), "faults": ("--list",), "fixtures": (), "history": (), "lab": (), "new": ("newest",),
    "import-har": ("x.har", "--crm", OAUTH, "--scenario", "x"), "record": ("x",), "review": (), "sandbox": ("--coverage",),
}  # fmt: skip


def test_all_commands_are_tried() -> None:
    assert ANYWHERE.keys() == {each.name for each in get_command(app).commands.values()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", ANYWHERE)
def test_a_current_folder_that_was_deleted_is_told_by_every_command(
    checkout: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = checkout / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    registry.forget()
    result = run(command, *ANYWHERE[command])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    if command != "faults":  # which needs no folder
        assert 1 == result.exit_code
        assert "The current folder was deleted; change to another one." in result.output


def test_words_that_are_no_text_are_told(checkout: Path) -> None:
    for option in ((), ("--crm",), ("--operation",), ("--status",), ("--kind",), ("--since",)):
        assert one_sentence(run("history", *option, "\udcff")).endswith(".")
