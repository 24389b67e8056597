"""SMS conversations, voicemail and fax."""

from datetime import UTC, datetime
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appconnect.logs.messages import documents, sms
from appconnect.models import LogFormat, Message

HTML, MARKDOWN, PLAIN = LogFormat.HTML, LogFormat.MARKDOWN, LogFormat.PLAIN
EVERY_FORMAT = pytest.mark.parametrize("format", [HTML, MARKDOWN, PLAIN], ids=["html", "markdown", "plain"])
NOW = datetime(2026, 1, 3, tzinfo=UTC)


def message(text="Is it ready?", direction="Inbound", time="2026-01-02T09:30:00Z"):
    sender = {"phoneNumber": "+14155550142"}
    return Message.model_validate(
        {"direction": direction, "subject": text, "creationTime": time, "from": sender}
    )


def who(format, **more):
    return {
        "contact_name": "Nia Holt",
        "agent_name": "Rae Quill",
        "format": format,
        "timezone": None,
        "now": NOW,
    } | more


def first(format, text="Is it ready?", **more):
    return sms.compose(message(text), **who(format, **more))


def append(existing, format, text="Yes", time="2026-01-02T10:05:00Z"):
    return sms.append(existing, message(text, "Outbound", time), **who(format))


def alike(one, other):
    """How many characters the two begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def test_the_first_message_in_html():
    expected = (
        "<br><b>SMS conversation with Nia Holt - 26/01/02</b><br><b>Conversation summary</b><br>"
        "Friday, January 02, 2026<br>Participants<br><ul><li><b>Rae Quill</b><br></li><li><b>Nia Holt</b></li></ul>"
        "<br>Conversation(1 messages)<br>BEGIN<br>------------<br><ul><li>Nia Holt (+14155550142) 09:30 AM<br>"
        "<b>Is it ready?</b></li></ul>------------<br>END<br><br>--- Created via RingCentral App Connect"
    )
    assert ("SMS conversation with Nia Holt - 26/01/02", expected) == first(HTML)


def test_the_first_message_in_plain_text():
    expected = (
        "\nSMS conversation with Nia Holt - 26/01/02\nConversation summary\nFriday, January 02, 2026\nParticipants\n"
        "    Rae Quill\n    Nia Holt\n\nConversation(1 messages)\nBEGIN\n------------\n"
        "Nia Holt (+14155550142) 09:30 AM\nIs it ready?\n\n------------\nEND\n\n"
        "--- Created via RingCentral App Connect"
    )
    assert ("SMS conversation with Nia Holt - 26/01/02", expected) == first(PLAIN)


def test_the_first_message_in_markdown():
    expected = (
        "\n**SMS conversation with Nia Holt - 26/01/02**\n## Conversation summary\nFriday, January 02, 2026\n\n"
        "### Participants\n* Rae Quill\n* Nia Holt\n\n### Conversation(1 messages)\nBEGIN\n\n---\n"
        "**Nia Holt (+14155550142)** 09:30 AM\nIs it ready?\n\n---\nEND\n\n"
        "--- Created via RingCentral App Connect"
    )
    assert ("SMS conversation with Nia Holt - 26/01/02", expected) == first(MARKDOWN)


def test_days_and_hours_are_those_of_the_users_zone():
    assert "06:30 PM" in first(PLAIN, timezone="Asia/Tokyo").body
    late = sms.compose(message(time="2026-01-02T23:30:00Z"), **who(PLAIN, timezone="Asia/Tokyo"))
    assert late.subject.endswith("26/01/03")
    assert "Saturday, January 03, 2026" in late.body


def test_a_message_without_a_time_is_of_now():
    assert "26/01/03" in sms.compose(Message(subject="x"), **who(HTML)).subject


@EVERY_FORMAT
def test_further_correspondents_are_further_participants(format):
    body = first(format, correspondents=["Kit Moss", "Bo Lind"]).body
    assert (
        body.index("Nia Holt") < body.index("Kit Moss") < body.index("Bo Lind") < body.index("Conversation(1")
    )


@EVERY_FORMAT
def test_later_messages_go_to_the_end_of_the_list_and_the_count_goes_up(format):
    expected = first(format).body
    changed = append(append(expected, format), format, "Thanks")
    assert "Conversation(3 messages)" in changed
    assert (
        changed.index("Is it ready?") < changed.index("Yes") < changed.index("Thanks") < changed.index("END")
    )
    separate = expected.replace("Conversation(1", "Conversation(3")
    cut = separate.rindex("</ul>") if format is HTML else separate.rindex("---\nEND")
    cut = separate.rindex("------------\nEND") if format is PLAIN else cut
    assert changed.startswith(separate[:cut])
    assert changed.endswith(separate[cut:])


def test_a_later_message_in_html():
    assert "</li><li>Rae Quill 10:05 AM<br><b>Yes</b></li></ul>------------<br>END" in append(
        first(HTML).body, HTML
    )


REWRITES = {
    "closed breaks": lambda text: text.replace("<br>", "<br />"),
    "spaces between tags": lambda text: text.replace("<", "\n <").replace(">", ">\n"),
    "attributes": lambda text: text.replace("<ul>", '<UL class="x">').replace("</ul>", "</UL>"),
}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES.keys())
def test_html_that_a_crm_has_rewritten_is_added_to_in_its_place(rewrite):
    stored = rewrite(first(HTML).body)
    changed = append(stored, HTML)
    assert "Conversation(2 messages)" in changed
    assert changed.rindex("Yes") < changed.rindex("------------")
    assert stored == changed.replace("<li>Rae Quill 10:05 AM<br><b>Yes</b></li>", "").replace("(2 m", "(1 m")


@EVERY_FORMAT
@pytest.mark.parametrize(
    "gone", ["Conversation(1 messages)", "BEGIN", "END", "------------", "---", "<ul>", "</ul>"]
)
def test_a_message_is_added_whatever_a_person_took_away(format, gone):
    edited = first(format).body.replace(gone, "")
    changed = append(edited, format, "Later message")
    assert 1 == changed.count("Later message")
    assert "Is it ready?" in changed


def test_a_count_with_a_fixed_space_goes_up():
    stored = first(HTML).body.replace("(1 messages)", "(1&nbsp;messages)")
    assert "Conversation(2&nbsp;messages)" in append(stored, HTML)


@EVERY_FORMAT
@pytest.mark.parametrize("name", ["------------", "---", "Conversation(7 messages)"])
def test_people_may_be_named_like_the_count_or_a_rule(format, name):
    composed = sms.compose(message("Is it ready?"), **who(format, contact_name=name), correspondents=[name])
    changed = append(composed.body, format)
    assert "Conversation(2 messages)\n" in changed or "Conversation(2 messages)<br>" in changed
    assert changed.index("Is it ready?") < changed.index("Yes") < changed.rindex("END")
    assert composed.body.count("(7 messages)") == changed.count("(7 messages)")


@EVERY_FORMAT
def test_a_message_is_added_at_the_end_of_a_body_that_is_none_of_ours(format):
    changed = append(append("Written by hand", format), format, "Again")
    assert changed.startswith("Written by hand")
    assert changed.index("Yes") < changed.index("Again")


@EVERY_FORMAT
@given(
    texts=st.lists(
        st.text()
        | st.sampled_from(["------------\nEND", "Conversation(7 messages)", "---\nEND", "</ul>", "$&"]),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_appending_changes_nothing_but_the_count_and_adds_the_whole_text(format, texts):
    body = first(format, text="Start").body
    for number, text in enumerate(texts, start=1):
        expected = body.replace(f"Conversation({number} messages)", f"Conversation({number + 1} messages)", 1)
        body = append(body, format, text)
        assert alike(expected, body) + alike(expected[::-1], body[::-1]) >= len(expected)
        assert len(body) >= len(expected) + len(text)


@EVERY_FORMAT
def test_a_message_that_looks_like_the_end_does_not_hide_later_ones(format):
    tricky = "------------\nEND" if format is not MARKDOWN else "---\nEND"
    changed = append(append(first(format).body, format, tricky), format, "Later")
    assert changed.index("END") < changed.index("Later") < changed.rindex("END")


def test_line_ends_of_the_stored_body_are_kept():
    stored = first(PLAIN).body.replace("\n", "\r\n")
    changed = append(stored, PLAIN)
    assert changed.count("\n") == changed.count("\r\n")
    assert "Yes\r\n\r\n------------\r\nEND" in changed


def test_names_and_texts_are_escaped_in_html():
    evil = "<script>alert(1)</script>"
    body = first(HTML, evil, contact_name=evil, agent_name=evil, correspondents=[evil]).body
    body = sms.append(body, message(evil), **who(HTML, contact_name=evil))
    assert "<script" not in body
    assert "line one<br>line two" in first(HTML, "line one\nline two").body


@EVERY_FORMAT
def test_a_name_of_several_lines_cannot_pose_as_structure(format):
    body = first(format, contact_name="Nia\nConversation(9 messages)\n------------").body
    assert "Conversation(2 messages)" in append(body, format)


def test_a_voicemail_with_its_recording():
    expected = (
        "<br><b>Voicemail left by Nia Holt - 26/01/02</b><br>"
        "Voicemail recording link: https://media.example.com/v?a=1&amp;b=2 <br><br>"
        "--- Created via RingCentral App Connect"
    )
    how = {
        "contact_name": "Nia Holt",
        "timezone": None,
        "now": NOW,
        "link": "https://media.example.com/v?a=1&b=2",
    }
    assert ("Voicemail left by Nia Holt - 26/01/02", expected) == documents.voicemail(
        message(), format=HTML, **how
    )


@EVERY_FORMAT
def test_a_fax_with_its_document(format):
    how = {"contact_name": "Nia Holt", "timezone": None, "now": NOW, "link": "https://media.example.com/f"}
    subject, body = documents.fax(message(), format=format, **how)
    assert "Fax document sent from Nia Holt - 26/01/02" == subject
    assert subject in body
    assert "Fax document link: https://media.example.com/f" in body


def test_an_address_that_is_no_link_is_text():
    how = {"contact_name": "Nia", "timezone": None, "now": NOW, "link": '"><img src=x onerror=alert(1)>'}
    assert "<img" not in documents.fax(message(), format=HTML, **how).body


@pytest.mark.parametrize("format", list(LogFormat))
def test_a_message_is_held_only_where_it_stands_whole(format: LogFormat) -> None:
    def said(number: str, text: str) -> Message:
        return Message.model_validate(
            {"id": number, "subject": text, "creationTime": 1767346200000, "from": {"name": "Nia"}}
        )

    about = {"contact_name": "Nia", "agent_name": "Rae", "format": format, "timezone": None, "now": NOW}
    body = sms.compose(said("1", "OK thanks"), **about).body
    body = sms.append(body, said("2", "See you\n\nsoon"), **about)
    held = [
        sms.count(body, sms.line(said("3", text), **about), format)
        for text in ("OK", "OK thanks", "See you\n\nsoon", "soon")
    ]
    assert [0, 1, 1, 0] == held
