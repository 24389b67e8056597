"""An operation ends at its deadline, says what it was doing, and begins nothing that would not fit in."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import virtual_time
from wire import WRITES, Wire, said

from appconnect.errors import DeadlineExceeded, NotFound, RateLimited, Unavailable, Unreachable
from appconnect.http import Pace, deadline

A_MOMENT = 0.05
"""As the computer's clock counts; what is stopped after it would never end."""


async def never(request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError("it never ends")


def hanging() -> Wire:
    wire = Wire(said())
    wire.client._transport._inner = httpx.MockTransport(never)
    return wire


@pytest.mark.parametrize("method", ["GET", *WRITES])
async def test_what_hangs_is_stopped_and_a_write_may_have_been_done(method: str) -> None:
    wire = hanging()
    with pytest.raises(DeadlineExceeded) as caught:
        await deadline.within(A_MOMENT, wire.clock, wire.client.send(method, "/logs"))
    unsure = "" if method == "GET" else "; what was sent may have been done"
    assert (
        f"This took longer than 1 second and was stopped while waiting for the answer to {method} /logs{unsure}."
        == caught.value.message
    )
    assert (method != "GET") == caught.value.maybe_done


async def test_a_read_that_hangs_after_a_write_leaves_the_write_in_doubt() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        return await never(request) if request.method == "GET" else said()

    wire = Wire(said())
    wire.client._transport._inner = httpx.MockTransport(answer)

    async def operation() -> None:
        await wire.client.post("/logs", {})
        await wire.client.get("/logs/1")

    with pytest.raises(DeadlineExceeded, match="GET /logs/1; what was sent may have been done") as caught:
        await deadline.within(A_MOMENT, wire.clock, operation())
    assert caught.value.maybe_done


async def test_what_is_stopped_between_requests_was_only_waiting() -> None:
    wire = Wire(said())

    async def operation() -> None:
        await wire.client.get("/logs/1")
        await asyncio.Event().wait()

    with pytest.raises(DeadlineExceeded) as caught:
        await deadline.within(A_MOMENT, wire.clock, operation())
    assert "This took longer than 1 second and was stopped while waiting." == caught.value.message
    assert not caught.value.maybe_done


async def test_a_request_that_failed_is_no_longer_waited_for() -> None:
    wire = Wire(said(404))

    async def operation() -> None:
        with pytest.raises(NotFound):
            await wire.client.get("/logs/1")
        await asyncio.Event().wait()

    with pytest.raises(DeadlineExceeded, match=r"was stopped while waiting\.$"):
        await deadline.within(A_MOMENT, wire.clock, operation())


async def test_an_operation_has_so_many_seconds_left_and_never_fewer_than_none() -> None:
    wire, left = Wire(said()), []

    async def operation() -> None:
        for _ in range(3):
            left.append(deadline.seconds_left())
            wire.clock.advance(40)

    await deadline.within(60, wire.clock, operation())
    assert [60.0, 20.0, 0.0] == left
    assert deadline.seconds_left() == float("inf")


async def test_a_write_that_only_waits_for_room_has_not_been_done() -> None:
    wire = Wire(said(), max_in_flight=1)
    wire.client._transport._inner = httpx.MockTransport(never)

    async def operation() -> None:
        await wire.client.gather([wire.client.get("/first"), wire.client.post("/second", {})])

    with pytest.raises(DeadlineExceeded) as caught:
        await deadline.within(A_MOMENT, wire.clock, operation())
    assert not caught.value.maybe_done


async def test_a_wait_that_ends_after_the_deadline_is_not_begun() -> None:
    wire = Wire(said(429, retry_after="20"), said())
    with pytest.raises(RateLimited, match="try again in 20 seconds"):
        await deadline.within(19, wire.clock, wire.client.get("/x"))
    assert [0.0] == wire.times


async def test_a_wait_that_ends_before_the_deadline_is_made() -> None:
    wire = Wire(said(429, retry_after="20"), said(200, {"ok": True}))
    assert {"ok": True} == await deadline.within(21, wire.clock, wire.client.get("/x"))
    assert [0.0, 20.0] == wire.times


async def test_waits_add_up() -> None:
    wire = Wire(said(429, retry_after="20"))
    with pytest.raises(RateLimited):
        await deadline.within(50, wire.clock, wire.client.get("/x"))
    assert [0.0, 20.0, 40.0] == wire.times


async def test_a_fault_that_would_be_tried_again_too_late_is_told_at_once() -> None:
    wire = Wire(said(503))
    with pytest.raises(Unavailable):
        await deadline.within(1, wire.clock, wire.client.get("/x"))
    assert [0.0, 0.5] == wire.times


async def test_a_limit_without_room_before_the_deadline_is_told_at_once_and_takes_no_place() -> None:
    wire = Wire(said(), rate_limits=(Pace(1, 600.0),))
    await wire.client.get("/first")
    for _ in range(2):
        with pytest.raises(
            RateLimited, match="no room before about 10 minutes are over; try again then"
        ) as caught:
            await deadline.within(240, wire.clock, wire.client.post("/second", {}))
        assert (600.0, "POST /second") == (caught.value.retry_after, caught.value.request)
    wire.clock.advance(600)
    await deadline.within(240, wire.clock, wire.client.post("/second", {}))
    assert [0.0, 600.0] == wire.times


async def test_a_limit_whose_room_goes_to_those_ahead_is_told_at_once() -> None:
    wire = Wire(said(), rate_limits=(Pace(1, 100.0),))

    async def operation() -> list[object]:
        asked = [wire.client.get(f"/{number}") for number in range(5)]
        return list(await asyncio.gather(*asked, return_exceptions=True))

    results = await deadline.within(240, wire.clock, operation())
    assert [0.0, 100.0, 200.0] == wire.times
    assert [RateLimited, RateLimited] == [type(each) for each in results[3:]]
    assert {"The limits of this CRM have no room before 100 seconds are over; try again then.",
            "The limits of this CRM have no room before about 5 minutes are over; try again then."} == {
        str(each) for each in results[3:]
    }  # fmt: skip


async def test_the_time_that_a_person_takes_does_not_count() -> None:
    wire = Wire(said(429, retry_after="20"), said(200, {"ok": True}))

    async def operation() -> object:
        with deadline.paused():
            wire.clock.advance(3600)
        return await wire.client.get("/x")

    assert {"ok": True} == await deadline.within(21, wire.clock, operation())


async def test_an_operation_that_hangs_after_a_person_took_time_is_stopped_all_the_same() -> None:
    wire = hanging()

    async def operation() -> None:
        with deadline.paused():
            await asyncio.sleep(2 * A_MOMENT)
        await wire.client.get("/x")

    with pytest.raises(DeadlineExceeded):
        await deadline.within(A_MOMENT, wire.clock, operation())


async def test_outside_of_an_operation_there_is_no_deadline() -> None:
    wire = Wire(said(429, retry_after="29"), said())
    assert deadline.seconds_left() == float("inf")
    with deadline.paused():
        await wire.client.get("/x")
    assert [0.0, 29.0] == wire.times


async def test_a_time_out_of_the_work_s_own_is_no_deadline() -> None:
    async def operation() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        await deadline.within(60, Wire(said()).clock, operation())


# -- without an operation --


def test_an_answer_is_given_up_after_a_minute_of_its_own() -> None:
    async def given_up() -> float:
        with pytest.raises(Unreachable, match="did not answer in time") as caught:
            await hanging().client.post("/logs", {})
        assert caught.value.maybe_done
        return asyncio.get_running_loop().time()

    assert 60.0 == virtual_time.run(given_up())


def test_unless_a_connector_says_otherwise_eight_are_under_way_at_once() -> None:
    under_way = 0

    async def waiting(request: httpx.Request) -> httpx.Response:
        nonlocal under_way
        under_way += 1
        return await never(request)

    async def asked() -> None:
        wire = Wire(said())
        wire.client._transport._inner = httpx.MockTransport(waiting)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await wire.client.gather(wire.client.get(f"/{number}") for number in range(20))

    virtual_time.run(asked())
    assert 8 == under_way


async def test_each_step_on_the_network_has_20_seconds() -> None:
    wire = Wire(said())
    await wire.client.get("/x")
    assert {"connect": 20.0, "read": 20.0, "write": 20.0, "pool": 20.0} == wire.sent[0].extensions["timeout"]
