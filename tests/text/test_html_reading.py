"""What a body of HTML says: breaks and paragraphs are lines, indentation of the source is nothing."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from appconnect.logs.calls import body
from appconnect.models import LogFormat
from appconnect.text.html import text_in, tokenize

PIECES = (
    *(
        "<br>",
        "<br>one<br>two",
        "<br>one<br><br>- two & three<br/>four",
        "<br>  one<br>two ",
        "<br>a<br>&#10;",
    ),
    *(
        "<br>a<br>b\n",
        "<br>a<br>b>c",
        "<br>&amp;lt;<br>&lt;br&gt;",
        "<br>a<br>&nbsp;",
        "x",
        " ",
        "\n",
        "\r\n",
    ),
    *("<b>", "</b>", "<p>", "</p>", "<div>", "</div>", "<li>", "</li>", "<ul>", "<foo>", "a < b", "<!-- -->"),
    *(
        "<b>Agent notes</b><br>",
        "<br><br><b>Call details</b><br>",
        "<li><b>Result</b>: ",
        "<div><b>AI Note</b><br>",
    ),
    *("<div><b>Transcript</b><br>", "</div><br>", "Call details", ": "),
)
"""Pieces of bodies; what stands between ``<br>`` and ``<br>`` is read at once, whatever is around it."""
bodies = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def one_by_one(source: str) -> str:
    """Return the same with line breaks that are read one by one, since they are written in capitals."""
    return source.replace("<br", "<BR")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a<p>b", "a\nb"),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<div><div>a</div></div><div>b</div>", "a\nb"),
        ("<p></p>a", "a"),
        ("<br>a<br>", "\na\n"),
        ("a<br><br>b", "a\n\nb"),
        ("<b>a</b> <i>b</i>", "a b"),
        ("<b> </b>", " "),
    ],
)
def test_breaks_and_paragraphs_are_lines(source: str, text: str) -> None:
    assert text == text_in(tokenize(source))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<b>a</b> <p>b</p>", "a\nb"),
        ("<p>a</p> <b>b</b>", "a\nb"),
        ("<p>a</p> <p>b</p>", "a\nb"),
        ("a<br> <br>b", "a\n\nb"),
        ("\n  a\n  ", "a"),
        ("a<br>\n  b", "a\nb"),
        ("a\r\n  <br>b", "a\nb"),
        ("<p>\n  a\n</p>\n<p>\n  b\n</p>", "a\nb"),
    ],
)
def test_indentation_and_blanks_beside_a_break_do_not_count(source: str, text: str) -> None:
    assert text == text_in(tokenize(source))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (" a ", " a "),
        ("<p> a </p>", " a "),
        ("a \n b", "a \n b"),
        ("a\r\nb\r\n\r\nc", "a\nb\n\nc"),
        ("a\rb\n\rc", "a\rb\n\rc"),
        ("a<b>\r\n b</b>", "a\n b"),
        ("a<b>\n b</b>", "a\n b"),
        ("<b>a\n </b>b", "a\n b"),
        (" <p>a</p> ", " \na\n "),
        ("&#32;a&#32;", " a "),
        ("AT&T &amp; ?a=1&copy=2", "AT&T & ?a=1&copy=2"),
    ],
)
def test_other_white_space_and_entities_are_a_person_s(source: str, text: str) -> None:
    assert text == text_in(tokenize(source))


@settings(max_examples=500)
@given(bodies)
def test_lines_that_are_read_at_once_are_what_they_are_one_by_one(source: str) -> None:
    at_once, each = tokenize(source, lines_at_once=True), tokenize(source)
    event(f"read at once: {len(at_once) < len(each)}")
    assert "".join(token.source for token in at_once) == source
    assert text_in(at_once) == text_in(each)
    assert body.parse(source, LogFormat.HTML).values == body.parse(one_by_one(source), LogFormat.HTML).values


def test_lines_below_a_line_break_are_read_at_once() -> None:
    source = "one<br>two<br><br/>three<br />four<br><br><br><br><br>"
    expected = ["one", "<br>", "two<br><br/>three<br />four", "<br>", "<br><br>", "<br>", "<br>"]
    assert expected == [token.source for token in tokenize(source, lines_at_once=True)]
