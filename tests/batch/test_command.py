"""``appconnect batch``: a file in, a file out, sentences between."""

from __future__ import annotations

import asyncio
import csv
import os
import signal
import threading
from pathlib import Path

import pytest
from live_machine import LiveMachine
from platforms import KEY, OAUTH, OAUTH_TITLE, answers_of
from typer.testing import CliRunner, Result

from appconnect.cli import app
from appconnect.testing import cast
from appconnect.workbench.workbench import Workbench

HEADER = "Direction,Type,Phone Number,Name,Date,Time,Action,Action Result,Result Description,Included,Purchased,Duration"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A download of three calls: with somebody, with a stranger, and one that is a fax."""
    path = tmp_path / "calls.csv"
    rows = [
        f"Incoming,Voice,{cast.NIA.number},Nia Holt,Fri 01/02/2026,9:30 AM,Phone Call,Accepted,,0,0,0:02:05",
        "Outgoing,Voice,(201) 555-9999,,Fri 01/02/2026,9:40 AM,Phone Call,Call connected,,0,0,0:00:05",
        "Outgoing,Fax,(201) 555-9999,,Fri 01/02/2026,9:45 AM,Fax,Sent,,0,0,0:00:05",
    ]
    path.write_text("\n".join([HEADER, *rows]))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["batch", *map(str, arguments)])


def column(path: Path, name: str) -> list[str]:
    with path.open(newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


@pytest.mark.parametrize("crm", [OAUTH, KEY])
def test_a_download_is_logged_and_comes_back_with_the_logs(crm: str, calls: Path) -> None:
    result = run("log", calls, "--crm", crm)
    written = calls.with_suffix(".logged.csv")
    assert 0 == result.exit_code, result.output
    assert ["logged", "no contact", "refused"] == column(written, "crm_status")
    assert [True, False, False] == [bool(each) for each in column(written, "crm_log_id")]
    assert "3 rows; 2 different numbers to look up." in result.output
    assert "refused: row 3: This is a fax, and a download does not hold what it said" in result.output
    assert f"3 rows: 1 no contact, 1 logged, 1 refused.\nWritten to {written}." in result.output


def test_a_match_names_the_contacts_in_the_file_that_is_named(calls: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.csv"
    assert 0 == run("match", calls, "--crm", OAUTH, "--output", target).exit_code
    assert [cast.NIA.name, "", ""] == column(target, "crm_contact_name")


def test_dry_runs_tell_the_plan_and_what_would_be_logged(calls: Path) -> None:
    planned = run("match", calls, "--crm", OAUTH, "--dry-run")
    assert (0, [calls]) == (planned.exit_code, list(calls.parent.glob("*.csv")))
    assert "→ read all contacts once: 2 requests" in planned.output
    composed = run("log", calls, "--crm", OAUTH, "--dry-run")
    assert "1 no contact, 1 to be logged, 1 refused." in composed.output


def test_only_who_logs_live_is_asked_and_yes_answers(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveMachine(KEY, monkeypatch, tmp_path / "home")
    monkeypatch.setenv("APPCONNECT_MODE", "live")
    question = f"This writes into your {live.crm.title} account: up to 3 logs."
    for asked, arguments in {
        False: [["match", calls], ["match", calls, "--dry-run"], ["log", calls, "--dry-run"]],
        True: [["log", calls]],
    }.items():
        for each in arguments:
            result = run(*each, "--crm", KEY)
            assert (int(asked), asked) == (result.exit_code, question in result.output), result.output
            assert not answers_of(KEY).count(live.crm)
    result = run("log", calls, "--crm", KEY, "--yes")
    assert (0, False) == (result.exit_code, question in result.output), result.output
    assert 1 == answers_of(KEY).count(live.crm)


@pytest.mark.parametrize(
    ("number", "more"),
    [
        (10, []),
        (11, ["… and 1 more reason, in the file."]),
        (12, ["… and 2 more reasons, in the file."]),
    ],
)
def test_ten_reasons_are_printed(calls: Path, number: int, more: list[str]) -> None:
    header, call, *_ = calls.read_text().splitlines()
    short = [call.replace(cast.NIA.number, f"415{each}") for each in range(number)]
    calls.write_text("\n".join([header, *short]))
    told = run("log", calls, "--crm", OAUTH, "--dry-run").stdout.splitlines()
    assert [f"row {each}" for each in range(1, 11)] == [
        line.split(": ")[1] for line in told if line.startswith("refused: ")
    ]
    assert more == [line for line in told if line.startswith("… and")]


def with_many_calls(calls: Path) -> None:
    lines = calls.read_text().splitlines()
    more = [lines[1].replace("9:30", f"{hour}:{minute:02}") for hour in range(1, 12) for minute in range(60)]
    calls.write_text("\n".join([HEADER, *more]))


def interrupt_at(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Ctrl-C come with each call of a method of the workbench."""
    original = getattr(Workbench, method)

    async def interrupted(self: Workbench, *arguments: object, **options: object) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0)
        return await original(self, *arguments, **options)

    monkeypatch.setattr(Workbench, method, interrupted)
    assert threading.current_thread() is threading.main_thread()


def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second Ctrl-C be none."""
    kill, sent = os.kill, []
    monkeypatch.setattr(os, "kill", lambda *given: sent.append(given) or (len(sent) > 1 or kill(*given)))


def test_ctrl_c_stops_it_and_says_how_to_go_on(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_many_calls(calls)
    with monkeypatch.context() as now:
        interrupt_at("log_call", now)
        once(now)
        result = run("log", calls, "--crm", OAUTH)
    assert 1 == result.exit_code
    assert "\nStopping when the rows in hand are done; Ctrl-C once more ends it at once.\n" in result.stderr
    assert "Stopped; the same command goes on from here. 660 rows: " in result.output
    assert "waiting" in column(calls.with_suffix(".logged.csv"), "crm_status")


@pytest.mark.parametrize("method", ["sign_in", "log_call"])
def test_ctrl_c_at_once_or_twice_ends_it_in_a_sentence(
    method: str, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_many_calls(calls)
    with monkeypatch.context() as now:
        interrupt_at(method, now)
        result = run("log", calls, "--crm", OAUTH)
    assert (1, [calls]) == (result.exit_code, list(calls.parent.iterdir()))
    told = "Ended at once. What was done is kept; the same command goes on from here.\n"
    assert result.output.endswith(told)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("match", "calls.xlsx", "--crm", OAUTH), "appconnect: calls.xlsx is no table that can be read; there are: .csv, .jsonl, .ndjson, .parquet; in Excel, save it as"),
        (("match", "calls.txt", "--crm", OAUTH), "appconnect: calls.txt is no table that can be read; there are: .csv, .jsonl, .ndjson, .parquet.\n"),
        (("match", "missing.csv", "--crm", OAUTH), "appconnect: There is no file missing.csv."),
        (("log", "missing.csv", "--crm", "acmee"), "appconnect: There is no"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)
    assert 1 == result.exit_code
    assert result.output.startswith(sentence)


def test_reading_all_contacts_is_told_before_the_bar_moves(
    calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_many_calls(calls)
    monkeypatch.setattr("appconnect.batch.work.CONTACTS_TOLD", 2)
    told = run("match", calls, "--crm", OAUTH).stderr
    assert f"{OAUTH_TITLE}, 2 contacts read\n{OAUTH_TITLE}, 4 contacts read\n" in told


@pytest.mark.parametrize("contents", ["a,b\n1,2\n", "\0", "", '"'])
def test_a_file_that_is_no_table_of_calls_is_told_before_anybody_signs_in(
    contents: str, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appconnect.workbench.connect", None)
    calls.write_text(contents)
    result = run("log", calls, "--crm", OAUTH)
    assert (1, 1, True) == (result.exit_code, len(result.output.splitlines()), result.output.endswith(".\n"))


def test_the_progress_is_told_under_the_crms_name(calls: Path) -> None:
    assert OAUTH_TITLE in run("match", calls, "--crm", OAUTH).stderr.splitlines()
