"""``appconnect check --watch``: what is checked again, and when."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from made_packages import known_here, make
from platforms import needs
from typer.testing import CliRunner

from appconnect.cli import app, check
from appconnect.connectors import registry

pytestmark = needs("redtail")
RECORDED = Path(__file__).parents[1] / "fixtures" / "redtail" / "log_a_call.json"
COMMAND = [sys.executable, "-m", "appconnect", "check"]
Watched = Callable[..., list[object]]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed appconnect of one file, something beside it, and a recording."""
    (tmp_path / "site" / "appconnect" / "cli").mkdir(parents=True)
    for name in ("appconnect/cli/check.py", "appconnect/models.py", "appconnect/notes.txt", "other.py"):
        (tmp_path / "site" / name).touch()
    (tmp_path / "fixtures" / "redtail").mkdir(parents=True)
    shutil.copy(RECORDED, tmp_path / "fixtures" / "redtail")
    monkeypatch.setenv("APPCONNECT_FIXTURES", str(tmp_path / "fixtures"))
    monkeypatch.setattr(check, "__file__", str(tmp_path / "site" / "appconnect" / "cli" / "check.py"))
    return tmp_path


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Watches for five looks; returns the checks, and the pauses between the looks, in their order."""
    done: list[object] = []

    def ran(command: list[str], *, check: bool) -> None:
        assert check is False, "a check that finds something ends with 1"
        done.append(command)

    monkeypatch.setattr(subprocess, "run", ran)

    def watched(*arguments: str, third: Callable[[], object] = lambda: None) -> list[object]:
        done.clear()

        def pause(seconds: float) -> None:
            done.append(seconds)
            if 3 == done.count(seconds):
                third()
            if 5 == done.count(seconds):
                raise KeyboardInterrupt

        monkeypatch.setattr(time, "sleep", pause)
        result = CliRunner().invoke(app, ["check", "--watch", *arguments])
        checks = len(done) - done.count(0.5)
        assert (0, "Watching; Ctrl-C ends it.\n" * checks + "\n") == (result.exit_code, result.stdout)
        return done

    return watched


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("arguments", [[], ["redtail", "pipedrive"], ["redtail", "--notebooks"]])
def test_what_was_asked_for_is_checked_once_while_nothing_changes(
    watched: Watched, arguments: list[str]
) -> None:
    assert [[*COMMAND, *arguments], *[0.5] * 5] == watched(*arguments)


@pytest.mark.parametrize(
    ("file", "times"),
    [
        ("fixtures/redtail/log_a_call.json", 2), ("fixtures/redtail/new.json", 2), ("fixtures/new.json", 1),
        ("site/appconnect/models.py", 2), ("site/appconnect/cli/new.py", 2), ("site/appconnect/notes.txt", 1),
        ("site/other.py", 1),
    ],
)  # fmt: skip
def test_it_is_checked_again_when_code_or_a_recording_changes(
    place: Path, watched: Watched, file: str, times: int
) -> None:
    done = watched(third=lambda: (place / file).write_text("{}", "utf-8"))
    assert [COMMAND, *[0.5] * 3, *[COMMAND] * (times - 1), *[0.5] * 2] == done


@pytest.mark.parametrize("change", [Path.unlink, Path.touch])
def test_a_file_that_is_gone_or_saved_again_is_a_change(
    place: Path, watched: Watched, change: Callable[[Path], object]
) -> None:
    done = watched(third=lambda: change(place / "site" / "appconnect" / "models.py"))
    assert [COMMAND, *[0.5] * 3, COMMAND, *[0.5] * 2] == done


def test_the_code_of_every_connector_is_watched(place: Path, watched: Watched) -> None:
    with known_here(make(place / "packages", ["acme"])) as made:
        assert "acme" in registry.names()
        code = made["acme"].folder / "src" / "acme_connector" / "schemas.py"
        assert [COMMAND, *[0.5] * 3, COMMAND, *[0.5] * 2] == watched(third=code.touch)
