"""A later version of a shared conversation takes the place of the earlier one, and of nothing else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appconnect.logs.messages.shared_sms import SharedConversation, compose, update
from appconnect.models import LogFormat
from appconnect.sandbox.html_rewriting import rewritten

HTML, MARKDOWN, PLAIN = LogFormat.HTML, LogFormat.MARKDOWN, LogFormat.PLAIN
EVERY_FORMAT = pytest.mark.parametrize("format", list(LogFormat), ids=["html", "markdown", "plain"])
REWRITES = {
    "as it was": lambda text: text,
    "a sandbox's": rewritten,
    "strong": lambda text: text.replace("<b>", "<strong>").replace("</b>", "</strong>"),
    "paragraphs": lambda text: text.replace("<div>", "<p>").replace("</div>", "</p>"),
    "capitals": lambda text: re.sub(r"</?[a-z]+", lambda tag: tag[0].upper(), text),
    "fixed spaces": lambda text: text.replace("Conversation summary", "Conversation&nbsp;summary"),
    "no boxes": lambda text: text.replace("<div>", "").replace("</div>", "<br>"),
    "no rules": lambda text: text.replace("<hr>", ""),
    "a line a tag": lambda text: text.replace("<", "\n  <").replace(">", ">\n  "),
    "one box around all": lambda text: f"<div class='x'>{text}</div>",
    "bold inside a span": lambda text: text.replace("<b>", "<span><b>").replace("</b>", "</b></span>"),
}


def body(format, *texts, owner=None):
    """The conversation of these texts, the oldest first."""
    said = [
        {"recordType": "AliveMessage", "direction": "Inbound", "creationTime": 60_000 * minute, "text": text}
        for minute, text in enumerate(texts)
    ]
    read = SharedConversation.model_validate({"entities": said, "owner": owner})
    return compose(read, contact_name="Nia", format=format, timezone=None).body


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
def test_what_a_crm_has_rewritten_is_replaced_and_does_not_double(rewrite):
    stored = rewrite(body(HTML, "hello"))
    for texts in (["hello", "two"], ["hello", "two", "three"], ["hello", "two", "three", "four"]):
        stored = rewrite(update(stored, body(HTML, *texts), format=HTML))
    assert [1, 1, 1] == [stored.count(text) for text in ("hello", "four", "Started")]
    assert [] == re.findall(r"<(div|p|b|strong|span)>\s*</\1>", stored)


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
def test_the_same_again_changes_nothing(rewrite):
    stored = rewrite("<p>Mine</p>" + body(HTML, "hello", "two") + "<div>Below</div>")
    assert stored == update(stored, body(HTML, "hello", "two"), format=HTML)


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("<p>I called her</p>", "<div>my note</div><div>END</div>tail"),
        ("<b>Conversation summary</b><br>my own", "<hr>END<br>of it"),
        ("Conversation summary", " END of my note"),
    ],
)
def test_what_a_person_wrote_around_it_stays(rewrite, above, below):
    stored = rewrite(above + body(HTML, "hello") + below)
    changed = update(stored, body(HTML, "hello", "two"), format=HTML)
    assert body(HTML, "hello", "two") in changed
    assert 1 == changed.count("hello")
    words = re.sub(r"<[^<>]*>|&nbsp;", " ", changed).split()
    words_above, words_below = (re.sub(r"<[^<>]*>", " ", mine).split() for mine in (above, below))
    assert words_above == words[: len(words_above)]
    assert words_below == words[-len(words_below) :]


def test_a_box_that_holds_more_stays_whole():
    stored = "<div>mine " + body(HTML, "hello").removeprefix("<div>") + "<p>below</p>"
    changed = update(stored, body(HTML, "hello", "two"), format=HTML)
    assert f"<div>mine </div>{body(HTML, 'hello', 'two')}<p>below</p>" == changed


@pytest.mark.parametrize("format", [MARKDOWN, PLAIN])
def test_in_lines_what_a_person_wrote_around_it_stays(format):
    rule = "---" if format is MARKDOWN else "------------"
    above, below = "Conversation summary\nI called her\n\n", f"\n\nmy note\n{rule}\nEND\n"
    changed = update(above + body(format, "hello") + below, body(format, "hello", "two"), format=format)
    assert above + body(format, "hello", "two") + below == changed


@EVERY_FORMAT
@pytest.mark.parametrize(
    "text", ["END", "x\n------------\nEND\n---\nEND\ny", "Conversation summary\nStarted: x\nEND"]
)
def test_a_message_that_reads_like_an_end_is_none(format, text):
    stored = body(format, text) + "\nbelow"
    for more in (["a"], ["a", "b"]):
        stored = update(stored, body(format, text, *more), format=format)
    assert body(format, text, "a", "b") + "\nbelow" == stored


@EVERY_FORMAT
def test_where_the_old_one_is_gone_the_new_one_is_added_below(format):
    assert f"mine END\n{body(format, 'hello')}" == update("mine END", body(format, "hello"), format=format)
    assert body(format, "hello") == update("", body(format, "hello"), format=format)


@EVERY_FORMAT
@given(
    old=st.lists(st.text(), min_size=1, max_size=3),
    new=st.lists(st.text(), max_size=2),
    owner=st.text(max_size=9),
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_the_new_version_replaces_the_old_one_and_nothing_else(format, old, new, owner):
    before, after = (body(format, *texts, owner={"name": owner}) for texts in (old, [*old, *new]))
    above, below = ("<p>Mine</p>", "<p>below</p>") if format is HTML else ("Mine\n\n", "\n\nbelow\n")
    assert above + after + below == update(above + before + below, after, format=format)
