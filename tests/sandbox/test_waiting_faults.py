"""Faults that wait can be read in words, and taken back."""

from __future__ import annotations

import pytest

from appconnect.sandbox.faults import Faults


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"method": "WRITE", "named": "answer lost"}, "the next write: answer lost"),
        ({"status": 503, "path": "/v1/calls*", "times": 2}, "the next 2 requests to /v1/calls*: status 503"),
        ({"method": "READ", "drop": True, "times": None}, "every read: a broken connection"),
        ({"change": lambda answer: answer, "after": 3}, "the next request, after 3 others: a changed answer"),
        ({"method": "PUT", "named": "409"}, "the next PUT: 409"),
    ],
)
def test_a_fault_is_told_in_words(how, words) -> None:
    assert words == Faults().add(**how).in_words


def test_one_of_two_equal_faults_is_taken_back() -> None:
    faults = Faults()
    first, second = faults.add("WRITE", named="500"), faults.add("WRITE", named="500")
    faults.remove(first)
    assert (second,) == faults.waiting
    assert faults.waiting[0] is second
    faults.remove(first)
    assert 1 == len(faults)
