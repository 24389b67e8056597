"""How much of some JSON is shown, to the last character, entry and level."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from appconnect.panels import json_view


def nested(levels: int) -> JsonValue:
    value: JsonValue = "bottom"
    for _ in range(levels):
        value = {"in": value}
    return value


@pytest.mark.parametrize(
    ("shown", "whole", "cut"),
    [
        (lambda text: json_view.tree({"a": text}), 398, "… 1 more character<"),
        (lambda text: json_view.tree({text: 1}), 400, "… 1 more character<"),
        (json_view.tree, 398, "… 1 more character<"),
        (lambda text: json_view.table([{text: 1}]), 400, "… 1 more character<"),
        (lambda text: json_view.table([{"a": text}]), 120, "… 1 more character<"),
        (lambda text: json_view.table([{"a": [text]}]), 120, "… 1 more character<"),
        (json_view.text, 40_000, "… 1 more character<"),
    ],
)  # fmt: skip
def test_a_text_is_shown_up_to_its_last_character(shown, whole: int, cut: str) -> None:  # type: ignore[no-untyped-def]
    assert "more character" not in shown("x" * whole)
    assert cut in shown("x" * (whole + 1))
    assert cut.replace("1 more character", "1,234 more characters") in shown("x" * (whole + 1_234))


def test_the_names_of_columns_that_are_left_out_are_shortened() -> None:
    names = [f"{number:030}{'x' * 20}" for number in range(40)]
    shown = json_view.table([dict.fromkeys(names, 1)])
    assert f"; … 10 more columns: {', '.join(names[30:])[:400]}… 118 more characters</caption>" in str(shown)


def test_fifty_entries_are_shown_before_the_rest_is_folded() -> None:
    assert "more" not in json_view.tree(list(range(50)))
    shown = json_view.tree(list(range(51)))
    assert (
        '<span class="ac-number">49</span></div></li><li><details><summary><i>… 1 more</i></summary>'
        '<ul><li><div><span class="ac-key">50</span>: ' in shown
    )


def test_three_thousand_values_are_shown_and_the_rest_is_counted() -> None:
    shown = json_view.tree([list(range(50)) for _ in range(200)])
    assert 2_999 == shown.count("ac-key")  # the list itself has no key
    assert "… 10 more, not shown" in shown and "… 141 more, not shown" in shown
    assert "more, not shown" not in json_view.tree(list(range(2_999)))
    assert "… 1,000 more, not shown" in json_view.tree(list(range(3_999)))


def test_forty_levels_are_shown_and_the_next_one_is_told() -> None:
    assert '<span class="ac-text">&#34;bottom&#34;</span>' in json_view.tree(nested(40))
    assert (
        '<span class="ac-key">in</span>: {1 field} <i>… nested too deep to show</i></div>'
        in json_view.tree(nested(41))
    )


def test_names_are_dotted_down_to_forty_levels() -> None:
    assert {".".join(["in"] * 40): "bottom"} == json_view.flattened({"in": nested(39)})
    assert {".".join(["in"] * 40): {"in": "bottom"}} == json_view.flattened({"in": nested(40)})
    assert {"a": {}, "b": []} == json_view.flattened({"a": {}, "b": []})


def test_a_hundred_rows_and_thirty_columns_are_shown_whole() -> None:
    rows: JsonValue = [{f"c{column}": column for column in range(30)} for _ in range(100)]
    assert "<caption>100 rows</caption>" in str(json_view.table(rows))
    assert isinstance(rows, list)
    shown = str(json_view.table({"found": [*rows, {"c30": 1}]}))
    assert "<caption>101 rows at found, the first 100 are shown</caption>" in shown
    assert 30 == shown.count("<th ")


def test_a_list_is_found_two_keys_below_the_top_and_no_deeper() -> None:
    two, three = {"a": {"b": [{"id": 1}]}}, {"a": {"b": {"c": [{"id": 1}]}}}
    assert json_view.Rows("a.b", [{"id": 1}]) == json_view.rows_in(two)
    assert json_view.Rows("", [three]) == json_view.rows_in(three)


def test_of_lists_of_the_same_length_the_first_is_taken() -> None:
    assert json_view.Rows("a", [{"id": 1}]) == json_view.rows_in({"a": [{"id": 1}], "b": [{"id": 2}]})


def test_columns_are_in_the_order_of_the_fields_and_missing_cells_are_empty() -> None:
    shown = str(json_view.table([{"b": {"y": 1}, "c": 2, "a": True}, {"a": None, "d": [{"e": 1}]}]))
    assert (
        '<tr><th scope="col">c</th><th scope="col">a</th><th scope="col">d</th><th scope="col">b.y</th></tr>'
        in shown
    )
    assert "<tr><td>2</td><td>true</td><td></td><td>1</td></tr>" in shown
    assert (
        '<tr><td></td><td class="ac-dim">null</td><td>[{&#34;e&#34;: 1}]</td><td></td></tr></tbody>' in shown
    )


def test_what_cannot_be_written_because_it_is_too_deep_is_told() -> None:
    deep = nested(100_000)
    assert "… nested too deep to show" == json_view.as_line(deep)
    assert '<pre tabindex="0">… nested too deep to show</pre>' == json_view.text(deep)
    while isinstance(deep, dict):  # piece by piece, or Python ends
        deep = deep.pop("in")
