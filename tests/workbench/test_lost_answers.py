"""The answer to a write was lost, and what is asked for next says something else: nothing doubled, nothing lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from answers import NINE_THIRTY, call, sms
from platforms import OAUTH, answers_of
from workbench_steps import CRMS, nia, sandbox_of, signed_in, slow_sandbox

from appconnect.errors import AppConnectError
from appconnect.models import Contact
from appconnect.sandbox.base import CrmSandbox
from appconnect.workbench import Workbench


async def upset(crm: str) -> tuple[Workbench, CrmSandbox, Contact]:
    """A workbench whose next created log gets no answer, and which then cannot look for it either."""
    workbench = await signed_in(crm)
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    await workbench.log_call(call("warm-up"), contact)  # so that nothing needs to be read before a write
    answers = answers_of(crm)
    sandbox.faults.add(answers.write_method, answers.write_path, drop_after=True)
    sandbox.faults.add("GET", drop=True, times=None)
    return workbench, sandbox, contact


async def stored(workbench: Workbench, log_id: str | None) -> str:
    info = (await workbench.get_call_log(log_id or "")).call_log_info
    assert info is not None
    return info.full_body


@pytest.mark.parametrize("crm", CRMS)
async def test_what_the_retry_of_a_call_adds_is_in_the_one_log(crm: str) -> None:
    workbench, sandbox, contact = await upset(crm)
    lost = await workbench.log_call(call(), contact, note="First")
    sandbox.faults.clear()
    again = await workbench.log_call(call(result="Call ended"), contact, note="First, and more")
    third = await workbench.log_call(call(), contact, note="First, and more")
    assert isinstance(lost.error, AppConnectError)
    assert (None, again.log_id) == (again.error, third.log_id)
    body = await stored(workbench, again.log_id)
    assert ("First, and more" in body, "Call ended" in body) == (True, False)
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_a_call_without_a_start_is_found_again(crm: str) -> None:
    workbench, sandbox, contact = await upset(crm)
    await workbench.log_call(call(start_time=None), contact)
    sandbox.faults.clear()
    await workbench.sleep(600)
    before = (await workbench.log_call(call("warm-up"), contact)).log_id
    again = await workbench.log_call(call(start_time=None), contact)
    third = await workbench.log_call(call(start_time=None), contact)
    assert (None, again.log_id) == (again.error, third.log_id)
    assert before != again.log_id
    await workbench.close()


@pytest.mark.parametrize("crm", CRMS)
async def test_a_message_whose_answer_was_lost_and_the_next_one_stand_in_one_log_once(crm: str) -> None:
    workbench, sandbox, contact = await upset(crm)
    await workbench.log_message(sms("m1", "The first"), contact)
    sandbox.faults.clear()
    second = await workbench.log_message(
        sms("m2", "The second", at=NINE_THIRTY + timedelta(minutes=1)), contact
    )
    first = await workbench.log_message(sms("m1", "The first"), contact)
    body = await stored(workbench, second.log_id)
    assert (None, None, second.log_id) == (second.error, first.error, first.log_id)
    assert (1, 1) == (body.count("The first"), body.count("The second"))
    await workbench.close()


async def test_updates_at_the_same_time_lose_nothing() -> None:
    workbench = await signed_in(OAUTH, sandbox=slow_sandbox())
    logged = await workbench.log_call(call(), await nia(workbench), note="From auto logging (Pending)")
    assert logged.log_id
    await asyncio.gather(
        workbench.update_call_log(logged.log_id, note="Rae wrote this"),
        workbench.update_call_log(logged.log_id, ai_note="A summary", note="auto", automatic=True),
        workbench.update_call_log(logged.log_id, transcript="Rae: hi"),
    )
    body = await stored(workbench, logged.log_id)
    assert [True] * 3 == [text in body for text in ("Rae wrote this", "A summary", "Rae: hi")]
    await workbench.close()
