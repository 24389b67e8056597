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
    with pytest.raises(InputError) as caught:
        whole_number("Acme", text, "person")
    assert f"{text!r} is not an Acme person id; those are whole numbers." == caught.value.message


@pytest.mark.parametrize(
    ("given", "shown"),
    [("x" * 41, f"'{'x' * 40}'"), ([7] * 60, repr([7] * 60)[:60]), ("\0" * 41, repr("\0" * 40)[:60])],
)
def test_the_sentence_shows_the_beginning_of_a_long_one(given: object, shown: str) -> None:
    with pytest.raises(InputError) as caught:
        whole_number("Redtail", given, "note")
    assert f"{shown} is not a Redtail note id; those are whole numbers." == caught.value.message


@pytest.mark.parametrize(
    ("title", "article"),
    [*((f"{each}-CRM", "an") for each in "AEIOU"), *((f"{each}-CRM", "a") for each in "BDYZ")],
)
def test_the_sentence_has_the_right_article(title: str, article: str) -> None:
    with pytest.raises(InputError) as caught:
        whole_number(title, "x", "note")
    assert f"'x' is not {article} {title} note id; those are whole numbers." == caught.value.message


@pytest.mark.parametrize("text", ["", "a\ud7ffz", "\ue000", "\x01", "🌟"])
def test_a_text_that_every_database_keeps_is_itself(text: str) -> None:
    assert text == storable(text)


@pytest.mark.parametrize(("text", "code"), [("a\0", "0000"), ("\ud800", "D800"), ("x\udfff", "DFFF")])
def test_a_text_that_no_database_keeps_is_refused_by_its_code(text: str, code: str) -> None:
    for given in (text, "é" * 40 + text):
        with pytest.raises(InputError) as caught:
            storable(given)
        assert (
            f"{given[:40]!a} has a character that is no text (U+{code}); take it out." == caught.value.message
        )
