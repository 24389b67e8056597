"""The transport that everything passes on its way out: the sign-in's requests as well as the operations'.

It lets requests out to the CRM's own hosts only, rate_limits them, and remembers them in the trace.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from urllib.parse import parse_qsl

import httpx
from pydantic import JsonValue

from appconnect.clock import Clock
from appconnect.errors import ForeignHost
from appconnect.http import ratelimit
from appconnect.http.ratelimit import Pacer, RateLimit
from appconnect.http.rules import ApiRules
from appconnect.http.trace import Exchange, Trace

Mask = Callable[[Exchange], Exchange]

SHOWN = "appconnect.shown"
"""Under this key an answer's extensions hold its body as it may be shown and quoted, without secrets."""

# httpx notes whole addresses at level INFO and httpcore headers at DEBUG; both may hold codes and tokens
for library in ("httpx", "httpcore"):
    logging.getLogger(library).setLevel(logging.WARNING)

UNSAID = frozenset({"host", "connection", "content-length", "accept-encoding"})
"""Headers that say nothing which address and body do not; what sends the request again makes its own."""

seen_limits: ContextVar[list[RateLimit] | None] = ContextVar("seen_limits", default=None)
"""Where the rate limits of the operation that is running are collected."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Guards, paces and traces one CRM's traffic; ``inner`` is the network, the sandbox or a recording."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, *, rules: ApiRules, clock: Clock, trace: Trace, mask: Mask
    ) -> None:
        self._inner = inner
        self._rules = rules
        self._clock = clock
        self._trace = trace
        self._mask = mask
        self._in_flight = asyncio.Semaphore(rules.max_in_flight)
        self.pacer = Pacer(rules.rate_limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, or refuse to."""
        if not (request.url.scheme == "https" and self._rules.trusts(request.url.host)):
            raise ForeignHost(
                f"{request.url.scheme}://{request.url.host} is not an address of this CRM, so nothing was "
                f"sent to it. Credentials only go to: {', '.join(self._rules.hosts)} (https)."
            )
        async with self._in_flight:
            wait = self.pacer.reserve(request.url.path, self._clock.now())
            if wait > 0:
                await self._clock.sleep(wait)
            return await self._send(request)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        number, at = self._trace.next_number(), self._clock.now()
        await request.aread()
        try:
            response = await self._inner.handle_async_request(request)
            await response.aread()
        except httpx.RequestError as error:  # also an answer that cannot be unpacked
            self._remember(request, number, at, None, type(error).__name__)
            raise
        self._remember(request, number, at, response, "")
        return response

    def _remember(
        self, request: httpx.Request, number: int, at: datetime, response: httpx.Response | None, error: str
    ) -> None:
        answer = response if response is not None else httpx.Response(0)
        limits = ratelimit.read(answer.headers, self._rules.limit_headers)
        seen = seen_limits.get()
        if seen is not None and limits.is_known:
            seen.append(limits)
        exchange = Exchange(
            number=number,
            at=at,
            method=request.method,
            url=str(request.url),
            request_headers={name: value for name, value in request.headers.items() if name not in UNSAID},
            request_body=readable(request.content, request.headers.get("content-type", "")),
            status=answer.status_code or None,
            response_headers=dict(answer.headers),
            response_body=readable(answer.content, answer.headers.get("content-type", "")),
            seconds=(self._clock.now() - at).total_seconds(),
            limits=limits,
            error=error,
        )
        shown = self._mask(exchange)
        self._trace.add(shown)
        answer.extensions[SHOWN] = shown.response_body

    async def aclose(self) -> None:
        """Close what is behind the door."""
        await self._inner.aclose()


def readable(content: bytes, content_type: str) -> JsonValue:
    """A body as a person wants to see it: JSON and forms taken apart, text as text, None when empty."""
    if not content:
        return None
    text = content.decode("utf-8", "replace")
    if "urlencoded" in content_type:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        parsed: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return parsed
