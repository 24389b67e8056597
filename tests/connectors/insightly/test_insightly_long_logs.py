"""A call log that is longer than its CRM allows keeps its lines, and later updates find them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from answers import call
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.logs.calls.body import parse
from appconnect.models import LogFormat
from appconnect.text.utf16 import utf16_length
from appconnect.workbench import Workbench

LONGEST = 4000
LINES = {"subject", "start", "duration", "result"}


@pytest.fixture
async def workbench() -> AsyncIterator[Workbench]:
    workbench = await signed_in("insightly")
    yield workbench
    await workbench.close()


async def body_of(workbench: Workbench, log_id: str | None) -> str:
    read = (await workbench.get_call_log(log_id or "")).call_log_info
    assert read is not None
    return read.full_body


async def test_a_long_note_leaves_the_call_s_details_and_they_can_be_updated(workbench: Workbench) -> None:
    note = "word " * 1000
    logged = await workbench.log_call(call(), await nia(workbench), note=note)
    body = await body_of(workbench, logged.log_id)
    values = parse(body, LogFormat.PLAIN).values
    assert LINES <= values.keys()
    assert (True, True) == (note.startswith(values["note"]), utf16_length(body) <= LONGEST)
    assert "is shortened" in str(logged.to_wire()["returnMessage"])

    await workbench.update_call_log(logged.log_id or "", call(duration=3600))
    values = parse(await body_of(workbench, logged.log_id), LogFormat.PLAIN).values
    assert ("1 hour", True) == (values["duration"], note.startswith(values["note"]))


async def test_a_transcript_gives_way_and_the_note_stays(workbench: Workbench) -> None:
    logged = await workbench.log_call(
        call(), await nia(workbench), note="Short", transcript="A: hello\n" * 600
    )
    values = parse(await body_of(workbench, logged.log_id), LogFormat.PLAIN).values
    assert ("Short", True) == (values["note"], values["transcript"].startswith("A: hello\nA: hello"))


async def test_the_same_call_again_changes_nothing_and_a_lost_answer_doubles_nothing(
    workbench: Workbench,
) -> None:
    contact, crm = await nia(workbench), sandbox_of(workbench)
    crm.faults.add("POST", "*/Events", drop_after=True)
    logged = await workbench.log_call(call(), contact, transcript="A: hello\n" * 600)
    body = await body_of(workbench, logged.log_id)
    again = await workbench.log_call(call(), contact, transcript="A: hello\n" * 600)
    assert (logged.log_id, body) == (again.log_id, await body_of(workbench, again.log_id))


async def test_what_is_shown_before_is_what_is_written(workbench: Workbench) -> None:
    contact = await nia(workbench)
    shown = workbench.compose_call_body(call(), contact, note="word " * 1000)
    logged = await workbench.log_call(call(), contact, note="word " * 1000)
    assert shown == await body_of(workbench, logged.log_id)
    whole = workbench.compose_call_body(call(), contact, format=LogFormat.HTML, note="word " * 1000)
    assert ("word " * 1000).strip() in whole
