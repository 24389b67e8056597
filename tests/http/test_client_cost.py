"""What the client does for a request beside httpx: in calls of functions, which every machine counts alike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable

import httpx
import pytest
from linear import calls
from pydantic import SecretStr

from appconnect.clock import SystemClock
from appconnect.http import ApiRules, CrmClient, LimitHeaders, Trace, bodies
from appconnect.redaction import ConnectionSecrets, Redactor

TOKEN = "tok-9f8e7d6c5b4a39281706"
REQUESTS = 20
KEEP = 30
RECORD = {
    "id": 1,
    "name": "Nia Holt",
    "phones": [{"value": "+1 415 555 0134", "primary": True}],
    "owner": None,
}
RULES = ApiRules(hosts=("api.crm.test",), limit_headers=LimitHeaders("x-limit", "x-left"))


class Key(httpx.Auth):
    base_url = "https://api.crm.test"

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {TOKEN}"
        yield request


def answering(records: int) -> httpx.MockTransport:
    content = json.dumps({"data": [RECORD] * records}).encode()
    headers = {"content-type": "application/json", "x-left": "9"}
    return httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=content))


def client(records: int) -> CrmClient:
    trace = Trace(Redactor(secrets=ConnectionSecrets([SecretStr(TOKEN)])), keep=KEEP)
    crm = CrmClient(answering(records), rules=RULES, clock=SystemClock(), trace=trace)
    crm.signer = Key()
    return crm


def counted(send: Callable[[int], Awaitable[object]]) -> int:
    async def all_of_them() -> None:
        for number in range(REQUESTS):
            await send(number)

    for _ in range(1 + KEEP // REQUESTS):  # until what is further sent drives out what was
        asyncio.run(all_of_them())
    return calls(lambda: asyncio.run(all_of_them()))


def ours(records: int) -> int:
    crm = client(records)
    return counted(lambda number: crm.get("/persons", ids=number))


def bare(records: int) -> int:
    http = httpx.AsyncClient(transport=answering(records), auth=Key())

    async def send(number: int) -> None:
        (await http.get("https://api.crm.test/persons", params={"ids": number})).json()

    return counted(send)


@pytest.mark.parametrize("records", [1, 500])
def test_a_request_takes_at_most_half_as_many_calls_more_than_httpx_alone(records: int) -> None:
    assert ours(records) <= 1.5 * bare(records)


def test_a_large_answer_takes_no_more_calls_than_a_small_one() -> None:
    assert ours(2000) < 1.05 * ours(1)


def test_an_answer_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    crm = client(3)
    for _ in range(KEEP + 1):  # what signs it is learned from the first one
        asyncio.run(crm.get("/persons"))
    parsed: list[bytes] = []
    from_json = bodies.from_json
    monkeypatch.setattr(bodies, "from_json", lambda content: parsed.append(content) or from_json(content))
    monkeypatch.setattr(bodies, "strict_json", lambda text: pytest.fail("it was parsed again"))
    for _ in range(KEEP):
        asyncio.run(crm.get("/persons"))
    assert KEEP == len(parsed)


@pytest.mark.parametrize("broken", [False, True])
def test_an_error_reads_what_is_shown_of_one_exchange_however_many_came_before(broken: bool) -> None:
    class Counting(Redactor):
        shown = 0

        def response(self, response):
            self.shown += 1
            return super().response(response)

    redactor = Counting()
    status = iter([200] * 25 + [404 if broken else 200])
    transport = httpx.MockTransport(lambda _: httpx.Response(next(status), json={"message": "no"}))
    crm = CrmClient(transport, rules=RULES, clock=SystemClock(), trace=Trace(redactor))
    crm.signer = Key()

    async def send() -> None:
        for _ in range(25):
            await crm.get("/persons")
        if broken:
            with pytest.raises(Exception, match="no such record"):
                await crm.get("/persons")

    asyncio.run(send())
    assert int(broken) == redactor.shown
