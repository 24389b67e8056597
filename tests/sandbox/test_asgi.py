"""What a sandbox makes of requests as ASGI servers hand them over, and its own transport of them.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.sandbox import CrmSandbox, Sandbox, SandboxClock
from appconnect.sandbox.base import Guide
from appconnect.sandbox.transport import InProcessTransport, WatchedTransport


class Echo(CrmSandbox):
    """Says what it was sent."""

    name, title, hosts = "echo", "Echo", ("echo.test",)

    def routes(self) -> list[BaseRoute]:
        return [Route("/said", self.said, methods=["GET", "POST"])]

    def seed(self) -> None: ...

    def guide(self) -> Guide:
        return Guide("Echo", "https://echo.test/docs", "No sign-in.", {})

    async def said(self, request: Request) -> Response:
        body = await request.body()
        return JSONResponse(
            {
                "body": body.decode("utf-8", "replace"),
                "again": (await request.body()).decode("utf-8", "replace"),
            }
        )


@pytest.fixture
def crm() -> Echo:
    return Echo(SandboxClock())


async def sent_to(crm: Echo, scope: dict[str, object], *messages: dict[str, object]) -> list[dict[str, Any]]:
    """What the application sends for these messages of a server."""
    told: list[dict[str, Any]] = []
    left = iter(messages)

    async def receive() -> dict[str, object]:
        return next(left)

    async def send(message: Any) -> None:
        told.append(message)

    await crm({"type": "http", "headers": [], "query_string": b"", **scope}, receive, send)
    return told


async def test_what_a_server_may_leave_out_is_taken_for_empty(crm: Echo) -> None:
    told = await sent_to(crm, {"method": "GET", "path": "/said"}, {"type": "http.request"})
    assert (200, {"body": "", "again": ""}) == (told[0]["status"], json.loads(told[1]["body"]))
    [seen] = crm.requests
    assert ("/said", "", b"", {}, {}, 200) == (
        seen.path, seen.host, seen.body, seen.query, seen.headers, seen.status,
    )  # fmt: skip


async def test_a_body_in_pieces_is_one(crm: Echo) -> None:
    pieces = [
        {"type": "http.request", "body": b"one ", "more_body": True},
        {"type": "http.request", "more_body": True},
        {"type": "http.request", "body": b"body"},
    ]
    told = await sent_to(crm, {"method": "POST", "path": "/said"}, *pieces)
    assert {"body": "one body", "again": "one body"} == json.loads(told[1]["body"])
    assert b"one body" == crm.requests[0].body


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/nowhere", (404, {"message": "Not Found"})),
        ("DELETE", "/said", (405, {"message": "Method Not Allowed"})),
    ],
)
async def test_what_no_route_fits_is_refused_as_a_web_server_does(
    crm: Echo, method: str, path: str, answer: tuple[int, object]
) -> None:
    told = await sent_to(crm, {"method": method, "path": path}, {"type": "http.request"})
    assert answer == (told[0]["status"], json.loads(told[1]["body"]))


async def test_a_form_is_read_whatever_its_bytes(crm: Echo) -> None:
    body = {"type": "http.request", "body": b"a=1&a=2&empty=&odd=\xff"}
    await sent_to(crm, {"method": "POST", "path": "/said"}, body)
    assert {"a": "2", "empty": "", "odd": "�"} == crm.requests[0].form


# -- the transport --


async def test_an_application_gets_what_a_server_would_tell_it() -> None:
    scopes: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        assert {"type": "http.request", "body": b"hi", "more_body": False} == await receive()
        leaving = asyncio.create_task(receive())
        await asyncio.sleep(0)
        assert not leaving.done()
        await send({"type": "http.response.start", "status": 201})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body"})
        assert {"type": "http.disconnect"} == await leaving

    async with httpx.AsyncClient(transport=InProcessTransport(app)) as client:
        answer = await client.post(
            "https://echo.test:444/a%20b?q=%C3%A9", content=b"hi", headers={"X-A": "b"}
        )
    [scope] = scopes
    assert (201, b"a", {}) == (answer.status_code, answer.content, dict(answer.headers))
    assert (b"x-a", b"b") in scope.pop("headers")
    given = {key: value for key, value in scope.items() if not key.startswith("appconnect.")}
    assert {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https",
        "path": "/a b", "raw_path": b"/a%20b", "query_string": b"q=%C3%A9", "root_path": "",
        "server": ("echo.test", 444), "client": ("127.0.0.1", 123),
    } == given  # fmt: skip


async def test_an_answer_to_head_has_no_body(crm: Echo) -> None:
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport()) as client:
        answer = await client.head("https://echo.test/said")
    assert (200, b"", True) == (answer.status_code, answer.content, int(answer.headers["content-length"]) > 0)


@pytest.mark.parametrize(("patience", "waited"), [(None, 5), (7, 7), (httpx.Timeout(9, read=None), 5)])
async def test_a_client_that_waits_for_ever_gives_up_after_five_seconds(
    crm: Echo, patience: Any, waited: int
) -> None:
    start = crm.clock.now()
    crm.faults.add(named="timeout")
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport(), timeout=patience) as client:
        with pytest.raises(httpx.ReadTimeout) as caught:
            await client.get("https://echo.test/said")
    assert waited == (crm.clock.now() - start).total_seconds()
    assert "The sandbox broke the connection on purpose (a fault)." == str(caught.value)


async def test_a_connection_that_breaks_takes_no_time(crm: Echo) -> None:
    start = crm.clock.now()
    crm.faults.add(named="reset")
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport()) as client:
        with pytest.raises(
            httpx.ReadError, match=r"^The sandbox broke the connection on purpose \(a fault\)\.$"
        ):
            await client.get("https://echo.test/said")
    assert start == crm.clock.now()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://other.test/said", "The sandbox plays no CRM at https://other.test."),
        ("http://echo.test/said", "The sandbox plays no CRM at http://echo.test."),
    ],
)
async def test_an_address_that_is_not_played_is_named(crm: Echo, url: str, told: str) -> None:
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport()) as client:
        with pytest.raises(httpx.ConnectError) as caught:
            await client.get(url)
    assert told == str(caught.value)


KINDS = {
    b"": "nothing", b" \n": "nothing", b"[]": "[]", b"[1]": "[]", b"{}": "{}", b'{"a": 1}': "an object",
    b"null": "null", b'"a"': "text", b"<html>": "text", b"\xff": "text", b"1": "a number", b"1.5": "a number",
    b"0": "a number",
}  # fmt: skip


async def test_a_watched_transport_notes_hosts_always_and_kinds_of_answers_while_it_rehearses() -> None:
    left: Iterator[bytes] = iter([b"null", *KINDS, b"null"])
    watched = WatchedTransport(httpx.MockTransport(lambda request: httpx.Response(200, content=next(left))))
    async with httpx.AsyncClient(transport=watched) as client:
        await client.get("https://one.test/")
        assert ({"one.test"}, []) == (watched.hosts, watched.answers)
        watched.rehearses = True
        bodies = [(await client.get("https://two.test/")).content for _ in KINDS]
        watched.rehearses = False
        await client.get("https://two.test/")
    assert [*KINDS] == bodies
    assert ({"one.test", "two.test"}, [*KINDS.values()]) == (watched.hosts, watched.answers)
