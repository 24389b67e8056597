"""A CRM client whose CRM answers what a test says, at a time that stands still."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import replace

import httpx
from pydantic import SecretStr

from appconnect.http import ApiRules, CrmClient, LimitHeaders, Trace
from appconnect.redaction import ConnectionSecrets, Redactor
from appconnect.sandbox.clock import SandboxClock

SECRET = "tok-9f8e7d6c5b4a39281706"
BASE = "https://api.crm.test"
RULES = ApiRules(
    hosts=("*.crm.test",),
    limit_headers=LimitHeaders("x-limit", "x-left", "x-reset", "x-day-limit", "x-day-left"),
    error_keys=("error", "message"),
)
WRITES = ("POST", "PATCH", "PUT", "DELETE")

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Key(httpx.Auth):
    """Signs with one token, which never changes."""

    def __init__(self, base_url: str = BASE) -> None:
        self.base_url = base_url

    def revocations(self) -> Iterable[httpx.Request]:
        return [httpx.Request("POST", f"{BASE}/revoke", data={"token": SECRET})]

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {SECRET}"
        yield request


class Wire:
    """Answers in the order given, the last one for ever; notes what was sent and when."""

    def __init__(self, *answers: Answer, **rules: object) -> None:
        self.clock = SandboxClock()
        self.began = self.clock.now()
        self.sent: list[httpx.Request] = []
        self.times: list[float] = []
        self._answers = list(answers)
        self.client = CrmClient(
            httpx.MockTransport(self._answer),
            rules=replace(RULES, **rules),
            clock=self.clock,
            trace=Trace(Redactor(secrets=ConnectionSecrets([SecretStr(SECRET)]))),
            jitter=lambda: 0.0,
        )
        self.client.signer = Key()

    @property
    def waited(self) -> float:
        """Seconds that have passed since the beginning."""
        return (self.clock.now() - self.began).total_seconds()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        self.times.append(self.waited)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer


def said(status: int = 200, json: object = None, **headers: str) -> httpx.Response:
    """An answer; ``x_left="3"`` becomes the header ``x-left``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={} if json is None else json, headers=named)
