"""Writes that may still be arriving: when they are noted, how long they are waited for, and what is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from appconnect import operation_warnings
from appconnect.errors import BeingLogged, InputError, Rejected, StoreError, Unreachable
from appconnect.http import deadline
from appconnect.workbench.arriving import Departures, noting_departures, wait_for_arrival
from appconnect.writes_under_way import leaves, one_try

BEGAN = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
WHAT = "An earlier try of this log may still be arriving in Acme"


class Clock:
    def __init__(self) -> None:
        self.time, self.waits = BEGAN, list[float]()

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(clock: Clock) -> Any:
    """A CRM whose requests end after a minute, for somebody in Berlin."""
    return SimpleNamespace(
        now=clock.now,
        zone=timezone(timedelta(hours=1)),
        title="Acme",
        connector=SimpleNamespace(rules=SimpleNamespace(total_timeout=60.0)),
        environment=SimpleNamespace(clock=clock),
    )


def sent(seconds_ago: float) -> Mapping[str, str]:
    return {"sent": (BEGAN - timedelta(seconds=seconds_ago)).isoformat()}


# -- waiting --


@pytest.mark.parametrize("kept", [{}, {"sent": ""}, {"draft": "x"}, sent(65), sent(1000)])
async def test_what_cannot_arrive_any_more_is_not_waited_for(
    context: Any, clock: Clock, kept: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with operation_warnings.collect() as told:
        assert not await wait_for_arrival(context, kept, "try of this log")
    assert ([], [], []) == (clock.waits, told, caplog.messages)


@pytest.mark.parametrize(
    ("ago", "waited", "until"),
    [(0, 65, "10:31:05"), (64, 1, "10:30:01"), (30, 35, "10:30:35"), (-30, 65, "10:31:05")],
)
async def test_what_may_arrive_is_waited_for_as_long_as_it_takes_and_that_is_said(
    context: Any, clock: Clock, ago: float, waited: float, until: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The last one left in the future: a clock was set."""
    with operation_warnings.collect() as told:
        assert await wait_for_arrival(context, sent(ago), "try of this log")
    assert [waited] == clock.waits
    assert f"{WHAT}; it is looked for again at {until}." == caplog.messages[0]
    assert [f"{WHAT}, so it was waited for and looked for again at {until}."] == told


@pytest.mark.parametrize(("left", "is_time"), [(80.0, True), (79.0, False), (15.0, False)])
async def test_nobody_waits_for_longer_than_the_operation_has_beside_the_writing(
    context: Any, clock: Clock, left: float, is_time: bool
) -> None:
    waiting = deadline.within(left, clock, wait_for_arrival(context, sent(0), "change of this log"))
    if is_time:
        assert await waiting
        return
    with pytest.raises(BeingLogged) as caught:
        await waiting
    assert (
        "An earlier change of this log may still be arriving in Acme; try again at 10:31:05. "
        "It is looked for before anything is written."
    ) == caught.value.message
    assert [] == clock.waits


# -- noting --


class Notes(list[Mapping[str, str]]):
    """What is noted with a claim; ``fault`` is why it cannot be."""

    fault: Exception | None = None

    def __call__(self, kept: Mapping[str, str]) -> None:
        if self.fault:
            raise self.fault
        self.append(kept)


def noting(context: Any, notes: Notes) -> Any:
    return noting_departures(context, notes, lambda: {"draft": "x"})


def write(error: Exception | None = None) -> None:
    """Send a write as the client does."""
    leaves()
    with one_try():
        if error:
            raise error


def at(seconds: float) -> Mapping[str, str]:
    return {"draft": "x", "sent": (BEGAN + timedelta(seconds=seconds)).isoformat()}


async def test_a_write_is_noted_when_it_leaves_and_again_after_five_seconds(
    context: Any, clock: Clock
) -> None:
    notes = Notes()
    with noting(context, notes) as departures:
        for seconds, noted in ((0, 1), (5, 1), (0.5, 2), (5, 2), (1, 3), (-5, 3), (-1, 4)):
            clock.time += timedelta(seconds=seconds)
            write()
            assert noted == len(notes)
    assert [at(0), at(5.5), at(11.5), at(5.5)] == notes
    assert (7, 0, clock.time) == (departures.tries, departures.unanswered, departures.noted)


@pytest.mark.parametrize(
    ("error", "notes"),
    [
        (Rejected("No."), [at(0), {"draft": "x"}]),
        (Unreachable("Nobody there."), [at(0), {"draft": "x"}]),
        (Unreachable("No answer.", maybe_done=True), [at(0)]),
        (ZeroDivisionError("a fault of ours"), [at(0)]),
    ],
    ids=repr,
)
def test_what_the_crm_has_answered_is_under_way_no_more(
    context: Any, error: Exception, notes: list[Mapping[str, str]]
) -> None:
    noted = Notes()
    with pytest.raises(type(error)), noting(context, noted):
        write(error)
    assert notes == noted


def test_of_several_tries_one_that_is_not_answered_is_enough_to_wait_for(context: Any) -> None:
    noted = Notes()
    with pytest.raises(Rejected), noting(context, noted):
        with pytest.raises(Unreachable):
            write(Unreachable("No answer.", maybe_done=True))
        write(Rejected("No."))
    assert [at(0)] == noted


def test_what_fails_before_anything_left_is_not_noted(context: Any) -> None:
    noted = Notes()
    with pytest.raises(Rejected), noting(context, noted):
        raise Rejected("A read was refused.")
    with pytest.raises(InputError), noting(context, noted):
        raise InputError("It cannot be used.")
    with noting(context, noted):
        pass
    assert [] == noted


def test_a_note_that_cannot_be_taken_back_hides_no_refusal(context: Any) -> None:
    noted = Notes()
    with pytest.raises(Rejected), noting(context, noted):
        leaves()
        noted.fault = StoreError("The disk is full.")
        raise Rejected("No.")


def test_departures_count_what_is_not_answered(context: Any) -> None:
    departures = Departures(context, Notes(), dict)
    for may_arrive in (True, False, True):
        departures.after_write(may_arrive=may_arrive)
    assert (3, 2) == (departures.tries, departures.unanswered)
