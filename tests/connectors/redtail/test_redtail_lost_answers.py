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


async def test_a_new_contact_whose_answer_lacks_its_id_is_the_newest_of_that_number_and_name() -> None:
    workbench = await signed_in("redtail")
    number, faults = "+13035550199", sandbox_of(workbench).faults
    for name in ("Uma New", "Uma Older"):
        assert (await workbench.create_contact(number, name, even_if_known=True)).successful
    faults.add("POST", "*/contacts", change=lambda answer: {})
    made = await workbench.create_contact(number, " uma   NEW ", even_if_known=True)
    found = {each.name: each.id for each in (await workbench.find_contact(number)).contacts}
    ids = sorted(int(each.id) for each in (await workbench.find_contact(number)).contacts)
    assert made.contact_info is not None, made.message
    assert (ids[-1], 3) == (int(made.contact_info.id), len(ids)), found
    await workbench.close()


async def test_a_new_contact_that_is_nowhere_is_not_taken_for_another_one_of_that_number() -> None:
    workbench = await signed_in("redtail")
    number, faults = "+13035550199", sandbox_of(workbench).faults
    assert (await workbench.create_contact(number, "Uma Older")).successful
    faults.add("POST", "*/contacts", status=200, json={})
    made = await workbench.create_contact(number, "Uma New", even_if_known=True)
    assert (False, None) == (made.successful, made.contact_info)
    await workbench.close()
