"""The processor's time that the client takes for a request, beside httpx alone with the same answer decoded."""

from __future__ import annotations

import json
from collections.abc import Iterable

import httpx
from pydantic import SecretStr

from appconnect.clock import SystemClock
from appconnect.http import ApiRules, CrmClient, LimitHeaders, Trace
from appconnect.redaction import ConnectionSecrets, Redactor
from bench.rows import MICROSECONDS, Row, at_most, measurement
from bench.timing import cpu_seconds_of

SIZES = {"0.4 kB": 1, "5 kB": 12, "50 kB": 120}
"""Records of about 0.4 kB in an answer."""
REQUESTS = 100
KEPT = 500
"""Exchanges that a trace keeps: from then on every further one drops one."""
RECORD = {
    "id": 101, "name": "Nia Holt", "first_name": "Nia", "last_name": "Holt", "owner_id": 31, "org_id": None,
    "phones": [{"value": "+1 415 555 0134", "primary": True, "label": "work"}],
    "emails": [{"value": "nia.holt@example.com", "primary": True, "label": "work"}],
    "add_time": "2026-01-02T09:30:00Z", "update_time": "2026-01-02T09:30:00Z", "visible_to": 3,
    "custom_fields": {"d1f3": None, "a8c2": "Prefers mornings"}, "is_deleted": False, "label_ids": [1, 2],
}  # fmt: skip
HEADERS = {"x-limit": "80", "x-left": "79", "content-type": "application/json"}
TOKEN = "bench-9f8e7d6c5b4a39281706"


class Key(httpx.Auth):
    """Signs with a token that never changes."""

    base_url = "https://api.crm.test"

    async def async_auth_flow(self, request):
        request.headers["Authorization"] = f"Bearer {TOKEN}"
        yield request


@measurement
async def each_request() -> Iterable[Row]:
    """Compare answers of a few sizes, after the trace is as full as it becomes."""
    rows = []
    for size, records in SIZES.items():
        ours, bare = _ours(records), _bare(records)
        for _ in range(KEPT // REQUESTS + 1):
            await ours()
        seconds, seconds_bare = await cpu_seconds_of(ours, bare, rounds=12)
        each = 1_000_000 / REQUESTS
        rows.append(Row(f"CPU of a request, answer of {size}", seconds * each, seconds_bare * each,
                        "httpx alone", at_most(1.5), MICROSECONDS, floor=seconds_bare * each,
                        why="limits, deadline, trace, and a glance for secrets in what the trace drops"))  # fmt: skip
    return rows


def _transport(records: int) -> httpx.AsyncBaseTransport:
    content = json.dumps({"success": True, "data": [{**RECORD, "id": each} for each in range(records)]})
    return httpx.MockTransport(lambda _: httpx.Response(200, headers=HEADERS, content=content))


def _ours(records: int):
    crm = CrmClient(
        _transport(records),
        rules=ApiRules(
            hosts=("api.crm.test",), limit_headers=LimitHeaders(amount="x-limit", remaining="x-left")
        ),
        clock=SystemClock(),
        trace=Trace(Redactor(secrets=ConnectionSecrets([SecretStr(TOKEN)]))),
    )
    crm.signer = Key()

    async def work() -> None:
        for number in range(REQUESTS):
            await crm.get("/api/v2/persons", ids=number, limit=100)

    return work


def _bare(records: int):
    client = httpx.AsyncClient(transport=_transport(records), auth=Key(), timeout=20.0)

    async def work() -> None:
        for number in range(REQUESTS):
            (await client.get(f"{Key.base_url}/api/v2/persons", params={"ids": number, "limit": 100})).json()

    return work
