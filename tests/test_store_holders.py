"""A hold: who has it proves it again before a write once a heartbeat is late, and writes no more once it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from appconnect.errors import Busy, StoreError
from appconnect.store import holders
from appconnect.store.holders import Hold, kept
from appconnect.writes_under_way import leaves, one_try


class Clocks:
    """The two clocks of a computer: ``now`` may be set, ``steady`` stands still while it sleeps."""

    def __init__(self) -> None:
        self.time, self.steady = datetime(2026, 1, 2, 9, 30, tzinfo=UTC), 5000.0

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        raise AssertionError

    def monotonic(self) -> float:
        return self.steady

    def goes_on(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def runs_steadily(self, seconds: float) -> None:
        self.steady += seconds


Passes = Callable[[Clocks, float], None]


class Held:
    """A hold of 40 seconds; ``others`` have it from a moment on, or ``fault`` keeps the store from telling."""

    def __init__(self, clocks: Clocks) -> None:
        self.asked, self.others = 0, False
        self._is_asked = asyncio.Event()
        self.fault: StoreError | None = None
        self.lost = Busy("Another process took over.")
        self.hold = Hold("me", self._beat, clocks, 40, self.lost)

    def _beat(self) -> bool:
        self.asked += 1
        self._is_asked.set()
        if self.fault:
            raise self.fault
        return not self.others

    async def is_asked(self, times: int) -> None:
        """Wait until it is asked for so many times more."""
        for _ in range(times):
            self._is_asked.clear()
            await self._is_asked.wait()

    def writes(self) -> bool:
        """Whether a write leaves."""
        try:
            self.hold.before_write()
        except Busy as error:
            assert error is self.lost
            return False
        return True


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clocks]:
    clocks = Clocks()
    with monkeypatch.context() as patch:
        patch.setattr(holders.time, "monotonic", clocks.monotonic)
        yield clocks


@pytest.fixture
def held(clocks: Clocks) -> Held:
    return Held(clocks)


@pytest.mark.parametrize("passes", [Clocks.goes_on, Clocks.runs_steadily])
@pytest.mark.parametrize(
    ("seconds", "asked"), [(0, 0), (15, 0), (15.5, 1), (86_400, 1), (-15, 0), (-15.5, 1)]
)
def test_others_are_asked_for_before_a_write_when_a_heartbeat_is_late_by_either_clock(
    clocks: Clocks, held: Held, passes: Passes, seconds: float, asked: int
) -> None:
    passes(clocks, seconds)
    assert (True, asked) == (held.writes(), held.asked)


@pytest.mark.parametrize("passes", [Clocks.goes_on, Clocks.runs_steadily])
def test_who_has_just_proved_it_writes_without_asking_again(
    clocks: Clocks, held: Held, passes: Passes
) -> None:
    for round_ in (1, 2):
        passes(clocks, 16)
        assert [True, True] == [held.writes(), held.writes()]
        assert round_ == held.asked
    assert held.hold.renew()
    passes(clocks, 15)
    assert (True, 3) == (held.writes(), held.asked)


def test_who_has_lost_it_writes_nothing_any_more_however_often_it_tries(clocks: Clocks, held: Held) -> None:
    held.others = True
    assert held.writes()  # within the time in which nobody may take over
    clocks.goes_on(16)
    assert not held.hold.renew()
    assert [False, False, False] == [held.writes() for _ in range(3)]


def test_a_store_that_cannot_be_asked_lets_no_write_leave(clocks: Clocks, held: Held) -> None:
    clocks.goes_on(16)
    held.fault = StoreError("The disk is full.")
    for _ in range(2):
        with pytest.raises(StoreError):
            held.hold.before_write()
    held.fault = None
    assert held.writes()


@pytest.mark.parametrize("may_arrive", [True, False])
def test_once_something_was_written_losing_it_says_that_it_may_be_done(held: Held, may_arrive: bool) -> None:
    assert (False, False) == (held.hold.has_written, held.lost.maybe_done)
    held.hold.after_write(may_arrive=may_arrive)
    assert (True, True) == (held.hold.has_written, held.lost.maybe_done)


async def test_writes_of_the_block_ask_its_holder_and_later_ones_do_not() -> None:
    held = Held(clocks := Clocks())
    held.others = True
    async with kept(held.hold):
        clocks.goes_on(16)
        with pytest.raises(Busy, match="Another process took over"):
            leaves()
        with one_try():
            pass
        assert held.hold.has_written
    assert (True, 1) == (held.writes(), held.asked)


async def test_only_who_is_inside_is_at_work_here() -> None:
    held = Held(Clocks())
    with pytest.raises(ZeroDivisionError):
        async with kept(held.hold):
            assert holders.is_here("me")
            raise ZeroDivisionError
    assert not holders.is_here("me")


async def test_a_timeout_of_the_block_s_own_is_not_taken_for_the_loss_of_it() -> None:
    own = TimeoutError("of my own")
    with pytest.raises(TimeoutError) as caught:
        async with kept(Held(Clocks()).hold):
            raise own
    assert own is caught.value


async def test_a_store_that_cannot_be_written_for_a_moment_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(holders, "BEATS", 40_000)  # every thousandth of a second
    held = Held(Clocks())
    held.fault = StoreError("The database is locked.")
    async with kept(held.hold), asyncio.timeout(60):
        await held.is_asked(3)
        held.fault = None
        await held.is_asked(3)
    asked = held.asked
    await asyncio.sleep(0.02)  # twenty heartbeats, of a hold that is over
    assert asked == held.asked


async def test_who_hears_that_others_have_it_is_broken_off_and_asks_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(holders, "BEATS", 40_000)
    held = Held(Clocks())
    held.others = True
    with pytest.raises(Busy) as caught:
        async with kept(held.hold):
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.02)  # twenty heartbeats
    assert (held.lost, 1) == (caught.value, held.asked)


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize(("now", "in_time"), [(99.9, True), (100.0, False), (100.1, False)])
def test_a_holder_elsewhere_holds_until_its_time_or_until_it_is_known_to_be_done(
    monkeypatch: pytest.MonkeyPatch, ended: bool, now: float, in_time: bool
) -> None:
    monkeypatch.setattr(holders, "_ended", set())
    if ended:
        holders.end("another")
    assert (in_time and not ended) is holders.holds("another", 100.0, now)
