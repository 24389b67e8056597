"""A scenario that was saved live: nobody in it, out of git's sight until a person agrees, then a test for anybody."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from workbench.test_live_recordings import PEOPLE, crm, scenario
from workbench_steps import secrets_of

from appconnect.replay.cassette import Cassette
from appconnect.workbench import connect
from appconnect.workbench.scenarios import saving
from appconnect.workbench.scenarios.checking import check

__all__ = ["crm"]


async def test_nobody_is_in_it_and_after_a_review_anybody_can_check_it(
    crm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = connect(crm, mode="live")
    await scenario(workbench)
    monkeypatch.setattr(saving, "project_root", lambda: tmp_path)
    saved = await workbench.save_scenario("mine")
    assert saved.test is None
    assert f"appconnect review {crm}/mine" in saved.message
    text = saved.fixture.read_text("utf-8")
    assert [] == PEOPLE.findall(text + saved.cell)
    assert [] == [secret for secret in secrets_of(workbench) if secret in text]
    assert 0o600 == stat.S_IMODE(saved.fixture.stat().st_mode)
    monkeypatch.setenv("APPCONNECT_PSEUDONYM_KEY", "another computer's key, as long as it must be")
    assert (await check(Cassette.load(saved.fixture))).first_cause == ""
