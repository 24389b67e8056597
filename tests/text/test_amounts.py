"""Durations as people say them: rounded, and never too short."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.text.amounts import about

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "1 second"),
        (0, "1 second"),
        (0.2, "1 second"),
        (1.01, "2 seconds"),
        (120, "120 seconds"),
        (120.5, "about 3 minutes"),
        (172.3456789, "about 3 minutes"),
        (7200, "about 120 minutes"),
        (7201, "about 3 hours"),
        (172_801, "about 3 days"),
        (10**9, "more than a year"),
        (float("inf"), "more than a year"),
        (float("nan"), "more than a year"),
    ],
)
def test_a_duration_is_told_in_one_unit(seconds: float, words: str) -> None:
    assert words == about(seconds)


@given(st.floats(min_value=1, max_value=366 * 86400))
def test_whoever_waits_that_long_has_waited_long_enough_and_not_much_longer(seconds: float) -> None:
    told = re.fullmatch(r"(?:about )?(\d{1,3}) (second|minute|hour|day)s?", about(seconds))
    assert told is not None
    assert seconds <= int(told[1]) * SECONDS[told[2]] <= seconds * 1.5 + 1
