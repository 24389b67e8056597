"""Logs in Bullhorn: notes about anybody, their actions, their copies, and how none is lost or doubled."""

import asyncio
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect import operation_warnings
from appconnect.connectors.bullhorn.comments import with_entry
from appconnect.errors import Forbidden, InputError, NotFound, Rejected, Unavailable, Unconfirmed, Unreachable
from appconnect.models import Contact, Direction, LogDraft, LogKind, User
from appconnect.phone import parse

MARKS = re.compile(r"\[/?note \w{8}\]")
START = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
NIA = Contact(id="105", name="Nia Holt", type="Candidate")
OMAR = Contact(id="106", name="Omar Vance", type="Contact")
INES = Contact(id="107", name="Ines Roth", type="Lead")
DRAFT = LogDraft(
    body="<b>Agent notes</b><br>Hi", start=START, duration=240, direction=Direction.OUTBOUND,
    reference="s-1", owner_id="102",
)  # fmt: skip


def draft(**more):
    return DRAFT.model_copy(update=more)


def chosen(**fields):
    return draft(additional_submission=fields)


# -- writing and reading --


async def test_a_call_is_one_note_with_everything_that_the_draft_says(workbench, bullhorn):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    note = workbench.record("Note", log_id)
    assert "<b>Agent notes</b><br>Hi" == note["comments"]
    assert (105, 102, "s-1", 4) == (
        note["personReference"], note["commentingPerson"], note["externalID"], note["minutesSpent"]
    )  # fmt: skip
    assert START == datetime.fromtimestamp(note["dateAdded"] / 1000, UTC)
    assert 1 == workbench.sent()


@pytest.mark.parametrize("contact", [NIA, OMAR, INES])
async def test_a_log_reads_back_with_its_contact_of_any_kind(bullhorn, contact):
    log = await bullhorn.get_call_log(await bullhorn.create_call_log(contact, DRAFT))
    assert (contact.id, contact.name) == (log.contact_id, log.contact_name)
    assert (DRAFT.body, START, 240) == (log.body, log.start, log.duration)
    assert {"noteActions": "pending note"} == log.dispositions
    assert log.id == str(log.raw["id"])


async def test_a_note_that_is_in_no_list_is_named_by_its_reference(make_bench):
    workbench = make_bench(lead_reference=False)
    await workbench.sign_in_by_code()
    log = await workbench.connector.get_call_log(await workbench.connector.create_call_log(INES, DRAFT))
    assert ("107", "Ines Roth") == (log.contact_id, log.contact_name)


async def test_lists_that_are_hidden_are_no_crash(workbench, bullhorn):
    note = {"data": {"id": 9, "comments": None, "candidates": None}}
    workbench.sandbox.faults.add("GET", "*/entity/Note/9", status=200, json=note)
    log = await bullhorn.get_call_log("9")
    assert ("", "", None) == (log.body, log.contact_name, log.start)


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (1, 1), (60, 1), (61, 2), (3599, 60)])
async def test_minutes_are_whole_and_begun_ones_count(workbench, bullhorn, seconds, minutes):
    log_id = await bullhorn.create_call_log(NIA, draft(duration=seconds))
    assert minutes == workbench.record("Note", log_id)["minutesSpent"]


async def test_a_draft_that_says_little_is_written_all_the_same(workbench, bullhorn):
    note = workbench.record("Note", await bullhorn.create_call_log(NIA, LogDraft()))
    assert ("", 101, None) == (note["comments"], note["commentingPerson"], note.get("minutesSpent"))


async def test_a_log_that_is_gone_is_not_found(workbench, bullhorn):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.record("Note", log_id)["isDeleted"] = True
    for gone in (log_id, "99999"):
        with pytest.raises(NotFound):
            await bullhorn.get_call_log(gone)


@pytest.mark.parametrize("strange", ["", "abc", "1/../2", "９"])
async def test_an_id_that_is_none_sends_nothing(workbench, bullhorn, strange):
    for asking in (
        bullhorn.get_call_log(strange),
        bullhorn.update_call_log(strange, DRAFT),
        bullhorn.create_call_log(Contact(id=strange, name="X"), DRAFT),
        bullhorn.find_log(Contact(id=strange, name="X"), DRAFT),
    ):
        with pytest.raises(InputError):
            await asking
    assert 0 == workbench.sent()


# -- updating --


async def test_an_update_changes_what_it_says_and_nothing_else(workbench, bullhorn):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    before = dict(workbench.record("Note", log_id))
    await bullhorn.update_call_log(log_id, LogDraft(body="Later"))
    assert {**before, "comments": "Later"} == workbench.record("Note", log_id)
    await bullhorn.update_call_log(log_id, LogDraft(duration=0, start=datetime(2026, 1, 3, tzinfo=UTC)))
    after = workbench.record("Note", log_id)
    assert (0, "Later") == (after["minutesSpent"], after["comments"])
    assert before["dateAdded"] < after["dateAdded"]


async def test_an_update_that_says_nothing_sends_nothing(workbench, bullhorn):
    await bullhorn.update_call_log("9301", LogDraft())
    assert 0 == workbench.sent()


async def test_an_update_of_a_log_that_is_gone_is_not_found(bullhorn):
    with pytest.raises(NotFound):
        await bullhorn.update_call_log("99999", DRAFT)


# -- note actions --


async def test_the_default_action_is_pending_and_the_note_is_kept(workbench, bullhorn):
    assert "pending note" == workbench.record("Note", await bullhorn.create_call_log(NIA, DRAFT))["action"]


@pytest.mark.parametrize(
    ("key", "kind", "direction"),
    [
        ("bullhornInboundCallNoteAction", LogKind.CALL, Direction.INBOUND),
        ("bullhornOutboundCallNoteAction", LogKind.CALL, Direction.OUTBOUND),
        ("bullhornMessageNoteAction", LogKind.SMS, Direction.INBOUND),
        ("bullhornMessageNoteAction", LogKind.SHARED_SMS, Direction.OUTBOUND),
        ("bullhornVoicemailNoteAction", LogKind.VOICEMAIL, Direction.INBOUND),
        ("bullhornFaxNoteAction", LogKind.FAX, Direction.OUTBOUND),
    ],
)
async def test_each_kind_has_its_own_default_action(workbench, bullhorn, key, kind, direction):
    workbench.settings(**{key: " text MESSAGE"})
    log_id = await bullhorn.create_message_log(NIA, draft(kind=kind, direction=direction))
    assert "Text Message" == workbench.record("Note", log_id)["action"]
    workbench.settings(someOtherSetting="Text Message")
    log_id = await bullhorn.create_message_log(NIA, draft(kind=kind, direction=direction))
    assert "pending note" == workbench.record("Note", log_id)["action"]


async def test_a_default_that_the_company_does_not_have_is_told_and_does_not_lose_the_log(
    workbench, bullhorn
):
    workbench.settings(bullhornOutboundCallNoteAction="Renamed Since")
    with operation_warnings.collect() as told:
        log_id = await bullhorn.create_call_log(NIA, DRAFT)
    assert "pending note" == workbench.record("Note", log_id)["action"]
    assert [
        "bullhornOutboundCallNoteAction is 'Renamed Since', which is not one of this Bullhorn company's note "
        "actions, so it was left out; there are: Outbound Call, Inbound Call, Left Message, Text Message, "
        "Email, BD Call. allowBullhornCustomNoteAction allows others."
    ] == told


@pytest.mark.parametrize("allowed", [True, "true"])
async def test_a_default_of_ones_own_where_that_is_allowed(workbench, bullhorn, allowed):
    workbench.settings(bullhornOutboundCallNoteAction="Yodel", allowBullhornCustomNoteAction=allowed)
    with operation_warnings.collect() as told:
        log_id = await bullhorn.create_call_log(NIA, DRAFT)
    assert ("Yodel", []) == (workbench.record("Note", log_id)["action"], told)
    workbench.settings(bullhornOutboundCallNoteAction="Y" * 31, allowBullhornCustomNoteAction=allowed)
    with operation_warnings.collect() as told:
        log_id = await bullhorn.create_call_log(NIA, DRAFT)
    assert "pending note" == workbench.record("Note", log_id)["action"]
    assert "longer than the 30 characters" in told[0]


@pytest.mark.parametrize("value", ["Left Message", "left message", {"const": "Left Message", "title": "x"}])
async def test_a_chosen_action_wins_and_is_written_as_the_company_does(workbench, bullhorn, value):
    workbench.settings(bullhornOutboundCallNoteAction="Email")
    log_id = await bullhorn.create_call_log(NIA, chosen(noteActions=value))
    assert "Left Message" == workbench.record("Note", log_id)["action"]


async def test_an_action_too_long_for_bullhorn_is_refused_before_anything_is_written(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    with pytest.raises(InputError, match=r"'Y{31}' is 31 characters long; Bullhorn holds 30"):
        await bullhorn.create_call_log(NIA, chosen(noteActions="Y" * 31))
    assert (0, 0) == (workbench.sent("PUT"), workbench.sent("POST"))


async def test_an_action_that_is_new_since_the_list_was_read_is_taken(workbench, bullhorn):
    bullhorn.cache.put("noteActions", ["Old One"], 1)
    log_id = await bullhorn.create_call_log(NIA, chosen(noteActions="Email"))
    assert "Email" == workbench.record("Note", log_id)["action"]


async def test_the_list_of_actions_is_read_once_and_once_more_for_each_that_it_lacks(workbench, bullhorn):
    for _ in range(3):
        await bullhorn.create_call_log(NIA, chosen(noteActions="Email"))
    assert 1 == workbench.sent("GET", "/settings/commentActionList")
    for times in (2, 3):
        await bullhorn.create_call_log(NIA, chosen(noteActions="Yodel"))
        assert times == workbench.sent("GET", "/settings/commentActionList")


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_chosen_action_is_written_although_it_is_not_in_the_list(workbench, bullhorn, allowed):
    workbench.settings(allowBullhornCustomNoteAction=allowed)
    log_id = await bullhorn.create_call_log(NIA, chosen(noteActions=" Yodel"))
    assert "Yodel" == workbench.record("Note", log_id)["action"]
    await bullhorn.upsert_call_disposition(log_id, {"noteActions": "Sing along"})
    assert "Sing along" == workbench.record("Note", log_id)["action"]


async def test_where_bullhorn_enforces_its_actions_a_default_is_needed_and_said(make_bench):
    workbench = make_bench(actions_enforced=True)
    await workbench.sign_in_by_code()
    with pytest.raises(Rejected, match="Invalid note action"):
        await workbench.connector.create_call_log(NIA, DRAFT)
    workbench.settings(bullhornOutboundCallNoteAction="outbound call")
    log_id = await workbench.connector.create_call_log(NIA, DRAFT)
    assert "Outbound Call" == workbench.record("Note", log_id)["action"]


async def test_the_action_is_the_disposition(workbench, bullhorn):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    before = dict(workbench.record("Note", log_id))
    assert log_id == await bullhorn.upsert_call_disposition(log_id, {"noteActions": "Email"})
    assert {**before, "action": "Email"} == workbench.record("Note", log_id)
    assert {"noteActions": "Email"} == (await bullhorn.get_call_log(log_id)).dispositions
    await bullhorn.upsert_call_disposition(log_id, {"noteActions": "none"})
    assert "pending note" == workbench.record("Note", log_id)["action"]
    assert await bullhorn.upsert_call_disposition(log_id, {"deals": "7"}) is None


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_a_list_of_actions_that_cannot_be_read_loses_no_log(workbench, bullhorn, status):
    workbench.sandbox.faults.add("GET", "*/settings/*", status=status, json={}, times=None)
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    assert "pending note" == workbench.record("Note", log_id)["action"]
    workbench.settings(bullhornOutboundCallNoteAction=" Outbound Call")
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    assert "Outbound Call" == workbench.record("Note", log_id)["action"]
    workbench.settings(bullhornOutboundCallNoteAction="x" * 31)
    assert "pending note" == workbench.record("Note", await bullhorn.create_call_log(NIA, DRAFT))["action"]
    await bullhorn.upsert_call_disposition(log_id, {"noteActions": "Email"})
    assert "Email" == workbench.record("Note", log_id)["action"]
    with pytest.raises(InputError, match="Bullhorn holds 30"):
        await bullhorn.upsert_call_disposition(log_id, {"noteActions": "x" * 31})


# -- copies in the contact's comments --


@pytest.mark.parametrize(("contact", "entity"), [(NIA, "Candidate"), (OMAR, "ClientContact"), (INES, "Lead")])
async def test_a_copy_is_appended_to_the_comments(workbench, bullhorn, contact, entity):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    before = workbench.record(entity, contact.id)["comments"]
    await bullhorn.create_call_log(contact, DRAFT)
    after = workbench.record(entity, contact.id)["comments"]
    assert (True, 1) == (after.startswith(before), after.count(DRAFT.body))


async def test_nothing_is_copied_unless_it_is_wanted(workbench, bullhorn):
    workbench.settings(bullhornInboundCallCopyToContactComments=True)
    await bullhorn.create_call_log(NIA, DRAFT)
    assert "Prefers mornings." == workbench.record("Candidate", 105)["comments"]


@pytest.mark.parametrize(("said", "expected"), [(True, 1), (False, 0)])
async def test_the_form_has_the_last_word_on_copying(workbench, bullhorn, said, expected):
    workbench.settings(bullhornOutboundCallCopyToContactComments=not said)
    await bullhorn.create_call_log(NIA, chosen(copyToContactComments=said))
    assert expected == workbench.record("Candidate", 105)["comments"].count(DRAFT.body)


async def test_an_update_renews_the_copy_in_place(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.record("Candidate", 105)["comments"] += "<br>Typed later by Kit"
    await bullhorn.create_call_log(NIA, draft(reference="s-2", body="Another call"))
    for _ in range(2):
        await bullhorn.update_call_log(log_id, draft(body="Corrected"))
    after = workbench.record("Candidate", 105)["comments"]
    assert [1, 1, 0] == [after.count(text) for text in ("Corrected", "Another call", "Hi")]
    assert after.index("Prefers") < after.index("Corrected") < after.index("Kit") < after.index("Another")


async def test_an_update_without_direction_renews_a_copy_and_makes_none(workbench, bullhorn):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    await bullhorn.update_call_log(log_id, LogDraft(body="Corrected"))
    assert "Prefers mornings." == workbench.record("Candidate", 105)["comments"]


async def test_a_copy_whose_answer_is_lost_is_made_once(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    workbench.sandbox.faults.add("POST", "*/entity/Candidate/105", drop_after=True)
    await bullhorn.create_call_log(NIA, DRAFT)
    assert (1, 1) == (len(workbench.notes()), workbench.record("Candidate", 105)["comments"].count("Hi"))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
async def test_a_copy_that_fails_is_said_and_the_call_is_logged_all_the_same(
    workbench, bullhorn, caplog, method, status
):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    workbench.sandbox.faults.add(method, "*/entity/Candidate/105", status=status, json={}, times=None)
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    assert [int(log_id)] == [note["id"] for note in workbench.notes()]
    assert f"The copy in the contact's comments is not written (log {log_id})" in caplog.text


async def test_a_note_that_is_refused_leaves_no_copy(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    workbench.sandbox.faults.add("PUT", "*/entity/Note", status=403, json={})
    with pytest.raises(Forbidden):
        await bullhorn.create_call_log(NIA, DRAFT)
    assert "Prefers mornings." == workbench.record("Candidate", 105)["comments"]


@pytest.mark.parametrize("change", [LogDraft(), LogDraft(body="Corrected"), draft(body="Corrected")])
async def test_the_next_update_makes_the_copy_that_is_missing(workbench, bullhorn, change):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    workbench.sandbox.faults.add("POST", "*/entity/Candidate/105", status=403, json={})
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    await bullhorn.update_call_log(log_id, change)
    assert 1 == workbench.record("Candidate", 105)["comments"].count(change.body or DRAFT.body)
    before = workbench.sent()
    await bullhorn.update_call_log(log_id, LogDraft())
    assert before == workbench.sent()


async def test_an_update_is_not_lost_with_its_copy(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.sandbox.faults.add("*", "*/entity/Candidate/105", status=403, json={})
    await bullhorn.update_call_log(log_id, draft(body="Corrected"))
    assert "Corrected" == workbench.record("Note", log_id)["comments"]


async def test_whoever_has_no_type_is_known_by_the_note(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    await bullhorn.create_call_log(Contact(id="105", name="Nia Holt"), DRAFT)
    assert 1 == workbench.record("Candidate", 105)["comments"].count(DRAFT.body)


async def test_copies_that_are_made_at_once_are_all_there(make_bench):
    workbench = make_bench()
    workbench.make_slow()
    await workbench.sign_in_by_code()
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    calls = [draft(reference=f"s-{number}", body=f"Call {number}") for number in range(3)]
    await asyncio.gather(*(workbench.connector.create_call_log(NIA, each) for each in calls))
    comments = workbench.record("Candidate", 105)["comments"]
    assert [1, 1, 1] == [comments.count(each.body) for each in calls]


async def test_a_copy_that_somebody_else_overwrites_is_made_again(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    workbench.after(
        "POST", "/entity/Candidate/105", lambda: workbench.record("Candidate", 105).update(comments="Mine")
    )
    await bullhorn.create_call_log(NIA, DRAFT)
    comments = workbench.record("Candidate", 105)["comments"]
    assert (True, 1) == (comments.startswith("Mine"), comments.count(DRAFT.body))


@pytest.mark.parametrize(("contact", "entity"), [(NIA, "Candidate"), (OMAR, "ClientContact"), (INES, "Lead")])
async def test_a_deleted_log_takes_its_copy_along_and_nothing_else(workbench, bullhorn, contact, entity):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    before = workbench.record(entity, contact.id)["comments"]
    log_id = await bullhorn.create_call_log(contact, DRAFT)
    workbench.record(entity, contact.id)["comments"] += "<br>Typed later by Kit"
    await bullhorn.create_call_log(contact, draft(reference="s-2", body="Another call"))
    await bullhorn.delete_call_log(log_id)
    after = workbench.record(entity, contact.id)["comments"]
    assert (True, True) == (after.startswith(f"{before}<br>Typed later by Kit"), "Another call" in after)
    assert (True, False, 1) == (
        workbench.record("Note", log_id)["isDeleted"],
        "Hi" in after,
        after.count("[/"),
    )


async def test_a_deleted_log_without_a_copy_leaves_the_comments_alone(workbench, bullhorn):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.sandbox.faults.add("POST", "*/entity/Candidate/105", status=403, json={}, times=None)
    with operation_warnings.collect() as warnings:
        await bullhorn.delete_call_log(log_id)
    assert ("Prefers mornings.", []) == (workbench.record("Candidate", 105)["comments"], warnings)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_a_copy_that_stays_is_said_and_the_log_is_deleted_all_the_same(
    workbench, bullhorn, method, status
):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.sandbox.faults.add(method, "*/entity/Candidate/105", status=status, json={}, times=None)
    with operation_warnings.collect() as warnings:
        await bullhorn.delete_call_log(log_id)
    sentence = "The copy of the old note is still in the comments of Nia Holt; take it out yourself."
    assert [True] == [each.startswith(sentence) for each in warnings]
    assert workbench.record("Note", log_id)["isDeleted"]


@given(before=st.text(max_size=80), body=st.text(max_size=80))
def test_a_copy_that_is_taken_out_leaves_what_was_there_before(before, body):
    copied = with_entry(before, "s-1", body)
    assert (before, None) == tuple(
        with_entry(comments, "s-1", None, refresh_only=True) for comments in (copied, before)
    )


@given(before=st.text(max_size=80), body=st.text(max_size=80), later=st.text(max_size=80))
def test_a_copy_keeps_whatever_else_is_there(before, body, later):
    once = with_entry(before, "s-1", body)
    assert once.startswith(before)
    assert with_entry(once, "s-1", body) is None
    assert with_entry(once + later, "s-1", "new").startswith(before)
    assert with_entry(once + later, "s-1", "new").endswith(later)


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=4))
def test_copies_of_several_notes_do_not_disturb_each_other(before, bodies):
    text = before
    for number, body in enumerate(bodies):
        text = with_entry(text, f"s-{number}", body) or text
    for number, body in enumerate(bodies):
        assert with_entry(text, f"s-{number}", body) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_note_that_quotes_frames_disturbs_none_and_not_its_own(before, after):
    marks = MARKS.findall(with_entry(None, "s-1", "") + with_entry(None, "s-2", ""))
    hostile = before + "".join(marks) + after
    text = with_entry(with_entry("Old", "s-1", hostile), "s-2", hostile)
    for key in ("s-1", "s-2"):
        assert with_entry(text, key, hostile) is None
    text = with_entry(with_entry(text, "s-1", "One"), "s-2", "Two")
    assert ["Old<br><br>", " One ", "<br><br>", " Two ", ""] == MARKS.split(text)


def test_a_frame_that_a_person_took_apart_is_left_alone():
    once = with_entry("", "s-1", "Hi")
    assert with_entry(once.rpartition("[/note")[0], "s-1", "new") is None


# -- messages --


async def test_a_message_is_a_note_too_and_an_update_keeps_its_date(workbench, bullhorn):
    workbench.settings(bullhornInboundCallCopyToContactComments=True)
    sms = draft(kind=LogKind.SMS, duration=None, direction=Direction.INBOUND)
    log_id = await bullhorn.create_message_log(INES, sms)
    before = dict(workbench.record("Note", log_id))
    assert None is before.get("minutesSpent")
    assert "" == workbench.record("Lead", 107)["comments"]
    await bullhorn.update_message_log(log_id, LogDraft(kind=LogKind.SMS, body="Two messages"))
    assert {**before, "comments": "Two messages"} == workbench.record("Note", log_id)
    assert "Two messages" == (await bullhorn.get_message_log(log_id)).body


async def test_an_update_that_is_refused_is_an_error(workbench, bullhorn):
    log_id = await bullhorn.create_message_log(NIA, draft(kind=LogKind.SMS))
    for status, error in ((400, Rejected), (403, Forbidden), (500, Unavailable)):
        answer = {"status": status, "json": {"errorMessage": "no"}}
        workbench.sandbox.faults.add("POST", "*/entity/Note/*", **answer, times=4)
        with pytest.raises(error, match="no"):
            await bullhorn.update_message_log(log_id, LogDraft(body="x"))
        workbench.sandbox.faults.clear()


@pytest.mark.parametrize("fault", [{"status": 503, "text": "busy"}, {"drop_after": True}])
async def test_an_update_that_fails_for_a_moment_is_sent_again(workbench, bullhorn, fault):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.sandbox.faults.add("POST", "*/entity/Note/*", **fault)
    await bullhorn.update_call_log(log_id, LogDraft(body="Later"))
    assert "Later" == workbench.record("Note", log_id)["comments"]


# -- nothing doubled --

OTHERS = [
    {"changedEntityType": "Candidate", "changedEntityId": 105},
    {"changedEntityId": 9990, "changeType": "UPDATE"},
    {"changedEntityId": 9990, "changeType": "DELETE"},
]


@pytest.mark.parametrize("answer", OTHERS, ids=str)
async def test_an_answer_about_another_entity_or_change_is_no_proof_of_a_note(workbench, bullhorn, answer):
    workbench.sandbox.faults.add("PUT", "*/entity/Note", change=lambda right: right | answer)
    with pytest.raises(Unconfirmed, match="about another record"):
        await bullhorn.create_call_log(NIA, DRAFT)
    [note] = workbench.notes()
    assert str(note["id"]) == await bullhorn.find_log(NIA, DRAFT)


@pytest.mark.parametrize("answer", [{"changedEntityType": "Note"}, {"changeType": "UPDATE"}], ids=str)
async def test_an_answer_about_another_entity_or_change_is_no_proof_of_a_lead(workbench, bullhorn, answer):
    workbench.sandbox.faults.add("PUT", "*/entity/Lead", change=lambda right: right | answer)
    with pytest.raises(Unconfirmed, match="about another record"):
        await bullhorn.create_contact(parse("+14155550190"), "Ann One")


@pytest.mark.parametrize("answer", [{"changedEntityType": "Candidate"}, {"changeType": "INSERT"}], ids=str)
async def test_a_change_whose_answer_is_about_another_one_is_done_if_it_stands_in_the_note(
    workbench, bullhorn, answer
):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.sandbox.faults.add("POST", "*/entity/Note/*", change=lambda right: right | answer)
    await bullhorn.update_call_log(log_id, LogDraft(body="Corrected"))
    right = {"changedEntityType": "Note", "changedEntityId": int(log_id), "changeType": "UPDATE"}
    workbench.sandbox.faults.add("POST", "*/entity/Note/*", status=200, json=right | answer)
    with pytest.raises(Unconfirmed, match="about another record"):
        await bullhorn.update_call_log(log_id, LogDraft(body="Corrected again"))
    assert "Corrected" == workbench.record("Note", log_id)["comments"]


async def test_an_answer_need_not_name_the_entity_as_in_the_documentation_s_examples(workbench, bullhorn):
    shorter = lambda right: {key: right[key] for key in ("changedEntityId", "changeType")}  # noqa: E731
    workbench.sandbox.faults.add("PUT", "*/entity/Note", change=shorter)
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    assert [int(log_id)] == [note["id"] for note in workbench.notes()]
    assert 1 == workbench.sent()


async def test_a_write_whose_answer_was_lost_is_found_again_although_the_index_is_empty(workbench, bullhorn):
    workbench.sandbox.faults.add("PUT", "*/entity/Note", drop_after=True)
    with pytest.raises(Unreachable):
        await bullhorn.create_call_log(INES, DRAFT)
    [note] = workbench.notes()
    assert str(note["id"]) == await bullhorn.find_log(INES, DRAFT)
    assert 0 == workbench.sent("GET", "/search/")


async def test_only_the_very_draft_is_found(workbench, bullhorn):
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    assert log_id == await bullhorn.find_log(NIA, DRAFT)
    assert await bullhorn.find_log(NIA, draft(reference="s-2")) is None
    assert await bullhorn.find_log(OMAR, DRAFT) is None
    workbench.record("Note", log_id)["isDeleted"] = True
    assert await bullhorn.find_log(NIA, DRAFT) is None


async def test_a_colleague_s_note_of_the_same_call_is_not_taken_for_mine(workbench, bullhorn):
    bullhorn.account.user = User(id="101-bullhorn", name="Rae Quill")
    mine, theirs = draft(owner_id=None), draft(owner_id="102")
    log_id = await bullhorn.create_call_log(NIA, theirs)
    assert (None, log_id) == (await bullhorn.find_log(NIA, mine), await bullhorn.find_log(NIA, theirs))
    log_id = await bullhorn.create_call_log(NIA, mine)
    assert log_id == await bullhorn.find_log(NIA, mine)
    assert await bullhorn.find_log(NIA, mine, is_claimed=lambda each: each == log_id) is None


@pytest.mark.parametrize("linked", [True, False])
async def test_a_lead_s_note_is_linked_once_whether_or_not_bullhorn_does_it(make_bench, linked):
    workbench = make_bench(lead_reference=linked)
    await workbench.sign_in_by_code()
    log_id = await workbench.connector.create_call_log(INES, DRAFT)
    rows = workbench.sandbox.database.records["NoteEntity"].values()
    links = [(row["targetEntityName"], row["targetEntityID"]) for row in rows if row["note"] == int(log_id)]
    assert [("User", 107)] == links  # which is what it calls a lead there as well
    assert log_id == await workbench.connector.find_log(INES, DRAFT)


@pytest.mark.parametrize("linked", [True, False])
async def test_a_lead_s_note_whose_answer_was_lost_is_found_and_linked(make_bench, linked):
    workbench = make_bench(lead_reference=linked, note_search_empty=False)
    await workbench.sign_in_by_code()
    workbench.sandbox.faults.add("PUT", "*/entity/Note", drop_after=True)
    with pytest.raises(Unreachable):
        await workbench.connector.create_call_log(INES, DRAFT)
    [note] = workbench.notes()
    assert str(note["id"]) == await workbench.connector.find_log(INES, DRAFT)
    assert ("107", "Ines Roth") == await about(workbench, note["id"])
    assert await workbench.connector.find_log(Contact(id="108", name="X", type="Lead"), DRAFT) is None


@pytest.mark.parametrize("place", [("GET", "*/entity/Note/*"), ("PUT", "*/entity/NoteEntity")])
async def test_a_lead_s_note_that_cannot_be_linked_is_not_lost(make_bench, caplog, place):
    workbench = make_bench(lead_reference=False)
    await workbench.sign_in_by_code()
    workbench.sandbox.faults.add(*place, status=403, json={})
    log_id = await workbench.connector.create_call_log(INES, DRAFT)
    assert [int(log_id)] == [note["id"] for note in workbench.notes()]
    assert f"The note is not linked to lead 107 (log {log_id})" in caplog.text


@pytest.mark.parametrize("later", ["update", "message", "disposition", "run"])
async def test_a_lead_s_note_that_could_not_be_linked_is_linked_by_whatever_comes_next(make_bench, later):
    workbench = make_bench(lead_reference=False)
    await workbench.sign_in_by_code()
    workbench.sandbox.faults.add("PUT", "*/entity/NoteEntity", status=403, json={})
    bullhorn = workbench.connector
    log_id = await bullhorn.create_call_log(INES, DRAFT)
    assert [] == links_of(workbench, log_id)
    match later:
        case "update":
            await bullhorn.update_call_log(log_id, LogDraft(body="Later"))
        case "message":
            await bullhorn.update_message_log(log_id, LogDraft())
        case "disposition":
            await bullhorn.upsert_call_disposition(log_id, {"noteActions": "Email"})
        case "run":
            assert [] == await bullhorn.catch_up()
    assert [107] == links_of(workbench, log_id)
    before = workbench.sent()
    await bullhorn.update_call_log(log_id, LogDraft())
    assert before == workbench.sent()


def links_of(workbench, log_id):
    rows = workbench.sandbox.database.records["NoteEntity"].values()
    return [row["targetEntityID"] for row in rows if row["note"] == int(log_id)]


@pytest.mark.parametrize(
    ("contact", "copied", "requests"), [(NIA, False, 1), (INES, False, 2), (NIA, True, 4)]
)
async def test_a_lead_s_note_takes_one_request_more_and_a_copy_three(
    workbench, bullhorn, contact, copied, requests
):
    workbench.settings(bullhornOutboundCallCopyToContactComments=copied)
    log_id = await bullhorn.create_call_log(contact, DRAFT)
    assert requests == workbench.sent()
    if copied:
        await bullhorn.update_call_log(log_id, draft(body="Corrected"))
        assert requests + 1 + 4 == workbench.sent()


async def test_a_copy_that_is_made_later_is_of_the_note_as_it_is_then(workbench, bullhorn):
    workbench.settings(bullhornOutboundCallCopyToContactComments=True)
    workbench.sandbox.faults.add("POST", "*/entity/Candidate/105", status=403, json={})
    log_id = await bullhorn.create_call_log(NIA, DRAFT)
    workbench.record("Note", log_id)["comments"] = "Typed by Kit"
    await bullhorn.catch_up()
    assert 1 == workbench.record("Candidate", 105)["comments"].count("Typed by Kit")


async def about(workbench, number):
    log = await workbench.connector.get_call_log(str(number))
    return log.contact_id, log.contact_name


@pytest.mark.parametrize("reference", ["", "O'Neil' OR id > 0", "c-" + "9" * 80, "42/2026-01-02"])
async def test_any_reference_finds_its_own_log(workbench, bullhorn, reference):
    other = await bullhorn.create_call_log(NIA, draft(body="Another", reference="x"))
    mine = await bullhorn.create_call_log(NIA, draft(reference=reference))
    assert (mine, True) == (await bullhorn.find_log(NIA, draft(reference=reference)), mine != other)
    assert len(workbench.record("Note", mine)["externalID"]) <= 50


async def test_a_server_error_on_a_write_is_not_repeated(workbench, bullhorn):
    workbench.sandbox.faults.add("PUT", "*/entity/Note", status=503, text="busy")
    with pytest.raises(Unavailable):
        await bullhorn.create_call_log(NIA, DRAFT)
    assert 1 == workbench.sent("PUT")
