"""Limits are not met: requests leave as fast as the CRM allows, and not faster."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire import Wire, said

from appconnect.errors import Blocked, CrmError, RateLimited
from appconnect.http import Pace, RateLimit
from appconnect.http.ratelimit import Change, OwnBook, Pacer, Place, Quickest, T

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


async def test_ten_in_two_seconds_leave_at_once_and_the_others_when_there_is_room() -> None:
    wire = Wire(said(), rate_limits=(Pace(10, 2.0),), max_in_flight=100)
    await wire.client.gather(wire.client.get(f"/{number}") for number in range(25))
    assert [0.0] * 10 + [2.0] * 10 + [4.0] * 5 == sorted(wire.times)


def test_what_may_arrive_closer_together_leaves_further_apart() -> None:
    pacer = Pacer((Pace(2, 1.0, slack=0.25),))
    pacer.answered(pacer.reserve("/x", NOW), NOW)  # on a way that takes no time
    later = NOW + timedelta(seconds=5)
    assert [0.0, 0.0, 1.25, 1.25, 2.5] == [pacer.reserve("/x", later).wait for _ in range(5)]


async def test_what_was_answered_has_arrived_and_needs_no_slack() -> None:
    wire = Wire(said(), rate_limits=(Pace(2, 1.0, slack=0.25),))
    for number in range(5):
        await wire.client.get(f"/{number}")
    assert [0.0, 0.0, 1.0, 1.0, 2.0] == wire.times


async def test_a_slower_pace_holds_for_its_paths_only() -> None:
    wire = Wire(said(), rate_limits=(Pace(80, 2.0), Pace(2, 2.0, path="*/search")), max_in_flight=100)
    asked = enumerate(["/a/search"] * 5 + ["/b"] * 5)
    await wire.client.gather(wire.client.get(path, number=number) for number, path in asked)
    times = {request.url.path: [] for request in wire.sent}
    for request, time in zip(wire.sent, wire.times, strict=True):
        times[request.url.path].append(time)
    assert {"/a/search": [0.0, 0.0, 2.0, 2.0, 4.0], "/b": [0.0] * 5} == times


async def test_after_a_rest_the_full_pace_is_there_again() -> None:
    wire = Wire(said(), rate_limits=(Pace(2, 2.0),))
    for _ in range(2):
        await wire.client.gather([wire.client.get("/x"), wire.client.get("/x")])
        wire.clock.advance(5)
    assert [0.0, 0.0, 5.0, 5.0] == wire.times


@given(
    st.lists(st.tuples(st.sampled_from(["/a", "/b/search"]), st.floats(0, 3)), max_size=60),
    st.integers(1, 5),
    st.integers(1, 3),
)
def test_no_window_is_ever_exceeded(asked: list[tuple[str, float]], most: int, searches: int) -> None:
    pacer = Pacer((Pace(most, 2.0), Pace(searches, 2.0, path="*/search")))
    now, left = NOW, {"*": [], "/b/search": []}
    for path, pause in asked:
        now += timedelta(seconds=round(pause, 3))
        leaves = now.timestamp() + pacer.reserve(path, now).wait
        left["*"].append(leaves)
        left.setdefault(path, []).append(leaves)
    for path, allowed in (("*", most), ("/b/search", searches)):
        times = sorted(left[path])
        crowded = [
            start for start, end in zip(times, times[allowed:], strict=False) if end - start < 2.0 - 1e-5
        ]
        assert [] == crowded


@pytest.mark.parametrize("most", [1, 3, 8])
async def test_so_many_are_under_way_at_once_and_no_more(most: int) -> None:
    under_way, highest = 0, 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal under_way, highest
        under_way += 1
        highest = max(highest, under_way)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        under_way -= 1
        return said()

    wire = Wire(said(), max_in_flight=most)
    wire.client._transport._inner = httpx.MockTransport(answer)
    await wire.client.gather(wire.client.get(f"/{number}") for number in range(20))
    assert most == highest


# -- what the CRM says of its limits, per operation --


async def test_watching_collects_what_concurrent_requests_were_told() -> None:
    wire = Wire(*(said(x_left=str(left)) for left in (9, 8, 7)), said(), said(x_left="6"))
    with wire.client.watch() as seen:
        await wire.client.gather(wire.client.get("/x") for _ in range(4))
    await wire.client.get("/afterwards")
    assert [RateLimit(remaining=left) for left in (9, 8, 7)] == seen


async def test_operations_that_run_together_do_not_hear_each_other() -> None:
    wire = Wire(lambda request: said(x_left=request.url.path[1:]))

    async def operation(number: int) -> list[int | None]:
        with wire.client.watch() as seen:
            await wire.client.both(wire.client.get(f"/{number}"), wire.client.get(f"/{number}"))
        return [limits.remaining for limits in seen]

    assert [[1, 1], [2, 2]] == await asyncio.gather(operation(1), operation(2))


async def test_what_a_failed_try_was_told_counts_too() -> None:
    wire = Wire(said(429, x_left="0", x_day_left="5"), said(x_left="9"))
    with wire.client.watch() as seen:
        await wire.client.get("/x")
    assert [0, 9] == [limits.remaining for limits in seen]


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (lambda: said(429, x_day_left="0"), RateLimited),
        (lambda: httpx.Response(403, text="<html>Error 1015"), Blocked),
    ],
    ids=["the day is used up", "the firewall blocks"],
)
async def test_what_waits_when_the_crm_answers_nobody_any_more_is_not_sent(
    refusal: Callable[[], httpx.Response], error: type[CrmError]
) -> None:
    wire = Wire(said(), max_in_flight=3)
    answers = [said(), refusal()]

    async def answer(request: httpx.Request) -> httpx.Response:
        wire.sent.append(request)
        await asyncio.sleep(0)
        return answers.pop(0) if answers else refusal()

    wire.client._transport._inner = httpx.MockTransport(answer)
    asked = [wire.client.get(f"/{number}") for number in range(20)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert [error] * 19 == [type(each) for each in results[1:]]
    assert len(wire.sent) <= 5
    answers.append(said(200, {"id": 7}))
    assert {"id": 7} == await wire.client.get("/tomorrow")


# -- how the limits stand --


async def test_a_standing_tells_the_pause_and_what_is_taken_in_each_window() -> None:
    everything, searches = Pace(3, 2.0, slack=0.0), Pace(2, 10.0, path="*/search", slack=0.0)
    wire = Wire(said(), rate_limits=(everything, searches))
    for path in ("/a", "/b/search"):
        await wire.client.get(path)
    standing = wire.client.standing()
    assert (0.0, ((everything, 2), (searches, 1))) == (standing.pause, standing.taken)
    wire.clock.advance(2)
    standing = wire.client.standing()
    assert ((everything, 0), (searches, 1)) == standing.taken
    wire.client._transport.pacer.quiet_for(7, wire.clock.now())
    wire.clock.advance(3)
    assert 4.0 == wire.client.standing().pause
    wire.clock.advance(9)
    assert 0.0 == wire.client.standing().pause


async def test_a_longer_pause_is_not_cut_by_a_shorter_one() -> None:
    wire = Wire(said())
    pacer = wire.client._transport.pacer
    for seconds in (9, 3):
        pacer.quiet_for(seconds, wire.clock.now())
    await wire.client.get("/x")
    assert [9.0] == wire.times
    [wait] = wire.client.trace[0].waits
    assert (9.0, "the CRM asked for a pause") == (wait.seconds, wait.reason)


async def test_what_is_waited_for_is_told_by_the_window() -> None:
    pace = Pace(1, 5.0, slack=0.0)
    wire = Wire(said(), rate_limits=(pace,))
    for _ in range(2):
        await wire.client.get("/x")
    assert [(), ((5.0, pace.in_words),)] == [
        tuple((wait.seconds, wait.reason) for wait in each.waits) for each in wire.client.trace
    ]


@pytest.mark.parametrize(("ahead", "wait"), [(3600.0, 3602.0), (3601.0, 0.0)])
def test_what_was_reserved_before_a_clock_was_set_back_by_more_than_an_hour_is_forgotten(
    ahead: float, wait: float
) -> None:
    pacer = Pacer((Pace(1, 2.0, slack=0.0),))
    pacer.reserve("/x", NOW + timedelta(seconds=ahead))
    assert wait == pytest.approx(pacer.reserve("/x", NOW).wait)


@pytest.mark.parametrize(("pause", "wait"), [(3600.0, 3600.0), (3601.0, 0.0)])
def test_a_pause_of_more_than_an_hour_is_a_clock_that_was_set_back(pause: float, wait: float) -> None:
    pacer = Pacer(())
    pacer.quiet_for(pause, NOW)
    assert wait == pytest.approx(pacer.reserve("/x", NOW).wait)


def test_who_shares_a_book_brings_what_it_has_taken() -> None:
    pace, book = Pace(2, 10.0, slack=0.0), OwnBook()
    one, other = Pacer((pace,)), Pacer((pace,))
    for each in (one, other):
        each.reserve("/x", NOW)
        each.share(book, NOW)
    assert ((pace, 2),) == one.standing(NOW).taken == other.standing(NOW).taken
    assert 10.0 == one.reserve("/x", NOW).wait


# -- what is noted --


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_request_has_arrived_at_the_latest_after_its_slack_and_half_of_what_is_guessed_of_the_way() -> None:
    pace, steady = Pace(1, 1.0, slack=0.25), Pace(1, 1.0)
    pacer = Pacer((pace, steady))
    began = NOW.timestamp()
    assert Place(0.0, ((pace, began + 0.35), (steady, began)), "", began) == pacer.reserve("/x", NOW)
    place = pacer.reserve("/x", NOW)
    assert (pytest.approx(1.35), pace.in_words, pytest.approx(began + 1.35)) == (
        place.wait,
        place.reason,
        place.leaves,
    )


def test_where_there_is_no_room_so_soon_no_place_is_taken_and_it_is_told_when_to_ask_again() -> None:
    pace = Pace(1, 1.0, slack=0.4)
    pacer = Pacer((pace,))
    pacer.reserve("/x", NOW)
    for after, wait, again in ((0.0, 1.5, 1.1), (1.2, 0.3, 0.1), (1.4, 0.1, 0.1), (1.45, 0.05, 0.05)):
        place = pacer.reserve("/x", later(after), max_wait=0.001)
        assert (pytest.approx(wait), pytest.approx(again)) == (place.wait, place.ask_again)
        assert ((), pace.in_words, 0.0) == (place.taken, place.reason, place.leaves)
    assert ((pace, 1),) == pacer.standing(later(1.0)).taken
    pacer.quiet_for(9.0, NOW)
    place = pacer.reserve("/x", NOW, max_wait=0.001)
    assert (9.0, 9.0, "the CRM asked for a pause") == (place.wait, place.ask_again, place.reason)


@pytest.mark.parametrize(("wait", "is_taken"), [(1.0, True), (0.999, False)])
def test_a_wait_that_is_as_long_as_may_be_is_made(wait: float, is_taken: bool) -> None:
    pacer = Pacer((Pace(1, 1.0),))
    pacer.reserve("/x", NOW)
    assert is_taken == bool(pacer.reserve("/x", NOW, max_wait=wait).taken)


class Elsewhere(OwnBook):
    """A book whose clock is a hundred seconds ahead."""

    def change(self, work: Change[T], now: float) -> T:
        return super().change(work, now + 100.0)


def test_who_shares_a_book_brings_the_latest_that_it_has_taken_by_the_clock_of_the_book() -> None:
    pace, book, pacer = Pace(2, 10.0), Elsewhere(), Pacer((Pace(2, 10.0),))
    for seconds in (0.0, 1.0):
        pacer.reserve("/x", later(seconds))
    pacer.share(book, later(1.0))
    assert [9.0, 10.0, 19.0] == [pytest.approx(pacer.reserve("/x", later(1.0)).wait) for _ in range(3)]
    other = Pacer((pace,))
    other.reserve("/x", later(2.0))
    other.share(book, later(2.0))
    noted: dict[str, object] = book.change(lambda noted, _: dict(noted), 0.0)
    assert [later(each).timestamp() + 100.0 for each in (11.0, 20.0)] == pytest.approx(noted["2 in 10 s: *"])


def test_a_way_that_has_become_longer_is_known_to_be_after_two_hundred_answers() -> None:
    quickest = Quickest()
    assert (0.2, 0.0) == (quickest.met, quickest.sure)
    for _ in range(200):
        quickest.note(0.01)
    for _ in range(199):
        quickest.note(0.05)
    assert 0.01 == quickest.met
    quickest.note(0.05)
    quickest.note(0.05)
    assert (0.05, pytest.approx(0.05)) == (quickest.met, quickest.sure)


def test_nine_answers_are_too_few_to_be_sure_of_the_way() -> None:
    quickest = Quickest()
    for _ in range(9):
        quickest.note(0.05)
    assert 0.0 == quickest.sure
    quickest.note(0.05)
    assert pytest.approx(0.05) == quickest.sure
