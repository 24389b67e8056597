"""Ids: whole numbers of at most eighteen digits, and nothing else."""

from __future__ import annotations

import pytest

from appconnect.errors import InputError
from appconnect.ids import storable, whole_number


@pytest.mark.parametrize("text", ["0", "7", "007", "9" * 18])
def test_digits_are_an_id(text: str) -> None:
    assert int(text) == whole_number("Acme", text, "person")


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "1\n", "9" * 19, "٣", "²", "1/2", 7, None])
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(InputError, match="is not an Acme person id; those are whole numbers"):
        whole_number("Acme", text, "person")


def test_the_sentence_shows_the_beginning_of_a_long_one_and_has_the_right_article() -> None:
    with pytest.raises(InputError) as caught:
        whole_number("Redtail", "x" * 41, "note")
    assert f"'{'x' * 40}' is not a Redtail note id; those are whole numbers." == caught.value.message


@pytest.mark.parametrize("text", ["", "a\ud7ffz", "\ue000", "\x01", "🌟"])
def test_a_text_that_every_database_keeps_is_itself(text: str) -> None:
    assert text == storable(text)


@pytest.mark.parametrize(("text", "code"), [("a\0", "0000"), ("\ud800", "D800"), ("x\udfff", "DFFF")])
def test_a_text_that_no_database_keeps_is_refused_by_its_code(text: str, code: str) -> None:
    with pytest.raises(InputError, match=rf"has a character that is no text \(U\+{code}\); take it out"):
        storable(text)
