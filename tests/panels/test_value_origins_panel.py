"""The panel that says where values come from: what is typed, chosen and filtered, and whose zone a time is in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from acme import PASS_PHRASE, REDACTION, acme
from answers import NIA, call
from platforms import CRMS, OAUTH, needs
from workbench_steps import nia, signed_in

from appconnect.panels import CallLogPanel, ContactsPanel, MessageLogPanel, ValueOriginsPanel
from appconnect.workbench import connect
from appconnect.workbench.expected_time import offset_text, read_time, zones_for

START = datetime(2026, 1, 2, 9, 12, tzinfo=UTC)


async def clicked(panel: ValueOriginsPanel) -> ValueOriginsPanel:
    panel.explain_button.click()
    await panel.done()
    return panel


@pytest.mark.parametrize("crm", CRMS)
async def test_what_a_form_would_write_is_explained(crm: str) -> None:
    workbench = await signed_in(crm)
    form = CallLogPanel(workbench, await nia(workbench), call=call(start_time=START), note="Ferns <3")
    before = [each.method for each in workbench.trace]
    panel = await clicked(ValueOriginsPanel(workbench, form))
    assert panel.explained is not None
    assert "Nothing was written." in panel.status.value
    assert "call.start_time" in panel.result.value
    assert "Ferns &lt;3" in panel.result.value
    assert "09:12 UTC = " in panel.verdict.value
    assert {"GET"} >= {each.method for each in workbench.trace[len(before) :]}


@pytest.mark.parametrize("crm", CRMS)
async def test_a_log_that_is_there_is_shown_before_and_after(crm: str) -> None:
    workbench = await signed_in(crm)
    form = CallLogPanel(workbench, await nia(workbench), call=call(start_time=START), note="Ferns")
    await form.log()
    form.note.value = "Roses"
    panel = await clicked(ValueOriginsPanel(workbench, form))
    assert form.log_id == panel.explained.log_id
    for expected in ("Before", "After", "Not sent: the log keeps these", "Ferns", "Roses"):
        assert expected in panel.result.value


@pytest.mark.parametrize("crm", CRMS)
async def test_what_a_second_sms_adds_to_the_days_log_is_explained(crm: str) -> None:
    workbench = await signed_in(crm)
    form = MessageLogPanel(workbench, await nia(workbench), words="Hello")
    panel = await clicked(ValueOriginsPanel(workbench, form))
    assert "a new log" in panel.status.value
    await form.log()
    form.words.value = "Is it ready?"
    assert "The form was changed since" in panel.status.value
    await clicked(panel)
    assert form.log_id == panel.explained.log_id
    for expected in ("Before", "After", "Is it ready?", "message.subject"):
        assert expected in panel.result.value


async def test_a_shared_conversation_is_not_explained_as_something_else() -> None:
    workbench = await signed_in(OAUTH)
    form = MessageLogPanel(workbench, await nia(workbench))
    form.kind.value = "Shared SMS"
    panel = await clicked(ValueOriginsPanel(workbench, form))
    assert "A shared conversation cannot be explained" in panel.status.value
    assert panel.explained is None


async def test_a_form_that_was_changed_since_is_told() -> None:
    workbench = await signed_in(OAUTH)
    form = CallLogPanel(workbench, await nia(workbench), call=call(start_time=START), note="Ferns")
    panel = ValueOriginsPanel(workbench, form)
    form.note.value = "Moss"
    assert "changed since" not in panel.status.value
    await clicked(panel)
    form.note.value = "Roses"
    assert "The form was changed since" in panel.status.value
    await clicked(panel)
    assert "changed since" not in panel.status.value
    assert "Roses" in panel.result.value


async def test_the_call_is_typed_where_there_is_no_form() -> None:
    workbench = await signed_in(OAUTH)
    contacts = ContactsPanel(workbench)
    panel = await clicked(ValueOriginsPanel(workbench, contacts))
    assert "Choose a contact first" in panel.status.value
    contacts.query.value = NIA
    await contacts.search()
    panel.start_time.value, panel.note.value = "noon", "Ferns"
    await clicked(panel)
    assert "is no time" in panel.status.value
    panel.start_time.value = "2026-01-02 09:12"
    await clicked(panel)
    assert "Ferns" in panel.result.value
    assert START == panel.explained.at


@needs("insightly")
async def test_the_zone_of_a_wrong_time_is_found() -> None:
    workbench = await signed_in("insightly")
    panel = await clicked(ValueOriginsPanel(workbench, await nia(workbench), call=call(start_time=START)))
    assert "America/Los_Angeles</b>, from Insightly’s user" in panel.verdict.value
    panel.expected.value = "04:12"
    assert "04:12 is the time in UTC-05:00 (America/New_York)" in panel.verdict.value
    assert "The zone in use is America/Los_Angeles, from Insightly’s user." in panel.verdict.value
    panel.expected.value = "1:12 am"
    assert "is what is written" in panel.verdict.value
    panel.expected.value = "01:19"
    assert "fits no well-known time zone" in panel.verdict.value
    panel.expected.value = "soon"
    assert "is no time of day" in panel.verdict.value


async def test_values_are_filtered_by_words_and_times() -> None:
    workbench = await signed_in(OAUTH)
    panel = await clicked(ValueOriginsPanel(workbench, await nia(workbench), call=call(start_time=START)))
    everything = panel.result.value.count("<tr>")
    panel.only_times.value = True
    assert 0 < panel.result.value.count("<tr>") < everything
    panel.only_times.value, panel.filter.value = False, "contact.id"
    assert 0 < panel.result.value.count("<tr>") < everything
    panel.filter.value = "nothing like this"
    assert "No value fits" in panel.result.value


async def test_a_failure_leaves_no_old_answer_beside_it() -> None:
    workbench = await signed_in(OAUTH)
    panel = await clicked(ValueOriginsPanel(workbench, await nia(workbench), call=call(start_time=START)))
    panel.start_time.value = "noon"
    await clicked(panel)
    assert panel.explained is None
    assert "Nothing has been explained yet" in panel.result.value
    assert "" == panel.verdict.value


async def test_its_repr_is_short_and_its_snapshot_has_the_values() -> None:
    workbench = await signed_in(OAUTH)
    panel = ValueOriginsPanel(workbench, await nia(workbench), call=call(start_time=START))
    assert repr(panel).endswith(": nothing explained yet>")
    await clicked(panel)
    assert f"written in {workbench.zone}>" in repr(panel)
    assert "call.start_time" in panel.snapshot()


async def test_what_a_strangers_connector_cannot_do_is_said() -> None:
    workbench = connect(acme(REDACTION), mode="sandbox")
    await workbench.sign_in({"passPhrase": PASS_PHRASE})
    contact = (await workbench.find_contact(NIA)).contacts[0]
    panel = ValueOriginsPanel(workbench, contact, call=call(start_time=START))
    with pytest.raises(NotImplementedError):
        await clicked(panel)
    assert "went wrong in the workbench itself" in panel.status.value


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("04:12", "04:12"),
        ("4:12 PM", "16:12"),
        ("12:05 am", "00:05"),
        ("12.05 p.m.", "12:05"),
        ("23:59:59", "23:59"),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(typed: str, read: str) -> None:
    assert read == f"{read_time(typed):%H:%M}"


def test_zones_are_those_of_the_day_also_across_midnight() -> None:
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    found = {offset_text(offset): names for offset, names in zones_for(summer, read_time("08:30"))}
    assert ["Asia/Tokyo"] == found["UTC+09:00"]
    assert "UTC" in {offset_text(offset) for offset, _ in zones_for(summer, read_time("23:30"))}
    assert ["America/New_York"] == dict(zones_for(summer, read_time("19:30")))[
        zones_for(summer, read_time("19:30"))[-1][0]
    ]
