"""What a body of HTML says: breaks and paragraphs are lines, indentation of the source is nothing."""

import pytest

from appconnect.text.html import text_in, tokenize


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
        ("a<b>\n b</b>", "a\n b"),
        ("<b>a\n </b>b", "a\n b"),
        (" <p>a</p> ", " \na\n "),
        ("&#32;a&#32;", " a "),
        ("AT&T &amp; ?a=1&copy=2", "AT&T & ?a=1&copy=2"),
    ],
)
def test_other_white_space_and_entities_are_a_person_s(source: str, text: str) -> None:
    assert text == text_in(tokenize(source))
