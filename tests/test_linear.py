"""Whether the comparison of two sizes tells linear work from quadratic work, in calls and inside one."""

from __future__ import annotations

import re

import pytest
from linear import assert_linear


def by_call(text: str) -> None:
    for at in range(0, len(text), 100):
        for _ in range(at // 100):
            text.isdigit()


def test_linear_work_passes() -> None:
    assert_linear(lambda text: [each.isdigit() for each in text], "a")
    assert_linear(re.compile("a+").findall, "a ")


def test_calls_that_grow_faster_are_told() -> None:
    with pytest.raises(AssertionError, match="calls, then"):
        assert_linear(by_call, "a")


def test_a_pattern_that_looks_back_again_and_again_is_told() -> None:
    with pytest.raises(AssertionError, match=r"s, then .* runs"):
        assert_linear(re.compile("a+b").search, "a", size=1_500)
