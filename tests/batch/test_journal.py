"""The journal of batch work: what is noted of each row and number, apart for each piece of work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from appconnect.store import Store
from appconnect.store.journal import Journal

DAYS = 86_400.0
NOW = 1_767_346_200.0


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store.in_memory()
    yield opened
    opened.close()


def test_a_row_has_the_outcome_that_was_noted_last(store: Store) -> None:
    journal, other = Journal(store, "mine"), Journal(store, "other")
    journal.put({number: ("done", f"sealed {number}") for number in (3, 4, 5, 6)})
    other.put({4: ("failed", "theirs")})
    journal.put({5: ("failed", "again")})
    journal.put({})
    assert {4: ("done", "sealed 4"), 5: ("failed", "again")} == journal.outcomes(4, 6)
    assert ({}, {6: ("done", "sealed 6")}) == (journal.outcomes(0, 3), journal.outcomes(6, 7))
    assert ({"done": 3, "failed": 1}, {"failed": 1}) == (journal.counts(), other.counts())


def test_a_number_is_noted_once_and_known_when_somebody_has_looked_it_up(store: Store) -> None:
    journal, other = Journal(store, "mine"), Journal(store, "other")
    journal.add_numbers(["a", "b", "b"])
    journal.put_carriers("a", "sealed")
    journal.add_numbers(["a", "c"])
    other.add_numbers(["a"])
    assert ("sealed", "", "", "") == (*map(journal.carriers, "abz"), other.carriers("a"))
    assert (3, 2, 1) == (journal.count_numbers(), journal.count_numbers(unknown=True), other.count_numbers())
    journal.forget_unknown_numbers()
    assert (1, 0, 1) == (journal.count_numbers(), journal.count_numbers(unknown=True), other.count_numbers())


def filled(store: Store, name: str, begun: float) -> Journal:
    journal = Journal(store, name)
    journal.begin(begun)
    journal.put({1: ("done", "sealed")})
    journal.add_numbers(["a"])
    return journal


def test_what_is_forgotten_is_forgotten_whole_and_nothing_else_is(store: Store) -> None:
    mine, other = filled(store, "mine", NOW), filled(store, "other", NOW)
    mine.forget()
    assert ({}, 0) == (mine.counts(), mine.count_numbers())
    assert ({"done": 1}, 1) == (other.counts(), other.count_numbers())


def test_what_nobody_has_gone_on_with_for_ninety_days_is_forgotten(store: Store) -> None:
    older, old, gone_on = (
        filled(store, name, NOW - 90 * DAYS - late) for name, late in (("older", 1), ("old", 0), ("on", 9))
    )
    gone_on.begin(NOW - DAYS)
    filled(store, "new", NOW)
    assert [{}, {"done": 1}, {"done": 1}] == [each.counts() for each in (older, old, gone_on)]
    assert [0, 1, 1] == [each.count_numbers() for each in (older, old, gone_on)]
