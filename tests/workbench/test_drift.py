"""Recorded requests asked again: what is answered otherwise, in three severities; reads only, unless armed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from answers import call
from typer.testing import CliRunner
from workbench.test_live_recordings import crm as live_crm
from workbench.test_live_recordings import scenario
from workbench_steps import CRMS, nia, signed_in, walk

from appconnect.cli import app
from appconnect.replay.cassette import Cassette
from appconnect.settings import Mode
from appconnect.workbench import connect
from appconnect.workbench.scenarios import saving
from appconnect.workbench.scenarios.drift import DriftReport, Severity, drift
from appconnect.workbench.scenarios.remembered_run import remembered_run
from appconnect.workbench.scenarios.used_names import unused

__all__ = ["live_crm"]
Change = Callable[[dict], None]


async def recorded(crm: str = "pipedrive") -> Cassette:
    workbench = await signed_in(crm)
    await workbench.log_call(call("s-1"), await nia(workbench), note="Wants a quote")
    return remembered_run(workbench, "mine").cassette


def rewritten(cassette: Cassette, path: str, change: Change) -> Cassette:
    """The recording as if the CRM had answered otherwise then."""
    document = json.loads(cassette.to_text())
    for each in document["exchanges"]:
        if each["request"]["url"].endswith(path):
            change(each["response"])
    return Cassette.model_validate(document)


def told(report: DriftReport, severity: Severity) -> list[str]:
    return [str(each) for each in report.of(severity)]


@pytest.mark.parametrize("crm", CRMS)
async def test_the_sandbox_answers_what_was_recorded_from_it(crm: str) -> None:
    workbench = await signed_in(crm)
    await walk(workbench)
    report = await drift(remembered_run(workbench, "mine").cassette)
    assert ("", [], []) == (report.problem, report.of(Severity.BROKEN), report.of(Severity.CHANGED))
    assert report.asked + sum(report.skipped.values()) == len(workbench.trace)
    assert report.asked > 10


async def test_a_sanitized_har_file_is_asked_again_though_nothing_signs_it() -> None:
    """Browsers leave out Authorization and cookies, unless one insists."""
    document = json.loads((await recorded()).to_text())
    for each in document["exchanges"]:
        each["request"]["headers"].pop("authorization", None)
    sanitized = Cassette.model_validate(document)
    assert (await drift(sanitized)).asked == (await drift(await recorded())).asked > 3


@pytest.mark.parametrize(
    ("change", "severity", "what"),
    [
        (lambda answer: answer.update(status=404), Severity.BROKEN, "status: was 404, now 200"),
        (
            lambda answer: answer["body"]["json"]["data"].update(gone=1),
            Severity.BROKEN,
            "body.data.gone: was 1, now nothing",
        ),
        (
            lambda answer: answer["body"]["json"]["data"].update(id="1001"),
            Severity.BROKEN,
            'body.data.id: was "1001", now ',
        ),
        (
            lambda answer: answer["body"]["json"]["data"].pop("name"),
            Severity.CHANGED,
            'body.data.name: was nothing, now "Rae Quill"',
        ),
        (
            lambda answer: answer["body"]["json"]["data"].update(name="Rae Q."),
            Severity.NOTE,
            'body.data.name: was "Rae Q.", now "Rae Quill"',
        ),
    ],
)
async def test_what_is_otherwise_has_a_severity(change: Change, severity: Severity, what: str) -> None:
    report = await drift(rewritten(await recorded(), "/users/me", change))
    (found,) = [each for each in told(report, severity) if "/users/me" in each]
    assert what in found


async def test_a_word_that_a_status_never_had_is_a_change() -> None:
    def close(answer: dict) -> None:
        for deal in answer["body"]["json"]["data"]:
            deal["status"] = "won"

    report = await drift(rewritten(await recorded(), "/deals", close))
    assert any('status: was "won", now "open"' in each for each in told(report, Severity.CHANGED))


def test_live_only_reads_are_sent_unless_writes_are_armed(
    live_crm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "project_root", lambda: tmp_path)

    async def asked(writes: bool) -> tuple[DriftReport, set[str]]:
        workbench = connect(live_crm, mode="live")
        await scenario(workbench)
        cassette = remembered_run(workbench, "mine").cassette
        sent: list[str] = []
        from appconnect.workbench.scenarios import drift as module

        real = module.connect

        def listening(*args: object, **how: object) -> object:
            again = real(*args, **how)
            again.trace.listen(lambda each: sent.append(each.method))
            return again

        monkeypatch.setattr(module, "connect", listening)
        report = await drift(cassette, Mode.LIVE, writes=writes)
        monkeypatch.setattr(module, "connect", real)
        return report, set(sent)

    report, methods = asyncio.run(asked(False))
    assert ("", {"GET"}) == (report.problem, methods)
    assert report.skipped["a write"] >= 2
    _, methods = asyncio.run(asked(True))
    assert methods & {"POST", "PUT", "PATCH"}


async def test_a_live_account_without_a_sign_in_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path))
    report = await drift(await recorded(), Mode.LIVE)
    assert "sign in" in report.problem.lower()


def test_recordings_that_nothing_names_are_told(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "a.ipynb").write_text('{"source": "connect(crm, scenario=\\"one\\")"}')
    (tmp_path / "test_it.py").write_text("scenario = 'two'")
    assert ["three"] == unused(["one", "two", "three", "walkthrough"], tmp_path)


def test_the_command_tells_origin_findings_and_ends_with_1_when_something_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    cassette = asyncio.run(recorded())
    path = tmp_path / "fixtures" / "pipedrive" / "mine.json"
    cassette.save(path)
    fine = CliRunner().invoke(app, ["drift", "mine"])
    assert 0 == fine.exit_code
    assert "pipedrive/mine: from the sandbox, recorded with appconnect" in fine.stdout
    assert "all answered as recorded" in fine.stdout
    rewritten(cassette, "/users/me", lambda answer: answer.update(status=404)).save(path)
    broken = CliRunner().invoke(app, ["drift"])
    assert 1 == broken.exit_code
    assert "broken   GET /v1/users/me: status: was 404, now 200" in broken.stdout
