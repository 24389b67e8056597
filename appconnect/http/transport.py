"""The transport that every request passes on its way out, the sign-in's requests as well as the operations'.

It lets requests out to the CRM's own hosts only, paces them, and remembers them in the trace.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from datetime import datetime

import httpx

from appconnect.clock import Clock
from appconnect.errors import ForeignHost
from appconnect.http import ratelimit
from appconnect.http.exchange import Facts, snapshot
from appconnect.http.ratelimit import Pacer, RateLimit
from appconnect.http.rules import ApiRules
from appconnect.http.trace import Trace
from appconnect.quiet_logs import quiet

SHOW = "appconnect.show"
"""Under this key an answer's extensions hold what returns its exchange as it may be shown and quoted."""

# httpx notes whole addresses at level INFO and httpcore headers at DEBUG; both may hold codes and tokens
_PARTS = ("", ".connection", ".http11", ".http2", ".proxy", ".socks")
_LOGGERS = ("httpx", *(f"httpcore{part}" for part in _PARTS))
for library in _LOGGERS:
    logging.getLogger(library).setLevel(logging.WARNING)
quiet(logging.WARNING, *_LOGGERS)  # also when a person switches them on again

seen_limits: ContextVar[list[RateLimit] | None] = ContextVar("seen_limits", default=None)
"""Where the rate limits of the operation that is running are collected."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Guards, paces and traces one CRM's traffic; ``inner`` is the network, the sandbox or a recording."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, *, rules: ApiRules, clock: Clock, trace: Trace
    ) -> None:
        self._inner = inner
        self._rules = rules
        self._clock = clock
        self._trace = trace
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
        limits = RateLimit()
        if response is not None:
            limits = ratelimit.read(response.headers, self._rules.limit_headers)
        seen = seen_limits.get()
        if seen is not None and limits.is_known:
            seen.append(limits)
        seconds = (self._clock.now() - at).total_seconds()
        facts = Facts(number=number, at=at, seconds=seconds, limits=limits, error=error)
        show = self._trace.add(facts, snapshot(request, response))
        if response is not None:
            response.extensions[SHOW] = show

    async def aclose(self) -> None:
        """Close the transport behind this one."""
        await self._inner.aclose()
