"""A subject that a call brings along is the log's subject, at once and in an update; without one it stays."""

from __future__ import annotations

from platforms import answers_of
from workbench_steps import nia, sandbox_of

from appconnect.models import Call
from appconnect.workbench import Workbench


async def test_an_update_sets_the_subject_that_it_brings_and_leaves_any_other(workbench: Workbench) -> None:
    answers, sandbox = answers_of(workbench.platform), sandbox_of(workbench)
    call = Call(session_id="s-1", custom_subject="Price talk", duration=60)
    logged = await workbench.log_call(call, await nia(workbench))
    assert logged.log_id is not None

    def subject() -> str:
        stored = answers.stored(sandbox, logged.log_id or "")
        return stored.subject or stored.body

    assert "Price talk" in subject()
    assert (await workbench.update_call_log(logged.log_id, Call(duration=90))).successful
    assert "Price talk" in subject()
    changed = await workbench.update_call_log(logged.log_id, Call(custom_subject="Renewal talk"))
    assert changed.successful
    assert ("Renewal talk" in subject(), "Price talk" in subject()) == (True, False)
    assert "Renewal talk" == (await workbench.get_call_log(logged.log_id)).call_log_info.subject
