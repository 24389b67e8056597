"""What is told of a search that did not reach everybody, and whose warnings are whose."""

from __future__ import annotations

import pytest

from appconnect import display, operation_warnings
from appconnect.operation_warnings import collect, not_searched, warn, why_not_searched


def test_why_people_of_a_type_may_be_missing_is_told_by_the_type_or_for_all() -> None:
    with collect() as warnings:
        assert ("", None) == (why_not_searched("Lead"), warnings.gap)
        not_searched("Lead", "Leads were not searched.", is_lasting=True)
        not_searched("lead", "Never told.")
        assert ("Leads were not searched.", "") == (why_not_searched("LEAD"), why_not_searched("Contact"))
        assert warnings.gap is not None and warnings.gap.is_lasting
        not_searched("", "Not all were searched.")
        assert ("Leads were not searched.", "Not all were searched.") == (
            why_not_searched("lead"), why_not_searched("Contact"),
        )  # fmt: skip
    assert ["Leads were not searched.", "Never told.", "Not all were searched."] == warnings
    assert warnings.gap is not None
    assert ("Not all were searched.", False) == (warnings.gap.message, warnings.gap.is_lasting)


def test_outside_of_an_operation_nobody_is_missing() -> None:
    not_searched("Lead", "Leads were not searched.")
    assert "" == why_not_searched("Lead")


@pytest.mark.parametrize(("options", "outer"), [({}, ["One.", "Four."]), ({"hand_on": False}, ["One.", "Four."]),
                                               ({"hand_on": True}, ["One.", "Two.", "Three.", "Four."])])  # fmt: skip
def test_a_part_keeps_its_warnings_unless_it_is_to_hand_them_on(
    options: dict[str, bool], outer: list[str]
) -> None:
    with collect() as of_all:
        warn("One.")
        with collect(**options) as of_part:
            warn("Two.")
            warn("Three.")
        warn("Four.")
    assert (outer, ["Two.", "Three."]) == (of_all, of_part)
    with collect(hand_on=True):
        warn("To nobody.")


def test_a_long_warning_has_its_middle_cut_out() -> None:
    with collect() as warnings:
        warn("begin " + "x" * 10_000 + " end")
        not_searched("Lead", "begin " + "x" * 10_000 + " end")
    assert len(warnings) == 1
    assert len(warnings[0]) < 1000
    assert warnings.gap is not None and warnings[0] == warnings.gap.message


def test_a_failed_part_hands_nothing_on() -> None:
    with collect() as of_all:
        with pytest.raises(ZeroDivisionError), collect(hand_on=True):
            warn("Two.")
            raise ZeroDivisionError
        warn("Four.")
    assert ["Four."] == of_all
    assert operation_warnings.MAX_NAMED == 5


# -- tables --


def test_the_first_rows_are_shown_unless_the_newest_are_asked_for() -> None:
    html = str(display.records("c", [{"a": f"r{number};"} for number in range(11)]))
    assert "<caption>c, the first 10 of 11</caption>" in html
    assert ("r0;" in html, "r10;" in html) == (True, False)


def test_a_data_frame_has_all_rows_and_its_columns_where_there_is_none() -> None:
    frame = display.data_frame([{"a": 1, "b": 2}, {"a": 3, "b": 4}], ["x"])
    assert (["a", "b"], [[1, 2], [3, 4]]) == (list(frame.columns), frame.to_numpy().tolist())
    assert (["x", "y"], 0) == (list(display.data_frame([], ["x", "y"]).columns), len(display.data_frame([])))
