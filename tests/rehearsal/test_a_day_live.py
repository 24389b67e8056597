"""A day with each CRM as if it were live: sign in, log, come back, record, replay, sign out."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from platforms import ALL_OAUTH, CRMS, answers_of

from .conftest import Computer

SCRIPT = Path(__file__).parent / "a_day_live.py"


def run(computer: Computer, crm: str, step: str, **more: str) -> list[str]:
    """Run one step of the day in a process of its own, approve if it asks for that, and return what it shows."""
    process = computer.python(str(SCRIPT), crm, step, **more)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if re.fullmatch(r"https://\S+", lines[-1]):
            assert "Connected" in computer.approve(lines[-1])
    assert 0 == process.wait(60), "\n".join(lines)
    return lines


@pytest.mark.parametrize("crm", CRMS)
def test_a_day_with_a_crm(computer: Computer, crm: str) -> None:
    sandbox, answers = computer.internet[crm], answers_of(crm)
    before = answers.count(sandbox)

    first = run(computer, crm, "begin", APPCONNECT_RECORD="1")
    assert (crm in ALL_OAUTH) == any(line.startswith("https://") for line in first)
    assert f"appconnect review {crm}/day" in "\n".join(first)
    logged = [line for line in first if line.startswith("result: ")]
    assert answers.count(sandbox) == before + 2, first

    assert [] == run(computer, crm, "replay", APPCONNECT_MODE="replay")
