"""JSON that a person types: what is wrong is said by line and column, in words that help."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from appconnect.panels.json_text import JsonFault, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (" \n ", None),
        ("5", 5),
        ('{"name": "Nia", "tags": [1, true, null]}', {"name": "Nia", "tags": [1, True, None]}),
        ('{"name": "Ünï 😀"}', {"name": "Ünï 😀"}),
    ],
)
def test_json_is_read(text: str, value: JsonValue) -> None:
    assert value == read(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"name": Nia}', 'Line 1, column 10: text stands in double quotes: "Nia".'),
        ('{\n  "a": 1,\n}', "Line 3, column 1: the comma before } is one too many."),
        ("[1, 2, ]", "Line 1, column 8: the comma before ] is one too many."),
        ('{"a" 1}', "Line 1, column 6: a colon belongs here, between a name and its value."),
        ('{"a": 1 "b": 2}', "Line 1, column 9: a comma belongs here, or the closing bracket."),
        ('{"a": 1', "Line 1, column 8: the text ends here, but a comma belongs here, or the closing bracket."),
        ('{"a":\n\n', "Line 1, column 6: the text ends here, but a value belongs here: text in double quotes, "
         "a number, true, false, null, [ or {."),
        ("{'a': 1}", "Line 1, column 2: text stands in double quotes: \" in place of '."),
        ('{"a": None}', "Line 1, column 7: JSON writes null for None."),
        ('{"a": True}', "Line 1, column 7: JSON writes true for True."),
        ('{"a": 1}\n{"b": 2}', "Line 2, column 1: the JSON ends before this, so it is too much."),
        ('{"a": "x', "Line 1, column 7: this text has no closing double quote."),
        ('{"a": "x\ny"}', "Line 1, column 9: a line break or tab stands inside a text: write \\n or \\t."),
        ('{"a": "C:\\dir"}', "Line 1, column 10: a backslash stands for itself only when it is doubled: \\\\."),
        ('{"a": NaN}', "Line 1, column 7: NaN is no number in JSON."),
        ('{"a": 1,\n "a": 2}', "Line 2, column 2: the name 'a' stands there twice."),
        ('{"a": False}', "Line 1, column 7: JSON writes false for False."),
        ('{"a": Infinity}', "Line 1, column 7: Infinity is no number in JSON."),
        ('{"NaN": 1, "a": -Infinity}', "Line 1, column 17: -Infinity is no number in JSON."),
        ('{"a": "\\u12"}', "Line 1, column 9: four digits belong after \\u."),
        ('{"a": 1, \'b\': 2}', "Line 1, column 10: text stands in double quotes: \" in place of '."),
        ('{"a": 1 b}', "Line 1, column 9: a comma belongs here, or the closing bracket."),
        ('{"a": 1 None}', "Line 1, column 9: JSON writes null for None."),
        ("{1: 2}", "Line 1, column 2: a name in double quotes belongs here."),
        ('{"a": ?}', "Line 1, column 7: a value belongs here: text in double quotes, a number, true, false, null, [ or {."),
        ("[1, 2}", "Line 1, column 6: a comma belongs here, or the closing bracket."),
        ("[1, ] x", "Line 1, column 5: the comma before ] is one too many."),
        ("# one\n[]", "Line 1, column 1: JSON has no comments."),
        ("[/* one */ 1]", "Line 1, column 2: JSON has no comments."),
        ('{"ä": 1, "b": 2, "ä": 3}', "Line 1, column 18: the name 'ä' stands there twice."),
        ('{"a": 1, // one\n "b": 2}', "Line 1, column 10: JSON has no comments."),
        ("[" * 100_000, "Line 1, column 1: this is nested too deep."),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_place_and_what_to_write(text: str, told: str) -> None:
    fault = read(text)
    assert isinstance(fault, JsonFault)
    assert told == str(fault)


def test_the_place_is_pointed_at() -> None:
    fault = read('{\n  "note": "x", "name": Nia\n}')
    assert isinstance(fault, JsonFault)
    line, caret = fault.excerpt.split("\n")
    assert line[caret.index("^") :].startswith("Nia")


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ('{\n\t"a":\tNia\n}', ' "a": Nia\n      ^'),
        ("x" * 80, "x" * 40 + "\n^"),
        ('"' + "a" * 90 + "\t" + "b" * 90, "a" * 40 + " " + "b" * 39 + "\n" + " " * 40 + "^"),
        ('"aaaaa\t', '"aaaaa \n      ^'),
    ],
)
def test_forty_characters_around_the_place_are_shown_and_tabs_are_spaces(text: str, excerpt: str) -> None:
    fault = read(text)
    assert isinstance(fault, JsonFault)
    assert excerpt == fault.excerpt


def test_of_a_long_line_what_stands_around_is_shown() -> None:
    fault = read('{"a": "' + "x" * 10_000 + '", "b": Nia, "c": "' + "y" * 10_000 + '"}')
    assert isinstance(fault, JsonFault)
    line, caret = fault.excerpt.split("\n")
    assert len(line) < 100
    assert line[caret.index("^") :].startswith("Nia")
