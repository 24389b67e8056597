"""A small soak, and that its ledger notices what is lost and what is doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
from platforms import KEY, OAUTH, answers_of
from soak import Ledger, audit, soak
from soak_writer import Outcome, Task

from appconnect.testing import samples, steps
from appconnect.testing.workbench_internals import sandbox_of

SEED = 20261126


async def test_a_small_soak_has_a_clean_ledger(tmp_path: Path) -> None:
    told: list[str] = []
    problems = await soak(
        tmp_path, seed=SEED, operations=30, kills=0.05, platforms=(OAUTH, KEY), tell=told.append
    )
    assert [] == problems
    assert "30 operations" in told[0]


async def logged() -> tuple[Ledger, object, str]:
    """A ledger and a CRM with one call in both."""
    workbench = await steps.signed_in(OAUTH, options=answers_of(OAUTH).options)
    log_id = await steps.log(workbench, samples.call("call-1"), note="About call-1 (7)")
    ledger = Ledger()
    ledger.note(Task(7, OAUTH, "call", "call-1", "About call-1 (7)"), Outcome("done", "Call logged", log_id))
    return ledger, workbench, log_id


async def test_the_audit_finds_nothing_where_all_is_well() -> None:
    ledger, workbench, _ = await logged()
    assert [] == audit({OAUTH: sandbox_of(workbench)}, ledger, OAUTH, 0)


async def test_the_audit_finds_a_log_that_nobody_asked_for() -> None:
    ledger, workbench, _ = await logged()
    await workbench.log_call(samples.call("call-2"), await steps.nia(workbench))
    assert [f"{OAUTH}: 2 logs for 1 calls and conversations"] == audit(
        {OAUTH: sandbox_of(workbench)}, ledger, OAUTH, 0
    )


@pytest.mark.parametrize(("text", "times"), [("Nothing", 0), ("About call-1, call-1", 2)])
async def test_the_audit_finds_what_is_lost_and_what_is_doubled(text: str, times: int) -> None:
    ledger, workbench, log_id = await logged()
    answers_of(OAUTH).edit(sandbox_of(workbench), log_id, text)
    found = audit({OAUTH: sandbox_of(workbench)}, ledger, OAUTH, 0)
    assert [f"{OAUTH}: call-1 is there {times} times"] == found


def test_the_ledger_finds_silence_tracebacks_and_a_second_log() -> None:
    ledger, task = Ledger(), Task(7, OAUTH, "call", "call-1", "About call-1 (7)")
    ledger.note(task, Outcome("refused", ""))
    ledger.note(task, Outcome("broken", "KeyError: 'data'"))
    ledger.note(task, Outcome("done", "Call logged", "1"))
    ledger.note(task, Outcome("done", "Call logged", "2"))
    assert ["no sentence says so", "KeyError: 'data'", "is log 2, and was 1"] == [
        next(end for end in ("no sentence says so", "KeyError: 'data'", "is log 2, and was 1") if end in each)
        for each in ledger.problems
    ]


def test_what_was_killed_stays_open_until_it_is_done() -> None:
    ledger, task = Ledger(), Task(7, OAUTH, "message", "thread-0-1", "This is text-1")
    ledger.note(task, Outcome("killed"))
    assert {(OAUTH, "thread-0-1"): task} == ledger.open
    ledger.note(task, Outcome("done", "Message logged", "1"))
    assert ({}, []) == (ledger.open, ledger.problems)
