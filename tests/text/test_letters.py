"""Letters that not everything can hold, lengths as others count them, and line breaks as they came."""

from __future__ import annotations

import pytest

from appconnect.text.characters import printable, unwritable, written
from appconnect.text.lines import line_break, one_line
from appconnect.text.utf16 import utf16_length, utf16_prefix


@pytest.mark.parametrize(
    ("letter", "shown"),
    [
        ("\x00", "\\x00"),
        ("\x08", "\\x08"),
        ("\x0e", "\\x0e"),
        ("\x1f", "\\x1f"),
        ("\x7f", "\\x7f"),
        ("\ud800", "\\ud800"),
        ("\udfff", "\\udfff"),
    ],
)
def test_what_cannot_be_written_is_named_and_replaced(letter: str, shown: str) -> None:
    assert shown == unwritable(f"a{letter}b\x00")
    assert "a�b" == written(f"a{letter}b")


@pytest.mark.parametrize(
    "letter", ["\t", "\n", "\x0b", "\x0c", "\r", " ", "~", "\x80", "é", "🌟", "\ud7ff", "\ue000"]
)
def test_what_can_be_written_stays(letter: str) -> None:
    assert "" == unwritable(letter)
    assert {letter: [letter, 1, None, True]} == written({letter: [letter, 1, None, True]})


def test_keys_and_what_lies_deep_are_written_too() -> None:
    assert {"a�": [{"b": "�"}], "c": 1.5} == written({"a\x00": [{"b": "\ud800"}], "c": 1.5})


def test_half_a_character_can_be_printed() -> None:
    assert "é \\ud800" == printable("é \ud800")


@pytest.mark.parametrize(("text", "length"), [("", 0), ("é", 1), ("🌟", 2), ("a🌟b", 4), ("\ud800", 1)])
def test_an_emoji_counts_twice(text: str, length: int) -> None:
    assert length == utf16_length(text)


@pytest.mark.parametrize(
    ("size", "prefix"), [(-1, ""), (0, ""), (1, "a"), (2, "a"), (3, "a🌟"), (4, "a🌟b"), (9, "a🌟b")]
)
def test_no_emoji_is_cut_in_two(size: int, prefix: str) -> None:
    assert prefix == utf16_prefix("a🌟b", size)


@pytest.mark.parametrize(
    ("text", "written_with"),
    [
        ("", "\n"),
        ("a", "\n"),
        ("a\nb", "\n"),
        ("a\r\nb", "\r\n"),
        ("a\r\nb\nc", "\n"),
        ("a\r\nb\r\n", "\r\n"),
        ("a\rb", "\n"),
    ],
)
def test_line_breaks_are_those_that_all_are(text: str, written_with: str) -> None:
    assert written_with == line_break(text)


@pytest.mark.parametrize(
    ("text", "line"), [("", ""), (" a ", "a"), ("a\nb", "a b"), ("a\r\n b\u2028c", "a  b c"), ("\na\n", "a")]
)
def test_lines_become_one(text: str, line: str) -> None:
    assert line == one_line(text)
