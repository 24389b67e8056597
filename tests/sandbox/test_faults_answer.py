"""What each named fault answers, to the letter, and how faults without a name are asked for."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.sandbox import CrmSandbox, Sandbox, SandboxClock
from appconnect.sandbox.base import Guide
from appconnect.sandbox.faults import Faults
from appconnect.sandbox.incidents import incidents
from appconnect.sandbox.named_faults import NAMED_FAULTS

URL = "https://desk.test/entries?token=t-canary"
GOOD = {"id": 1, "entry": "é"}
JSON, HTML, PAGED = "application/json", "text/html", "text/html; charset=utf-8"
PAGE = "<!DOCTYPE html><html><head><title>One moment</title></head><body>We will be back.</body></html>"
SENT = 'h-canary t-canary "a line"'
"""What a client sent but for the headers that every request has: a header, a parameter and the body."""


class Desk(CrmSandbox):
    """Answers every request alike."""

    name, title, hosts = "desk", "Desk", ("desk.test",)

    def routes(self) -> list[BaseRoute]:
        return [Route("/entries", self.entries, methods=["POST"]), Route("/text", self.text)]

    def seed(self) -> None: ...

    def guide(self) -> Guide:
        return Guide("Desk", "https://desk.test/docs", "No sign-in.", {})

    async def entries(self, request: Request) -> Response:
        return JSONResponse(GOOD, 201, {"X-Of-The-Crm": "kept"})

    async def text(self, request: Request) -> Response:
        return PlainTextResponse("plain")


@pytest.fixture
def crm() -> Desk:
    return Desk(SandboxClock())


async def posted(crm: Desk) -> httpx.Response:
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport()) as client:
        return await client.post(URL, content=b'"a line"', headers={"X-Key": "h-canary"})


def said(text: str) -> dict[str, str]:
    return {"message": text, "error": text}


WRONG = {"[]": [], "{}": {}, "null": None, "text": "OK", "a number": 7}
PAUSES = {"0": "0", "2": "2", "-5": "-5", "a day": "86400", "ages": "9" * 400, "inf": "inf", "nan": "nan",
          "garbage": "soon", "a date": "Fri, 02 Jan 2026 09:30:02 GMT"}  # fmt: skip
REFUSALS = {
    "400": "Bad request", "401": "Unauthorized", "402": "Payment required", "403": "Forbidden", "404": "Not found",
    "409": "Conflict", "422": "Unprocessable", "429": "Too many requests", "500": "Server error",
    "502": "Server error", "503": "Server error", "504": "Server error",
}  # fmt: skip
ANSWERS: dict[str, tuple[int, object, dict[str, str | None]]] = {
    **{f"done, answers {name}": (201, value, {"content-type": JSON}) for name, value in WRONG.items()},
    **{f"answers {name}": (200, value, {"content-type": JSON}) for name, value in WRONG.items()},
    "done, answers nothing": (201, "", {"content-type": JSON}),
    "done, answers a page": (200, PAGE, {"content-type": PAGED}),
    "done, answers 500": (500, {"message": "Internal error"}, {"content-type": JSON}),
    "done, answers 502": (502, PAGE, {"content-type": PAGED}),
    "answers nothing": (200, "", {"content-type": JSON}),
    "answers a page": (200, PAGE, {"content-type": PAGED}),
    "success false": (200, {"success": False, "error": "Not possible"}, {"content-type": JSON}),
    "error with 200": (200, {"error": {"code": 17, "message": "Not possible"}}, {"content-type": JSON}),
    **{name: (int(name), said(text), {"content-type": JSON, "retry-after": None}) for name, text in REFUSALS.items()},
    "403 page": (403, PAGE, {"content-type": PAGED}),
    "502 page": (502, PAGE, {"content-type": PAGED}),
    "echoed secrets": (422, {"message": f"Not valid here: {SENT}"}, {"content-type": JSON}),
    "503 echoed secrets": (503, f"<html><body>Not valid here: {SENT}</body></html>", {"content-type": HTML}),
    **{f"429 retry after {name}": (429, said("Too many requests"), {"retry-after": value, "content-type": JSON})
       for name, value in PAUSES.items()},
    "429 by a wrong clock": (429, said("Too many requests"), {
        "date": "Fri, 02 Jan 2026 10:30:00 GMT", "retry-after": "Fri, 02 Jan 2026 10:30:02 GMT"}),
    "redirect": (302, "", {"location": "/elsewhere"}),
    "redirect away": (302, "", {"location": "https://collector.example/"}),
    "redirect loop": (302, "", {"location": URL}),
    "clock ahead": (201, GOOD, {"date": "Sat, 03 Jan 2026 09:30:00 GMT", "x-of-the-crm": "kept"}),
    "clock behind": (201, GOOD, {"date": "Tue, 01 Nov 2022 23:43:20 GMT", "content-type": JSON}),
}  # fmt: skip
BREAKS = {
    "refused connection": httpx.ConnectError, "connection timeout": httpx.ConnectTimeout,
    "reset": httpx.ReadError, "timeout": httpx.ReadTimeout, "restart": httpx.ReadError,
    "answer lost": httpx.ReadError, "answer too late": httpx.ReadTimeout,
    "truncated answer": httpx.RemoteProtocolError,
}  # fmt: skip
OTHERS = {"malformed answer", "slow drip", "huge answer"}


def test_every_named_fault_is_in_a_table() -> None:
    assert NAMED_FAULTS.keys() == {*ANSWERS, *BREAKS, *OTHERS}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_is_what_its_name_says(crm: Desk, name: str) -> None:
    crm.faults.add(named=name)
    status, body, headers = ANSWERS[name]
    answer = await posted(crm)
    told = (
        answer.text
        if isinstance(body, str) and name not in ("answers text", "done, answers text")
        else answer.json()
    )
    assert (status, body) == (answer.status_code, told)
    assert headers == {each: answer.headers.get(each) for each in headers}
    assert ("kept" if NAMED_FAULTS[name].effect.handled else None) == answer.headers.get("x-of-the-crm")
    assert len(answer.content) == int(answer.headers["content-length"])


@pytest.mark.parametrize("name", BREAKS)
async def test_a_connection_breaks_as_its_name_says(crm: Desk, name: str) -> None:
    crm.faults.add(named=name)
    with pytest.raises(BREAKS[name]) as caught:
        await posted(crm)
    what = "answer off" if name == "truncated answer" else "connection"
    assert (BREAKS[name], f"The sandbox broke the {what} on purpose (a fault).") == (
        type(caught.value),
        str(caught.value),
    )


async def test_a_malformed_answer_is_half_of_the_good_one_and_garbage(crm: Desk) -> None:
    crm.faults.add(named="malformed answer")
    good = json.dumps(GOOD, ensure_ascii=False, separators=(",", ":")).encode()
    answer = await posted(crm)
    assert (201, good[: len(good) // 2] + b"\x00,,") == (answer.status_code, answer.content)


async def test_a_slow_answer_is_two_thousand_bytes_one_a_second(crm: Desk) -> None:
    start = crm.clock.now()
    crm.faults.add(named="slow drip")
    answer = await posted(crm)
    assert (201, GOOD, 2000) == (answer.status_code, answer.json(), len(answer.content))
    assert timedelta(seconds=2000) == crm.clock.now() - start


async def test_a_huge_answer_is_the_good_one_and_spaces_up_to_64_megabytes(crm: Desk) -> None:
    crm.faults.add(named="huge answer")
    answer = await posted(crm)
    assert (201, GOOD) == (answer.status_code, json.loads(answer.content.rstrip(b" ")))
    assert [64 * 1024 * 1024] * 2 == [len(answer.content), int(answer.headers["content-length"])]


async def test_a_huge_answer_comes_a_megabyte_at_a_time(crm: Desk) -> None:
    crm.faults.add(named="huge answer")
    transport = Sandbox(crm.clock, [crm]).transport()
    async with (
        httpx.AsyncClient(transport=transport) as client,
        client.stream("POST", URL, json=1) as answer,
    ):
        sizes = [len(piece) async for piece in answer.aiter_raw()]
    body, megabyte = len(json.dumps(GOOD, ensure_ascii=False, separators=(",", ":")).encode()), 1024 * 1024
    assert [body, *[megabyte] * 63, megabyte - body] == sizes


# -- without a name --


@pytest.mark.parametrize(
    ("how", "status", "content", "kind"),
    [
        ({}, 500, b"null", JSON),
        ({"json": {"a": "é", "b": [1]}}, 500, '{"a":"é","b":[1]}'.encode(), JSON),
        ({"status": 418, "text": "é"}, 418, "é".encode(), "text/plain; charset=utf-8"),
        ({"text": ""}, 500, b"", "text/plain; charset=utf-8"),
        ({"status": 200, "json": [], "headers": {"Content-Type": "x/y"}}, 200, b"[]", "x/y"),
    ],
)
async def test_an_answer_is_what_was_asked_for(
    crm: Desk, how: dict[str, Any], status: int, content: bytes, kind: str
) -> None:
    crm.faults.add(**how)
    answer = await posted(crm)
    assert (status, content, kind) == (answer.status_code, answer.content, answer.headers["content-type"])
    assert 201 == (await posted(crm)).status_code


@pytest.mark.parametrize(
    ("how", "error", "seen"),
    [
        ({"drop": True}, httpx.ConnectError, None),
        ({"drop": True, "drop_after": True}, httpx.ConnectError, None),
        ({"drop_after": True}, httpx.ReadError, 201),
    ],
)
async def test_a_connection_breaks_before_or_after_the_work(
    crm: Desk, how: dict[str, bool], error: type[Exception], seen: int | None
) -> None:
    crm.faults.add(**how)
    with pytest.raises(error):
        await posted(crm)
    assert seen == crm.requests[0].status


async def test_an_answer_that_is_no_json_cannot_be_changed(crm: Desk) -> None:
    crm.faults.add(change=lambda answer: {"changed": answer}, times=None)
    transport = Sandbox(crm.clock, [crm]).transport()
    async with httpx.AsyncClient(transport=transport, base_url="https://desk.test") as client:
        assert {"changed": {"message": "Not Found"}} == (await client.get("/nowhere")).json()
        assert "plain" == (await client.get("/text")).text


@pytest.mark.parametrize(
    ("wanted", "methods"),
    [
        ("READ", {"GET", "HEAD", "OPTIONS"}),
        ("read", {"GET", "HEAD", "OPTIONS"}),
        ("WRITE", {"POST", "PUT", "PATCH", "DELETE"}),
        ("Write", {"POST", "PUT", "PATCH", "DELETE"}),
        ("p*", {"POST", "PUT", "PATCH"}),
        ("get", {"GET"}),
        ("*", {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}),
    ],
)
def test_a_fault_is_for_the_methods_that_are_meant(wanted: str, methods: set[str]) -> None:
    fault = Faults().add(wanted, "/a*")
    every = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
    assert methods == {each for each in every if fault.matches(each, "/abc")}
    assert not any(fault.matches(each, path) for each in every for path in ("/b", "/A", "x/a"))


def test_faults_count_what_is_for_them_and_are_used_in_their_order() -> None:
    faults = Faults()
    late = faults.add("GET", status=1, after=2, times=2)
    first, always = faults.add("GET", status=2), faults.add("GET", "/x", status=3, times=None)
    assert "<Faults: 3 waiting>" == repr(faults)
    taken = [faults.take("GET", "/x") for _ in range(5)]
    assert [first, always, late, late, always] == taken
    assert (None, (always,), 1) == (faults.take("POST", "/x"), faults.waiting, len(faults))
    faults.clear()
    assert (0, None) == (len(faults), faults.take("GET", "/x"))


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "the next request: status 500"),
        ({"method": "read", "times": 3}, "the next 3 reads: status 500"),
        ({"method": "WRITE", "times": None}, "every write: status 500"),
        ({"drop_after": True}, "the next request: a broken connection"),
        ({"method": "get", "path": "/a", "after": 1}, "the next get to /a, after 1 others: status 500"),
    ],
)
def test_a_fault_is_told_in_words(how: dict[str, Any], words: str) -> None:
    assert words == Faults().add(**how).in_words


def test_an_unknown_name_is_refused_with_all_names_there_are() -> None:
    with pytest.raises(KeyError) as caught:
        Faults().add(named="asteroid")
    assert f"no fault 'asteroid'; there are: {', '.join(NAMED_FAULTS)}" == caught.value.args[0]


# -- in the words of an incident --


def test_incidents_are_the_common_ones_and_then_all_others_by_family() -> None:
    told = incidents()
    assert [
        ("The next write is done, but its answer is lost", "answer lost", "WRITE"),
        ("Too many requests (429), wait 2 seconds", "429 retry after 2", "*"),
        ("A slow answer", "slow drip", "*"),
        ("The sign-in has expired (401)", "401", "*"),
        ("A garbled answer", "malformed answer", "*"),
        ("no answer: refused connection", "refused connection", "*"),
    ] == [(each.title, each.named, each.method) for each in told[:6]]  # fmt: skip
    assert sorted(NAMED_FAULTS) == sorted(each.named for each in told)
    assert "The connection breaks before the request is handled." == next(
        each.meaning for each in told if each.named == "reset"
    )
    assert ("redirect: redirect loop", "slow, huge, misdated: clock behind") == (
        next(each.title for each in told if each.named == "redirect loop"), told[-1].title,
    )  # fmt: skip
