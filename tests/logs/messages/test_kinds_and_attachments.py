"""What a message is, the links to what came with it, and what stands there until a link comes."""

import re
from datetime import UTC, datetime

import pytest

from appconnect.logs.messages import documents, shared_sms, sms
from appconnect.logs.messages.attachments import document_link, kind_of, recording_link
from appconnect.models import LogFormat, LogKind, Message
from appconnect.sandbox.html_rewriting import rewritten

HTML, MARKDOWN, PLAIN = LogFormat.HTML, LogFormat.MARKDOWN, LogFormat.PLAIN
EVERY_FORMAT = pytest.mark.parametrize("format", [HTML, MARKDOWN, PLAIN], ids=["html", "markdown", "plain"])
NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
LINK = "https://media.example.com/m?a=1&b=2"


def message(*attachments, **more):
    return Message.model_validate({"attachments": list(attachments), "creationTime": NOW, **more})


def how(format, **more):
    return {"contact_name": "Nia Holt", "format": format, "timezone": None, "now": NOW} | more


@pytest.mark.parametrize(
    ("told", "attachment", "kind"),
    [
        ("VoiceMail", None, LogKind.VOICEMAIL),
        ("Fax", None, LogKind.FAX),
        ("Fax", "AudioRecording", LogKind.FAX),
        ("SMS", "AudioRecording", LogKind.VOICEMAIL),
        ("SMS", "RenderedDocument", LogKind.FAX),
        ("SMS", "MmsAttachment", LogKind.SMS),
        ("MMS", None, LogKind.SMS),
        ("Pager", "Text", LogKind.SMS),
        ("WhatsApp", None, LogKind.SMS),
        (None, None, LogKind.SMS),
    ],
)
def test_the_kind_follows_from_the_type_and_the_attachments(told, attachment, kind):
    read = message({"type": attachment}, type=told) if attachment else message(type=told)
    assert kind is kind_of(read)


def test_a_type_of_tomorrow_keeps_its_name():
    assert "WhatsApp" == message(type="WhatsApp").type


@pytest.mark.parametrize(
    ("attachment", "link"),
    [
        ({"type": "AudioRecording", "link": LINK, "uri": "https://x.example/"}, LINK),
        ({"type": "AudioRecording", "link": None, "uri": LINK}, LINK),
        ({"type": "AudioRecording", "link": " ", "uri": f" {LINK} "}, LINK),
        ({"type": "AudioRecording", "link": "file:///etc/passwd", "uri": None}, ""),
        ({"contentType": "audio/x-wav", "uri": LINK}, LINK),
        ({"type": "AudioTranscription", "contentType": "text/plain", "uri": LINK}, ""),
        ({}, ""),
    ],
)
def test_the_link_of_a_recording(attachment, link):
    assert link == recording_link(message(attachment, None))


def test_the_document_of_a_fax_comes_before_what_it_was_made_from():
    source = {"type": "SourceDocument", "contentType": "application/pdf", "uri": "https://x.example/source"}
    assert "https://x.example/source" == document_link(message(source))
    rendered = {"type": "RenderedDocument", "contentType": "image/tiff", "uri": LINK}
    assert LINK == document_link(message(source, rendered, rendered))


@EVERY_FORMAT
@pytest.mark.parametrize(
    ("compose", "kind"), [(documents.voicemail, LogKind.VOICEMAIL), (documents.fax, LogKind.FAX)]
)
def test_a_pending_log_with_its_link_filled_in_is_as_if_it_had_been_there(format, compose, kind):
    pending = compose(message(), link="", **how(format)).body
    complete = compose(message(), link=LINK, **how(format)).body
    assert ": (pending...)" in pending
    assert complete == documents.fill_in(pending, LINK, kind=kind, format=format)
    assert pending == documents.fill_in(pending, "", kind=kind, format=format)
    assert complete == documents.fill_in(complete, "https://other.example/", kind=kind, format=format)


def test_a_link_is_filled_into_what_a_crm_and_a_person_have_rewritten():
    pending = documents.voicemail(message(), link="", **how(HTML)).body
    stored = (
        rewritten(pending.replace("recording link: ", "recording&nbsp;link:&nbsp;")) + "<p>(pending...)</p>"
    )
    changed = documents.fill_in(stored, LINK, kind=LogKind.VOICEMAIL, format=HTML)
    assert (1, 1) == (changed.count("a=1&amp;b=2"), changed.count("(pending...)"))


def test_the_lines_of_an_mms_in_html():
    read = message({"contentType": "image/png", "uri": LINK}, subject="Look", direction="Inbound")
    body = sms.compose(read, agent_name="Rae", **how(HTML)).body
    expected = "<b>Look<br>Picture link: https://media.example.com/m?a=1&amp;b=2</b></li>"
    assert expected in body


@EVERY_FORMAT
def test_an_mms_that_was_added_is_found_again(format):
    who = how(format, agent_name="Rae")
    read = message({"contentType": "video/mp4", "uri": LINK}, subject="Look", messageStatus="SendingFailed")
    body = sms.append(sms.compose(message(subject="First"), **who).body, read, **who)
    assert [1, 0] == [
        sms.count(body, sms.line(each, **who), who["format"]) for each in (read, message(subject="Look"))
    ]
    assert "09:30 AM (not delivered)" in body


# -- shared conversations --


def shared(format, *events):
    conversation = shared_sms.SharedConversation.model_validate({"entities": list(events)})
    return shared_sms.compose(conversation, contact_name="Nia", format=format, timezone=None).body


@EVERY_FORMAT
def test_an_unassignment_names_nobody(format):
    body = shared(format, {"recordType": "ThreadAssignedHint", "lastModifiedTime": NOW})
    assert "Conversation unassigned" in body
    assert "assigned to" not in body


@EVERY_FORMAT
@pytest.mark.parametrize("owner", [None, {"name": ""}, {"name": "Rae Quill"}])
def test_a_thread_without_an_owner_says_nothing_in_the_owners_place(format, owner):
    thread = {"entities": [{"recordType": "AliveMessage", "text": "Hi"}]}
    told = thread if owner is None else thread | {"owner": owner}
    conversation = shared_sms.SharedConversation.model_validate(told)
    body = shared_sms.compose(conversation, contact_name="Nia", format=format, timezone=None).body
    about = re.search("Participants(.*)Conversation \\(", body, re.DOTALL)
    assert about is not None
    words = set(re.findall(r"[A-Za-z]+", re.sub("<[^>]*>", " ", about[1])))
    assert {"Nia", "customer"} | ({"Owner", "Rae", "Quill"} if owner and owner["name"] else set()) == words


def test_a_thread_of_notes_counts_its_notes_only():
    assert "Conversation (1 note)\n" in shared(PLAIN, {"recordType": "AliveNote", "body": "x"})


def test_what_has_no_time_stands_in_its_order_below_what_has():
    said = [{"recordType": "AliveMessage", "text": text} for text in ("one", "two")]
    dated = {"recordType": "AliveMessage", "text": "three", "creationTime": NOW}
    body = shared(PLAIN, *said)
    assert body.index("two") < body.index("one")
    assert "Started: Unknown\nEnded: Unknown\nDuration: Unknown" in body
    assert "Unknown said:\none" in body
    mixed = shared(PLAIN, *said, dated)
    assert mixed.index("three") < mixed.index("two") < mixed.index("one")
    assert 1 == mixed.count("said on")
