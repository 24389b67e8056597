"""JSON as a tree, a table and a text: everything escaped, bounded, and told in words where it is cut."""

from __future__ import annotations

import re

import pytest
from pydantic import JsonValue

from appconnect.panels import json_view

SCRIPT = "<script>alert('x')</script>"


def deep(levels: int) -> JsonValue:
    value: JsonValue = "bottom"
    for _ in range(levels):
        value = {"in": [value]}
    return value


@pytest.mark.parametrize(
    "value", [{SCRIPT: SCRIPT}, [SCRIPT], SCRIPT, {"a": {SCRIPT: [SCRIPT]}}, {"a": [{SCRIPT: SCRIPT}]}]
)
def test_foreign_text_is_escaped_everywhere(value: JsonValue) -> None:
    for shown in (json_view.tree(value), json_view.table(value) or "", json_view.text(value)):
        assert "<script" not in shown


def test_a_tree_tells_types_and_sizes_and_opens_its_first_levels() -> None:
    shown = json_view.tree({"name": "Nia", "age": 41, "is_client": True, "org": None, "a": {"b": {"c": 1}}})
    assert '<span class="ac-text">&#34;Nia&#34;</span>' in shown
    assert '<span class="ac-number">41</span>' in shown
    assert '<span class="ac-word">true</span>' in shown and '<span class="ac-word">null</span>' in shown
    assert "{5 fields}" in shown and "{1 field}" in shown
    assert ["open", "open", ""] == re.findall(r"<details ?(open)?>", shown)


@pytest.mark.parametrize("value", [None, True, 0, "", [], {}])
def test_what_has_no_parts_is_shown_too(value: JsonValue) -> None:
    assert json_view.as_line(value).replace('"', "&#34;") in json_view.tree(value)


def test_what_follows_the_first_entries_is_folded_and_counted() -> None:
    shown = json_view.tree(list(range(120)))
    assert ["… 70 more", "… 20 more"] == re.findall(r"<summary><i>(… \d+ more)</i>", shown)
    assert 120 == shown.count("ac-number")


def test_a_tree_is_bounded_however_much_comes() -> None:
    shown = json_view.tree([{"id": number, "tags": ["a", "b"]} for number in range(100_000)])
    assert json_view.MAX_NODES >= shown.count("ac-key")
    assert "more, not shown" in shown
    assert len(shown) < 1_000_000


def test_nesting_has_an_end() -> None:
    assert "nested too deep to show" in json_view.tree(deep(500))
    assert "bottom" in json_view.tree(deep(15))
    assert json_view.table(deep(500)) is not None


def test_a_long_value_is_cut_in_words() -> None:
    shown = json_view.tree({"note": "x" * 1000})
    assert "601 more characters" in shown or "602 more characters" in shown
    assert "… 10 more characters" in json_view.text("y" * (json_view.MAX_TEXT + 10))


@pytest.mark.parametrize(
    ("value", "where", "number"),
    [
        ([{"id": 1}, {"id": 2}], "", 2),
        ({"success": True, "data": [{"id": 1}]}, "data", 1),
        ({"data": {"items": [{"id": 1}], "more": [{"a": 1}, {"b": 2}]}}, "data.more", 2),
        ({"data": {"id": 5}}, "", 1),
    ],
)
def test_the_records_of_an_answer_are_found(value: JsonValue, where: str, number: int) -> None:
    found = json_view.rows_in(value)
    assert found is not None
    assert (where, number) == (found.where, len(found.records))


@pytest.mark.parametrize("value", [None, "text", 5, [1, 2], [], {}, [{"id": 1}, 2]])
def test_what_is_no_list_of_objects_is_no_table(value: JsonValue) -> None:
    assert json_view.table(value) is None


def test_nested_keys_are_dotted_and_lists_of_values_are_read_out() -> None:
    shown = json_view.table([{"org": {"id": 1, "name": "Holt"}, "tags": ["a", "b"]}, {"org": None}])
    assert shown is not None
    assert ["tags", "org", "org.id", "org.name"] == re.findall(r'<th scope="col">([^<]*)</th>', shown)
    assert "<td>a, b</td>" in shown and '<td class="ac-dim">null</td>' in shown


def test_rows_and_columns_are_bounded_and_the_caption_says_of_how_many() -> None:
    rows: JsonValue = [{f"c{column}": column for column in range(40)} for _ in range(250)]
    shown = json_view.table(rows)
    assert shown is not None
    assert "250 rows, the first 100 are shown; … 10 more columns: c30, c31" in shown
    assert (100, json_view.MAX_COLUMNS) == (shown.count("<tr>") - 1, shown.count('scope="col"'))


def test_half_a_character_can_be_shown() -> None:
    for shown in (
        json_view.tree(["\ud83d"]),
        json_view.text("\ud83d"),
        json_view.table([{"\ud83d": "\ud83d"}]),
    ):
        assert "\\ud83d" in str(shown)
        str(shown).encode()
