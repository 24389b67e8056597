"""Messages as RingCentral's message store and App Connect really send them: logged as what they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from platforms import OAUTH, answers_of
from workbench_steps import nia, sandbox_of, sent, signed_in

from appconnect.errors import InputError
from appconnect.models import Contact, JsonObject, Logged, LogKind, Message
from appconnect.store import LogReference
from appconnect.testing import cast
from appconnect.workbench import Workbench

ANSWERS = answers_of(OAUTH)
NIA, RAE = {"phoneNumber": "+14155550142"}, {"phoneNumber": "+16505550110", "name": "Rae Quill"}
OMAR = {"phoneNumber": "+14155550177", "name": "Omar Vance"}
MEDIA = "https://media.example.com/restapi/v1.0/content"
AT = "2026-01-02T09:30:00.000Z"


@pytest.fixture
async def workbench() -> AsyncIterator[Workbench]:
    workbench = await signed_in(OAUTH)
    yield workbench
    await workbench.close()


def record(**changes: Any) -> Message:
    """An SMS of Nia to Rae, as the message store has it."""
    usual: JsonObject = {
        "uri": f"{MEDIA}/m", "id": 1001, "to": [RAE], "from": NIA, "type": "SMS", "creationTime": AT,
        "readStatus": "Unread", "priority": "Normal", "direction": "Inbound", "availability": "Alive",
        "attachments": [{"id": 1, "uri": f"{MEDIA}/text", "type": "Text", "contentType": "text/plain"}],
        "subject": "Is it ready?", "messageStatus": "Received", "conversationId": 5228713212201246000,
    }  # fmt: skip
    return Message.model_validate(usual | changes)


def file(kind: str, content_type: str | None, name: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": 2, "uri": f"{MEDIA}/{name}", "type": kind, "contentType": content_type, **more}


async def other(workbench: Workbench, name: str = cast.ALONE.name) -> Contact:
    found = await workbench.find_contact(cast.SHARED if name == cast.OMAR.name else cast.ALONE.number)
    return next(contact for contact in found.contacts if contact.name == name)


def body(workbench: Workbench, result: Logged) -> str:
    assert result.error is None
    return ANSWERS.stored(sandbox_of(workbench), result.log_id or "").body


def logs(workbench: Workbench) -> int:
    return ANSWERS.count(sandbox_of(workbench))


# -- kinds --


@pytest.mark.parametrize("kind", ["VoiceMail", "Voicemail", "SMS"])
async def test_a_voicemail_is_logged_with_its_recording(workbench: Workbench, kind: str) -> None:
    recording = file("AudioRecording", "audio/mpeg", "rec", vmDuration=7)
    words = file("AudioTranscription", "text/plain", "words")
    message = record(type=kind, subject=None, attachments=[words, recording])
    text = body(workbench, await workbench.log_message(message, await nia(workbench)))
    assert "Voicemail left by Nia Holt" in text
    assert f"Voicemail recording link: {MEDIA}/rec" in text
    assert "Conversation(" not in text and "words" not in text


async def test_a_fax_is_logged_with_its_rendered_document_wherever_it_stands(workbench: Workbench) -> None:
    files = [
        file("SourceDocument", "image/tiff", "source"),
        file("RenderedDocument", "application/pdf", "doc"),
    ]
    message = record(type="Fax", subject=None, attachments=files, faxPageCount=2)
    text = body(workbench, await workbench.log_message(message, await nia(workbench)))
    assert f"Fax document link: {MEDIA}/doc" in text
    assert "source" not in text


async def test_a_fax_of_two_documents_has_both_links(workbench: Workbench) -> None:
    files = [file("RenderedDocument", "application/pdf", name) for name in ("one", "two")]
    composed = workbench.compose_message(record(type="Fax", attachments=files), await nia(workbench))
    assert f"Fax document link: {MEDIA}/one, {MEDIA}/two" in composed.body


async def test_the_link_wins_over_the_uri_and_an_argument_over_both(workbench: Workbench) -> None:
    reader, mine = "https://reader.example.com/?m=1&n=2", "https://mine.example.com/v"
    files = [file("AudioRecording", "audio/mpeg", link=reader)]
    message, person = record(type="VoiceMail", attachments=files), await nia(workbench)
    assert "reader.example.com/?m=1" in workbench.compose_message(message, person).body
    told = workbench.compose_message(message, person, recording_link=mine).body
    assert (True, False) == (mine in told, "reader" in told)
    assert "Fax document" in workbench.compose_message(message, person, fax_link=mine).body


@pytest.mark.parametrize(
    ("kind", "label", "files"),
    [
        ("VoiceMail", "Voicemail recording link", None),
        ("VoiceMail", "Voicemail recording link", [{"type": "AudioRecording", "uri": None}]),
        ("VoiceMail", "Voicemail recording link", [file("AudioTranscription", "text/plain")]),
        ("Fax", "Fax document link", []),
        ("Fax", "Fax document link", [{"type": "RenderedDocument", "uri": "javascript:alert(1)"}]),
    ],
)
async def test_a_link_that_is_to_come_is_pending_and_filled_in_later(
    workbench: Workbench, kind: str, label: str, files: Any
) -> None:
    person = await nia(workbench)
    first = await workbench.log_message(record(type=kind, subject=None, attachments=files), person)
    assert f"{label}: (pending...)" in body(workbench, first)

    file_of = (
        ("AudioRecording", "audio/mpeg") if kind == "VoiceMail" else ("RenderedDocument", "application/pdf")
    )
    complete = record(type=kind, attachments=[file(*file_of, "late")])
    second = await workbench.log_message(complete, person)
    text = body(workbench, second)
    assert (first.log_id, 1) == (second.log_id, logs(workbench))
    assert f"{label}: {MEDIA}/late" in text
    assert "pending" not in text
    third = await workbench.log_message(record(type=kind, attachments=None), person)
    assert text == body(workbench, third)


@pytest.mark.parametrize(
    ("content_type", "name", "label"),
    [
        ("image/png", "p", "Picture link"),
        ("IMAGE/JPEG; name=x", "p", "Picture link"),
        ("video/3gpp", "v", "Video link"),
        ("audio/amr", "a", "Audio link"),
        (None, "holiday.jpg", "Picture link"),
        ("text/vcard", "card", "Attachment link"),
    ],
)
async def test_an_mms_shows_its_text_and_its_files(
    workbench: Workbench, content_type: str | None, name: str, label: str
) -> None:
    files = [
        file("Text", "text/plain", "plain"),
        file("MmsAttachment", content_type, name, fileName=name),
        file("MmsAttachment", "image/gif", "second"),
    ]
    text = body(workbench, await workbench.log_message(record(attachments=files), await nia(workbench)))
    assert text.index("Is it ready?") < text.index(f"{label}: {MEDIA}/{name}")
    assert f"Picture link: {MEDIA}/second" in text
    assert "plain" not in text


async def test_a_picture_without_words_has_no_empty_line(workbench: Workbench) -> None:
    files = [file("MmsAttachment", "image/png", "p")]
    composed = workbench.compose_message(
        record(type="MMS", subject=None, attachments=files), await nia(workbench)
    )
    assert f"\n\nPicture link: {MEDIA}/p" not in composed.body
    assert f"Picture link: {MEDIA}/p" in composed.body


async def test_only_http_addresses_are_links_and_all_are_escaped(workbench: Workbench) -> None:
    files = [
        file("MmsAttachment", "image/png", link="javascript:alert(1)", uri=""),
        file("MmsAttachment", "image/png", link="ftp://media.example.com/p", uri="https://e.example/?a=<b>"),
    ]
    text = workbench.compose_message(record(attachments=files), await nia(workbench)).body
    assert "Picture link: (pending...)" in text
    assert "javascript" not in text and "ftp" not in text and "<b>&" not in text


@pytest.mark.parametrize("kind", ["SMS", "MMS", "Text", "Pager", "sms", "WhatsApp", "", None])
async def test_every_other_kind_is_a_text(workbench: Workbench, kind: str | None) -> None:
    result = await workbench.log_message(record(type=kind), await nia(workbench))
    assert "Conversation(1 messages)" in body(workbench, result)


# -- undelivered --


@pytest.mark.parametrize("status", ["SendingFailed", "DeliveryFailed"])
async def test_what_never_went_out_is_marked(workbench: Workbench, status: str) -> None:
    person = await nia(workbench)
    lost = record(direction="Outbound", **{"from": RAE}, to=[NIA], messageStatus=status)
    assert "Rae Quill 09:30 AM (not delivered)" in workbench.compose_message(lost, person).body
    fax = record(type="Fax", direction="Outbound", messageStatus=status)
    assert "Fax document link: (pending...) (not delivered)" in workbench.compose_message(fax, person).body


async def test_a_fax_that_no_recipient_got_is_marked(workbench: Workbench) -> None:
    person, files = await nia(workbench), [file("RenderedDocument", "application/pdf")]
    to = [{**NIA, "messageStatus": "SendingFailed", "faxErrorCode": "Busy"}]
    fax = record(type="Fax", direction="Outbound", messageStatus=None, to=to, attachments=files)
    assert "(not delivered)" in workbench.compose_message(fax, person).body
    reached = record(type="Fax", direction="Outbound", to=[*to, {**OMAR, "messageStatus": "Sent"}])
    assert "(not delivered)" not in workbench.compose_message(reached, person).body


@pytest.mark.parametrize("status", ["Queued", "Sent", "Delivered", "Received", None, ""])
async def test_what_went_out_is_not_marked(workbench: Workbench, status: str | None) -> None:
    message = record(direction="Outbound", messageStatus=status)
    assert "delivered" not in workbench.compose_message(message, await nia(workbench)).body


# -- conversations --


@pytest.mark.parametrize(
    "other_way",
    [
        {"conversationId": "5228713212201246000"},
        {"conversationId": None, "conversation": {"id": 5228713212201246000, "uri": "x"}},
        {"conversationId": None, "conversation": {"id": "5228713212201246000"}},
        {"conversationId": None, "conversation": 5228713212201246000},
        {"conversationId": None, "conversation": None, "conversationLogId": "5228713212201246000"},
    ],
)
async def test_one_conversation_however_its_id_is_written(
    workbench: Workbench, other_way: dict[str, Any]
) -> None:
    person = await nia(workbench)
    first = await workbench.log_message(record(), person)
    second = await workbench.log_message(record(id="1002", subject="And now?", **other_way), person)
    assert (first.log_id, 1) == (second.log_id, logs(workbench))
    assert "Conversation(2 messages)" in body(workbench, second)


async def test_two_conversations_with_the_same_person_are_two_logs(workbench: Workbench) -> None:
    person = await nia(workbench)
    first = await workbench.log_message(record(), person)
    second = await workbench.log_message(record(id=1002, conversationId=7), person)
    assert first.log_id != second.log_id


async def test_a_message_id_is_the_same_as_number_and_as_text(workbench: Workbench) -> None:
    person = await nia(workbench)
    first = await workbench.log_message(record(), person)
    second = await workbench.log_message(record(id="1001"), person)
    assert (body(workbench, first), first.log_id) == (body(workbench, second), second.log_id)
    assert "Conversation(1 messages)" in body(workbench, second)


# -- groups --


def group(**changes: Any) -> Message:
    """A text that Omar wrote to Rae and Nia."""
    to = [{**RAE, "target": True}, {**NIA, "name": "Nia Holt"}]
    return record(**{"from": OMAR, "to": to, **changes})


async def test_a_group_message_gets_a_log_with_each_contact(workbench: Workbench) -> None:
    person, second = await nia(workbench), await other(workbench)
    results = [await workbench.log_message(group(), contact) for contact in (person, second)]
    assert (2, True) == (logs(workbench), results[0].log_id != results[1].log_id)
    again = await workbench.log_message(group(), second)
    assert (results[1].log_id, 2) == (again.log_id, logs(workbench))
    later = await workbench.log_message(group(id=1002, subject="And?"), second)
    assert results[1].log_id == later.log_id
    assert "And?" not in body(workbench, results[0])


async def test_a_voicemail_and_a_shared_conversation_get_a_log_with_each_contact(
    workbench: Workbench,
) -> None:
    person, second = await nia(workbench), await other(workbench)
    for contact in (person, second):
        await workbench.log_message(record(type="VoiceMail"), contact)
        await workbench.log_shared_sms(shared(), contact, conversation_id="q")
    assert 4 == logs(workbench)


async def test_who_wrote_a_line_of_a_group_is_who_it_is_from(workbench: Workbench) -> None:
    person = await nia(workbench)
    first = await workbench.log_message(group(), person)
    await workbench.log_message(group(id=2, subject="Mine", **{"from": NIA, "to": [RAE, OMAR]}), person)
    stranger = {"phoneNumber": "+12125550166"}
    await workbench.log_message(group(id=3, subject="Whose?", **{"from": stranger}), person)
    await workbench.log_message(
        group(id=4, subject="Ours", direction="Outbound", **{"from": RAE, "to": [NIA, OMAR]}), person
    )
    text = body(workbench, first)
    for line in ("Omar Vance (+14155550177) 09:30", "Nia Holt (+14155550142) 09:30", "Rae Quill 09:30"):
        assert line in text
    assert text.index("Rae Quill 09:30") > text.index("+12125550166 09:30")
    assert "Nia Holt (+14155550177)" not in text and "Nia Holt (+12125550166)" not in text


async def test_the_participants_of_a_group_are_told_once_each(workbench: Workbench) -> None:
    third = {"extensionNumber": 204}
    message = group(to=[{**RAE, "target": True}, NIA, third, OMAR, {"phoneNumber": None}])
    text = workbench.compose_message(message, await nia(workbench)).body
    people = text[text.index("Participants") : text.index("Conversation(")]
    assert [1, 1, 1, 1] == [
        people.count(name) for name in ("Rae Quill", "Nia Holt", "Omar Vance", "ext. 204")
    ]
    assert "+1415" not in people and "+1650" not in people


async def test_named_correspondents_win_over_those_of_the_record(workbench: Workbench) -> None:
    text = workbench.compose_message(group(), await nia(workbench), correspondents=["Kit Moss"]).body
    assert "Kit Moss" in text
    assert text.count("Omar Vance") == 1  # who wrote it


async def test_between_two_the_contact_is_named_whatever_the_phone_calls_it(workbench: Workbench) -> None:
    message = record(**{"from": {**NIA, "name": "HOLT NIA"}})
    text = workbench.compose_message(message, await nia(workbench)).body
    assert "Nia Holt (+14155550142) 09:30 AM" in text


# -- stores of before --


def earlier(workbench: Workbench, name: str, kind: LogKind = LogKind.SMS) -> LogReference:
    """What earlier versions knew a log by: without the contact."""
    assert workbench.user is not None
    return LogReference(workbench.platform, workbench.user.id, kind, name)


async def test_what_an_earlier_version_wrote_for_this_contact_is_found(workbench: Workbench) -> None:
    person, store = await nia(workbench), workbench.environment.store
    first = await workbench.log_message(record(id=1), person)
    names = ("message 1001", "conversation c-9 on 2026-01-02")
    for name in names:
        store.complete(earlier(workbench, name), first.log_id or "", contact_id=person.id)
    before = body(workbench, first)
    assert (first.log_id, before) == (
        (await workbench.log_message(record(conversationId="c-9"), person)).log_id,
        body(workbench, first),
    )
    added = await workbench.log_message(record(id=1002, conversationId="c-9"), person)
    assert (first.log_id, True) == (added.log_id, "Conversation(2 messages)" in body(workbench, added))


async def test_what_an_earlier_version_wrote_for_another_contact_is_not(workbench: Workbench) -> None:
    person, second = await nia(workbench), await other(workbench)
    first = await workbench.log_message(record(id=1), person)
    for name in ("message 1001", "conversation c-9 on 2026-01-02"):
        workbench.environment.store.complete(
            earlier(workbench, name), first.log_id or "", contact_id=person.id
        )
    result = await workbench.log_message(record(conversationId="c-9"), second)
    assert first.log_id != result.log_id
    assert "Is it ready?" in body(workbench, result)


# -- records with holes --

HOLES: list[dict[str, Any]] = [
    {"subject": None, "conversation": None, "conversationId": None},
    {"from": None, "to": None, "attachments": None, "messageStatus": None, "direction": None},
    {"from": {"extensionNumber": "101"}, "to": [{"extensionNumber": 102}], "type": "Pager"},
    {"from": None, "to": [{"extensionNumber": "102"}, None], "type": "Pager", "direction": "Outbound"},
    {"to": {"phoneNumber": 16505550110}, "attachments": {"type": "Text"}},
    {"to": [None], "attachments": [None, {}], "from": {"phoneNumber": None, "name": None}},
    {"direction": "outbound", "subject": 12345},
    {"direction": "", "creationTime": "1767346200000"},
    {"creationTime": "2026-01-02T09:30:00+0000", "priority": "High", "readStatus": None},
]


@pytest.mark.parametrize("holes", HOLES, ids=str)
async def test_a_record_with_holes_is_logged(workbench: Workbench, holes: dict[str, Any]) -> None:
    text = body(workbench, await workbench.log_message(record(**holes), await nia(workbench)))
    assert "Conversation(1 messages)" in text
    assert "None" not in text


@pytest.mark.parametrize("time", [None, "", " ", 0, "0", "1970-01-01T00:00:00Z"])
async def test_a_message_without_a_time_is_never_of_1970(workbench: Workbench, time: Any) -> None:
    person = await nia(workbench)
    subject, text = workbench.compose_message(record(creationTime=time), person)
    changed = workbench.compose_message(record(creationTime=time, lastModifiedTime=AT), person)
    assert "70" not in subject and "1970" not in text
    assert ("26/01/02", True) == (changed.subject[-8:], "09:30 AM" in changed.body)


# -- shared SMS --


def event(record_type: str = "AliveMessage", minute: int = 0, **more: Any) -> JsonObject:
    return {"recordType": record_type, "creationTime": f"2026-01-02T09:{minute:02}:00Z", **more}


def sender(party: Any) -> dict[str, Any]:
    return {"from": party or {"name": None}}


def shared(*events: Any, **more: Any) -> JsonObject:
    return {"creationTime": AT, "entities": list(events) or [event(text="Hello")], **more}


async def test_text_or_subject_and_text_or_body(workbench: Workbench) -> None:
    conversation = shared(
        event(direction="Inbound", text=None, subject="By subject"),
        event(minute=1, direction="Outbound", text="By text", subject="not this", author={"name": "Rae"}),
        event("AliveNote", 2, text="", body="By body", author={"name": "Kit"}),
        event("AliveNote", 3, text="Noted", body="nor this", initiator={"name": "Kit"}),
    )
    text = body(
        workbench, await workbench.log_shared_sms(conversation, await nia(workbench), conversation_id=7)
    )
    assert [True] * 4 == [words in text for words in ("By subject", "By text", "By body", "Noted")]
    assert [False] * 2 == [words in text for words in ("not this", "nor this")]


async def test_missing_names_read_unknown(workbench: Workbench) -> None:
    conversation = shared(
        event(direction="Outbound", text="One", author=None, **sender(None)),
        event("AliveNote", 1, text="Two", author={"name": ""}),
        event("ThreadAssignedHint", 2, assignee={"extensionId": 5}),
    )
    text = workbench.compose_shared_sms(conversation, await nia(workbench)).body
    assert 3 == text.count("Unknown")
    assert "assigned to <b>Unknown" in text or "assigned to Unknown" in text or "to **Unknown" in text


async def test_an_assignment_may_have_its_last_change_only_and_an_unassignment_nobody(
    workbench: Workbench,
) -> None:
    hint = {"recordType": "ThreadAssignedHint", "lastModifiedTime": "2026-01-02T09:01:00Z"}
    conversation = shared(
        event(text="Before"),
        {**hint, "assignee": {"name": "Kit Moss"}},
        event(minute=2, text="Between"),
        {**hint, "lastModifiedTime": "2026-01-02T09:03:00Z", "assignee": None},
    )
    text = workbench.compose_shared_sms(conversation, await nia(workbench)).body
    places = [text.index(words) for words in ("unassigned", "Between", "assigned to", "Before")]
    assert places == sorted(places)
    assert "1970" not in text


@pytest.mark.parametrize("record_type", ["AliveMessage", "AliveMms", ""])
async def test_a_picture_in_a_thread_is_a_message(workbench: Workbench, record_type: str) -> None:
    picture = event(
        record_type, 1, direction="Inbound", attachments=[file("MmsAttachment", "image/png", "p")]
    )
    conversation = shared(event(text="Look"), picture)
    text = workbench.compose_shared_sms(conversation, await nia(workbench)).body
    assert "Conversation (2 messages)" in text
    assert f"Picture link: {MEDIA}/p" in text


async def test_a_shared_message_that_never_went_out_is_marked(workbench: Workbench) -> None:
    lost = event(direction="Outbound", text="Hi", messageStatus="DeliveryFailed", author={"name": "Rae"})
    text = workbench.compose_shared_sms(shared(lost), await nia(workbench)).body
    assert "said on 2026-01-02 09:00 AM (not delivered):" in text


async def test_several_guests_of_a_shared_conversation_are_named_by_their_messages(
    workbench: Workbench,
) -> None:
    guests = [OMAR, {"phoneNumber": "+12125550166"}]
    said = [
        event(direction="Inbound", text="Hi", minute=at, **sender(guest)) for at, guest in enumerate(guests)
    ]
    text = workbench.compose_shared_sms(shared(*said), await nia(workbench)).body
    assert "Nia Holt</b> said" not in text and "Nia Holt said" not in text
    assert "+12125550166" in text


@pytest.mark.parametrize(
    "empty", [{}, {"entities": []}, {"entities": None}, {"entities": [None]}, {"creationTime": AT}]
)
async def test_an_empty_conversation_is_refused(workbench: Workbench, empty: Any) -> None:
    person = await nia(workbench)
    before = sent(workbench)
    result = await workbench.log_shared_sms(empty, person, conversation_id="c")
    sentence = "The shared conversation is empty: it has no messages, notes or other entities to log."
    assert (True, sentence) == (isinstance(result.error, InputError), result.message)
    assert before == sent(workbench)
    with pytest.raises(InputError):
        workbench.compose_shared_sms(empty, person)


@pytest.mark.parametrize("time", [None, "", 0, "0"])
async def test_a_shared_conversation_without_times_is_never_of_1970(workbench: Workbench, time: Any) -> None:
    conversation: JsonObject = {
        "creationTime": time,
        "messages": [None, {"lastModifiedTime": time}],
        "entities": [None, event(text="Hello") | {"creationTime": time}],
    }
    result = await workbench.log_shared_sms(conversation, await nia(workbench), conversation_id="c")
    text = body(workbench, result)
    assert "Hello" in text and "Unknown" in text and "1970" not in text
    dated: JsonObject = {**conversation, "entities": [event(text="Hello")]}
    assert (
        "Started: Friday, January 02, 2026" in workbench.compose_shared_sms(dated, await nia(workbench)).body
    )


@pytest.mark.parametrize(
    "told",
    [{"conversationLogId": "55"}, {"conversationId": 55}, {"conversation": {"id": 55}}, {"id": 55}],
    ids=str,
)
async def test_a_shared_conversation_tells_its_own_id(workbench: Workbench, told: dict[str, Any]) -> None:
    person = await nia(workbench)
    first = await workbench.log_shared_sms(shared(), person, conversation_id=55)
    second = await workbench.log_shared_sms(shared(**told), person)
    assert (None, first.log_id, 1) == (second.error, second.log_id, logs(workbench))


async def test_a_shared_conversation_without_any_id_is_refused(workbench: Workbench) -> None:
    person = await nia(workbench)
    before = sent(workbench)
    assert isinstance((await workbench.log_shared_sms(shared(), person)).error, InputError)
    assert before == sent(workbench)
