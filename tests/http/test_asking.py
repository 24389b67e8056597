"""How a connector asks: each verb, whole lists, requests of its own, and what a client tells of its connection."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from wire import Key, Wire, said

from appconnect.errors import RateLimited, Unavailable
from appconnect.http import CrmClient
from appconnect.http.paging import by_cursor
from appconnect.http.reachability import time_at


class Note(BaseModel):
    id: int


Ask = Callable[[CrmClient], Coroutine[Any, Any, Any]]


@pytest.mark.parametrize(
    ("ask", "method", "sent"),
    [
        (lambda crm: crm.get("/x", into=Note, a=1), "GET", b""),
        (lambda crm: crm.post("/x", {"b": 2}, into=Note, a=1), "POST", b'{"b":2}'),
        (lambda crm: crm.put("/x", {"b": 2}, into=Note, a=1), "PUT", b'{"b":2}'),
        (lambda crm: crm.patch("/x", {"b": 2}, into=Note, a=1), "PATCH", b'{"b":2}'),
    ],
    ids=["get", "post", "put", "patch"],
)
async def test_each_verb_sends_its_parameters_and_body_and_reads_the_answer(
    ask: Ask, method: str, sent: bytes
) -> None:
    wire = Wire(said(200, {"id": 7}))
    assert Note(id=7) == await ask(wire.client)
    [request] = wire.sent
    assert (method, "a=1", sent) == (request.method, request.url.query.decode(), request.content)
    assert "application/json" == request.headers["accept"]


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch"])
async def test_without_a_model_the_answer_is_plain_json(verb: str) -> None:
    assert {"id": 7} == await getattr(Wire(said(200, {"id": 7})).client, verb)("/x")


async def test_a_deletion_returns_what_it_is_answered() -> None:
    wire = Wire(said(200, {"id": 7}))
    assert ({"id": 7}, "DELETE") == (await wire.client.delete("/x"), wire.sent[0].method)


async def test_a_list_is_asked_with_its_headers_and_posted_where_there_is_a_body() -> None:
    pages = [
        said(200, {"rows": [{"id": 1}], "additional_data": {"next_cursor": "b"}}),
        said(200, {"rows": [{"id": 2}]}),
    ]
    wire = Wire(*pages)
    found = wire.client.rows(
        "/x", by_cursor, into=Note, at="rows", headers={"include": "phones"}, body={"q": 1}, a=1
    )
    assert [1, 2] == [each.id async for each in found]
    assert [("POST", "a=1", b'{"q":1}'), ("POST", "a=1&cursor=b", b'{"q":1}')] == [
        (each.method, each.url.query.decode(), each.content) for each in wire.sent
    ]
    assert ["phones"] * 2 == [each.headers["include"] for each in wire.sent]


@pytest.mark.parametrize(("most", "asked"), [(1, 1), (2, 2), (9, 3), (None, 3)])
async def test_a_list_is_followed_so_many_pages_and_no_further(most: int | None, asked: int) -> None:
    pages = [
        said(200, {"data": [{"id": 1}], "additional_data": {"next_cursor": each}})
        for each in ("b", "c", None)
    ]
    wire = Wire(*pages)
    found = [each.id async for each in wire.client.rows("/x", by_cursor, into=Note, max_pages=most)]
    assert (asked, asked) == (len(found), len(wire.sent))


# -- around operations --


async def test_what_a_request_is_for_stands_in_the_trace() -> None:
    wire = Wire(said())
    await wire.client.get("/x")
    await wire.client.send_unsigned(httpx.Request("POST", "https://api.crm.test/token"))
    await wire.client.revoke()
    assert ["operation", "sign-in", "sign-out"] == [each.purpose.value for each in wire.client.trace]
    assert [True, False, False] == ["authorization" in each.headers for each in wire.sent]


@pytest.mark.parametrize(("status", "tries"), [(200, 1), (400, 1), (401, 1), (503, 4)])
async def test_a_sign_in_is_given_the_last_answer_whatever_its_status(status: int, tries: int) -> None:
    wire = Wire(said(status, {"error": "No"}))
    answer = await wire.client.send_unsigned(httpx.Request("GET", "https://api.crm.test/token?code=1"))
    assert (status, tries) == (answer.status_code, len(wire.sent))
    reply = wire.client.read(answer)
    assert (status, {"error": "No"}, "GET /token") == (reply.status, reply.body, reply.request)


async def test_nobody_has_anything_to_revoke_or_to_show() -> None:
    wire = Wire(said())
    assert [] == wire.sent
    wire.client.signer = None
    await wire.client.revoke()
    assert ({}, []) == (wire.client.about_connection(), wire.sent)


async def test_a_connection_shows_what_its_credentials_may_show() -> None:
    wire = Wire(said())
    public = {"userId": 7}
    signer = Key()
    signer.public = lambda: public  # type: ignore[attr-defined]
    wire.client.signer = signer
    shown = wire.client.about_connection()
    assert public == shown
    assert public is not shown


async def test_a_refused_revocation_is_told() -> None:
    with pytest.raises(Unavailable):
        await Wire(said(501)).client.revoke()
    with pytest.raises(RateLimited):
        await Wire(said(429, retry_after="31")).client.revoke()


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Fri, 02 Jan 2026 09:30:00 GMT", datetime(2026, 1, 2, 9, 30, tzinfo=UTC)),
        ("Fri, 02 Jan 2026 10:30:00 +0100", datetime(2026, 1, 2, 9, 30, tzinfo=UTC)),
        ("Fri, 02 Jan 2026 09:30:00 -0000", datetime(2026, 1, 2, 9, 30, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
    ],
)
async def test_the_time_at_a_host_is_what_its_front_page_tells(date: str, told: datetime | None) -> None:
    wire = Wire(said(404, date=date) if date else said(404))
    assert told == await time_at(wire.client, "www.crm.test")
    assert ("HEAD", "https://www.crm.test/") == (wire.sent[0].method, str(wire.sent[0].url))
    assert told is None or UTC == told.tzinfo
