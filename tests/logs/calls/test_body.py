"""Nothing that a person wrote is lost or changed, and updates keep everything else."""

import sys
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from appconnect.logs.calls import body
from appconnect.logs.calls.body import CallFacts
from appconnect.logs.calls.facts import AUTO_LOG_NOTE, PENDING
from appconnect.logs.calls.fields import FIELDS
from appconnect.models import Call, Direction, Leg, LogFormat, Party
from appconnect.sandbox.html_rewriting import rewritten

HTML, MARKDOWN, PLAIN = LogFormat.HTML, LogFormat.MARKDOWN, LogFormat.PLAIN
ALL_ON = {field.setting: {"value": True} for field in FIELDS}
EVERY_FORMAT = pytest.mark.parametrize("format", [HTML, MARKDOWN, PLAIN], ids=["html", "markdown", "plain"])

NASTY = [
    "",
    " ",
    "\n",
    "\n\n",
    "\\",
    "\\ ",
    " \\",
    "\\\n\\",
    "x\n",
    "x\n\n",
    "\nx",
    " x ",
    "a\n \nb",
    "$& $100 $1 \\1",
    "<script>alert(1)</script>",
    "- Result: great",
    "\\- Result: great",
    "\\\\- Result: great",
    "- Note: mine\n- Owner: x",
    "**Result**: great",
    "## Call details",
    "## Call details \\",
    "## Call details ",
    "### Transcript\nx",
    "--- END",
    "x\n--- END\ny\n--- JOURNEY END",
    "\n- AI Note:\nx\n--- END\n",
    "Made call from x",
    "</div>",
    "<b>Call details</b><br>",
    "<div><b>AI Note</b><br>x</div>",
    "<li><b>Result</b>: x</li>",
    "Agent notes",
    "Call details",
    "&amp; &#10; &copy AT&T &nbsp;",
    "a\rb\r\nc\r",
    "\r\n",
    "- Result: x\r",
    "--- END\r\n",
    "\x00\x01\x0b\x0c\x1c\x85\u2028\u2029\ufeff",
    "\x00",
    "\t",
    "\xa0x\xa0",
    "\u200b- Result: x\u200b",
    "日本語 🙂 e\u0301",
]

STRUCTURE = st.sampled_from([*NASTY, "\\", "\n", " ", "- ", "**", "### ", "<br>", "END", "Note:", "\r", "x"])
TEXT = st.text() | st.lists(STRUCTURE, max_size=6).map("".join)


def compose(facts, format, **how):
    return body.compose(facts, format=format, settings=ALL_ON, timezone="-05:00", **how)


def update(existing, facts, format, **how):
    return body.update(existing, facts, format=format, settings=ALL_ON, timezone="-05:00", **how)


def read_block(written):
    """What comes back of a block: one line break at its end is dropped, as App Connect does with AI notes."""
    ends_in_one = written.endswith("\n") and written[:-1] and not written[-2].isspace()
    return written[:-1] if ends_in_one else written


def everything():
    return CallFacts(
        note="Wants a quote",
        session_id="s-7",
        user_name="Rae Quill",
        own_number="+16505550110 204",
        subject="Outbound Call to Nia Holt",
        contact_number="+14155550142",
        direction=Direction.OUTBOUND,
        start=datetime(2026, 1, 2, 9, 30, tzinfo=UTC),
        duration=125,
        result="Call connected",
        recording_link="https://media.example.com/r/7?a=1&copy=2",
        voicemail_link=PENDING,
        ai_note="Pricing\n\n- send quote",
        transcript="Rae: hello\nNia: hi",
        ace_transcript="Rae: hello",
        ace_summary="Pricing call",
        ace_score=91,
        ace_bulleted_summary="* price\n* quote",
        ace_link="https://ace.example.com/7",
        legs=[Leg(direction="Outbound", **{"from": Party(name="Rae Quill", phone_number="+16505550110")})],
    )


# -- what a person wrote comes back --


@EVERY_FORMAT
@pytest.mark.parametrize("text", NASTY)
def test_any_text_comes_back_as_it_was_written(format, text):
    written = compose(CallFacts(note=text, ai_note=text, transcript=text, result="Call connected"), format)
    read = body.parse(written, format)
    assert (text, read_block(text), read_block(text)) == (read.note, read.ai_note, read.transcript)
    assert "Call connected" == read.values["result"]


@EVERY_FORMAT
@given(note=TEXT, ai_note=TEXT, transcript=TEXT, alone=st.booleans())
@settings(max_examples=150, deadline=None)
def test_all_texts_together_come_back_as_they_were_written(format, note, ai_note, transcript, alone):
    texts = CallFacts(note=note, ai_note=ai_note, transcript=transcript)
    facts = texts if alone else everything().model_copy(update=texts.model_dump(exclude_none=True))
    written = compose(facts, format)
    read = body.parse(written, format)
    assert (note, read_block(ai_note), read_block(transcript)) == (read.note, read.ai_note, read.transcript)
    assert written == update(written, facts, format)


TEXT_NAMES = ["note", "ai_note", "transcript", "ace_transcript", "ace_summary", "ace_bulleted_summary"]


@EVERY_FORMAT
@given(start=st.booleans(), steps=st.lists(st.tuples(st.sampled_from(TEXT_NAMES), TEXT), max_size=6))
@settings(max_examples=150, deadline=None)
def test_after_any_updates_the_last_said_text_comes_back_and_other_fields_stay(format, start, steps):
    written = compose(everything(), format) if start else ""
    expected = body.parse(written, format).values
    for name, text in steps:
        written = update(written, CallFacts(**{name: text}), format)
        assert written == update(written, CallFacts(**{name: text}), format)
        if text or name in expected:
            expected[name] = text if name == "note" else read_block(text)
    assert expected == body.parse(written, format).values


@EVERY_FORMAT
@given(existing=TEXT)
@settings(max_examples=150, deadline=None)
def test_reading_loses_no_character_of_any_body(format, existing):
    assert existing == "".join(part.raw for part in body.parse(existing, format).parts)
    assert existing == update(existing, CallFacts(), format)


@EVERY_FORMAT
@given(existing=TEXT, text=TEXT, name=st.sampled_from(["note", "ai_note", "transcript"]))
@settings(max_examples=200, deadline=None)
@example(existing="- Note: a", text="b", name="transcript")
@example(existing="<b>Call details</b></div>", text="0", name="ai_note")
@example(existing="</div></div>", text="0", name="transcript")
@example(existing="<b>Call details</b>\\</div>", text="0", name="ai_note")
def test_a_text_comes_back_from_any_body_it_is_written_into(format, existing, text, name):
    written = update(existing, CallFacts(**{name: text}), format)
    assert (text if name == "note" else read_block(text)) == body.parse(written, format).values.get(name, "")
    assert written == update(written, CallFacts(**{name: text}), format)


@EVERY_FORMAT
def test_ordinary_text_is_written_without_any_escaping(format):
    text = 'It\'s "fine": 50% of $100\n- first\n* second\n\n# Not a heading of ours\n--- \nC:\\temp'
    written = compose(CallFacts(note=text, transcript=text), format)
    shown = text.replace("\n", "<br>") if format is HTML else text
    assert 2 == written.count(shown)


@EVERY_FORMAT
@pytest.mark.parametrize("name", [name for name in TEXT_NAMES if name != "note"])
def test_one_line_break_at_the_end_of_a_block_is_dropped_and_no_other(format, name):
    assert compose(CallFacts(**{name: "a\nx"}), format) == compose(CallFacts(**{name: "a\nx\n"}), format)
    assert "x\n\n" == body.parse(compose(CallFacts(**{name: "x\n\n"}), format), format).values[name]


# -- updates keep everything else --


@EVERY_FORMAT
def test_every_field_that_is_written_is_read_back(format):
    read = body.parse(compose(everything(), format), format)
    assert [field.name for field in FIELDS] == list(
        dict.fromkeys(p.field.name for p in read.parts if p.field)
    )
    assert "https://media.example.com/r/7?a=1&copy=2" == read.values["recording_link"]
    assert PENDING == read.values["voicemail_link"]
    assert "2026-01-02 04:30:00 AM" == read.values["start"]
    assert "91" == read.values["ace_score"]


@EVERY_FORMAT
@given(order=st.permutations([field.name for field in FIELDS]), times=st.integers(1, 2))
@settings(max_examples=25, deadline=None)
def test_facts_told_one_by_one_in_any_order_make_the_body_of_all_facts_told_at_once(format, order, times):
    written = ""
    for name in order * times:
        said = {name: getattr(everything(), name), "direction": Direction.OUTBOUND}
        written = update(written, CallFacts(**said), format)
    assert body.parse(compose(everything(), format), format).values == body.parse(written, format).values
    if format is HTML:
        assert compose(everything(), format) == written


@EVERY_FORMAT
@pytest.mark.parametrize("field", [field for field in FIELDS if field.is_one_line], ids=lambda f: f.name)
def test_an_update_changes_the_said_field_and_no_other(format, field):
    before = compose(everything().model_copy(update={"user_name": PENDING}), format)
    fresh = {"start": datetime(2027, 5, 6, tzinfo=UTC), "duration": 0, "ace_score": 12}
    fresh |= dict.fromkeys(["recording_link", "voicemail_link", "ace_link"], "https://new.example.com/")
    after = update(before, CallFacts(**{field.name: fresh.get(field.name, "new")}), format)
    old, new = body.parse(before, format).values, body.parse(after, format).values
    assert {field.name} == {name for name in new if new[name] != old[name]}


@EVERY_FORMAT
def test_what_a_person_wrote_between_and_below_the_parts_stays(format):
    mark = "<p>Called again &amp; agreed</p>" if format is HTML else "Called again & agreed\n"
    for name in ("result", "subject", "duration"):
        said = CallFacts(subject="Outbound Call to Nia", duration=5, result="Call connected")
        written = compose(said, format)
        parts = [part.raw for part in body.parse(written, format).parts]
        at = ["subject", "duration", "result"].index(name) + 1
        edited = "".join([*parts[:at], mark, *parts[at:]])
        for facts in (everything(), CallFacts(result="x"), CallFacts(note="n"), CallFacts(ai_note="ai")):
            changed = update(edited, facts, format)
            assert mark in changed
            assert mark not in "".join(p.raw for p in body.parse(changed, format).parts if p.field)


@EVERY_FORMAT
def test_a_body_that_is_none_of_ours_is_kept_and_added_to(format):
    changed = update("Written by hand", CallFacts(note="n", result="r"), format)
    assert "Written by hand" in changed
    assert {"note": "n", "result": "r"} == body.parse(changed, format).values


@EVERY_FORMAT
def test_a_direction_alone_or_nothing_at_all_changes_nothing(format):
    written = compose(everything(), format)
    assert written == update(written, CallFacts(), format)
    assert written == update(written, CallFacts(direction=Direction.INBOUND), format)


@EVERY_FORMAT
def test_a_field_that_is_switched_off_is_neither_written_nor_changed(format):
    off = {"addCallLogResult": {"value": False}, "addCallLogNote": {"value": False}}
    how = {"format": format, "settings": off, "timezone": None}
    assert "" == body.compose(CallFacts(note="n", result="r"), **how)
    written = compose(CallFacts(note="n", result="r"), format)
    assert written == body.update(written, CallFacts(note="m", result="q"), **how)


@EVERY_FORMAT
def test_a_note_can_be_emptied_but_an_empty_line_is_not_said(format):
    changed = update(compose(everything(), format), CallFacts(note="", result="", legs=[]), format)
    assert "" == body.parse(changed, format).note
    assert "Call connected" == body.parse(changed, format).values["result"]


# -- what gives way to what --


@EVERY_FORMAT
def test_automatic_logging_never_replaces_an_agents_note(format):
    written = compose(CallFacts(note="Mine"), format)
    assert written == update(written, CallFacts(note="Theirs"), format, automatic=True)
    assert "Theirs" == body.parse(update(written, CallFacts(note="Theirs"), format), format).note


@EVERY_FORMAT
def test_the_placeholder_of_automatic_logging_gives_way(format):
    written = compose(CallFacts(note=AUTO_LOG_NOTE), format)
    changed = update(written, CallFacts(note="A real one"), format, automatic=True)
    assert "A real one" == body.parse(changed, format).note
    assert "First" == body.parse(update("", CallFacts(note="First"), format, automatic=True), format).note


@EVERY_FORMAT
def test_a_users_name_replaces_only_what_is_pending(format):
    pending = compose(CallFacts(user_name=PENDING), format)
    named = update(pending, CallFacts(user_name="Rae Quill"), format)
    assert "Rae Quill" == body.parse(named, format).values["user_name"]
    assert named == update(named, CallFacts(user_name="Sam Lead"), format)


@EVERY_FORMAT
def test_a_link_that_is_known_is_not_pending_again(format):
    written = compose(CallFacts(recording_link="https://media.example.com/r"), format)
    assert written == update(written, CallFacts(recording_link=PENDING), format)


# -- HTML --


def test_markup_in_any_field_is_text():
    evil = "<img src=x onerror=alert(1)>"
    facts = CallFacts(note=evil, subject=evil, result=evil, ai_note=evil, recording_link=evil, ace_score=evil)
    assert "<img" not in compose(facts, HTML)
    assert 6 == compose(facts, HTML).count("&lt;img src=x onerror=alert(1)&gt;")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", 'x" onclick="y', "data:text/html,x", "https://a b", "https:", "//x"]
)
def test_what_is_no_http_address_is_shown_as_text(address):
    written = compose(CallFacts(recording_link=address), HTML)
    assert "<a" not in written
    assert address == body.parse(written, HTML).values["recording_link"]


def test_a_link_cannot_leave_its_attribute():
    address = 'https://x.example.com/"onclick="alert(1)\'<b>'
    written = compose(CallFacts(recording_link=address), HTML)
    assert 'href="https://x.example.com/&quot;onclick=&quot;alert(1)&#x27;&lt;b&gt;"' in written
    assert address == body.parse(written, HTML).values["recording_link"]


def test_the_contacts_number_is_the_recipients_or_the_callers():
    number = "+14155550142"
    outbound = compose(CallFacts(contact_number=number, direction=Direction.OUTBOUND), HTML)
    assert "<li><b>Recipient phone number</b>: +14155550142</li>" == outbound
    assert "Caller phone number" in compose(
        CallFacts(contact_number=number, direction=Direction.INBOUND), HTML
    )
    changed = update(outbound, CallFacts(contact_number="+1"), HTML)
    assert "<li><b>Recipient phone number</b>: +1</li>" == changed


REWRITES = {
    "closed breaks": lambda text: text.replace("<br>", "<br />"),
    "capitals": lambda text: text.replace("<br>", "<BR>").replace("<li>", "<LI>").replace("</li>", "</LI>"),
    "strong": lambda text: text.replace("<b>", "<strong>").replace("</b>", "</strong>"),
    "classes": lambda text: text.replace("<li>", '<li class="x">').replace("<div>", "<div style='a'>"),
    "spaces between tags": lambda text: text.replace("><", "> <"),
    "a line a tag": lambda text: text.replace("<", "\n  <").replace(">", ">\n  "),
    "wrapped in a div": lambda text: f"<div>{text}</div>",
    "lists around lines": lambda text: text.replace("<li>", "<ul><li>").replace("</li>", "</li></ul>"),
    "paragraphs in items": lambda text: text.replace("<li>", "<li><p>").replace("</li>", "</p></li>"),
    "paragraphs for items": lambda text: text.replace("<li>", "<p>").replace("</li>", "</p>"),
    "paragraphs for boxes": lambda text: text.replace("<div>", "<p>").replace("</div>", "</p>"),
    "no target": lambda text: text.replace(' target="_blank"', ""),
    "attributes": lambda text: text.replace(' target="_blank" href=', ' rel="noopener" HREF = ').replace(
        '">open', '" target=_blank>open'
    ),
    "single quotes": lambda text: text.replace('"', "'"),
    "entities": lambda text: text.replace("Wants", "&#87;ants").replace("Nia", "&#x4E;ia"),
    "boxes gone": lambda text: text.replace("<div>", "").replace("</div>", ""),
    "items gone": lambda text: text.replace("<li>", "").replace("</li>", "<br>"),
}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES.keys())
def test_html_that_a_crm_has_rewritten_is_read_and_updated_like_our_own(rewrite):
    facts = everything().model_copy(update={"note": "Wants a quote\n\nby Friday"})
    stored = rewrite(compose(facts, HTML))
    assert body.parse(compose(facts, HTML), HTML).values == body.parse(stored, HTML).values
    assert stored == update(stored, facts, HTML)
    changed = update(stored, CallFacts(note="New", duration=1, ai_note="AI", result="Ended"), HTML)
    expected = facts.model_copy(update={"note": "New", "duration": 1, "ai_note": "AI", "result": "Ended"})
    assert body.parse(compose(expected, HTML), HTML).values == body.parse(changed, HTML).values


@pytest.mark.parametrize("note", ["  Z", "a \t", " a\nb ", " \nx", "x\n ", " ", "\t\f"], ids=ascii)
def test_white_space_at_the_ends_survives_a_crm_that_decodes_entities(note):
    stored = rewritten(compose(CallFacts(note=note, ai_note=note, result="x"), HTML))
    values = body.parse(stored, HTML).values
    assert [note, note] == [values["note"], values["ai_note"]]


def test_unescaped_text_of_older_bodies_is_read_as_it_stands():
    older = "<b>Agent notes</b><br>AT&T: a < b\npress <Ctrl>, ?a=1&copy=2<br><br><b>Call details</b><br>"
    assert "AT&T: a < b\npress <Ctrl>, ?a=1&copy=2" == body.parse(older, HTML).note


# -- markup that App Connect's server wrote without escaping it --

BOLD = "<b>Call details</b>"
RAW = [
    f"see {BOLD} below",
    BOLD,
    f"{BOLD}{BOLD}",
    f"a<br><br>{BOLD}<br>b",
    f"a<br><br>{BOLD}",
    "x</div>",
    "x</div>y",
    "</div></div>y",
    "a<div>b",
    "a<div>b</div>c",
    "see <b>Agent notes</b> above",
    "<b>Agent notes</b>",
    f"<b>Agent notes</b><br>a<br><br>{BOLD}",
    "a<li>b",
    "a</li>b</div><li>c",
    "<li><b>Result</b>: gone</li>",
    "</div><b>Agent notes</b><li><b>Result</b>: x</li></div>",
    f"</div>{BOLD}<li>",
    "</p></ul><p>",
]
LINES = "<li><b>Summary</b>: Call</li><li><b>Result</b>: Ended</li>"
BELOW = "<div><b>ACE summary</b><br>s</div>"


def server_body(note="n", transcript="t", below=BELOW):
    """A body as App Connect's server writes it: nothing is escaped."""
    return (
        f"<b>Agent notes</b><br>{note}<br><br>{BOLD}<br>{LINES}"
        f"<div><b>AI Note</b><br>ai</div><br><div><b>Transcript</b><br>{transcript}</div><br>{below}"
    )


@pytest.mark.parametrize("raw", RAW)
def test_a_note_that_was_not_escaped_is_replaced_whole(raw):
    stored = server_body(note=raw)
    assert server_body(note="New") == update(stored, CallFacts(note="New"), HTML)
    assert stored.replace("Ended", "Missed") == update(stored, CallFacts(result="Missed"), HTML)
    assert {"Call", "Ended", "ai", "t", "s"} < set(body.parse(stored, HTML).values.values())
    assert stored == update(stored, CallFacts(), HTML)


@pytest.mark.parametrize("below", ["", BELOW, f"{BELOW}<p>Called again</p>"])
@pytest.mark.parametrize("raw", RAW)
def test_a_transcript_that_was_not_escaped_is_replaced_whole(raw, below):
    stored = server_body(transcript=raw, below=below)
    assert server_body(transcript="New", below=below) == update(stored, CallFacts(transcript="New"), HTML)
    assert server_body("New", raw, below) == update(stored, CallFacts(note="New"), HTML)
    assert "n" == body.parse(stored, HTML).note
    assert stored == update(stored, CallFacts(), HTML)


@pytest.mark.parametrize("raw", RAW)
def test_a_note_of_a_body_with_nothing_but_the_note_is_replaced_whole(raw):
    stored = f"<b>Agent notes</b><br>{raw}<br><br>{BOLD}<br>"
    assert f"<b>Agent notes</b><br>New<br><br>{BOLD}<br>" == update(stored, CallFacts(note="New"), HTML)


def test_the_text_of_a_note_that_was_not_escaped_is_read():
    assert "see Call details below" == body.parse(server_body(f"see {BOLD} below"), HTML).note
    assert "xy" == body.parse(server_body(transcript="x</div>y"), HTML).transcript.replace("\n", "")


def test_what_a_person_wrote_below_the_heading_stays_out_of_the_note():
    stored = server_body("n").replace(f"{BOLD}<br>", f"{BOLD}<br>Call him <b>back</b><br>")
    assert "n" == body.parse(stored, HTML).note
    assert stored.replace("<br>n<", "<br>New<") == update(stored, CallFacts(note="New"), HTML)


@pytest.mark.parametrize(
    ("format", "heading", "line", "note"),
    [
        (HTML, f"{BOLD}<br>", LINES, f"<b>Agent notes</b><br>N<br><br>{BOLD}<br>"),
        (HTML, f"{BOLD}", LINES, f"<b>Agent notes</b><br>N<br><br>{BOLD}<br>"),
        (HTML, "<strong>Call Details:</strong><br />", LINES, f"<b>Agent notes</b><br>N<br><br>{BOLD}<br>"),
        (MARKDOWN, "## Call details\n", "**Result**: x\n", "## Agent notes\nN\n\n## Call details\n"),
    ],
)
@pytest.mark.parametrize("before", ["", "By hand\n"])
def test_a_note_added_below_no_note_does_not_double_the_heading(format, heading, line, note, before):
    stored = f"{before}{heading}{line}"
    assert f"{before}{note}{line}" == update(stored, CallFacts(note="N"), format)
    assert f"{before}{note}{line}" == update(stored, CallFacts(note="N"), format, automatic=True)
    assert stored == update(stored, CallFacts(note=""), format)
    assert "" == body.parse(stored, format).note
    assert update(stored, CallFacts(session_id="s"), format).startswith(f"{before}{heading}")


def test_a_heading_within_a_transcript_is_no_place_for_a_note():
    stored = f"{LINES}<div><b>Transcript</b><br>a {BOLD} b</div><br>"
    noted = update(stored, CallFacts(note="N"), HTML)
    assert f"<b>Agent notes</b><br>N<br><br>{BOLD}<br>{stored}" == noted


def test_a_markdown_note_that_was_not_escaped_is_replaced_whole():
    stored = "## Agent notes\na\n## Call details\nb\n\n## Call details\n**Result**: x\n"
    expected = "## Agent notes\nNew\n\n## Call details\n**Result**: x\n"
    assert expected == update(stored, CallFacts(note="New"), MARKDOWN)
    assert "a\n## Call details\nb" == body.parse(stored, MARKDOWN).note


@given(note=TEXT, transcript=TEXT)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_unescaped_in_a_body_no_update_grows_it(note, transcript):
    stored = server_body(note, transcript)
    assert stored == update(stored, CallFacts(), HTML)
    once = update(stored, CallFacts(note="N", transcript="T", result="R"), HTML)
    assert once == update(once, CallFacts(note="N", transcript="T", result="R"), HTML)


# -- Markdown and plain text --


@pytest.mark.parametrize("format", [MARKDOWN, PLAIN])
@given(note=TEXT, transcript=TEXT)
@settings(max_examples=50, deadline=None)
def test_a_body_stored_with_other_line_ends_is_read_and_keeps_them(format, note, transcript):
    written = compose(everything().model_copy(update={"note": note, "transcript": transcript}), format)
    stored = written.replace("\n", "\r\n")
    read = body.parse(stored, format)
    assert (note, read_block(transcript)) == (read.note, read.transcript)
    changed = update(stored, CallFacts(note="New\nnote", result="Ended"), format)
    assert changed.count("\n") == changed.count("\r\n")
    assert ("New\nnote", read_block(transcript)) == (
        body.parse(changed, format).note,
        body.parse(changed, format).transcript,
    )


@pytest.mark.parametrize("format", [MARKDOWN, PLAIN])
def test_text_that_looks_like_structure_gets_a_backslash_that_reads_well(format):
    line = "- Result: great" if format is PLAIN else "**Result**: great"
    written = compose(CallFacts(note=f"First\n{line}"), format)
    assert f"First\n\\{line}\n" in written
    assert "result" not in body.parse(written, format).values


def test_plain_text_trimmed_by_the_crm_is_still_read_and_added_to():
    written = compose(CallFacts(note="Mine"), PLAIN).strip()
    changed = update(written, CallFacts(result="Ended"), PLAIN)
    assert "- Note: Mine\n- Result: Ended\n" == changed


def test_a_block_whose_end_mark_is_gone_does_not_take_in_the_fields_below():
    edited = "- AI Note:\nold\n- Result: Ended\n\n- Transcript:\nhi\n--- END\n"
    assert {"ai_note": "old", "result": "Ended", "transcript": "hi"} == body.parse(edited, PLAIN).values
    changed = update(edited, CallFacts(ai_note="new"), PLAIN)
    assert "- AI Note:\nnew\n--- END\n- Result: Ended\n\n- Transcript:\nhi\n--- END\n" == changed


def test_in_markdown_text_below_the_journey_is_not_part_of_it():
    written = compose(everything(), MARKDOWN) + "\nCalled again\n"
    changed = update(written, CallFacts(legs=[Leg(direction="Inbound")]), MARKDOWN)
    assert changed.endswith("### Call journey\nReceived call at an unknown party\n\nCalled again\n")


# -- facts --


def test_facts_of_a_call_name_both_sides_and_take_our_own_extension():
    call = Call.model_validate(
        {
            "sessionId": "s-7",
            "direction": "Inbound",
            "startTime": 1767346200000,
            "duration": 0,
            "from": {"name": "Nia Holt", "phoneNumber": "+14155550142", "extensionNumber": "9"},
            "to": {"name": "Rae Quill", "phoneNumber": "+16505550110", "extensionNumber": "204"},
            "recording": {"link": "https://media.example.com/r/7"},
        }
    )
    expected = CallFacts(
        session_id="s-7",
        user_name="Rae Quill",
        own_number="+16505550110 204",
        subject="Inbound Call from Nia Holt",
        contact_number="+14155550142",
        direction=Direction.INBOUND,
        start=datetime(2026, 1, 2, 9, 30, tzinfo=UTC),
        duration=0,
        recording_link="https://media.example.com/r/7",
        note="Hi",
    )
    assert expected == CallFacts.from_call(call, contact_name="Nia Holt", note="Hi", result=None)


@pytest.mark.parametrize(
    ("custom", "contact_name", "subject"),
    [
        ("", None, None),
        ("Renewal talk", None, "Renewal talk"),
        ("", "Nia Holt", "Outbound Call to Nia Holt"),
        ("Renewal talk", "Nia Holt", "Renewal talk"),
    ],
)
def test_a_calls_own_subject_is_told_also_without_the_contacts_name(custom, contact_name, subject):
    call = Call(direction=Direction.OUTBOUND, custom_subject=custom)
    assert subject == CallFacts.from_call(call, contact_name=contact_name).subject


@EVERY_FORMAT
def test_an_update_changes_the_subject_only_to_one_of_the_calls_own(format):
    before = compose(CallFacts(subject="Outbound Call to Nia Holt"), format)
    same = update(before, CallFacts.from_call(Call(direction=Direction.OUTBOUND)), format)
    assert "Outbound Call to Nia Holt" == body.parse(same, format).values["subject"]
    changed = update(before, CallFacts.from_call(Call(custom_subject="Renewal talk")), format)
    assert "Renewal talk" == body.parse(changed, format).values["subject"]


# -- hostile and large bodies --


HOSTILE = {
    "unclosed items": "<li><b>",
    "unclosed blocks": "<div><b>AI Note</b><br>",
    "nested blocks": "<div><b>AI Note</b><br>x</div>",
    "notes without end": "<b>Agent notes</b><br>",
    "bare labels": "<b>Result</b>:",
    "open tags": "<a",
    "open quotes": '<b "',
    "long name": "<a" + "b" * 20,
    "comments": "<!--",
    "entities": "&#9999999999999;",
    "spaces": " ",
    "line breaks": "\n",
    "carriage returns": "\r\n",
    "backslashes": "\\",
    "headings": "## Agent notes\n",
    "blocks": "### AI Note\n\n",
    "plain notes": "- Note: \n\n",
    "plain blocks": "\n- AI Note:\n",
    "plain lines": "- Result: x\n",
    "plain ends": "--- END\n",
    "stars": "**",
    "links": "<li><b>Call recording link</b>: <a href href = ",
    "headings in notes": "<b>Agent notes</b><br>x<b>Call details</b>",
    "lone headings": "<br><br><b>Call details</b><br>x",
    "stray ends": "</div>",
    "open and stray": "<div><b>Transcript</b><br>x</div></div><li>",
    "markdown details": "## Agent notes\n\n## Call details\n",
}


def work(task):
    """How many instructions of the interpreter a task takes."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        task()
    finally:
        sys.settrace(before)
    return count


@EVERY_FORMAT
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_work_grows_no_faster_than_the_body(format, piece):
    facts = CallFacts(note="n", result="r", ai_note="a")
    small, large = (work(lambda text=piece * times: update(text, facts, format)) for times in (40, 160))
    assert large < 5 * small


@EVERY_FORMAT
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies_are_read_and_written_exactly(format, piece):
    text = piece * (20_000 // len(piece))
    assert text == "".join(part.raw for part in body.parse(text, format).parts)
    assert read_block(text) == body.parse(update(text, CallFacts(transcript=text), format), format).transcript
    assert text == body.parse(compose(CallFacts(note=text), format), format).note


@EVERY_FORMAT
@pytest.mark.parametrize(
    "text", ["<li><b>" * 50_000, " " * 80_000, "- Result: x\n" * 20_000], ids=["tags", "spaces", "lines"]
)
def test_notes_of_hundreds_of_kilobytes_come_back(format, text):
    assert text == body.parse(update(text, CallFacts(note=text), format), format).note
    assert text == body.parse(compose(CallFacts(note=text), format), format).note


def test_a_fact_that_there_is_none_of_is_named_and_facts_stay_as_they_are():
    with pytest.raises(ValidationError, match="transcirpt"):
        CallFacts(transcirpt="Rae: hi", ace_score=91.0)
    facts = CallFacts(note="Hi", ace_score=91.0)
    with pytest.raises(ValidationError, match="frozen"):
        facts.note = "Ho"
