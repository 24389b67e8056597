"""Bodies split into tags and text, tags paired, entities read, and text written so that it reads the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.text.amounts import tallied
from appconnect.text.html import (
    BLOCKS,
    INLINE,
    SPACE,
    Token,
    closing_tags,
    escape_line,
    escape_text,
    first_link,
    text_in,
    tokenize,
    unescape,
)

FORMATTING = (
    "blockquote dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tbody td th thead tr ul a abbr b big code em "
    "font i mark s small span strike strong sub sup tt u"
)


def test_the_tags_for_formatting_are_known() -> None:
    assert set(FORMATTING.split()) == BLOCKS | INLINE
    assert not BLOCKS & INLINE


@pytest.mark.parametrize("name", FORMATTING.split())
def test_a_tag_is_known_in_each_spelling(name: str) -> None:
    for source in (f"<{name}>", f"<{name.upper()}>", f'<{name} id="1">', f"<{name}/>"):
        assert [Token(0, len(source), source, name)] == tokenize(source)
    for source in (f"</{name}>", f"</{name.upper()}>", f"</{name} >"):
        assert [Token(0, len(source), source, name, closing=True)] == tokenize(source)


@pytest.mark.parametrize("source", ["<br>", "<br/>", "<br />", "<BR>", '<br clear="all">'])
def test_a_line_break_is_known_in_each_spelling(source: str) -> None:
    assert [Token(0, len(source), source, "br")] == tokenize(source)
    assert "\n" == text_in(tokenize(source))


@pytest.mark.parametrize("source", ["<!-- a -->", "<?xml?>", "<!DOCTYPE html>"])
def test_a_comment_is_no_text(source: str) -> None:
    assert [Token(0, len(source), source, "!")] == tokenize(source)
    assert "ab" == text_in(tokenize(f"a{source}b"))


@pytest.mark.parametrize("source", ["<foo>", "a < b", "<", "<>", "< b>", "</>", "a <b", "<1>"])
def test_anything_else_is_text(source: str) -> None:
    assert [Token(0, len(source), source)] == tokenize(source)


def test_tokens_know_where_they_are() -> None:
    assert [Token(0, 2, "a "), Token(2, 5, "<b>", "b"), Token(5, 7, "x<"), Token(7, 11, "</b>", "b", closing=True)] == (
        tokenize("a <b>x<</b>")
    )  # fmt: skip


def test_lines_that_are_read_at_once_are_lines() -> None:
    source = "one<br>two<br/>three<br />four &amp; five<br><br>six"
    tokens = tokenize(source, lines_at_once=True)
    assert ["one", "<br>", source[7:]] == [token.source for token in tokens]
    assert "one\ntwo\nthree\nfour & five\n\nsix" == text_in(tokens)


def test_what_a_token_is() -> None:
    assert ["", "b", "br", "!"] == [each.name for each in tokenize("a<b><br><!-- -->")]
    assert [True, False, False] == [each.is_blank for each in tokenize(" \n<b>a")]
    assert [True, True, False] == [each.is_bold for each in tokenize("<b><strong><i>")]
    assert [True, True, True, False, False] == [each.breaks_line for each in tokenize("<br><p></p><b>a")]


@pytest.mark.parametrize(
    ("source", "names", "closed"),
    [
        ("<b>a</b>", ["b"], {0: 2}),
        ("<b><b>a</b></b>", ["b"], {0: 4, 1: 3}),
        ("<b><i>a</b></i>", ["b", "i"], {0: 3, 1: 4}),
        ("<b><i>a</b></i>", ["i"], {1: 4}),
        ("</b><b>a", ["b"], {}),
        ("<b>a<b>c</b>", ["b"], {2: 4}),
        ("<b>a</b>", [], {}),
    ],
)
def test_a_closing_tag_closes_the_last_that_is_open(
    source: str, names: list[str], closed: dict[int, int]
) -> None:
    assert closed == closing_tags(tokenize(source), *names)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a", "a"),
        ("a & b", "a & b"),
        ("AT&T", "AT&T"),
        ("&amp;", "&"),
        ("&amp;lt;", "&lt;"),
        ("&amp;amp;", "&amp;"),
        ("&lt;a&gt; &quot;b&quot; &amp;", '<a> "b" &'),
        ("&lt;&amp;gt;", "<&gt;"),
        ("&eacute;&#233;&#xe9;&#XE9;", "éééé"),
        ("&amp;&eacute;", "&é"),
        ("&lt;&amp;&eacute", "<&&eacute"),
        ("&copy=2&lt;", "&copy=2<"),
        ("&#1234567;&#12345678;", "\ufffd&#12345678;"),
        ("&#x1F31F;&#x1234567;", "🌟&#x1234567;"),
        ("&nosuch;&sup1;", "&nosuch;¹"),
        ("&a;", "&a;"),
    ],
)
def test_entities_with_a_semicolon_are_read(source: str, text: str) -> None:
    assert text == unescape(source)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ('<a href="https://x.test/?a=1&amp;b=2">', "https://x.test/?a=1&b=2"),
        ("<a href='x'>", "x"),
        ("<a href=x>", "x"),
        ('<A HREF = " x ">', "x"),
        ('<a target="_blank" href="x" >', "x"),
        ('<a data-href="y" href="x">', "x"),
        ("<b>a</b><a>b</a><a href=x><a href=y>", "x"),
        ('<a href="">', ""),
        ("</a href=x>", ""),
        ("<b href=x>", ""),
        ("href=x", ""),
    ],
)
def test_the_first_link_of_a_body(source: str, address: str) -> None:
    assert address == first_link(tokenize(source))


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("", ""),
        ('<a> & "b"', '&lt;a&gt; &amp; "b"'),
        ("a\nb", "a<br>b"),
        (" a ", "&#32;a&#32;"),
        ("a \n b", "a <br> b"),
        ("\ta\f", "&#9;a&#12;"),
        ("a\r", "a&#13;"),
        ("a\n \nb", "a<br>&#32;<br>b"),
        ("a\n \xa0 \nb", "a<br> \xa0 <br>b"),
        ("a\n   \nb", "a<br>&#32; &#32;<br>b"),
        ("\n", "<br>"),
        (" \n ", "&#32;<br>&#32;"),
    ],
)
def test_text_is_escaped(text: str, source: str) -> None:
    assert source == escape_text(text)


def test_a_line_is_escaped_without_its_quotes() -> None:
    assert "&lt;a&gt; &amp; \"b\" 'c'&#13;" == escape_line("<a> & \"b\" 'c'\r")


@given(st.text(st.sampled_from(f"a<>&;#\"'é{SPACE}")))
def test_what_is_escaped_reads_the_same(text: str) -> None:
    assert text == text_in(tokenize(escape_text(text)))
    assert text == text_in(tokenize(f"<p>{escape_text(text)}</p>"))
    assert text == text_in(tokenize(escape_text(text), lines_at_once=True))


@pytest.mark.parametrize(
    ("amount", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (2000, "2,000 rows"), (-1, "-1 rows")]
)
def test_thousands_are_set_apart(amount: int, words: str) -> None:
    assert words == tallied(amount, "row")
