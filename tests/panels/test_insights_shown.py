"""What a person sees of the panels that look into traffic, limits, the sandbox, matches and values.

The stories are texts in ``shown``, one a panel; ``tests/on_screen.py`` says how they are written anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import ipywidgets as widgets
import pytest
from answers import NASTY, NIA, NOBODY, call
from on_screen import Story
from platforms import needs
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.panels import (
    CallLogPanel,
    ContactsPanel,
    ExportPanel,
    HistoryPanel,
    MatchPanel,
    RateLimitsPanel,
    RequestPanel,
    SandboxPanel,
    TimelinePanel,
    ValueOriginsPanel,
)
from appconnect.workbench import Workbench, connect

CRM, OTHER = "pipedrive", "redtail"
"""One that tells its limits, and one that says nothing of them."""
pytestmark = needs(CRM, OTHER)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def enter(field: widgets.Text) -> None:
    """Press Enter in a field."""
    field._handle_custom_msg({"event": "submit"}, [])


async def worked() -> Workbench:
    """A workbench that has logged a call."""
    workbench = await signed_in(CRM)
    await workbench.log_call(call("s-1"), await nia(workbench), note=NASTY)
    return workbench


# -- traffic --


async def test_a_request_of_ones_own() -> None:
    panel = RequestPanel(await signed_in(CRM))
    story, form = Story(panel), panel.form
    panel.send_button.click()
    await story.done("Send without a path")
    form.path.value = "person"
    story.then("Type a word of a path")
    form.path.value = "nonsense"
    story.then("Type what is not known")
    form.path.value = "fields"
    form.place.offered.index = 0
    story.then("Choose the first")
    form.method.value, form.path.value = "POST", "/v1/persons/{id}"
    story.then("A method that is not known there")
    panel.send_button.click()
    await story.done("Send a path to fill in")
    for body in (
        '{"a": 1,}',
        "{'a': 1}",
        '["x"',
        '{"name": "Jo Lindt", "b": [1]}',
        '{"a": 1}',
        "[1]",
        "[1, 2]",
        '"a"',
        "1",
    ):
        form.body.value = body
        story.then(f"The body {body}")
    form.body.value, form.query.value = "", "limit"
    story.then("A query that is none")
    form.method.value, form.path.value, form.query.value = "GET", "/v1/users", "limit=5"
    panel.send_button.click()
    await story.done("Send")
    for how in ("Table", "Text"):
        panel.view_as.value = how
        story.then(how)
    form.path.value = "/v1/persons/999999"
    panel.send_button.click()
    await story.done("Send what is not there")
    panel.again.value = 0
    story.then("Fill in the first once more")
    sandbox_of(panel.workbench).faults.add(drop=True, times=None)
    panel.send_button.click()
    await story.done("Send while nobody answers")
    story.ends("request")


async def test_a_timeline() -> None:
    workbench = await worked()
    panel = TimelinePanel(workbench)
    panel._repr_mimebundle_()
    story = Story(panel)
    write = [each.number for each in workbench.trace if each.method == "POST"][-1]
    panel.open_operation(workbench.trace.operations[-1].number)
    story.then("Open the newest operation")
    panel.open_request(write)
    story.then("Open its write")
    panel.pin_button.click()
    await story.done("Compare")
    panel.open_request(write - 1)
    story.then("Open another one")
    panel.pin_button.click()
    await story.done("Stop comparing")
    panel.resend_button.click()
    await story.done("Send it again")
    panel.edit_button.click()
    await story.done("Edit")
    panel.editor.path.value = ""
    story.then("Without a path")
    panel.editor.path.value = "/v1/persons/999999"
    panel.editor.send_button.click()
    await story.done("Send what was changed")
    panel.status_class.value = "4"
    story.then("Only what was refused")
    panel.words.value = "nobody-said-this"
    story.then("Words that nobody said")
    panel.words.value, panel.status_class.value, panel.order.value = "", "any", "Following"
    story.then("Following")
    panel.fold_button.click()
    await story.done("Fold all")
    panel.clear_button.click()
    await story.done("Clear")
    story.ends("timeline")


async def test_a_timeline_of_several() -> None:
    one, other = await worked(), await signed_in(OTHER)
    panel = TimelinePanel(one, other, await signed_in(OTHER))
    panel._repr_mimebundle_()
    story = Story(panel)
    panel.open_request(2, other)
    panel.pin_button.click()
    await story.done("Open and keep a request of the second")
    panel.open_request(3, one)
    story.then("Open one of the first")
    panel.crm.value = "Redtail (2)"
    story.then("Only the third")
    story.ends("timeline_several")


async def test_an_export() -> None:
    workbench = await signed_in(CRM)
    panel = ExportPanel(workbench)
    story = Story(panel, lambda line: re.sub(r'base64,[^"]*|[\d,]+ bytes', "…", line))
    panel.curl_button.click()
    await story.done("curl")
    panel.where.value = "sandbox"
    story.then("At a sandbox")
    panel.httpx_button.click()
    await story.done("httpx")
    panel.har_button.click()
    await story.done("HAR")
    panel.people.value = True
    panel.table_button.click()
    await story.done("A table with people's data")
    panel.sandbox.value = "https://elsewhere.example"
    panel.curl_button.click()
    await story.done("curl at a sandbox that is elsewhere")
    story.ends("export")


async def test_the_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("APPCONNECT_HISTORY", "1")
    monkeypatch.setenv("APPCONNECT_HOME", str(tmp_path / "home"))
    panel = HistoryPanel(connect(CRM, mode="sandbox"), "users")
    workbench = await worked()
    story = Story(panel, lambda line: re.sub(r"[\d-]{10} [\d:]{8}|Entry \d+", "…", line))
    panel.search_button.click()
    await story.done("Search")
    sandbox_of(workbench).faults.add(status=500, times=None)
    await workbench.list_users()
    await workbench.find_contact("102")
    panel.kind.value = "operation"
    story.then("Operations")
    panel.outcome.value = "failed"
    story.then("What failed")
    panel.words.value = "nobody-said-this"
    enter(panel.words)
    await story.done("Words that nobody said")
    panel.words.value, panel.kind.value, panel.crm.value, panel.since.value = "102", "", CRM, "1h"
    enter(panel.words)
    await story.done("Of one CRM, in the last hour")
    story.ends("history")


# -- limits and the sandbox --


async def test_the_limits_of_a_crm_that_tells_them() -> None:
    workbench = await signed_in(CRM, plan="tiny")
    panel = RateLimitsPanel(workbench)
    story = Story(panel)
    for _ in range(6):
        await workbench.list_users()
    panel.now.value  # noqa: B018
    story.then("Six requests")
    panel.explain.index = 1
    story.then("The refusal")
    panel.operation.value, panel.times.value = "create_call_log", 12_400
    story.then("So many logs")
    panel.plan.index = 1
    story.then("On the first plan")
    panel.practice[workbench.title].index = 1
    story.then("Practise on another plan")
    story.ends("rate_limits")


async def test_the_limits_of_a_crm_that_says_nothing_and_of_several() -> None:
    silent = await signed_in(OTHER)
    panel = RateLimitsPanel(silent, await worked(), await signed_in(CRM))
    story = Story(panel)
    panel.operation.index = 1
    story.then("Another operation")
    story.ends("rate_limits_several")
    one = RateLimitsPanel(silent)
    Story(one).ends("rate_limits_silent")


async def test_the_sandbox() -> None:
    workbench = await worked()
    panel = SandboxPanel(workbench)
    story = Story(panel)
    panel.faults.times.value = 2
    panel.faults.add_button.click()
    await story.done("Arm a fault")
    panel.faults.incident.index = 1
    story.then("Another incident")
    panel.faults.clear_button.click()
    await story.done("Remove all")
    panel.part.value = "Clock and plan"
    story.then("Clock and plan")
    for button in (panel.clock.jump_button, panel.clock.expiry_button, panel.clock.midnight_button):
        button.click()
        await story.done(f"{button.description}")
    panel.clock.plan.index = 1
    story.then("Another plan")
    panel.part.value = "Switches"
    story.then("Switches")
    box = next(iter(panel.switches.boxes.values()))
    box.value = not box.value
    story.then("Turn the first")
    await people_and_records(panel, story)
    story.ends("sandbox")


async def people_and_records(panel: SandboxPanel, story: Story) -> None:
    panel.part.value = "People"
    story.then("People")
    panel.people.filter.value = "holt"
    story.then("Find Holt")
    panel.people.person.index = 1
    story.then("Choose the first")
    panel.people.phone.value = ""
    panel.people.save_button.click()
    await story.done("Save without a number")
    panel.people.name.value, panel.people.phone.value = "Zoë <b>Lindt</b>", "+1 415 555 0199"
    enter(panel.people.phone)
    await story.done("Add")
    panel.people.save_button.click()
    await story.done("Add nobody")
    panel.part.value = "Records"
    story.then("Records")
    panel.records.table.value = "persons"
    story.then("Another table")
    panel.records.filter.value = "nobody-has-this"
    story.then("Find what nobody has")
    panel.records.filter.value = "zoë"
    panel.records.record.index = 1
    story.then("Find and choose the one who was added")
    panel.records.body.value = "{"
    panel.records.save_button.click()
    await story.done("Save what is no JSON")
    panel.records.record.index = 1
    panel.records.save_button.click()
    await story.done("Save")


# -- what is explained --


async def test_a_match() -> None:
    workbench = await signed_in(CRM)
    panel = MatchPanel(workbench)
    story = Story(panel)
    panel.explain_button.click()
    await story.done("Explain nothing")
    for number, expected in (
        (NIA, ""),
        (NIA, "Lena"),
        (NIA, "Nobody Atall"),
        (NOBODY, ""),
        ("anonymous", ""),
    ):
        panel.number.value, panel.expected.value = number, expected
        panel.explain_button.click()
        await story.done(f"Explain {number}, expected {expected or 'nobody'}")
    panel.phones_button.click()
    await story.done("Try nobody")
    panel.number.value, panel.expected.value = NIA, "Lena"
    panel.spellings_button.click()
    await story.done("Try the number")
    panel.phones_button.click()
    await story.done("Try whom I expected")
    story.ends("match")


async def test_where_values_come_from() -> None:
    workbench = await signed_in(CRM)
    contacts = ContactsPanel(workbench, NIA)
    panel = ValueOriginsPanel(workbench, contacts, note=NASTY)
    story = Story(panel)
    panel.explain_button.click()
    await story.done("Explain without a contact")
    await contacts.search()
    panel.start_time.value = "yesterday"
    panel.explain_button.click()
    await story.done("Explain a start that is no time")
    panel.start_time.value = "2026-01-02 09:12"
    panel.explain_button.click()
    await story.done("Explain")
    for expected in ("09:12", "16:12", "noon"):
        panel.expected.value = expected
        story.then(f"Expect {expected}")
    panel.filter.value = "note"
    story.then("Show only the note")
    panel.only_times.value = True
    story.then("Times only")
    panel.filter.value = ""
    story.then("All times")
    panel.note.value = "Another one"
    story.then("Another note")
    story.ends("value_origins")


async def test_where_the_values_of_a_forms_update_come_from() -> None:
    workbench = await signed_in(CRM)
    form = CallLogPanel(workbench, await nia(workbench), note="Ferns")
    await form.log()
    form.note.value, form.recording.value = "Roses", "https://media.example/1"
    form.ai_note.value, form.transcript.value = "An AI's note", "Hello"
    panel = ValueOriginsPanel(workbench, form)
    story = Story(panel)
    panel.explain_button.click()
    await story.done("Explain")
    story.ends("value_origins_of_a_form")
