"""Every fault that has a name, in this process and on a port, as a client of any kind meets it."""

from __future__ import annotations

import asyncio
import json
from html import escape

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.sandbox import CrmSandbox, RealClock, Sandbox, SandboxClock, serve
from appconnect.sandbox.base import Guide
from appconnect.sandbox.named_faults import NAMED_FAULTS

SECRET = "Bearer wren-canary-secret"
PATIENCE = httpx.Timeout(60)
LITTLE_PATIENCE = httpx.Timeout(60, read=0.1)


class Ledger(CrmSandbox):
    """A CRM that keeps what it is sent."""

    name, title, hosts = "ledger", "Ledger", ("ledger.test",)

    def routes(self) -> list[BaseRoute]:
        return [Route("/entries", self.add, methods=["POST"]), Route("/entries", self.list, methods=["GET"])]

    def seed(self) -> None:
        self.entries: list[object] = []
        self.restarts = 0

    def guide(self) -> Guide:
        return Guide("Ledger", "https://ledger.test/docs", "No sign-in.", {})

    def forget_sessions(self) -> None:
        self.restarts += 1

    async def add(self, request: Request) -> Response:
        self.entries.append(await request.json())
        return JSONResponse({"id": len(self.entries), "entry": self.entries[-1]}, 201)

    async def list(self, request: Request) -> Response:
        return JSONResponse(self.entries)


def waits(name: str) -> bool:
    """Whether nothing comes until the client gives up."""
    return issubclass(NAMED_FAULTS[name].effect.breaks or object, httpx.TimeoutException)


async def outcome(client: httpx.AsyncClient, url: str) -> tuple[int, bytes] | str:
    """What a client gets: status and body, or the kind of error."""
    try:
        answer = await client.post(f"{url}/entries", json="a line", headers={"Authorization": SECRET})
    except httpx.TransportError as error:
        return "waits" if isinstance(error, httpx.TimeoutException) else "broken"
    return answer.status_code, answer.content


async def in_process(name: str) -> tuple[Ledger, tuple[int, bytes] | str]:
    crm = Ledger(SandboxClock())
    crm.faults.add(named=name)
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport(), timeout=PATIENCE) as client:
        return crm, await outcome(client, "https://ledger.test")


async def on_a_port(name: str) -> tuple[Ledger, tuple[int, bytes] | str]:
    crm = Ledger(RealClock())
    crm.faults.add(named=name)
    patience = LITTLE_PATIENCE if waits(name) else PATIENCE
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient(timeout=patience) as client:
        return crm, await outcome(client, f"{url}/ledger")


@pytest.mark.parametrize("name", NAMED_FAULTS)
async def test_a_fault_does_its_work_or_leaves_it_as_its_name_says(name: str) -> None:
    crm, _ = await in_process(name)
    assert ["a line"] * NAMED_FAULTS[name].effect.handled == crm.entries


@pytest.mark.parametrize("name", [name for name in NAMED_FAULTS if name != "slow drip"])
async def test_a_client_on_a_port_meets_the_same(name: str) -> None:
    (_, inside), (crm, outside) = await in_process(name), await on_a_port(name)
    assert (inside, ["a line"] * NAMED_FAULTS[name].effect.handled) == (outside, crm.entries)
    assert ("waits" == outside) is waits(name)


@pytest.mark.parametrize(("before", "status"), [("answers", 200), ("done, answers", 201)])
@pytest.mark.parametrize(
    ("kind", "said"), [("[]", []), ("{}", {}), ("null", None), ("text", "OK"), ("a number", 7)]
)
async def test_an_answer_of_another_type_is_of_that_type(
    kind: str, said: object, before: str, status: int
) -> None:
    _, given = await in_process(f"{before} {kind}")
    assert (status, said) == (int(given[0]), json.loads(given[1]))


async def test_a_slow_answer_arrives_byte_by_byte() -> None:
    crm = Ledger(SandboxClock())
    start = crm.clock.now()
    crm.faults.add(named="slow drip")
    transport = Sandbox(crm.clock, [crm]).transport()
    async with (
        httpx.AsyncClient(transport=transport) as client,
        client.stream("POST", "https://ledger.test/entries", json=1) as answer,
    ):
        async for _ in answer.aiter_raw():
            if (crm.clock.now() - start).total_seconds() >= 10:
                break
    assert 10 == (crm.clock.now() - start).total_seconds()


async def test_a_slow_answer_on_a_port_takes_its_time() -> None:
    crm = Ledger(RealClock())
    crm.faults.add(named="slow drip")
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient(timeout=LITTLE_PATIENCE) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"{url}/ledger/entries", json="a line")


async def test_a_client_in_process_waits_as_long_as_it_is_ready_to() -> None:
    crm = Ledger(SandboxClock())
    start = crm.clock.now()
    crm.faults.add(named="timeout")
    transport = Sandbox(crm.clock, [crm]).transport()
    async with httpx.AsyncClient(transport=transport, timeout=20) as client:
        await asyncio.gather(client.get("https://ledger.test/entries"), return_exceptions=True)
    assert 20 == (crm.clock.now() - start).total_seconds()


async def test_a_restart_loses_the_sessions() -> None:
    crm, _ = await in_process("restart")
    assert 1 == crm.restarts


@pytest.mark.parametrize("name", ["echoed secrets", "503 echoed secrets"])
async def test_what_is_echoed_is_what_the_client_sent(name: str) -> None:
    _, given = await in_process(name)
    assert SECRET.encode() in given[1]


async def test_a_fault_can_wait_for_a_later_write() -> None:
    crm = Ledger(SandboxClock())
    crm.faults.add("WRITE", named="503", after=1)
    transport = Sandbox(crm.clock, [crm]).transport()
    async with httpx.AsyncClient(transport=transport, base_url="https://ledger.test") as client:
        statuses = [(await client.post("/entries", json=n)).status_code for n in range(3)]
        statuses.append((await client.get("/entries")).status_code)
    assert [201, 503, 201, 200] == statuses


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(KeyError, match="answer lost"):
        Ledger(SandboxClock()).faults.add(named="asteroid")


@pytest.mark.parametrize("name", NAMED_FAULTS)
def test_every_named_fault_says_what_happens_in_one_sentence(name: str) -> None:
    assert NAMED_FAULTS[name].meaning.endswith(".")


async def test_a_truncated_answer_promises_more_than_it_gives() -> None:
    crm = Ledger(SandboxClock())
    crm.faults.add(named="truncated answer")
    received = b""
    async with (
        httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport()) as client,
        client.stream("POST", "https://ledger.test/entries", json="a line") as answer,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            async for piece in answer.aiter_raw():
                received += piece
    whole = json.dumps({"id": 1, "entry": "a line"}, separators=(",", ":")).encode()
    assert (whole[: len(whole) // 2], str(len(whole))) == (received, answer.headers["content-length"])


# -- picked on the port --


async def test_a_fault_is_picked_by_name_on_the_port() -> None:
    crm = Ledger(RealClock())
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient() as client:
        added = await client.post(f"{url}/faults", data={"crm": "ledger", "named": "503", "times": "2"})
        answers = [(await client.get(f"{url}/ledger/entries")).status_code]
        answers += [(await client.post(f"{url}/ledger/entries", json=n)).status_code for n in range(3)]
    assert (303, [200, 503, 503, 201]) == (added.status_code, answers)


async def test_all_faults_are_ended_on_the_port() -> None:
    crm = Ledger(RealClock())
    crm.faults.add(named="503", times=None)
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient() as client:
        assert 204 == (await client.delete(f"{url}/faults")).status_code
        assert 200 == (await client.get(f"{url}/ledger/entries")).status_code


async def test_the_page_of_faults_names_them_all_and_is_linked() -> None:
    crm = Ledger(RealClock())
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient() as client:
        shown = (await client.get(f"{url}/faults")).text
        assert f'href="{url}/faults"' in (await client.get(url)).text
    assert [] == [name for name in NAMED_FAULTS if f"<option>{escape(name)}</option>" not in shown]


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("0", "0"), ("2", "2"), ("-5", "-5"), ("a day", "86400"), ("ages", "9" * 400), ("inf", "inf"), ("nan", "nan"),
     ("garbage", "soon"), ("a date", "Fri, 02 Jan 2026 09:30:02 GMT")],
)  # fmt: skip
async def test_a_refusal_asks_for_the_pause_in_its_name(name: str, seconds: str) -> None:
    crm = Ledger(SandboxClock())
    crm.faults.add(named=f"429 retry after {name}")
    async with httpx.AsyncClient(transport=Sandbox(crm.clock, [crm]).transport()) as client:
        answer = await client.post("https://ledger.test/entries", json="a line")
    assert (429, seconds) == (answer.status_code, answer.headers["Retry-After"])


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"crm": "asteroid", "named": "503"}, "there are: ledger"),
        ({"crm": "ledger", "named": "asteroid"}, "answer lost"),
        ({"crm": "ledger", "named": "503", "times": "many"}, "whole number"),
        ({"crm": "ledger", "named": "503", "times": "²"}, "whole number"),
        ({"crm": "ledger", "named": "503", "times": "9" * 5000}, "whole number"),
        ({"crm": "ledger", "named": "503", "times": "1" + "0" * 6}, "whole number"),
        ({}, "there are: ledger"),
    ],
)
async def test_what_cannot_be_picked_is_refused_in_words(form: dict[str, str], sentence: str) -> None:
    crm = Ledger(RealClock())
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient() as client:
        answer = await client.post(f"{url}/faults", data=form)
    assert (400, True, 0) == (answer.status_code, sentence in answer.text, len(crm.faults))


@pytest.mark.parametrize("content", [b"", b"a", b"--x", b"--x\r\n\r\n", b"%ff=%00&\xff", b"crm=%ED%A0%80"])
@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=zz",
        "application/x-www-form-urlencoded",
        "text/plain",
    ],
)
async def test_a_form_that_cannot_be_read_is_refused_in_words(kind: str, content: bytes) -> None:
    crm = Ledger(RealClock())
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient() as client:
        answer = await client.post(f"{url}/faults", content=content, headers={"content-type": kind})
    assert (400, 0) == (answer.status_code, len(crm.faults))
    assert answer.text.endswith(".")


async def test_no_foreign_page_adds_a_fault() -> None:
    crm = Ledger(RealClock())
    async with serve(Sandbox(crm.clock, [crm])) as url, httpx.AsyncClient() as client:
        form = {"crm": "ledger", "named": "503"}
        answer = await client.post(f"{url}/faults", data=form, headers={"Origin": "https://evil.example"})
    assert (403, 0) == (answer.status_code, len(crm.faults))
