"""The sandbox's clocks move by what they are asked for, and never back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appconnect.sandbox.clock import START, RealClock, SandboxClock, next_midnight


@pytest.mark.parametrize(("seconds", "moved"), [(-5, 0), (0, 0), (0.25, 0.25), (90, 90)])
async def test_a_clock_that_stands_still_moves_by_these_seconds_and_never_back(
    seconds: float, moved: float
) -> None:
    advanced, slept = SandboxClock(), SandboxClock()
    advanced.advance(seconds)
    await slept.sleep(seconds)
    assert [timedelta(seconds=moved)] * 2 == [advanced.now() - START, slept.now() - START]


@pytest.mark.parametrize(("seconds", "moved"), [(-3600, 0), (0.5, 0.5), (86_400, 86_400)])
def test_a_real_clock_is_put_ahead_by_these_seconds_and_never_back(seconds: float, moved: float) -> None:
    clock = RealClock()
    clock.advance(3600)
    clock.advance(seconds)
    ahead = clock.now() - datetime.now(UTC)
    assert moved == pytest.approx((ahead - timedelta(hours=1)).total_seconds(), abs=0.4)


async def test_a_real_clock_waits_no_time_for_less_than_nothing() -> None:
    await RealClock().sleep(-1e9)


def test_a_real_clock_that_is_held_goes_on_from_there() -> None:
    clock = RealClock()
    clock.hold_at(START)
    assert (START, START) == (clock.now(), clock.now())
    clock.go_on()
    assert START < clock.now() < START + timedelta(minutes=5)


def test_a_real_clock_that_was_not_held_goes_on_as_it_was() -> None:
    clock = RealClock()
    clock.advance(3600)
    clock.go_on()
    assert 3600 == pytest.approx((clock.now() - datetime.now(UTC)).total_seconds(), abs=60)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 1, 2, 9, 30, 5, 7, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)),
        (datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)),
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)),
    ],
)
def test_the_next_day_begins_at_midnight(now: datetime, midnight: datetime) -> None:
    assert midnight == next_midnight(now)
