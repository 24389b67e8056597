"""The transport that every request passes on its way out, the sign-in's requests as well as the operations'.

It lets requests out to the CRM's own hosts only, paces them, and remembers them in the trace.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
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
from appconnect.http.rules import ApiRules, Pace
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

SOON = 0.001
"""Seconds: nobody asks again before."""

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


class Queue:
    """Requests that wait for room in the same windows, first come first served."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._length = 0
        self.waited_for = ""
        self.waited_until: datetime | None = None
        """What was waited for last, and until when."""

    @property
    def is_empty(self) -> bool:
        """True where nobody is ahead."""
        return not self._length

    def min_wait(self, paces: Iterable[Pace]) -> float:
        """Return the seconds that those ahead take at least."""
        return max((self._length // each.requests * each.seconds for each in paces), default=0.0)

    async def __aenter__(self) -> None:
        self._length += 1
        try:
            await self._turn.acquire()
        except BaseException:
            self._length -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self._length -= 1
        self._turn.release()


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
        self._queues = PerLoop(lambda: defaultdict[tuple[Pace, ...], Queue](Queue))
        self._told_to_stop: CrmError | None = None
        self.pacer = Pacer(rules.rate_limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, or refuse to."""
        self._check(request.url)
        told = self._told_to_stop
        async with self._in_flight.here():
            place = await self._wait_for_room(request, told)
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

    async def _wait_for_room(self, request: httpx.Request, told: CrmError | None) -> Place:
        """Wait until the limits have room; RateLimited at once where the deadline comes first.

        Who comes later has no place before those ahead have left: by then it is known when theirs arrived.
        """
        path = request.url.path
        paces = self.pacer.paces_of(path)
        queue = self._queues.here()[paces]
        if queue.is_empty and not (place := self._place(path, told)).ask_again:
            if place.wait:
                await self._clock.sleep(place.wait)
            return place
        began = self._clock.now()
        self._check_time_for(queue.min_wait(paces), request)
        async with queue:
            while (place := self._place(path, told)).ask_again:
                self._check_time_for(place.wait, request)
                await self._clock.sleep(place.ask_again)
                queue.waited_for, queue.waited_until = place.reason, self._clock.now()
            if place.wait > 0:
                await self._clock.sleep(place.wait)
        waited = (self._clock.now() - began).total_seconds()
        if waited and queue.waited_until and queue.waited_until >= began:  # here, or by those ahead
            reason = ": ".join(filter(None, (departure(request).after, queue.waited_for)))
            departure(request).waited(waited, reason)
        return place

    def _place(self, path: str, told: CrmError | None) -> Place:
        """Return a place in the limits, if one is free so soon; raise what has been said to all meanwhile."""
        if self._told_to_stop is not told and self._told_to_stop is not None:
            raise self._told_to_stop
        return self.pacer.reserve(path, self._clock.now(), max_wait=SOON)

    def _check_time_for(self, wait: float, request: httpx.Request) -> None:
        if wait > deadline.seconds_left():
            raise RateLimited(
                f"The limits of this CRM have no room before {about(wait)} are over; try again then.",
                request=f"{request.method} {request.url.path}",
                retry_after=wait,
            )

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
