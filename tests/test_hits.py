"""Who was left out of a search is counted, with the reason, and five are named."""

from __future__ import annotations

import pytest

from appconnect import hits
from appconnect.phone import parse


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (5, "5 hits left out: It has no phone (p 1, p 2, p 3, p 4, p 5)."),
        (6, "6 hits left out: It has no phone (p 1, p 2, p 3, p 4, p 5 and 1 more)."),
        (1, "1 hit left out: It has no phone (p 1)."),
        (0, ""),
    ],
)
def test_those_without_a_phone(number: int, named: str) -> None:
    with hits.collect() as left_out:
        for each in range(1, number + 1):
            assert hits.carrier(f"p {each}", [], parse("+14155550142")) is None
    assert named == hits.sentence(left_out)


def test_each_reason_is_told_with_its_own_and_who_carries_the_number_is_not_left_out() -> None:
    with hits.collect() as left_out:
        assert "(415) 555-0142" == hits.carrier("p 1", ["(415) 555-0142"], parse("+14155550142"))
        assert [None, None] == [
            hits.carrier("p 2", [], parse("+14155550142")),
            hits.carrier("p 3", ["+442079460123"], parse("+14155550142")),
        ]
    told = hits.sentence(left_out)
    assert told.startswith("2 hits left out: It has no phone (p 2). ")
    assert told.endswith(" (p 3).")


def test_a_search_that_needed_no_request_is_collected_beside_those_that_were_sent() -> None:
    hits.answered("4155550142", ["p 1"], fields="phone", kind="people", because="all people are known")
    with hits.collect_decisions() as decisions:
        hits.answered("4155550142", ["p 1"], fields="phone", kind="people", because="all people are known")
    assert [
        hits.Question(("4155550142",), ("phone",), "people", found=["p 1"], unasked="all people are known")
    ] == decisions.questions
