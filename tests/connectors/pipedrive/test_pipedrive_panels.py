"""Pipedrive in the panels: a number without "+" is an internal extension."""

from __future__ import annotations

from workbench_steps import signed_in

from appconnect.panels import ContactsPanel


async def test_a_number_without_plus_is_not_searched() -> None:
    workbench = await signed_in("pipedrive")
    before = len(workbench.trace)
    panel = ContactsPanel(workbench, "204")
    await panel.search()
    assert "internal extension" in panel.status.value
    assert before == len(workbench.trace)
