"""Redtail: what is gone, and what is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from answers import NINE_THIRTY, call
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.models import Json


async def test_something_else_that_is_gone_does_not_make_a_second_log() -> None:
    workbench = await signed_in("redtail")
    sandbox, contact = sandbox_of(workbench), await nia(workbench)
    logged = await workbench.log_call(call(), contact)
    sandbox.faults.add("PUT", "*/activities/*", status=404, json={})
    failed = await workbench.log_call(call(), contact, note="More")
    again = await workbench.log_call(call(), contact, note="More")
    assert (False, logged.log_id) == (failed.successful, again.log_id)
    await workbench.close()


async def test_a_new_contact_whose_answer_lacks_its_id_is_who_was_not_there_before() -> None:
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


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("Uma Ltd", "Business", {"contact": {"id": 1, "company_name": "Quite Another Inc"}}),
        ("Uma New", "Individual", {"contact": {"id": 1, "first_name": "Ivy", "last_name": "New"}}),
        ("Uma New", "Individual", {"contact": {"id": 1, "first_name": "Uma", "last_name": "Marsh"}}),
        ("Uma New", "Individual", {"id": 1, "first_name": "Quite", "last_name": "Another"}),
        ("Uma New", "Individual", {"contact_id": 1, "last_name": "Another"}),
    ],
)
async def test_an_answer_about_somebody_of_another_name_is_no_proof(
    name: str, kind: str, answer: Json
) -> None:
    workbench = await signed_in("redtail")
    sandbox_of(workbench).faults.add("POST", "*/contacts", change=lambda right: answer)
    made = await workbench.create_contact("+13035550199", name, kind)
    assert made.contact_info is not None, made.message
    assert [made.contact_info.id] == [
        each.id for each in (await workbench.find_contact("+13035550199")).contacts
    ]
    await workbench.close()


async def test_a_new_contact_that_is_nowhere_is_not_taken_for_another_one_of_that_number() -> None:
    workbench = await signed_in("redtail")
    number, faults = "+13035550199", sandbox_of(workbench).faults
    assert (await workbench.create_contact(number, "Uma Older")).successful
    faults.add("POST", "*/contacts", status=200, json={})
    made = await workbench.create_contact(number, "Uma New", even_if_known=True)
    assert (False, None) == (made.successful, made.contact_info)
    await workbench.close()


@pytest.mark.parametrize("answer", [{}, [], {"note": {"body": "Wants a quote"}}], ids=["{}", "[]", "no id"])
async def test_a_note_that_no_answer_proves_is_said_to_be_missing_maybe(answer: Json) -> None:
    workbench = await signed_in("redtail", settings={"redtailAgentNotes": {"value": True}})
    sandbox_of(workbench).faults.add("POST", "*/notes", status=200, json=answer)
    logged = await workbench.log_call(call(), await nia(workbench), note="Wants a quote")
    assert logged.successful, logged.message
    assert logged.return_message is not None
    assert ["The agent's note may be missing in Redtail's notes tab: its answer was lost. Look there."] == (
        logged.return_message.lines
    )
    await workbench.close()


@pytest.mark.parametrize("order", [("s-1", "s-2"), ("s-2", "s-1")])
async def test_two_calls_to_one_person_in_the_same_second_are_told_apart_by_their_words(
    order: tuple[str, str],
) -> None:
    """Both answers were lost, and each is found again as what it is."""
    workbench = await signed_in("redtail")
    crm, contact = sandbox_of(workbench), await nia(workbench)
    await workbench.log_call(call("warm-up", start_time=NINE_THIRTY - timedelta(hours=2)), contact)
    for session in order:
        crm.faults.add("POST", "*/activities", drop_after=True)
        crm.faults.add("GET", drop=True, times=None)
        assert (await workbench.log_call(call(session), contact, ai_note=f"Words of {session}")).error
        crm.faults.clear()
    logged = [
        await workbench.log_call(call(each), contact, note=f"Note of {each}") for each in ("s-2", "s-1")
    ]
    bodies = [(await workbench.get_call_log(each.log_id)).call_log_info.full_body for each in logged]
    assert [(True, False), (False, True)] == [
        ("Words of s-2" in body, "Words of s-1" in body) for body in bodies
    ]


async def test_a_call_that_never_arrived_is_not_taken_for_another_one_of_the_same_second() -> None:
    """The other one's log is there, and nobody here knows whose it is: somebody else's store does."""
    workbench = await signed_in("redtail")
    crm, contact = sandbox_of(workbench), await nia(workbench)
    elsewhere = await signed_in("redtail", sandbox=workbench.environment.sandbox)
    other = await elsewhere.log_call(call("s-1"), contact, ai_note="Words of s-1")
    crm.faults.add("POST", "*/activities", status=500, json={"message": "Something failed"})
    assert (await workbench.log_call(call("s-2"), contact, ai_note="Words of s-2")).error
    logged = await workbench.log_call(call("s-2"), contact, ai_note="Words of s-2")
    assert (None, True) == (logged.error, logged.log_id not in ("", other.log_id))
    bodies = [
        (await workbench.get_call_log(each)).call_log_info.full_body for each in (other.log_id, logged.log_id)
    ]
    assert [(True, False), (False, True)] == [
        ("Words of s-1" in body, "Words of s-2" in body) for body in bodies
    ]
    await elsewhere.close()
    await workbench.close()
