"""The transport that every request passes on its way out, the sign-in's requests as well as the operations'.

It lets requests out to the CRM's own hosts only, paces them, and remembers them in the trace.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

import httpx

from appconnect import writes_under_way
from appconnect.clock import Clock
from appconnect.errors import CrmError, ForeignHost, RateLimited
from appconnect.event_loops import PerLoop
from appconnect.http import deadline, ratelimit
from appconnect.http.departures import departure
from appconnect.http.exchange import Facts, Snapshot
from appconnect.http.ratelimit import Pacer, Place, RateLimit
from appconnect.http.receiving import metered
from appconnect.http.rules import ApiRules
from appconnect.http.trace import Trace
from appconnect.quiet_logs import quiet
from appconnect.text.amounts import about
from appconnect.text.characters import printable

SHOW = "appconnect.show"
"""Under this key an answer's extensions hold what returns its exchange as it may be shown and quoted."""
NUMBER = "appconnect.number"
"""Under this key they hold the number of their exchange in the trace; a request's, of its latest one."""

# httpx notes whole addresses at level INFO and httpcore headers at DEBUG; both may hold codes and tokens
_PARTS = ("", ".connection", ".http11", ".http2", ".proxy", ".socks")
_LOGGERS = ("httpx", *(f"httpcore{part}" for part in _PARTS))
for library in _LOGGERS:
    logging.getLogger(library).setLevel(logging.WARNING)
quiet(logging.WARNING, *_LOGGERS)  # also when a person switches them on again

seen_limits: ContextVar[list[RateLimit] | None] = ContextVar("seen_limits", default=None)
"""Where the rate limits of the operation that is running are collected."""


NO_ADDRESS = (httpx.InvalidURL, UnicodeError)
"""What httpx raises for a text that is no address; UnicodeError for a host that IDNA does not know."""


def no_address(error: Exception) -> ForeignHost:
    """Return the error for a text that is no address at all."""
    return ForeignHost(f"This is no address of the CRM, so nothing was sent to it: {printable(str(error))}")


@contextmanager
def addresses_in_words() -> Iterator[None]:
    """Turn what an odd address raises in the block, wherever it is read, into ForeignHost."""
    try:
        yield
    except (UnicodeEncodeError, UnicodeDecodeError):
        raise
    except NO_ADDRESS as error:
        raise no_address(error) from None


class GuardedTransport(httpx.AsyncBaseTransport):
    """Guards, paces and traces one CRM's traffic; ``inner`` is the network, the sandbox or a recording."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, *, rules: ApiRules, clock: Clock, trace: Trace
    ) -> None:
        self._inner = inner
        self._rules = rules
        self._clock = clock
        self._trace = trace
        self._in_flight = PerLoop(lambda: asyncio.Semaphore(rules.max_in_flight))
        self._told_to_stop: CrmError | None = None
        self.pacer = Pacer(rules.rate_limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, or refuse to."""
        self._check(request.url)
        told = self._told_to_stop
        async with self._in_flight.here():
            if self._told_to_stop is not told and self._told_to_stop is not None:
                raise self._told_to_stop
            place = await self._wait_for_room(request)
            if not self._rules.is_read(request.method, request.url.path):
                writes_under_way.leaves()
            with deadline.sending(request.method, request.url.path):
                response = await self._send(request)
            self.pacer.answered(place, self._clock.now())
            return response

    def stop_waiting(self, error: CrmError) -> None:
        """Let what waits to be sent fail with this: the CRM would refuse it too, and take it amiss."""
        self._told_to_stop = error

    def _check(self, url: httpx.URL) -> None:
        """Raise ForeignHost for what is no address of the CRM; ``raw_host`` is what is really asked for."""
        host = url.raw_host.decode("ascii")
        if not (url.scheme == "https" and self._rules.trusts(host)):
            raise ForeignHost(
                f"{url.scheme}://{host} is not an address of this CRM, so nothing was "
                f"sent to it. Credentials only go to: {', '.join(self._rules.hosts)} (https)."
            )
        if url.userinfo:
            raise ForeignHost(
                f"The address of {host} has a name or password in it, so nothing was sent to it."
            )

    async def _wait_for_room(self, request: httpx.Request) -> Place:
        """Wait until the limits have room; RateLimited at once where the deadline comes first."""
        left = deadline.seconds_left()
        place = self.pacer.reserve(request.url.path, self._clock.now(), max_wait=left)
        wait = place.wait
        if wait > left:
            raise RateLimited(
                f"The limits of this CRM have no room before {about(wait)} are over; try again then.",
                request=f"{request.method} {request.url.path}",
                retry_after=wait,
            )
        if wait > 0:
            notes = departure(request)
            notes.waited(wait, ": ".join(each for each in (notes.after, place.reason) if each))
            await self._clock.sleep(wait)
        return place

    async def _send(self, request: httpx.Request) -> httpx.Response:
        number, at = self._trace.next_number(), self._clock.now()
        request.extensions[NUMBER] = number
        await request.aread()
        try:
            response = await self._received(request)
        except httpx.RequestError as error:  # also an answer that cannot be unpacked
            self._remember(request, number, at, None, type(error).__name__)
            raise
        self._remember(request, number, at, response, "")
        return response

    async def _received(self, request: httpx.Request) -> httpx.Response:
        """Return the whole answer, which may be neither too large nor too slow."""
        timer = asyncio.timeout(self._rules.total_timeout)
        try:
            async with timer:
                response = metered(await self._inner.handle_async_request(request))
                await response.aread()
                return response
        except TimeoutError:
            if timer.expired():
                raise httpx.ReadTimeout("the answer did not end", request=request) from None
            raise

    def _remember(
        self, request: httpx.Request, number: int, at: datetime, response: httpx.Response | None, error: str
    ) -> None:
        limits = self._limits_in(response)
        seconds = (self._clock.now() - at).total_seconds()
        notes = departure(request)
        facts = Facts(
            number=number, at=at, seconds=seconds, limits=limits, error=error,
            operation=self._trace.running_operation,
            purpose=notes.purpose, tries=notes.tries, waits=tuple(notes.waits),
            sent_bytes=len(request.content), received_bytes=0 if response is None else len(response.content),
        )  # fmt: skip
        notes.left()
        show = self._trace.add(facts, Snapshot(request, response))
        if response is not None:
            response.extensions |= {SHOW: show, NUMBER: number}

    def note_shared(self, response: httpx.Response) -> None:
        """Tell the trace, and the operation that runs, that an answer is used once more."""
        self._limits_in(response)
        self._trace.note_shared(response.extensions[NUMBER])

    def _limits_in(self, response: httpx.Response | None) -> RateLimit:
        """Return what an answer tells of the limits, and tell the operation that runs."""
        if response is None:
            return ratelimit.NOTHING_TOLD
        limits = ratelimit.read(response.headers, self._rules.limit_headers)
        seen = seen_limits.get()
        if seen is not None and limits.is_known:
            seen.append(limits)
        return limits

    async def aclose(self) -> None:
        """Close the transport behind this one."""
        await self._inner.aclose()
