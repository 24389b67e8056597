"""Where two JSON values differ, told so that a person sees it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.field_diff import field_diff, same, text_excerpts

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
        ({"a": 1}, {"a": 2}, "changed", "a: was 1, now 2"),
        ({"a": 1}, {}, "removed", "a: was 1, now nothing"),
        ({}, {"a": None}, "added", "a: was nothing, now null"),
        ({"a": 1}, {"a": "1"}, "type changed", 'a: was 1, now "1"'),
        ({"a": 1}, {"a": True}, "type changed", "a: was 1, now true"),
        ({"a": None}, {"a": "x"}, "changed", 'a: was null, now "x"'),
        ({"a": {"b": [{"c": 1}]}}, {"a": {"b": [{"c": 2}]}}, "changed", "a.b[0].c: was 1, now 2"),
        ({"b.c": 1}, {"b.c": 2}, "changed", '["b.c"]: was 1, now 2'),
        (1, 2, "changed", "all: was 1, now 2"),
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
    numbers = list(range(1000)), list(range(1, 1001))
    assert (200, 3) == (len(field_diff(*numbers)), len(field_diff(*numbers, limit=3)))
    deep, other = "x", "y"
    for number in range(200):
        deep, other = ([deep], [other]) if number % 2 else ({"a": deep}, {"a": other})
    assert ["[0].a" * 30] == [each.path for each in field_diff(deep, other)]
    assert ["a[0]" * 30] == [each.path.replace(".", "") for each in field_diff({"a": deep}, {"a": other})]


def test_a_path_and_verbs_may_be_given():
    (found,) = field_diff({"a": 1}, {"a": 2}, path="output")
    assert "output.a: stored 1, now 2" == found.in_words("stored")
    assert "output.a: was 1, sent 2" == found.in_words(after="sent")


LETTERS = "_" * 100
"""No word, so that an excerpt is not moved to the beginning of one."""


def excerpts(before, after, **width):
    return [str(each) for each in text_excerpts(before, after, **width)]


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("A", "B", ("…" + "_" * 29, "A", "B", "_" * 29 + "…")),
        ("A" * 20, "B" * 20, ("…" + "_" * 20, "A" * 20, "B" * 20, "_" * 20 + "…")),
        ("A" * 40, "B" * 40, ("…" + "_" * 15, "A" * 40, "B" * 40, "_" * 15 + "…")),
        ("A" * 60, "B" * 61, ("…" + "_" * 15, "A" * 60, "B" * 60 + "…", "_" * 15 + "…")),
    ],
)
def test_an_excerpt_has_about_as_much_on_both_sides_of_what_differs(one, other, shown):
    lead, first, second, tail = shown
    assert [f'"{lead}‹{first}›{tail}"', f'"{lead}‹{second}›{tail}"'] == excerpts(
        f"{LETTERS}{one}{LETTERS}", f"{LETTERS}{other}{LETTERS}"
    )


@pytest.mark.parametrize(
    ("around", "lead", "tail"),
    [("____", "____", "____"), ("_____", "…____", "____…"), ("", "", ""), ("\n\t", "\\n\\t", "\\n\\t")],
)
def test_dots_stand_where_an_excerpt_is_cut(around, lead, tail):
    assert [f'"{lead}‹A›{tail}"', f'"{lead}‹B›{tail}"'] == excerpts(
        f"{around}A{around}", f"{around}B{around}", width=9
    )


@pytest.mark.parametrize(
    ("word", "shown"),
    [("x" * 29, "x" * 29 + "A"), ("x" * 30, "A"), ("_xé", "xéA"), ("x x1", "x1A")],
)
def test_a_word_is_marked_from_its_beginning_to_its_end_unless_it_is_long(word, shown):
    (found, _) = text_excerpts(f"{LETTERS}{word}A", f"{LETTERS}{word}B")
    assert shown == found.differs
    (found, _) = text_excerpts(f"A{word[::-1]}{LETTERS}", f"B{word[::-1]}{LETTERS}")
    assert shown[::-1] == found.differs


@pytest.mark.parametrize(
    ("before", "after", "differ"),
    [
        ("---", "--", ("-", "")),
        ("-+", "-+-+", ("", "-+")),
        ("-+", "", ("-+", "")),
        ("a b", "a c", ("b", "c")),
    ],
)
def test_what_both_texts_have_is_counted_once(before, after, differ):
    start = f"{LETTERS} "
    assert differ == tuple(each.differs for each in text_excerpts(start + before, start + after))


@pytest.mark.parametrize(("letters", "is_cut"), [(58, False), (59, True)])
def test_a_text_is_told_around_a_difference_if_one_side_is_long(letters, is_cut):
    long = "_" * (letters - 1) + "A"
    for before, after in ((long, "B"), ("B", long)):
        (found,) = field_diff(before, after)
        assert is_cut == (found.excerpts is not None)
    (found,) = field_diff(long, 7)
    assert (found.excerpts, f'"{long}"' if not is_cut else f'"{long[:58]}…') == (None, found.sides[0])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([1, "é"], '[1, "é"]'), ([{"a": 1}], "a list of 1"), ([1, [2], 3], "a list of 3"), ({"a": [{}]}, '{"a": [{}]}'),
        ([], "[]"), (None, "null"), (list(range(100)), str(list(range(100)))[:59] + "…"),
    ],
)  # fmt: skip
def test_a_value_is_told_in_short(value, shown):
    assert [f"a: was {shown}, now nothing"] == told({"a": value}, {})


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, [], "changed"), ({}, None, "changed"), ([], {}, "type changed"), (1, 1.5, "changed"), (True, "", "type changed"),
        (False, None, "changed"), (0, False, "type changed"), ("", [], "type changed"),
    ],
)  # fmt: skip
def test_a_type_is_changed_between_two_that_are_not_null(before, after, kind):
    (found,) = field_diff(before, after)
    assert (kind, before, after) == (found.kind, found.before, found.after)


@pytest.mark.parametrize(
    ("name", "path"),
    [("a-b$_é9", "a.a-b$_é9"), ("a b", 'a["a b"]'), ("", 'a[""]'), ('"é', 'a["\\"é"]')],
)
def test_a_name_that_is_no_plain_word_is_quoted(name, path):
    assert [path] == [each.path for each in field_diff({"a": {name: 1}}, {"a": {name: 2}})]


def test_fields_are_told_in_the_order_of_the_first_and_then_of_the_second():
    assert ["b", "a", "d", "c"] == [
        each.path for each in field_diff({"b": 1, "x": 0, "a": 1}, {"d": 1, "a": 2, "x": 0, "c": 1})
    ]


# -- lists --


@pytest.mark.parametrize("name", ["id", "key", "guid", "uuid", "name", "ID", "Key"])
def test_items_are_paired_by_whatever_is_their_id(name):
    before = [{name: 1, "a": 1}, {name: "2", "a": 2}, {name: 3, "a": 3}]
    after = [{name: "1", "a": 1}, {name: 4, "a": 4}, {name: 2, "a": 5}]
    assert [
        (f"[0].{name}", "type changed"), (f"[2].{name}", "type changed"), ("[2].a", "changed"),
        ("[2]", "removed"), ("[1]", "added"),
    ] == [(each.path, each.kind) for each in field_diff(before, after)]  # fmt: skip


def test_the_more_exact_of_two_ids_counts():
    before = [{"name": "x", "id": 1}, {"name": "y", "id": 2}]
    after = [{"name": "y", "id": 1}, {"name": "x", "id": 2}]
    assert ["[0].name", "[1].name"] == [each.path for each in field_diff(before, after)]


SIDE_BY_SIDE = ["[0].a", "[1].a"]


@pytest.mark.parametrize(
    ("ids", "later"),
    [([1, 1], [1, 1]), ([1, 2], [2, 2]), ([True, False], [False, True]), ([None, 1], [1, None]), ([1, 2], [3, 4]), ([1.5, 2], [2, 1.5])],
)  # fmt: skip
def test_what_is_no_id_of_each_alone_does_not_pair(ids, later):
    before = [{"id": each, "a": "b"} for each in ids]
    after = [{"id": each, "a": place} for place, each in enumerate(later)]
    assert SIDE_BY_SIDE == [each.path for each in field_diff(before, after) if each.path.endswith("a")]


def test_where_one_item_is_no_object_ids_do_not_pair():
    assert ["[0].id", "[1]"] == [
        each.path for each in field_diff([{"id": 1}, {"id": 2}], [{"id": 2}, "x"]) if each.path != "[2]"
    ]


def test_ids_that_are_not_in_both_lists_give_way_to_those_that_are():
    before = [{"id": 1, "name": "x"}, {"id": 2, "name": "y"}]
    after = [{"id": 3, "name": "y"}, {"id": 4, "name": "x"}]
    assert ["[1].id: was 1, now 4", "[0].id: was 2, now 3", "(order): was [0, 1], now [1, 0]"] == told(
        before, after
    )


def test_the_order_is_that_of_the_items_that_are_left():
    before, after = ([{"id": each} for each in ids] for ids in ([1, 2, 3, 4], [4, 2, 5, 1]))
    assert "(order): was [0, 1, 2], now [2, 1, 0]" == told(before, after)[-1]
    before, after = ([{"id": each} for each in ids] for ids in ([1, 2, 3, 4], [1, 5, 2, 4]))
    assert [] == [each for each in told(before, after) if "order" in each]


def test_lists_of_one_length_are_compared_place_by_place():
    assert ['[0]: was "a", now "b"', '[1]: was "b", now "c"'] == told(["a", "b"], ["b", "c"])


@pytest.mark.parametrize(("length", "count"), [(400, 1), (401, 401)])
def test_only_lists_of_some_length_are_searched_for_equal_items(length, count):
    numbers = list(range(length))
    for pair in ((numbers, numbers[1:]), (numbers[1:], numbers)):
        assert count == len(field_diff(*pair, limit=1000))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        ({"a": [1]}, {"a": [1.0]}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([[2.0]], [[2]]),
        (1.5, 1.5),
    ],
)
def test_equal_items_are_found_however_they_are_written(one, other):
    assert ["[0]: was 7, now nothing"] == told([7, one, 8], [other, 8])


def test_between_equal_items_others_are_compared_in_their_order():
    assert ["[1].a: was 1, now 2", '[2]: was nothing, now "x"'] == told(
        ["s", {"a": 1}, "e"], ["s", {"a": 2}, "x", "e"]
    )
