"""Logging calls and messages by form."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from html import escape

import pytest
from platforms import CRMS, OAUTH, answers_of
from workbench_steps import nia, sandbox_of, signed_in

from appconnect.models import Call, Contact, Direction, LogFormat
from appconnect.panels import CallLogPanel, ContactsPanel, MessageLogPanel
from appconnect.testing import StoredLog, cast
from appconnect.workbench import Workbench

ANSWERS = answers_of(OAUTH)

MARKUP = '<img src=x onerror=alert(1)> & "more"'


def logs(workbench: Workbench) -> int:
    return ANSWERS.count(sandbox_of(workbench))


def stored(workbench: Workbench, log_id: str | None) -> StoredLog:
    return ANSWERS.stored(sandbox_of(workbench), log_id or "")


async def test_the_body_is_shown_in_three_formats_before_anything_is_sent() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note=MARKUP)
    before = len(workbench.trace)

    assert "&amp;lt;img src=x" in panel.preview.value  # in the source, as HTML in HTML
    assert "<iframe sandbox=" in panel.preview.value
    panel.format.value = LogFormat.MARKDOWN
    assert "## Agent notes" in panel.preview.value and "<iframe" not in panel.preview.value
    panel.format.value = LogFormat.PLAIN
    assert "- Note: &lt;img src=x" in panel.preview.value
    assert "<img" not in panel.preview.value
    assert before == len(workbench.trace)


async def test_the_preview_follows_what_is_typed() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench))
    panel.note.value, panel.duration.value = "Call back on Monday", 3600
    assert "Call back on Monday" in panel.preview.value
    assert "1 hour" in panel.preview.value


async def omar(workbench: Workbench) -> Contact:
    return (await workbench.find_contact_with_name(cast.OMAR.name)).contacts[0]


async def test_a_form_keeps_to_its_log_when_somebody_else_is_chosen() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note="one")
    await panel.log()
    first = panel.log_id
    assert ("none", first) == (panel.other_choice.layout.display, panel.log_field.value)
    panel.contact = await omar(workbench)
    assert None is panel.other_choice.layout.display
    assert f"Omar Vance is chosen now, but this form belongs to log {first} of Nia Holt." in panel.snapshot()
    assert panel.whom.value.startswith("Nia Holt #")
    panel.note.value = "two"
    await panel.update()
    await panel.log()
    assert (1, first) == (logs(workbench), panel.log_id)
    assert (await nia(workbench)).id == stored(workbench, first).contact


async def test_a_new_call_is_offered_for_whoever_else_is_chosen() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note="one")
    await panel.log()
    panel.contact = other = await omar(workbench)
    assert "New call for Omar Vance" == panel.new_for_button.description
    panel.new_for_button.click()
    await panel.done()
    assert (None, "none") == (panel.log_id, panel.other_choice.layout.display)
    await panel.log()
    assert (2, other.id) == (logs(workbench), stored(workbench, panel.log_id).contact)


async def test_a_log_moves_to_whoever_is_chosen_on_request() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note="one")
    await panel.log()
    first = panel.log_id
    assert panel.move_button.disabled
    panel.contact = other = await omar(workbench)
    assert ("Move the log to Omar Vance", False) == (
        panel.move_button.description,
        panel.move_button.disabled,
    )
    await panel.move()
    assert other.id == stored(workbench, panel.log_id).contact
    assert (True, "none") == (panel.move_button.disabled, panel.other_choice.layout.display)
    assert panel.log_id != first


async def test_a_call_that_is_logged_elsewhere_is_said_to_be_and_moves_on_request() -> None:
    workbench = await signed_in(OAUTH)
    call = CallLogPanel(workbench).call()
    first = (await workbench.log_call(call, await nia(workbench))).log_id
    panel = CallLogPanel(workbench, await omar(workbench), call)
    await panel.log()
    assert f"logged already, at Nia Holt (log {first})" in panel.status.value
    assert (first, False, 1) == (panel.log_id, panel.move_button.disabled, logs(workbench))
    await panel.move()
    assert panel.contact is not None
    assert panel.contact.id == stored(workbench, panel.log_id).contact
    assert (True, True) == (panel.move_button.disabled, panel.log_id != first)


async def test_an_update_is_shown_before_and_after_until_it_is_written() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note="one <first>")
    await panel.log()
    assert "Preview update" in panel.preview.value
    await panel.preview_update()
    assert "says all of this already" in panel.preview.value
    before = len(workbench.trace)
    panel.note.value = "two"
    assert "− before</b> one &lt;first&gt;" in panel.preview.value
    assert "+ after</b> two" in panel.preview.value
    assert before == len(workbench.trace)
    body = workbench.compose_call_update(stored(workbench, panel.log_id).body, panel.call(), note="two")
    await panel.update()
    assert body == stored(workbench, panel.log_id).body
    assert "− before" not in panel.preview.value


async def test_one_button_writes_log_call_first_and_update_log_from_then_on() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note="one")

    def shown() -> list[str]:
        both = (panel.log_button, panel.update_button)
        return [each.description for each in both if each.layout.display != "none"]

    assert ["Log call"] == shown()
    await panel.log()
    assert ["Update log"] == shown()


async def test_a_call_whose_answer_was_lost_can_be_logged_again_by_that_name() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note="one")
    sandbox_of(workbench).faults.add(status=403, json={"error": "no"}, times=None)
    await panel.log()
    assert ("Log again", None) == (panel.log_button.description, panel.log_button.layout.display)
    sandbox_of(workbench).faults.clear()
    await panel.log()
    assert 1 == logs(workbench)


async def test_of_a_deal_and_a_lead_the_form_keeps_the_one_that_was_chosen_last() -> None:
    workbench = await signed_in("pipedrive")
    panel = CallLogPanel(workbench, await nia(workbench))
    deals, leads = panel.links["deals"], panel.links["leads"]
    deals.value = deals.options[1][1]
    leads.value = leads.options[1][1]
    assert ("", leads.options[1][1]) == (deals.value, leads.value)
    assert "One of deals or leads" in panel.snapshot()
    logged = await panel.log()
    assert logged is not None and logged.successful


async def test_old_answers_are_gone_when_new_work_begins() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note="one")
    await panel.log()
    assert "<details" in panel.wire.value
    panel.start_time.value = "never"
    await panel.update()
    assert ("", True) == (panel.wire.value, "is no time" in panel.status.value)


async def test_a_call_that_goes_on_stays_pending_in_the_form_until_seconds_are_typed() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), call=Call(session_id="s-1", duration="pending"))
    assert ("pending", True) == (panel.call().duration, "(pending...)" in panel.preview.value)
    panel.duration.value = 61
    assert (61, True) == (panel.call().duration, "1 minute, 1 second" in panel.preview.value)


async def test_a_call_without_direction_is_not_logged_before_one_is_chosen() -> None:
    workbench = await signed_in(OAUTH)
    odd = Call.model_validate({"sessionId": "s-1", "from": {"name": "Nia Holt"}, "to": {"name": "Rae Quill"}})
    panel = CallLogPanel(workbench, await nia(workbench), call=odd)
    await panel.log()
    assert (None, 0) == (panel.log_id, logs(workbench))
    assert "does not say its direction" in panel.status.value
    panel.direction.value = Direction.INBOUND
    await panel.log()
    assert ("Rae Quill", 1) == (panel.call().own_party.name, logs(workbench))


async def test_the_same_call_logged_again_changes_its_log_and_a_new_call_gets_one_of_its_own() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note="one")
    await panel.log()
    panel.note.value = "two"
    await panel.log()
    assert 1 == logs(workbench) and "two" in stored(workbench, panel.log_id).body

    await panel.new()
    assert ("Log call", "") == (panel.log_button.description, panel.note.value)
    await panel.log()
    assert 2 == logs(workbench)


@pytest.mark.parametrize("crm", CRMS)
async def test_what_is_chosen_in_the_form_is_linked_and_none_clears_it(crm: str) -> None:
    workbench, answers = await signed_in(crm), answers_of(crm)
    panel = CallLogPanel(workbench, await nia(workbench))
    field, value = next(iter(answers.associations.items()))
    panel.links[field].value = value
    await panel.log()
    assert {field: value} == answers.stored(sandbox_of(workbench), panel.log_id or "").associations
    panel.links[field].value = ""
    await panel.set_disposition()
    assert value != answers.stored(sandbox_of(workbench), panel.log_id or "").associations.get(field)


async def test_what_was_sent_and_what_came_back_stand_below_the_form() -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench), note=MARKUP)
    await panel.log()
    sent = [each for each in workbench.trace if fnmatch(each.path, ANSWERS.write_path)][-1]
    assert f"<b>{sent.method}</b> <code>{escape(sent.path)}</code> → {sent.status}" in panel.wire.value
    assert f": {panel.log_id}" in panel.wire.value
    assert "<img" not in panel.wire.value


async def test_a_given_call_fills_the_form_and_keeps_its_session() -> None:
    workbench = await signed_in(OAUTH)
    call = Call.model_validate(
        {"sessionId": "77", "direction": "Inbound", "startTime": "2026-01-02T09:00:00Z", "duration": 61,
         "result": "Accepted", "from": {"phoneNumber": "+14155550142"}, "to": {"phoneNumber": "+16505550110"}}
    )  # fmt: skip
    panel = CallLogPanel(workbench, await nia(workbench), call)
    assert call == panel.call()
    await panel.log()
    assert panel.log_id == workbench.logged_call("77")


@pytest.mark.parametrize(
    "start", ["yesterday", "25:00", "0001-01-01 00:00", "9999-12-31 23:59:59", "0001-01-01 00:00+14:00"]
)
async def test_a_start_that_is_no_time_is_said_at_once_and_never_sent(start: str) -> None:
    workbench = await signed_in(OAUTH)
    panel = CallLogPanel(workbench, await nia(workbench))
    before = len(workbench.trace)
    panel.start_time.value = start
    assert "is no time" in panel.preview.value
    await panel.log()
    assert "is no time" in panel.status.value
    assert "is no time" not in panel.preview.value  # it is said once
    assert before == len(workbench.trace)


async def test_without_a_contact_the_form_asks_for_one() -> None:
    workbench = await signed_in(OAUTH)
    contacts = ContactsPanel(workbench)
    panel = CallLogPanel(workbench, contacts)
    await panel.log()
    assert "Choose a contact first" in panel.status.value

    contacts.query.value = "+1 415 555 0142"
    await contacts.search()
    found = contacts.contacts[0]
    assert f"Nia Holt #{found.id}" == panel.whom.value
    assert panel.links
    for field, link in panel.links.items():
        titles = [choice.title for choice in found.additional_info[field]]
        assert ["none", *titles] == [title for title, _ in link.options]


async def test_a_second_sms_of_the_day_joins_the_first_ones_log() -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench), "First")
    await panel.log()
    panel.words.value = "Second"
    await panel.log()
    assert 1 == logs(workbench)
    assert "Conversation(2 messages)" in stored(workbench, panel.log_id).body


async def test_below_a_message_stand_its_writes_and_not_what_was_read_for_them() -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench), "First")
    await panel.log()
    panel.words.value, before = "Second", len(workbench.trace)
    await panel.log()
    methods = [each.method for each in workbench.trace][before:]
    assert "GET" in methods
    written = [method for method in methods if method != "GET"]
    assert written == re.findall("<summary><b>([A-Z]+)</b>", panel.wire.value)


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("SMS", "SMS conversation with Nia Holt - 26/01/02"),
        ("Voicemail", "Voicemail left by Nia Holt - 26/01/02"),
        ("Fax", "Fax document sent from Nia Holt - 26/01/02"),
        ("Shared SMS", "SMS conversation with Nia Holt"),
    ],
)
async def test_every_kind_of_message_is_shown_and_logged(kind: str, subject: str) -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench), "Hi")
    panel.kind.value = kind
    assert f"<h4>Preview: {subject}" in panel.preview.value
    await panel.log()
    assert stored(workbench, panel.log_id).subject in (None, subject)


@pytest.mark.parametrize(
    ("kind", "emptied", "said"),
    [
        ("SMS", "words", "Type what the SMS says"),
        ("Shared SMS", "shared", "not JSON"),
    ],
)
async def test_a_message_without_content_is_not_sent(kind: str, emptied: str, said: str) -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench), "Hi")
    panel.kind.value = kind
    getattr(panel, emptied).value = ""
    before = len(workbench.trace)
    await panel.log()
    assert said in panel.status.value
    assert before == len(workbench.trace)


@pytest.mark.parametrize("kind", ["Voicemail", "Fax"])
async def test_a_message_whose_link_is_still_to_come_is_logged(kind: str) -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench))
    panel.kind.value, panel.link.value = kind, ""
    logged = await panel.log()
    assert logged is not None and logged.successful
    assert "(pending...)" in panel.preview.value
    assert "(pending...)" in stored(workbench, panel.log_id).body


async def test_json_that_is_no_conversation_is_said_in_the_panel() -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench))
    panel.kind.value = "Shared SMS"
    panel.shared.value = '{"entities": [{"creationTime": "never"}]}'
    assert "no shared conversation: entities.0.creationTime" in panel.preview.value
    await panel.log()
    assert "no shared conversation" in panel.status.value


@pytest.mark.parametrize("text", ["[]", "7", "null", '"Hi"'])
async def test_json_that_is_no_object_is_said_in_the_panel(text: str) -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench))
    panel.kind.value = "Shared SMS"
    panel.shared.value = text
    assert ">The conversation must be a JSON object, as RingCentral reports it.<" in panel.preview.value


async def test_a_message_panel_says_whom_it_logs_against_and_what_is_logged() -> None:
    workbench = await signed_in(OAUTH)
    assert "no contact chosen, nothing logged yet" == MessageLogPanel(workbench).about()
    panel = MessageLogPanel(workbench, await nia(workbench), "Hi")
    assert "Nia Holt, nothing logged yet" == panel.about()
    await panel.log()
    assert f"Nia Holt, logged as {panel.log_id}" == panel.about()
    assert ("+16505550110", "204") == (
        panel.message().to[0].phone_number,
        panel.message().to[0].extension_number,
    )


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity", "1e300"])
async def test_a_number_nobody_can_work_with_is_said_in_the_panel(number: str) -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench))
    panel.kind.value = "Shared SMS"
    panel.shared.value = panel.shared.value.replace('"2026-01-02T09:05:00Z"', number)
    before = len(workbench.trace)
    assert "conversation" in panel.preview.value and "ac-note warning" in panel.preview.value
    await panel.log()
    assert "ac-note warning" in panel.status.value and "" == panel.preview.value
    assert before == len(workbench.trace)


async def test_a_conversation_that_is_nested_too_deep_is_said_in_the_panel() -> None:
    workbench = await signed_in(OAUTH)
    panel = MessageLogPanel(workbench, await nia(workbench))
    panel.kind.value = "Shared SMS"
    panel.shared.value = "[" * 100_000
    assert "nested too deep" in panel.preview.value


async def test_a_new_call_begins_with_an_empty_form() -> None:
    workbench = await signed_in(OAUTH)
    contact = await nia(workbench)
    panel, fresh = CallLogPanel(workbench, contact), CallLogPanel(workbench, contact)
    panel.direction.value, panel.result.value, panel.duration.value = "Inbound", "Missed", 9
    for field in (panel.note, panel.ai_note, panel.transcript, panel.recording):
        field.value = "something"
    field, value = next(iter(ANSWERS.associations.items()))
    panel.links[field].value = value
    await panel.new()
    assert [each.value for each in fresh._fields] == [each.value for each in panel._fields]
    assert (dict.fromkeys(ANSWERS.associations, ""), {}) == (panel.offered(), panel.submission())
