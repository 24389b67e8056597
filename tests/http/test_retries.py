"""What is sent again, after how long, and what never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire import BASE, WRITES, Wire, said

from appconnect.errors import (
    Blocked,
    CrmError,
    Forbidden,
    NotFound,
    RateLimited,
    Rejected,
    SessionExpired,
    Unavailable,
    Unreachable,
    may_be_written,
)
from appconnect.http.retry import LONGEST, retry_after

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
LOST = httpx.ReadTimeout("")
NEVER_LEFT = httpx.ConnectError("")


@pytest.mark.parametrize("method", ["GET", *WRITES])
async def test_after_429_every_method_is_sent_again(method: str) -> None:
    wire = Wire(said(429), said(200, {"id": 1}))
    assert {"id": 1} == (await wire.client.send(method, "/logs")).body
    assert [method, method] == [request.method for request in wire.sent]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ({}, 1.0),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0"}, 1.0),
        ({"retry_after": "-4"}, 1.0),
        ({"retry_after": "soon"}, 1.0),
        ({"retry_after": "nan"}, 1.0),
        ({"retry_after": "inf"}, 1.0),
        ({"retry_after": "-inf"}, 1.0),
        ({"retry_after": "Infinity"}, 1.0),
        ({"retry_after": "1e3"}, 1.0),
        ({"retry_after": "0x10"}, 1.0),
        ({"retry_after": "2.5"}, 2.5),
        ({"retry_after": "3, 7"}, 7.0),
        ({"retry_after": "soon, 7"}, 7.0),
        ({"retry_after": format_datetime(NOW + timedelta(seconds=12), usegmt=True)}, 12.0),
        ({"retry_after": format_datetime(NOW - timedelta(hours=1), usegmt=True)}, 1.0),
        ({"x_reset": "3"}, 3.0),
        ({"x_reset": "3", "retry_after": "5"}, 5.0),
        ({"x_reset": "nan"}, 1.0),
    ],
    ids=str,
)
async def test_the_wait_after_429_is_what_the_crm_asks_for(asked: dict[str, str], seconds: float) -> None:
    wire = Wire(said(429, **asked), said())
    await wire.client.get("/x")
    assert [0.0, seconds] == wire.times


async def test_after_429_everybody_keeps_quiet() -> None:
    wire = Wire(said(429, retry_after="5"), said())
    await wire.client.gather([wire.client.get("/first")])
    await wire.client.gather(wire.client.get(f"/{number}") for number in range(3))
    assert [0.0, 5.0, 5.0, 5.0, 5.0] == wire.times


async def test_after_429_others_wait_who_have_not_yet_asked() -> None:
    wire = Wire(said(429, retry_after="5"), said(), max_in_flight=1)
    await wire.client.gather([wire.client.get("/refused"), wire.client.get("/waiting")])
    assert [0.0, 5.0, 5.0] == wire.times


async def test_a_wait_of_half_a_minute_is_made_and_a_longer_one_is_left_to_the_person() -> None:
    wire = Wire(said(429, retry_after="30"), said())
    await wire.client.get("/x")
    assert [0.0, 30.0] == wire.times
    wire = Wire(said(429, retry_after="31"))
    with pytest.raises(RateLimited, match="try again in 31 seconds") as caught:
        await wire.client.get("/x")
    assert (31.0, False) == (caught.value.retry_after, caught.value.daily)
    assert [0.0] == wire.times


async def test_it_is_tried_four_times_at_most() -> None:
    wire = Wire(said(429))
    with pytest.raises(RateLimited):
        await wire.client.post("/x", {})
    assert 4 == len(wire.sent)


@pytest.mark.parametrize(
    "limits", [{"x_day_left": "0"}, {"x_day_left": "0", "retry_after": "1"}, {"x_left": "12"}], ids=str
)
async def test_a_day_that_is_used_up_is_never_retried(limits: dict[str, str]) -> None:
    wire = Wire(said(429, **limits))
    with pytest.raises(RateLimited, match="budget for today is used up") as caught:
        await wire.client.get("/x")
    assert caught.value.daily
    assert caught.value.retry_after is None
    assert 1 == len(wire.sent)


async def test_a_burst_is_no_used_up_day() -> None:
    wire = Wire(said(429, x_left="0"), said(429, x_day_left="400"), said())
    await wire.client.get("/x")
    assert 3 == len(wire.sent)


@pytest.mark.parametrize(
    ("answer", "rules"),
    [
        (httpx.Response(403, html="<!DOCTYPE html><h1>Error 1015</h1>"), {}),
        (httpx.Response(403, text="error code: 1015"), {"plain_text_403_blocks": True}),
    ],
    ids=["page", "words"],
)
async def test_a_block_at_the_front_door_is_not_tried_again(
    answer: httpx.Response, rules: dict[str, bool]
) -> None:
    wire = Wire(answer, **rules)
    with pytest.raises(Blocked, match=r"wait some minutes\. It said: ") as caught:
        await wire.client.get("/x")
    assert not caught.value.daily
    assert 1 == len(wire.sent)


async def test_a_plain_403_is_no_block_unless_the_connector_says_so() -> None:
    with pytest.raises(Forbidden):
        await Wire(httpx.Response(403, text="Not for you")).client.get("/x")


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(403, text="Not for you"), httpx.Response(403), said(403, {"error": "Not for you"})],
)
async def test_a_refusal_in_the_crm_s_own_words_is_no_block(answer: httpx.Response) -> None:
    with pytest.raises(Forbidden):
        await Wire(
            answer, plain_text_403_blocks="text" not in answer.headers.get("content-type", "")
        ).client.get("/x")


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("answer", [said(500), said(503), LOST, httpx.RemoteProtocolError("")], ids=repr)
async def test_a_write_is_not_repeated_when_the_crm_may_have_done_it(
    method: str, answer: httpx.Response | Exception
) -> None:
    wire = Wire(answer, said())
    with pytest.raises((Unavailable, Unreachable)):
        await wire.client.send(method, "/logs", body={})
    assert 1 == len(wire.sent)


@pytest.mark.parametrize("answer", [said(500), said(502), said(503), LOST, NEVER_LEFT], ids=repr)
async def test_a_read_is_repeated_with_growing_waits(answer: httpx.Response | Exception) -> None:
    wire = Wire(answer, answer, answer, said(200, {"ok": True}))
    assert {"ok": True} == await wire.client.get("/x")
    assert [0.0, 0.5, 1.5, 3.5] == wire.times


@pytest.mark.parametrize("method", WRITES)
async def test_a_write_that_never_left_is_repeated(method: str) -> None:
    wire = Wire(NEVER_LEFT, httpx.ConnectTimeout(""), said())
    await wire.client.send(method, "/logs", body={"a": 1})
    assert [b'{"a":1}'] * 3 == [request.content for request in wire.sent]


async def test_a_crm_may_say_that_put_only_sets() -> None:
    wire = Wire(LOST, said(), idempotent=frozenset({"GET", "PUT"}))
    await wire.client.put("/x", {})
    assert 2 == len(wire.sent)


async def test_a_single_kind_of_request_can_be_safe_to_repeat() -> None:
    idempotent = frozenset({"GET", "POST */entity/*/*"})
    wire = Wire(LOST, said(), idempotent=idempotent)
    await wire.client.post("/entity/Note/1", {})
    assert 2 == len(wire.sent)
    wire = Wire(LOST, said(), idempotent=idempotent)
    with pytest.raises(Unreachable):
        await wire.client.post("/entity/Note", {})


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Rejected), (401, SessionExpired), (403, Forbidden), (409, Rejected), (422, Rejected)],
)
async def test_a_refusal_is_final(status: int, kind: type[CrmError]) -> None:
    wire = Wire(said(status))
    with pytest.raises(kind):
        await wire.client.get("/x")
    assert 1 == len(wire.sent)


async def test_what_the_crm_does_not_have_at_all_is_not_asked_for_again() -> None:
    wire = Wire(said(501))
    with pytest.raises(Unavailable):
        await wire.client.get("/x")
    assert 1 == len(wire.sent)


async def test_each_try_tells_why_it_was_made() -> None:
    wire = Wire(said(503), LOST, said(429, retry_after="7"), said())
    await wire.client.get("/x")
    assert [(1, []), (2, ["503: tried again"]), (3, ["no answer: tried again"]), (4, ["429: the CRM asked for a pause"])] == [
        (each.tries, [wait.reason for wait in each.waits]) for each in wire.client.trace
    ]  # fmt: skip
    assert [0.0, 0.5, 1.0, 7.0] == [sum(wait.seconds for wait in each.waits) for each in wire.client.trace]


async def test_the_wait_has_some_chance_in_it() -> None:
    wire = Wire(said(500), said())
    wire.client._jitter = lambda: 1.0
    await wire.client.get("/x")
    assert [0.0, 0.625] == wire.times


async def test_a_sign_in_s_request_waits_out_a_429_too() -> None:
    wire = Wire(said(429, retry_after="2"), said(400, {"error": "invalid_grant"}))
    answer = await wire.client.send_unsigned(httpx.Request("POST", f"{BASE}/token"))
    assert 400 == answer.status_code
    assert [0.0, 2.0] == wire.times


# -- Retry-After (RFC 9110, 10.2.3) --


@pytest.mark.parametrize("asked", [str(10**9 + 1), str(10**400), "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_nothing_is_asked_for_that_is_longer_than_a_billion_seconds(asked: str) -> None:
    assert 1e9 == retry_after({"retry-after": asked}, NOW)


@given(st.integers(min_value=0, max_value=10**9))
def test_seconds_are_read(seconds: int) -> None:
    assert float(seconds) == retry_after({"retry-after": f" {seconds} "}, NOW)


@pytest.mark.parametrize(
    "asked",
    [str(10**9), str(10**400), "999999999999", format_datetime(NOW + timedelta(days=10**5), usegmt=True)],
)
async def test_a_huge_wait_is_not_made_and_said_in_words(asked: str) -> None:
    wire = Wire(said(429, retry_after=asked))
    with pytest.raises(RateLimited, match="try again in more than a year") as caught:
        await wire.client.get("/x")
    assert (1, True) == (len(wire.sent), 0 < (caught.value.retry_after or 0) <= 1e10)


@pytest.mark.parametrize("ahead", [-86_400, -3600, 0, 3600, 86_400])
@pytest.mark.parametrize("wait", [0, 12, 29, 600])
def test_a_date_is_read_by_the_clock_of_whoever_answered(ahead: int, wait: int) -> None:
    theirs = NOW + timedelta(seconds=ahead)
    headers = {
        "date": format_datetime(theirs, usegmt=True),
        "retry-after": format_datetime(theirs + timedelta(seconds=wait), usegmt=True),
    }
    assert wait == retry_after(headers, NOW)


@pytest.mark.parametrize("date", ["", "garbage", "Fri, 99 Foo 2026 99:99:99 GMT", "0"])
def test_without_a_clock_of_theirs_ours_is_used(date: str) -> None:
    headers = {"date": date, "retry-after": format_datetime(NOW + timedelta(seconds=9), usegmt=True)}
    assert 9.0 == retry_after(headers, NOW)


@pytest.mark.parametrize(
    "form", ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"]
)
def test_every_date_of_http_is_read(form: str) -> None:
    """RFC 9110, 5.6.7: a recipient must accept all three."""
    assert 8.0 == retry_after({"retry-after": (NOW + timedelta(seconds=8)).strftime(form)}, NOW)


def test_of_several_dates_the_latest_holds() -> None:
    dates = [format_datetime(NOW + timedelta(seconds=each), usegmt=True) for each in (5, 20)]
    assert 20.0 == retry_after({"retry-after": ", ".join(["3", *dates, "6"])}, NOW)


@given(st.integers(min_value=0, max_value=10**8))
def test_a_date_is_read_as_seconds_from_now(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert float(seconds) == retry_after({"retry-after": date}, NOW)


def test_anything_else_is_no_error() -> None:
    reached = set()
    numbers = st.floats().map(str) | st.integers().map(str)
    dates = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(format_datetime)  # noqa: DTZ001
    broken = dates.flatmap(lambda date: st.integers(0, 30).map(lambda end: date[:end] + "x" + date[end:]))

    @given(numbers | dates | broken | st.text(max_size=40), dates | broken | st.text(max_size=40))
    def check(text: str, date: str) -> None:
        wait = retry_after({"retry-after": text, "date": date}, NOW)
        assert wait is None or 0 <= wait <= LONGEST
        reached.add("none" if wait is None else "now" if wait == 0 else "later")

    check()
    assert {"none", "now", "later"} == reached


@pytest.mark.parametrize("refusal", [said(422, {"error": "No"}), said(404), said(403, {"error": "No"})])
async def test_a_write_whose_first_try_may_be_done_is_not_told_as_refused(refusal: httpx.Response) -> None:
    """A PUT that sets fields is sent again; that it is refused then says nothing of the try before."""
    wire = Wire(LOST, refusal, idempotent=frozenset({"GET", "PUT"}))
    with pytest.raises(Unreachable) as lost:
        await wire.client.put("/logs/7", {"subject": "Call"})
    assert (2, True) == (len(wire.sent), may_be_written(lost.value))


async def test_a_read_whose_first_try_was_lost_is_told_as_refused() -> None:
    wire = Wire(LOST, said(404))
    with pytest.raises(NotFound):
        await wire.client.get("/logs/7")


async def test_of_two_tries_that_may_be_done_the_last_one_is_told() -> None:
    wire = Wire(LOST, said(500), idempotent=frozenset({"GET", "PUT"}))
    with pytest.raises(Unavailable) as lost:
        await wire.client.put("/logs/7", {"subject": "Call"})
    assert may_be_written(lost.value)
