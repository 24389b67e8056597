"""A day with each CRM as if it were live: sign in, log, record, replay, come back, sign out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import a_day_live
import pytest
from live_machine import address_in, printed
from platforms import ALL_OAUTH, CRMS, answers_of
from rehearsed import Computer
from typer.testing import CliRunner

from appconnect.cli import app


async def begun(computer: Computer, crm: str, capsys: pytest.CaptureFixture[str]) -> list[object]:
    """What came of a person's work, who approves where a page asks for it."""
    working = asyncio.create_task(a_day_live.work(crm, record=True))
    if crm in ALL_OAUTH:
        showing = asyncio.create_task(printed(capsys, r"https://\S+\n"))
        await asyncio.wait({working, showing}, return_when=asyncio.FIRST_COMPLETED)
        address = address_in(await showing)
        assert "Connected" in await asyncio.to_thread(computer.approve, address)
    return await working


@pytest.mark.parametrize("crm", CRMS)
async def test_a_day_with_a_crm(here: Computer, crm: str, capsys: pytest.CaptureFixture[str]) -> None:
    sandbox, answers = here.internet[crm], answers_of(crm)
    before = answers.count(sandbox)
    came = await begun(here, crm, capsys)
    assert before + 2 == answers.count(sandbox)
    assert f"appconnect review {crm}/day" in capsys.readouterr().out
    assert not (here.folder / "fixtures").exists()

    assert 0 == CliRunner().invoke(app, ["review", "--yes"]).exit_code
    asked = len(sandbox.requests)
    assert came == await a_day_live.work(crm, mode="replay")
    assert asked == len(sandbox.requests)

    process = here.python(str(Path(a_day_live.__file__)), crm)
    back, _ = await asyncio.to_thread(process.communicate)
    assert ["signed in as Rae Quill", f"{came[0]} True ()", "NotSignedIn"] == back.splitlines()
    assert before + 2 == answers.count(sandbox)
