"""Reads that are under way are shared by whoever asks for the same at once, and nothing is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire import Key, Wire, said

from appconnect.errors import AppConnectError, Forbidden, RateLimited
from appconnect.http import Pace, deadline


class Slow(Wire):
    """Answers when the test says so; until then everything is under way."""

    def __init__(self, *answers, **rules: object) -> None:
        super().__init__(*answers, **rules)
        self.may_answer = asyncio.Event()
        self.client._transport._inner = httpx.MockTransport(self._later)

    async def _later(self, request: httpx.Request) -> httpx.Response:
        answer = self._answer(request)
        await self.may_answer.wait()
        return answer

    async def answered(self, *asked: asyncio.Task) -> list:
        self.may_answer.set()
        return await asyncio.gather(*asked, return_exceptions=True)


async def started(*work) -> list[asyncio.Task]:
    tasks = [asyncio.ensure_future(each) for each in work]
    for _ in range(20):
        await asyncio.sleep(0)
    return tasks


def counted(wire: Wire, path: str = "/x") -> int:
    return sum(request.url.path == path for request in wire.sent)


async def test_the_same_asked_at_once_is_sent_once_and_answered_to_each() -> None:
    wire = Slow(said(200, {"id": 7}))
    asked = await started(*(wire.client.get("/x", a=1) for _ in range(20)))
    assert [{"id": 7}] * 20 == await wire.answered(*asked)
    assert 1 == len(wire.sent)


async def test_what_one_does_to_its_answer_the_others_do_not_see() -> None:
    wire = Slow(lambda _: said(200, {"rows": []}))
    one, other = await wire.answered(*await started(wire.client.get("/x"), wire.client.get("/x")))
    one["rows"].append("changed")
    assert {"rows": []} == other


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get("/y"),
        lambda client: client.get("/x", a=2),
        lambda client: client.send("GET", "/x", headers={"Accept": "text/plain"}),
        lambda client: client.send("HEAD", "/x"),
        lambda client: client.post("/x"),
        lambda client: client.put("/x", {"a": 1}),
        lambda client: client.delete("/x"),
    ],
)
async def test_what_is_not_the_same_read_is_sent_itself(ask: Callable) -> None:
    wire = Slow(said())
    await wire.answered(*await started(wire.client.get("/x"), ask(wire.client)))
    assert 2 == len(wire.sent)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_writes_are_never_shared(method: str) -> None:
    wire = Slow(said())
    await wire.answered(*await started(*(wire.client.send(method, "/x") for _ in range(3))))
    assert 3 == len(wire.sent)


async def test_another_connection_reads_for_itself() -> None:
    wire = Slow(said())
    first = await started(wire.client.get("/x"))
    wire.client.signer = Key()
    await wire.answered(*first, *await started(wire.client.get("/x")))
    assert 2 == len(wire.sent)


async def test_after_the_answer_the_same_is_asked_again() -> None:
    wire = Slow(said(200, {"a": 1}), said(200, {"a": 2}))
    wire.may_answer.set()
    assert [{"a": 1}, {"a": 2}] == [await wire.client.get("/x"), await wire.client.get("/x")]


async def test_what_was_read_before_a_write_is_not_given_to_who_asks_after_it() -> None:
    wire = Slow(said())
    before = await started(wire.client.get("/x"))
    write = await started(wire.client.post("/write"))
    during = await started(wire.client.get("/x"))
    assert 2 == counted(wire)
    wire.may_answer.set()
    await asyncio.gather(*write)
    wire.may_answer.clear()
    await wire.answered(*before, *during, *await started(wire.client.get("/x")))
    assert 3 == counted(wire)


async def test_a_read_that_began_during_a_write_is_not_given_to_who_asks_after_it() -> None:
    wire = Slow(said())
    holds = {"/write": asyncio.Event(), "/x": asyncio.Event()}

    async def answer(request: httpx.Request) -> httpx.Response:
        wire.sent.append(request)
        await holds[request.url.path].wait()
        return said()

    wire.client._transport._inner = httpx.MockTransport(answer)
    write = await started(wire.client.post("/write"))
    during = await started(wire.client.get("/x"))
    holds["/write"].set()
    await asyncio.gather(*write)
    after = await started(wire.client.get("/x"))
    assert 2 == counted(wire)
    holds["/x"].set()
    await asyncio.gather(*during, *after)


async def test_a_failure_is_everybodys_who_waited_and_is_not_remembered() -> None:
    wire = Slow(said(403), said(200, {"id": 7}))
    results = await wire.answered(*await started(*(wire.client.get("/x") for _ in range(3))))
    assert [Forbidden] * 3 == [type(each) for each in results]
    assert ({"id": 7}, 2) == (await wire.client.get("/x"), len(wire.sent))


async def test_what_is_tried_again_is_tried_again_once_for_all() -> None:
    wire = Slow(said(500), said(200, {"id": 7}))
    asked = await started(*(wire.client.get("/x") for _ in range(5)))
    assert [{"id": 7}] * 5 == await wire.answered(*asked)
    assert 2 == len(wire.sent)


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 4)))
def test_whoever_gives_up_takes_nobody_along(givers_up: set[int]) -> None:
    async def case() -> None:
        wire = Slow(said(200, {"id": 7}))
        asked = await started(*(wire.client.get("/x") for _ in range(5)))
        for number in sorted(givers_up):
            asked[number].cancel()
            await started()
        results = await wire.answered(*asked)
        assert [{"id": 7}] * (5 - len(givers_up)) == [each for each in results if isinstance(each, dict)]
        assert givers_up == {number for number, each in enumerate(asked) if each.cancelled()}
        assert len(wire.sent) <= 1 + len(givers_up)

    asyncio.run(case())


@pytest.mark.parametrize("patience", [30, 60])
async def test_who_has_more_time_than_who_reads_waits_for_the_limits_itself(patience: float) -> None:
    wire = Wire(said(200, {"id": 7}), rate_limits=(Pace(1, 30.0),))
    await wire.client.get("/first")

    async def within(seconds: float) -> object:
        return await deadline.within(seconds, wire.clock, wire.client.get("/x"))

    hurried, patient = await asyncio.gather(within(5), within(patience), return_exceptions=True)
    assert (RateLimited, {"id": 7}) == (type(hurried), patient)


async def test_the_trace_and_every_operation_know_of_a_shared_answer() -> None:
    wire = Slow(said(200, {"id": 7}, x_left="9"))

    async def operation() -> list[int | None]:
        with wire.client.watch() as seen:
            await wire.client.get("/x")
        return [limits.remaining for limits in seen]

    asked = await started(*(operation() for _ in range(3)))
    assert [[9]] * 3 == await wire.answered(*asked)
    assert ["GET /x → 200, shared by 3"] == [repr(each) for each in wire.client.trace]
    assert "200, shared by 3" in wire.client.trace._repr_html_()


async def test_a_deadline_tells_what_was_waited_for_also_when_somebody_else_reads_it() -> None:
    wire = Slow(said())
    first = await started(wire.client.get("/x"))
    with pytest.raises(AppConnectError, match="waiting for the answer to GET /x"):
        await deadline.within(0.01, wire.clock, wire.client.get("/x"))
    await wire.answered(*first)
