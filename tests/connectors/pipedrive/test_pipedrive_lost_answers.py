"""Pipedrive: a new contact whose answer was lost."""

from __future__ import annotations

from workbench_steps import sandbox_of, signed_in

from appconnect.errors import AppConnectError, Rejected


async def test_a_contact_whose_answer_was_lost_is_not_created_twice() -> None:
    workbench = await signed_in("pipedrive")
    sandbox = sandbox_of(workbench)
    sandbox.faults.add("POST", "/api/v2/persons", drop_after=True)
    sandbox.faults.add("GET", drop=True, times=None)
    lost = await workbench.create_contact("+14155550123", "Dora Double")
    sandbox.faults.clear()
    again = await workbench.create_contact("+14155550123", "Dora Double")
    found = await workbench.find_contact("+14155550123")
    assert isinstance(lost.error, AppConnectError)
    assert again.contact_info is not None
    assert [again.contact_info.id] == [contact.id for contact in found.contacts]
    await workbench.close()


async def test_a_refused_contact_can_be_created_later() -> None:
    workbench = await signed_in("pipedrive")
    sandbox_of(workbench).faults.add("POST", "/api/v2/persons", status=400, json={})
    refused = await workbench.create_contact("+14155550123", "Dora Once")
    assert isinstance(refused.error, Rejected)
    assert (await workbench.create_contact("+14155550123", "Dora Once")).contact_info is not None
    await workbench.close()
