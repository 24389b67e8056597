"""What commands print, line by line: compared with what was agreed on.

The lines are texts in ``shown``; ``tests/on_screen.py`` says how they are written anew.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from answers import NASTY, call
from on_screen import agreed
from platforms import needs
from typer.testing import CliRunner
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.cli import app, review
from appconnect.workbench.scenarios import saving

pytestmark = needs("insightly", "pipedrive", "redtail")
SHOWN = Path(__file__).with_name("shown")
FIXTURES = Path(__file__).parents[1] / "fixtures"
DESCRIBED = {
    "openapi": "3.0.0",
    "servers": [{"url": "https://api.acme.example/v1"}],
    "paths": {
        "/calls": {"get": {"responses": {"200": {"description": "ok"}}}},
        **{f"/calls/{each}": {"post": {"responses": {}}} for each in "abcdef"},
    },
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a live recording, one of the sandbox, one of traffic only, and a damaged one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APPCONNECT_FIXTURES", "fixtures")
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(saving, "project_root", lambda: tmp_path)
    (tmp_path / "pyproject.toml").touch()
    for crm, name in (
        ("redtail", "log_a_call"),
        ("redtail", "14_redtail_practice"),
        ("pipedrive", "log_a_call"),
    ):
        target = tmp_path / "fixtures" / crm / f"{name}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FIXTURES / crm / f"{name}.json", target)
    (tmp_path / "fixtures" / "insightly").mkdir()
    (tmp_path / "fixtures" / "insightly" / "damaged.json").write_text("{")
    header(
        tmp_path / "fixtures" / "pipedrive" / "log_a_call.json", recorded_from="live", note="from a ticket"
    )
    return tmp_path


def header(path: Path, **changes: str) -> None:
    document = json.loads(path.read_text("utf-8"))
    document["header"] |= {"recorded_at": "2020-01-02T09:30:00Z", **changes}
    path.write_text(json.dumps(document), "utf-8")


def printed(project: Path, *arguments: str, answer: str = "") -> list[str]:
    """A command, what it prints, and how it ends; alike on all machines and days."""
    result = CliRunner().invoke(app, arguments, input=answer)
    text = (result.stdout + result.stderr).replace(str(project), "PROJECT")
    text = re.sub(r"\d+ days|appconnect \d[\w.]*|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "…", text)
    return [
        f"$ appconnect {' '.join(arguments)}".replace(str(project), "PROJECT"),
        *text.splitlines(),
        f"[{result.exit_code}]",
        "",
    ]


def test_the_recordings(project: Path) -> None:
    damaged = project / "fixtures" / "insightly" / "damaged.json"
    told = printed(project, "fixtures")
    told += printed(project, "check")
    told += printed(project, "check", "log_a_call", "14_redtail_practice")
    told += printed(project, "drift")
    damaged.unlink()
    told += printed(project, "drift", "redtail", "--notes")
    recording = project / "fixtures" / "pipedrive" / "log_a_call.json"
    recording.write_text(recording.read_text("utf-8").replace('"name": "Rae Quill"', '"nome": 5'), "utf-8")
    told += printed(project, "drift", "pipedrive", "--notes")
    told += printed(project, "drift", "pipedrive")
    told += printed(project, "fixtures")
    told += printed(project, "check", "tea")
    shutil.rmtree(project / "fixtures")
    told += printed(project, "fixtures")
    told += printed(project, "check", "tea")
    told += printed(project, "check")
    told += printed(project, "record")
    agreed(SHOWN / "recordings.txt", told)


def test_a_review(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = project / "home" / "recordings" / "pipedrive"
    told = printed(project, "review")
    waiting.mkdir(parents=True)
    for name in ("one", "two"):
        shutil.copy(FIXTURES / "pipedrive" / "log_a_call.json", waiting / f"{name}.json")
    header(waiting / "one.json", recorded_from="live", scenario="one")
    header(waiting / "two.json", recorded_from="live", scenario="two")
    told += printed(project, "review", "three")
    told += printed(project, "review", "one")
    monkeypatch.setattr(review, "is_terminal", lambda: True)
    told += printed(project, "review", "pipedrive/one", answer="n\n")
    told += printed(project, "review", "one", answer="y\n")
    (project / "tests").mkdir(exist_ok=True)
    told += printed(project, "review", "--yes")
    files = sorted(str(path.relative_to(project)) for path in project.rglob("*") if path.is_file())
    agreed(SHOWN / "review.txt", [*told, *files])


async def test_the_history(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPCONNECT_HISTORY", "1")
    told = printed(project, "history")
    workbench = await signed_in("redtail")
    await workbench.log_call(call("s-1"), await nia(workbench), note=NASTY)
    sandbox_of(workbench).faults.add(status=500, text="\x1b[31mbad", times=None)
    await workbench.list_users()
    told += printed(project, "history")
    told += printed(project, "history", "--limit", "2")
    told += printed(project, "history", "nobody-said-this")
    told += printed(project, "history", "post", "--crm", "redtail", "--kind", "exchange", "--status", "ok")
    told += printed(project, "history", "--operation", "list_users", "--since", "1h")
    told += printed(project, "history", "--show", "1")
    monkeypatch.setenv("APPCONNECT_HISTORY", "0")
    told += printed(project, "history", "--kind", "operation")
    told += printed(project, "history", "--clear")
    told += printed(project, "history")
    agreed(SHOWN / "history.txt", told)


def test_a_new_package_and_the_faults(project: Path) -> None:
    (project / "acme.json").write_text(json.dumps(DESCRIBED), "utf-8")
    told = printed(project, "new", "acme", "--from", "acme.json", "--title", "Acme & Co")
    told += printed(project, "new", "acme")
    told += printed(project, "new", "pipedrive")
    told += printed(project, "new", "plain", "--into", "in a folder")
    told += printed(project, "faults", "--list")
    agreed(SHOWN / "new.txt", told)
