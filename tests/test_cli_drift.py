"""``appconnect drift``: what is printed of a recording, its age and what was found, and how it ends."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from platforms import needs
from typer.testing import CliRunner, Result

from appconnect.cli import app
from appconnect.settings import Mode
from appconnect.workbench.scenarios import drift as scenario_drift
from appconnect.workbench.scenarios.drift import Drift, DriftReport, Severity

pytestmark = needs("redtail")
RECORDED = Path(__file__).parents[1] / "fixtures" / "redtail" / "log_a_call.json"
BROKEN = Drift(Severity.BROKEN, "GET /a", "status: was 200, now 404")
CHANGED = Drift(Severity.CHANGED, "GET /a", "body.b: was nothing, now 1", times=3)
NOTE = Drift(Severity.NOTE, "GET /a", "body.c: was 1, now 2")


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One recording in a project of its own, in which nothing names it."""
    path = tmp_path / "fixtures" / "redtail" / "mine.json"
    path.parent.mkdir(parents=True)
    shutil.copy(RECORDED, path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setenv("NO_COLOR", "1")
    about(path, appconnect="0.1")
    return path


def about(path: Path, **header: object) -> None:
    document = json.loads(path.read_text("utf-8"))
    document["header"] |= header
    path.write_text(json.dumps(document), "utf-8")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """How recordings were asked again; "report" is what comes of it."""
    found: dict[str, Any] = {"report": DriftReport("redtail/mine", asked=2)}

    async def drift(cassette: Any, mode: Mode, *, writes: bool) -> DriftReport:
        found.update(mode=mode, writes=writes, crm=cassette.header.crm)
        report: DriftReport = found["report"]
        return report

    monkeypatch.setattr(scenario_drift, "drift", drift)
    return found


def run(*arguments: str, **more: Any) -> Result:
    return CliRunner().invoke(app, ["drift", *arguments], **more)


@pytest.mark.parametrize(
    ("options", "mode", "writes"),
    [
        ([], Mode.SANDBOX, False),
        (["--live"], Mode.LIVE, False),
        (["--live", "--writes"], Mode.LIVE, True),
    ],
)
@pytest.mark.usefixtures("recording")
def test_the_sandbox_is_asked_unless_it_is_to_be_the_account(
    asked: dict[str, Any], options: list[str], mode: Mode, writes: bool
) -> None:
    assert 0 == run("mine", *options).exit_code
    assert (mode, writes, "redtail") == (asked["mode"], asked["writes"], asked["crm"])


ALL = (BROKEN, CHANGED, NOTE, NOTE)
LINES = {
    "broken": "  broken   GET /a: status: was 200, now 404",
    "changed": "  changed  GET /a: body.b: was nothing, now 1 (3 times)",
    "note": "  note     GET /a: body.c: was 1, now 2",
}


@pytest.mark.parametrize(
    ("facts", "told", "code"),
    [
        ({"asked": 1}, "1 request asked again: all answered as recorded", 0),
        ({"asked": 0}, "0 requests asked again: all answered as recorded", 0),
        ({"asked": 2, "skipped": {"a write": 3}}, "2 requests asked again (not: 3 a write): all answered as recorded", 0),
        ({"asked": 2, "skipped": {"a write": 3, "a token": 1}, "found": (NOTE,)},
         "2 requests asked again (not: 3 a write, 1 a token): 1 note", 0),
        ({"asked": 2, "found": (CHANGED,)}, "2 requests asked again: 1 changed", 0),
        ({"asked": 2, "found": ALL}, "2 requests asked again: 1 broken, 1 changed, 2 notes", 1),
        ({"problem": "Sign in first."}, "Sign in first.", 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("options", [[], ["--notes"]])
@pytest.mark.usefixtures("recording")
def test_what_is_otherwise_is_listed_by_how_much_it_matters(
    asked: dict[str, Any], facts: dict[str, Any], told: str, code: int, options: list[str]
) -> None:
    asked["report"] = DriftReport("redtail/mine", **facts)
    result = run("mine", *options)
    shown = [each.severity for each in facts.get("found", ()) if options or each.severity != "note"]
    origin = "redtail/mine: from the sandbox, recorded with appconnect 0.1"
    assert [origin, f"  {told}", *(LINES[each] for each in shown)] == result.stdout.splitlines()
    assert code == result.exit_code


@pytest.mark.parametrize(
    ("ago", "note", "told"),
    [
        (timedelta(hours=-5), "", "today"),
        (timedelta(hours=5), "", "today"),
        (timedelta(hours=25), "", "1 days old"),
        (timedelta(days=40, hours=1), "", "40 days old"),
        (timedelta(hours=5), "a ticket", "today"),
    ],
)
@pytest.mark.usefixtures("asked")
def test_a_live_recording_says_how_old_it_is(recording: Path, ago: timedelta, note: str, told: str) -> None:
    recorded_at = (datetime.now(UTC) - ago).isoformat()
    about(recording, recorded_from="live", recorded_at=recorded_at, note=note)
    first = run("mine").stdout.splitlines()[0]
    more = f"; {note}" if note else ""
    assert f"redtail/mine: from a live account, {told}, recorded with appconnect 0.1{more}" == first


@pytest.mark.usefixtures("asked")
def test_recordings_that_nobody_names_are_listed_when_all_are_asked(recording: Path) -> None:
    shutil.copy(recording, recording.with_name("other.json"))
    unnamed = "Named by no notebook, test or code: redtail/mine, redtail/other"
    assert unnamed == run().stdout.splitlines()[-1]
    assert "Named by" not in run("redtail").stdout
    project = recording.parents[2]
    (project / "test_it.py").write_text("scenario = 'mine'")
    assert "Named by no notebook, test or code: redtail/other" == run().stdout.splitlines()[-1]
    (project / "inner" / "test_more.py").write_text("scenario = 'other'")
    assert "Named by" not in run().stdout
    (project / "pyproject.toml").unlink()
    assert "Named by no notebook, test or code: redtail/mine" == run().stdout.splitlines()[-1]


def test_a_recording_that_cannot_be_read_is_told_and_the_others_are_asked(
    recording: Path, asked: dict[str, Any]
) -> None:
    (recording.parent / "broken.json").write_text("{")
    result = run("redtail")
    first, second, _ = result.stdout.splitlines()
    assert first.startswith("redtail/broken: The recording ")
    assert second.startswith("redtail/mine: from the sandbox")
    assert (1, "redtail") == (result.exit_code, asked["crm"])


@pytest.mark.usefixtures("recording")
def test_severities_have_colours(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    asked["report"] = DriftReport("redtail/mine", found=(BROKEN, CHANGED, NOTE))
    lines = run("mine", "--notes", color=True).stdout.splitlines()[2:]
    assert ["  \x1b[31mbroken  \x1b[0m", "  \x1b[33mchanged \x1b[0m", "  note    "] == [
        line.partition(" GET")[0] for line in lines
    ]
