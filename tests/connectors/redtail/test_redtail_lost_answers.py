"""Redtail: what is gone, and what is not."""

from __future__ import annotations

from answers import call
from workbench_steps import nia, sandbox_of, signed_in


async def test_something_else_that_is_gone_does_not_make_a_second_log() -> None:
    workbench = await signed_in("redtail")
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    logged = await workbench.log_call(call(), contact)
    sandbox.faults.add("PUT", "*/activities/*", status=404, json={})
    failed = await workbench.log_call(call(), contact, note="More")
    again = await workbench.log_call(call(), contact, note="More")
    assert (False, logged.log_id) == (failed.successful, again.log_id)
    await workbench.close()
