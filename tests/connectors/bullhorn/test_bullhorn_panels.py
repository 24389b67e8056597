"""What is special in panels for a CRM whose data centre must be found, and whose notes have an action."""

from __future__ import annotations

from workbench_steps import nia, sandbox_of, signed_in

from appconnect.panels import CallLogPanel, ConnectPanel
from appconnect.workbench import Workbench, connect

OUTBOUND = {"bullhornOutboundCallNoteAction": {"value": "Outbound Call"}}


def action(workbench: Workbench, panel: CallLogPanel) -> object:
    return sandbox_of(workbench).database.records["Note"][int(panel.log_id or 0)]["action"]


async def test_finding_the_data_centre_is_the_first_step_shown() -> None:
    panel = ConnectPanel(connect("bullhorn", mode="sandbox"))
    await panel.sign_in()

    shown = panel.snapshot()
    told = [
        "/rest-services/loginInfo",
        "https://auth-east.bullhornstaffing.com/oauth/authorize",
        "/oauth/token",
        "/rest-services/login?",
        "rest32.bullhornstaffing.com",
    ]
    assert sorted(told, key=shown.index) == told
    assert "&lt;BhRestToken&gt;" in shown
    assert 1 == shown.count("<td>client_id</td>")  # of the question; that the answer repeats it says nothing


async def test_an_untouched_form_leaves_the_note_its_default_action_also_when_logged_again() -> None:
    workbench = await signed_in("bullhorn")
    workbench.settings = OUTBOUND
    panel = CallLogPanel(workbench, await nia(workbench))
    for work in (panel.log, panel.log, panel.update):
        await work()
        assert "Outbound Call" == action(workbench, panel)


async def test_an_action_that_was_chosen_and_taken_back_is_cleared() -> None:
    workbench = await signed_in("bullhorn")
    workbench.settings = OUTBOUND
    panel = CallLogPanel(workbench, await nia(workbench))
    panel.links["noteActions"].value = "BD Call"
    await panel.log()
    assert "BD Call" == action(workbench, panel)

    panel.links["noteActions"].value = ""
    await panel.update()
    assert "pending note" == action(workbench, panel)


async def test_setting_the_disposition_says_what_the_form_says_touched_or_not() -> None:
    workbench = await signed_in("bullhorn")
    workbench.settings = OUTBOUND
    panel = CallLogPanel(workbench, await nia(workbench))
    await panel.log()
    await panel.set_disposition()
    assert "pending note" == action(workbench, panel)


async def test_what_is_read_back_is_shown_as_a_page_and_not_as_its_source() -> None:
    workbench = await signed_in("bullhorn")
    panel = CallLogPanel(workbench, await nia(workbench), note="Prefers <mornings>")
    await panel.log()
    await panel.read()

    assert panel.wire.value.startswith("<h4>As the CRM has it</h4><table")
    assert "Prefers &lt;mornings&gt;" in panel.wire.value
    assert '<th scope="row">Note actions</th><td>pending note</td>' in panel.wire.value
