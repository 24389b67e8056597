"""Where two JSON values differ, told so that a person sees it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.field_diff import Kind, field_diff, same

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "a", "b.c", "é"]), inner),
    max_leaves=12,
)  # fmt: skip


def told(before, after) -> list[str]:
    return [str(each) for each in field_diff(before, after)]


@given(json_values, json_values)
def test_there_is_a_difference_exactly_when_values_are_not_the_same(before, after):
    assert same(before, after) == (field_diff(before, after) == [])
    assert [] == field_diff(before, json.loads(json.dumps(before)))


@pytest.mark.parametrize(
    ("before", "after", "kind", "words"),
    [
        ({"a": 1}, {"a": 2}, Kind.CHANGED, "a: was 1, now 2"),
        ({"a": 1}, {}, Kind.REMOVED, "a: was 1, now nothing"),
        ({}, {"a": None}, Kind.ADDED, "a: was nothing, now null"),
        ({"a": 1}, {"a": "1"}, Kind.TYPE_CHANGED, 'a: was 1, now "1"'),
        ({"a": 1}, {"a": True}, Kind.TYPE_CHANGED, "a: was 1, now true"),
        ({"a": None}, {"a": "x"}, Kind.CHANGED, 'a: was null, now "x"'),
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": 2}]}}, Kind.CHANGED, "a.b[0].c: was 1, now 2"),
        ({"b.c": 1}, {"b.c": 2}, Kind.CHANGED, '["b.c"]: was 1, now 2'),
        (1, 2, Kind.CHANGED, "all: was 1, now 2"),
    ],
)
def test_a_field_is_named_by_its_path_with_what_happened_to_it(before, after, kind, words):
    (found,) = field_diff(before, after)
    assert (kind, words) == (found.kind, str(found))


def test_numbers_mean_the_same_however_they_are_written():
    assert [] == told({"a": 1}, {"a": 1.0})


def test_items_with_ids_are_paired_by_them():
    before = [{"id": 1, "name": "Lena"}, {"id": 2, "name": "Marcus"}]
    after = [{"id": 2, "name": "Marcus O."}]
    assert ["[0]: was " + '{"id": 1, "name": "Lena"}, now nothing', '[0].name: was "Marcus", now "Marcus O."'] == told(
        before, after
    )  # fmt: skip


def test_another_order_is_a_difference_of_its_own():
    before, after = [{"id": 1}, {"id": 2}, {"id": 3}], [{"id": 3}, {"id": 1}, {"id": 2}]
    assert ["rows (order): was [0, 1, 2], now [2, 0, 1]"] == told({"rows": before}, {"rows": after})


def test_what_was_put_into_a_list_does_not_change_what_comes_after_it():
    assert ['[1]: was nothing, now "x"'] == told(["a", "b", "c"], ["a", "x", "b", "c"])
    assert ['[0]: was "a", now nothing'] == told(["a", "b", "c"], ["b", "c"])


def test_long_texts_are_shown_around_the_first_difference_on_both_sides():
    words = (
        "<ul><li><b>Result</b>: Interested in the offer of last week</li><li><b>Duration</b>: {}</li></ul>"
    )
    (found,) = field_diff({"note": words.format("5 minutes")}, {"note": words.format("7 minutes")})
    assert (
        'note: was "…eek</li><li><b>Duration</b>: ‹5› minutes</li></ul>", '
        'now "…eek</li><li><b>Duration</b>: ‹7› minutes</li></ul>"'
    ) == str(found)


def test_words_are_marked_whole():
    note = "<b>Agent notes</b><br>Wants a {}<br><br><b>Call details</b><br><li><b>Summary</b>"
    (found,) = field_diff(note.format("quote"), note.format("discount"))
    one, other = found.sides
    assert "Wants a ‹quote›<br>" in one
    assert "Wants a ‹discount›<br>" in other


def test_a_long_text_that_goes_on_is_shown_where_the_other_ends():
    (found,) = field_diff("a" * 200, "a" * 200 + "\nmore")
    assert found.excerpts is not None
    assert ["", "\\nmore"] == [each.differs for each in found.excerpts]


def test_a_difference_as_long_as_a_book_is_cut():
    (found,) = field_diff("x" * 10_000, "y" * 20_000)
    assert all(len(side) < 200 for side in found.sides)


def test_differences_are_bounded_in_number_and_depth():
    assert 200 == len(field_diff(list(range(1000)), list(range(1, 1001))))
    deep = "x"
    for _ in range(200):
        deep = [deep]
    assert 1 == len(field_diff(deep, [deep]))
