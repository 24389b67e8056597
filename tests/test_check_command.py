"""``appconnect check``: everything saved is done again, an operation a line, the first cause by its field."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from platforms import needs
from typer.testing import CliRunner, Result

from appconnect.cli import app
from appconnect.connectors import registry
from appconnect.connectors.pipedrive import connector as pipedrive
from appconnect.replay.cassette import Cassette
from appconnect.workbench.scenarios.checking import check

pytestmark = needs("insightly", "pipedrive", "redtail")
ROOT = Path(__file__).parents[1]
LOGGED = "pipedrive/log_a_call"


@pytest.fixture
def fixtures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The scenarios that this repository ships, in a place of their own, without colours."""
    for path in sorted((ROOT / "fixtures").glob("*/log_a_call.json")):
        target = tmp_path / "fixtures" / path.parent.name / path.name
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "fixtures"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", *arguments])


def break_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connector's payload loses its time of day, as if somebody had misspelt the field."""
    real = pipedrive.activity_fields

    def misspelt(*args: object, **more: object) -> dict[str, object]:
        body = real(*args, **more)
        if "due_time" in body:
            body["due_tme"] = body.pop("due_time")
        return body

    monkeypatch.setattr(pipedrive, "activity_fields", misspelt)


def test_what_this_repository_ships_is_as_recorded() -> None:
    result = CliRunner().invoke(app, ["check"])
    assert 0 == result.exit_code, result.stdout
    assert re.search(r"✓ \d+ scenarios with \d+ operations: all as recorded", result.stdout)
    assert "hold traffic only, and were not checked; do with --notebooks: 12_bullhorn" in result.stdout


def test_each_operation_has_a_line(fixtures: Path) -> None:
    result = run("pipedrive")
    assert [
        "pipedrive/log_a_call",
        "  ✓ sign_in: as recorded, 2 requests",
        "  ✓ find_contact: as recorded, 4 requests",
        "  ✓ log_call: as recorded, 2 requests",
        "  ✓ update_call_log: as recorded, 2 requests",
        "  ✓ get_call_log: as recorded, 2 requests",
        "  ✓ log_message: as recorded, 1 request",
        "✓ 1 scenario with 6 operations: all as recorded.",
    ] == result.stdout.splitlines()


@pytest.mark.parametrize("command", ["check", "drift"])
def test_a_folder_without_recordings_is_not_called_green(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    result = CliRunner().invoke(app, [command])
    assert 1 == result.exit_code
    assert f"There are no recordings in {tmp_path / 'fixtures'}" in result.stderr


def test_traffic_alone_is_not_called_green(fixtures: Path) -> None:
    for path in fixtures.glob("*/*.json"):
        document = json.loads(path.read_text())
        path.write_text(json.dumps({**document, "operations": []}))
    result = run()
    assert 1 == result.exit_code
    assert "✗ Nothing was checked." == result.stdout.splitlines()[-1]
    assert "were not checked; do with --notebooks: log_a_call" in result.stdout


def test_a_recording_of_a_crm_that_is_not_installed_is_red(fixtures: Path) -> None:
    document = json.loads((fixtures / f"{LOGGED}.json").read_text())
    document["header"]["crm"] = "gone"
    (fixtures / "gone").mkdir()
    (fixtures / "gone" / "log_a_call.json").write_text(json.dumps(document))
    (fixtures / "gone" / "something.json").write_text('{"of": "somebody else"}')
    result = run()
    assert 1 == result.exit_code
    lines = result.stdout.splitlines()
    assert [
        "gone/log_a_call",
        f"  ✗ There is no connector for 'gone'; choose one of: {', '.join(registry.names())}.",
    ] == lines[(at := lines.index("gone/log_a_call")) : at + 2]
    assert "gone/something" not in result.stdout
    checked = asyncio.run(check(Cassette.load(fixtures / "gone" / "log_a_call.json")))
    assert ("gone/log_a_call", False) == (checked.name, checked.is_green)
    assert result.stdout.splitlines()[-1].endswith(" operations: 1 otherwise.")


def test_a_change_that_cannot_be_written_is_told_in_a_sentence(
    fixtures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_mapping(monkeypatch)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refused)
    result = run(LOGGED, "--accept", "renamed")
    assert 1 == result.exit_code
    assert "log_a_call.json cannot be written (permission denied)." in result.stdout
    assert "Recorded anew" not in result.stdout


def test_a_blank_reason_is_none(fixtures: Path) -> None:
    result = run(LOGGED, "--accept", " ")
    assert 1 == result.exit_code
    assert "Say why the changes are right" in result.stderr


def test_a_renamed_recording_is_called_by_its_new_name(fixtures: Path) -> None:
    (fixtures / f"{LOGGED}.json").rename(fixtures / "pipedrive" / "renamed.json")
    assert "pipedrive/renamed" == run("renamed").stdout.splitlines()[0]


def test_a_broken_mapping_is_named_by_its_field_beside_what_was_recorded(
    fixtures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_mapping(monkeypatch)
    result = run(LOGGED)
    assert 1 == result.exit_code
    line = 'log_call: POST /api/v2/activities: body.due_time: recorded "09:12", sent nothing; and 1 more'
    assert f"  ✗ {line}" in result.stdout.splitlines()
    assert "  ✓ get_call_log: as recorded, 2 requests" in result.stdout.splitlines()
    assert "✗ 1 scenario with 6 operations: 2 otherwise." == result.stdout.splitlines()[-1]


def test_a_change_is_told_without_the_secrets_in_it(fixtures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "canary-9f86d081884c7d659a2feaa0c55ad015"
    real = pipedrive.activity_fields

    def telling(*args: object, **more: object) -> dict[str, object]:
        return {**real(*args, **more), "access_token": secret, "note_by": f"Bearer {secret}"}

    monkeypatch.setattr(pipedrive, "activity_fields", telling)
    result = run(LOGGED)
    assert (1, False) == (result.exit_code, secret in result.output)
    assert "<access_token>" in result.output


def test_a_connector_that_falls_over_is_told_as_that(fixtures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def falls(*_: object, **__: object) -> None:
        raise KeyError("subject")

    monkeypatch.setattr(pipedrive, "activity_fields", falls)
    assert "✗ log_call: KeyError ('subject'); recorded: done; and " in run(LOGGED).stdout


def test_a_change_in_a_long_text_is_shown_around_the_place(fixtures: Path) -> None:
    path = fixtures / "redtail" / "log_a_call.json"
    path.write_text(path.read_text("utf-8").replace("2 minutes, 5", "3 minutes, 5"), "utf-8")
    result = run("redtail")
    assert 1 == result.exit_code
    assert re.search("body.description: recorded .*‹3› minutes.*, sent .*‹2› minutes", result.stdout)


def test_results_are_compared_too(fixtures: Path) -> None:
    path = fixtures / "insightly" / "log_a_call.json"
    path.write_text(
        path.read_text("utf-8").replace('"message": "Call logged', '"message": "Call lost'), "utf-8"
    )
    line = '✗ log_call: result.returnMessage.message: recorded "Call lost", now "Call logged"'
    assert line in run("insightly").stdout


def test_a_change_is_accepted_with_its_reason(fixtures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_mapping(monkeypatch)
    result = run(LOGGED, "--accept", "Pipedrive renamed it")
    assert 0 == result.exit_code, result.stdout
    assert "Recorded anew, because: Pipedrive renamed it." in result.stdout
    assert "Pipedrive renamed it" == Cassette.load(fixtures / f"{LOGGED}.json").header.note
    assert 0 == run(LOGGED).exit_code


def test_an_unknown_name_and_a_damaged_recording_are_told(fixtures: Path) -> None:
    unknown = run("tea")
    assert (1, True) == (unknown.exit_code, "There is no scenario and no notebook 'tea'" in unknown.stderr)
    (fixtures / "redtail" / "broken.json").write_text("{")
    assert "✗ The recording" in run("redtail").stdout


def test_colours_are_left_out_where_nobody_wants_them(
    fixtures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in CliRunner().invoke(app, ["check", "redtail"], color=True).stdout
    monkeypatch.delenv("NO_COLOR")
    assert "\x1b[32m✓" in CliRunner().invoke(app, ["check", "redtail"], color=True).stdout


@contextmanager
def closing_down(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent in another way")
def test_it_watches_and_checks_again_when_something_changes(fixtures: Path) -> None:
    command = [sys.executable, "-m", "appconnect", "check", "redtail", "--watch"]
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what runs in the background may ignore it
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heeds) as watching,  # noqa: PLW1509
        closing_down(watching),
    ):
        seen = _until(watching, "Watching")
        path = fixtures / "redtail" / "log_a_call.json"
        path.write_text(path.read_text("utf-8").replace('"Wants a quote"', '"Wants two"'), "utf-8")
        again = _until(watching, "Watching")
        watching.send_signal(signal.SIGINT)
        assert 0 == watching.wait(timeout=60)
    assert ("all as recorded", True) == (
        seen[-2].split(": ")[-1].strip(". \n"),
        any("✗ log_call" in each for each in again),
    )


def _until(process: subprocess.Popen[str], word: str, seconds: float = 60) -> list[str]:
    lines: list[str] = []
    end = time.monotonic() + seconds
    assert process.stdout is not None
    while time.monotonic() < end and (line := process.stdout.readline()):
        lines.append(line)
        if word in line:
            break
    return lines


def test_a_check_in_a_process_of_its_own_reports_the_same(fixtures: Path) -> None:
    from appconnect.errors import ConfigurationError
    from appconnect.workbench.scenarios.reports import check_anew

    (checked,) = asyncio.run(check_anew([LOGGED]))
    assert (LOGGED, True, 6) == (checked.name, checked.is_green, len(checked.operations))
    with pytest.raises(ConfigurationError, match="There is no scenario"):
        asyncio.run(check_anew(["tea"]))
