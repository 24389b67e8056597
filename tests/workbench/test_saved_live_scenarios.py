"""A scenario that was saved live: nobody in it, out of git's sight until a person agrees, then a test for all."""

from __future__ import annotations

import asyncio
import importlib.util
import stat
from pathlib import Path
from types import ModuleType

import pytest
from workbench.test_live_recordings import PEOPLE, crm, run, scenario
from workbench_steps import CRMS, secrets_of

from appconnect.replay.cassette import Cassette
from appconnect.workbench import connect
from appconnect.workbench.scenarios import saving
from appconnect.workbench.scenarios.checking import check
from appconnect.workbench.scenarios.saving import SavedScenario

__all__ = ["crm"]


async def saved(crm: str) -> tuple[SavedScenario, set[str]]:
    workbench = connect(crm, mode="live")
    await scenario(workbench)
    return await workbench.save_scenario("mine"), secrets_of(workbench)


def test_nobody_is_in_it_and_after_a_review_anybody_can_check_it(
    crm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "project_root", lambda: tmp_path)
    kept, secrets = asyncio.run(saved(crm))
    assert (None, f"{crm}/mine is saved for you only") == (kept.test, kept.message.partition(":")[0])
    assert 0o600 == stat.S_IMODE(kept.fixture.stat().st_mode)

    reviewed = run("review", f"{crm}/mine", "--yes")
    assert 0 == reviewed.exit_code, reviewed.output
    fixture, test = tmp_path / "fixtures" / crm / "mine.json", saving.test_path(None, crm, "mine")
    text = fixture.read_text("utf-8") + kept.cell + test.read_text("utf-8") + reviewed.output
    assert [] == PEOPLE.findall(text)
    assert [] == [secret for secret in secrets if secret in text]

    monkeypatch.setenv("APPCONNECT_PSEUDONYM_KEY", "another computer's key, as long as it must be")
    checked = asyncio.run(check(Cassette.load(fixture)))
    assert ("", 7) == (checked.first_cause, len(checked.operations))
    if crm == CRMS[0]:
        assert "1 passed" == saving.run_pytest(test, tmp_path / "fixtures")
    else:  # the others without a process of their own
        asyncio.run(vars(module_of(test))["test_mine"]())


def module_of(test: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(test.stem, test)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
