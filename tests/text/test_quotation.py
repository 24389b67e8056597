"""What others wrote, in a sentence of ours: whole as long as it fits, cut where it does not."""

from __future__ import annotations

import pytest

from appconnect.text.quotation import quotation, shortened


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" a\r\n bc\t", "a bc"),
        ("12345", "12345"),
        ("é🌟", "é🌟"),
        ("123456", "1234…"),
        ("1234 6", "1234…"),
        ("a\x00", r"a\x00"),
        ("ab\x00", r"ab\x…"),
        (" " * 99 + "x", "x"),
        (" " * 100 + "x", ""),
    ],
)
def test_a_quotation_is_on_one_line_and_no_longer_than_asked_for(text: str, expected: str) -> None:
    assert expected == quotation(text, 5)


def test_unless_asked_for_three_hundred_letters_are_quoted() -> None:
    assert ["x" * 300, "x" * 299 + "…"] == [quotation("x" * length) for length in (300, 301)]


def test_a_message_loses_its_middle_when_it_is_too_long() -> None:
    assert "123456789012" == shortened("123456789012", 12)
    assert "12345 … 0123" == shortened("1234567890123", 12)
    told = [shortened("a" * 500 + "b" * length) for length in (400, 401)]
    assert ["a" * 500 + "b" * 400, "a" * 500 + "b" * 97 + " … " + "b" * 300] == told
