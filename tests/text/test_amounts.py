"""Durations as people say them: rounded, and never too short."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appconnect.text.amounts import about, counted, duration_in_words

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
        (172_800, "about 48 hours"),
        (366 * 86400, "about 366 days"),
        (366 * 86400 + 1, "more than a year"),
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


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0 seconds"),
        (0, "0 seconds"),
        (0.9, "0 seconds"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (61, "1 minute, 1 second"),
        (3599, "59 minutes, 59 seconds"),
        (3600, "1 hour"),
        (3660, "1 hour, 1 minute"),
        (7325, "2 hours, 2 minutes, 5 seconds"),
        (25 * 3600 + 1, "25 hours, 1 second"),
    ],
)
def test_a_duration_is_told_in_all_its_units(seconds: float, words: str) -> None:
    assert words == duration_in_words(seconds)


def test_one_is_told_in_the_singular_and_all_other_amounts_are_not() -> None:
    assert ["0 notes", "1 note", "2 notes"] == [counted(amount, "note") for amount in range(3)]
