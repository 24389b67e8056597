"""The HTTP client of connectors: it signs, sends, paces, retries, raises, decodes, pages and gathers.

A connector calls ``crm.get("/path", into=Model, key=value)`` and gets a model, or one of the errors of
:mod:`appconnect.errors`. Everything in between is here, once for all CRMs.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar, overload

from pydantic import JsonValue

from appconnect import lazily, writes_under_way
from appconnect.errors import (
    Blocked,
    CrmError,
    InputError,
    NotSignedIn,
    RateLimited,
    Unavailable,
    may_be_written,
)
from appconnect.event_loops import OneLoop
from appconnect.http import deadline
from appconnect.http.paging import NextPage, Param, Params, without_circles
from appconnect.http.rules import READS, ApiRules
from appconnect.http.sharing import SharedReads
from appconnect.http.together import both, gather

if TYPE_CHECKING:
    import httpx

    from appconnect.clock import Clock
    from appconnect.http import bodies, departures, receiving, replies, retry, signing, unanswered
    from appconnect.http import transport as wire
    from appconnect.http.ratelimit import Book, RateLimit, Standing
    from appconnect.http.replies import Reply
    from appconnect.http.signing import Signer
    from appconnect.http.trace import Trace
    from appconnect.http.transport import GuardedTransport
else:
    httpx = lazily.module("httpx")
    bodies = lazily.module("appconnect.http.bodies")
    departures = lazily.module("appconnect.http.departures")
    receiving = lazily.module("appconnect.http.receiving")
    replies = lazily.module("appconnect.http.replies")
    retry = lazily.module("appconnect.http.retry")
    signing = lazily.module("appconnect.http.signing")
    unanswered = lazily.module("appconnect.http.unanswered")
    wire = lazily.module("appconnect.http.transport")

T = TypeVar("T")


class Answered(NamedTuple):
    """A successful answer, as it came and decoded."""

    response: httpx.Response
    reply: Reply


class CrmClient:
    """One CRM's API, spoken over a transport that may be the network, the sandbox or a recording.

    ``transport`` is that one, or what returns it when something is sent first; so is ``trace``.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | Callable[[], httpx.AsyncBaseTransport],
        *,
        rules: ApiRules,
        clock: Clock,
        trace: Trace | Callable[[], Trace],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.rules = rules
        self.clock = clock
        self.signer: Signer | None = None
        self._jitter = jitter
        self._one_loop = OneLoop("This workbench")
        self._reads = SharedReads[Answered]()
        self.writes = 0
        """How often a write has begun or ended: nobody who asks later is given what is being read now."""
        self.replaces_people = False
        """Whether a recording replaces people: its answers name nobody but whom their requests name."""
        self._inner, self._traced_by = transport, trace
        self._is_closed = False

    @cached_property
    def trace(self) -> Trace:
        """What remembers the exchanges."""
        return self._traced_by() if callable(self._traced_by) else self._traced_by

    @cached_property
    def _transport(self) -> GuardedTransport:
        inner = self._inner() if callable(self._inner) else self._inner
        return wire.GuardedTransport(inner, rules=self.rules, clock=self.clock, trace=self.trace)

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self._transport, timeout=self.rules.timeout,
            headers={
                "Accept": "application/json",
                "Accept-Encoding": receiving.PACKINGS,
                "User-Agent": "appconnect",
            },
        )  # fmt: skip

    # -- one request --

    @overload
    async def get(self, path: str, *, into: None = None, **params: Param) -> JsonValue: ...
    @overload
    async def get(self, path: str, *, into: type[T], **params: Param) -> T: ...
    async def get(self, path: str, *, into: type[T] | None = None, **params: Param) -> JsonValue | T:
        """Read ``path``, as JSON or ``into`` a model; parameters become the query unless they are None.

        Raises :class:`Unavailable`, naming the field, when the answer has another shape than the model.
        """
        return _decoded(await self.send("GET", path, params=params), into)

    @overload
    async def post(
        self, path: str, body: JsonValue = None, *, into: None = None, **params: Param
    ) -> JsonValue: ...
    @overload
    async def post(self, path: str, body: JsonValue = None, *, into: type[T], **params: Param) -> T: ...
    async def post(
        self, path: str, body: JsonValue = None, *, into: type[T] | None = None, **params: Param
    ) -> JsonValue | T:
        """Send a JSON body with POST; the answer is read like that of :meth:`get`."""
        return _decoded(await self.send("POST", path, params=params, body=body), into)

    @overload
    async def put(
        self, path: str, body: JsonValue = None, *, into: None = None, **params: Param
    ) -> JsonValue: ...
    @overload
    async def put(self, path: str, body: JsonValue = None, *, into: type[T], **params: Param) -> T: ...
    async def put(
        self, path: str, body: JsonValue = None, *, into: type[T] | None = None, **params: Param
    ) -> JsonValue | T:
        """Send a JSON body with PUT; the answer is read like that of :meth:`get`."""
        return _decoded(await self.send("PUT", path, params=params, body=body), into)

    @overload
    async def patch(
        self, path: str, body: JsonValue = None, *, into: None = None, **params: Param
    ) -> JsonValue: ...
    @overload
    async def patch(self, path: str, body: JsonValue = None, *, into: type[T], **params: Param) -> T: ...
    async def patch(
        self, path: str, body: JsonValue = None, *, into: type[T] | None = None, **params: Param
    ) -> JsonValue | T:
        """Send a JSON body with PATCH; the answer is read like that of :meth:`get`."""
        return _decoded(await self.send("PATCH", path, params=params, body=body), into)

    async def delete(self, path: str) -> JsonValue:
        """Delete what ``path`` names."""
        return (await self.send("DELETE", path)).body

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: JsonValue = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one signed request, again where that is safe and useful, and return the successful answer.

        ``path`` is below the connection's base address, or a whole address of one of the CRM's hosts.
        """
        query = {key: value for key, value in (params or {}).items() if value is not None}
        url = path if path.startswith("https://") else f"{self._base_url()}{path}"
        try:
            request = self._http.build_request(method, url, params=query or None, json=body, headers=headers)
            if not request.url.raw_host:
                raise httpx.InvalidURL("it names no host")
        except UnicodeEncodeError:  # half of a character, or a header that is not in ASCII
            raise InputError(f"{method} was not sent: it holds a character that cannot be written.") from None
        except wire.NO_ADDRESS as error:
            raise wire.no_address(error) from None
        except (TypeError, ValueError) as error:
            raise InputError(f"{method} was not sent, for its body is no JSON: {error}.") from None
        with self.at_work():
            return await (self._read(request) if method in READS and body is None else self._write(request))

    async def send_unsigned(self, request: httpx.Request) -> httpx.Response:
        """Send a request of a sign-in as it is, again where that is safe and useful.

        The sign-in reads the last answer, whatever its status.
        """
        with self.at_work():
            return await self._with_retries_as_it_is(
                departures.leaves_for(request, departures.Purpose.SIGN_IN)
            )

    def read(self, response: httpx.Response) -> Reply:
        """Return the answer to :meth:`send_unsigned`, decoded, whatever its status."""
        body = bodies.read_data(response.content, response.headers.get("content-type", ""))
        label = self._label(response.request)
        return replies.Reply(response.status_code, response.headers, body, request=label)

    async def _with_retries_as_it_is(self, request: httpx.Request) -> httpx.Response:
        tries = 0
        while True:
            tries += 1
            response: httpx.Response | None = None
            try:
                response = await self._exchange(request, signer=None)
                if response.is_error:
                    self._reply(request, response)
                return response
            except CrmError as error:
                if not await self._may_try_again(error, request, tries):
                    if response is None:
                        raise
                    return response

    def about_connection(self) -> Mapping[str, JsonValue]:
        """Return what the credentials may show of themselves, such as whose they are."""
        return dict(self.signer.public()) if self.signer is not None else {}

    async def revoke(self) -> None:
        """Tell the CRM that the connection is over, where it can be told."""
        for request in self.signer.revocations() if self.signer is not None else ():
            await self._with_retries(departures.leaves_for(request, departures.Purpose.SIGN_OUT), signer=None)

    # -- many requests --

    async def rows(
        self,
        path: str,
        next_page: NextPage,
        *,
        into: type[T],
        at: str = "data",
        headers: Mapping[str, str] | None = None,
        body: JsonValue = None,
        max_pages: int | None = None,
        **params: Param,
    ) -> AsyncIterator[T]:
        """Iterate over the rows of a list, page after page, until ``next_page`` knows of no further one.

        A row that cannot be read is left out, with a warning. ``at`` is the key that they stand under,
        "data.items" one below another, "" for a bare list. With a ``body`` the pages are asked for with POST.
        """
        method, following, asked = "GET" if body is None else "POST", without_circles(next_page), 0
        wanted: Params | None = params
        while wanted is not None and asked != max_pages:
            page = await self.send(method, path, params=wanted, body=body, headers=headers)
            for row in page.rows(into, at):
                yield row
            wanted, asked = following(page.body, wanted), asked + 1

    both = staticmethod(both)
    gather = staticmethod(gather)

    # -- around requests --

    def at_work(self) -> AbstractContextManager[None]:
        """Work in the running event loop during the block; InputError while there is work in another one."""
        return self._one_loop.at_work()

    def share_limits(self, book: Book) -> None:
        """Keep to the limits together with all who note their requests in the same book."""
        self._transport.pacer.share(book, self.clock.now())

    def standing(self) -> Standing:
        """Return how the limits stand that are kept here, by all who note their requests in the same book."""
        return self._transport.pacer.standing(self.clock.now())

    @contextmanager
    def watch(self) -> Iterator[list[RateLimit]]:
        """Collect what the CRM says of its limits while an operation runs, in order of arrival."""
        seen: list[RateLimit] = []
        token = wire.seen_limits.set(seen)
        try:
            yield seen
        finally:
            wire.seen_limits.reset(token)

    async def aclose(self) -> None:
        """Close the connection pool."""
        self._is_closed = True
        if "_transport" in vars(self):  # else nothing was sent
            await self._http.aclose()

    def _base_url(self) -> str:
        if self.signer is None or not self.signer.base_url:
            raise NotSignedIn("There is no connection to the CRM yet; sign in first.")
        return self.signer.base_url

    async def _read(self, request: httpx.Request) -> Reply:
        """Send a read, or take the answer to the same one that is under way for this connection."""
        signer, url = self.signer, request.url

        async def read() -> Answered:
            return await self._with_retries(request, signer)

        what = id(signer), request.method, url.raw_path, tuple(request.headers.raw)
        if not self._reads.is_under_way(what):
            return (await self._reads.get(what, read))[0].reply
        with deadline.sending(request.method, url.path):
            answered, is_shared = await self._reads.get(what, read)
        return self._shared(request, answered.response) if is_shared else answered.reply

    def _shared(self, request: httpx.Request, response: httpx.Response) -> Reply:
        """Return an answer to somebody else, decoded anew: who is given it may change it."""
        self._transport.note_shared(response)
        return self._reply(request, response)

    async def _write(self, request: httpx.Request) -> Reply:
        self._forget_reads()
        try:
            return (await self._with_retries(request, self.signer)).reply
        finally:
            self._forget_reads()

    def _forget_reads(self) -> None:
        self._reads.forget()
        self.writes += 1

    async def _with_retries(self, request: httpx.Request, signer: Signer | None) -> Answered:
        """Send a request, again if that is safe; what an earlier try may have done is not told as refused."""
        is_write, tries = not self.rules.is_read(request.method, request.url.path), 0
        unsure: CrmError | None = None
        while True:
            tries += 1
            try:
                with writes_under_way.one_try() if is_write else nullcontext():
                    response = await self._exchange(request, signer)
                    return Answered(response, self._reply(request, response))
            except CrmError as error:
                is_unsure = is_write and may_be_written(error)
                if not await self._may_try_again(error, request, tries):
                    if unsure is None or is_unsure:
                        raise
                    raise unsure from None
                unsure = error if is_unsure else unsure

    async def _may_try_again(self, error: CrmError, request: httpx.Request, tries: int) -> bool:
        """Return whether the request may and should be repeated, after waiting until it is time to."""
        wait = retry.wait_before_retry(
            error,
            tries=tries,
            jitter=self._jitter(),
            idempotent=self.rules.is_idempotent(request.method, request.url.path),
        )
        if wait is None or wait > deadline.seconds_left():
            return False
        notes = departures.departure(request)
        notes.after = str(error.status or "no answer")
        if isinstance(error, RateLimited):
            self._transport.pacer.quiet_for(wait, self.clock.now())
        else:
            notes.waited(wait, f"{notes.after}: tried again")
            await self.clock.sleep(wait)
        return True

    def _reply(self, request: httpx.Request, response: httpx.Response) -> Reply:
        """Return the decoded answer; raises the error that it stands for when it is no success."""
        reply = self.read(response)
        if not response.is_success or replies.is_refusal(reply.body):
            quotable = replace(reply, body=response.extensions[wire.SHOW]().response_body)
            error = replies.error_in(quotable, self.rules, self.clock.now())
            if isinstance(error, Blocked) or (isinstance(error, RateLimited) and error.daily):
                self._transport.stop_waiting(error)
            if error is not None:
                raise _of_exchange(error, request)
        if replies.is_page(reply.body):
            message = "The CRM answered with a web page where data belongs; try again later."
            raise _of_exchange(Unavailable(message, status=reply.status, request=reply.request), request)
        return reply

    async def _exchange(self, request: httpx.Request, signer: Signer | None) -> httpx.Response:
        label = self._label(request)
        try:
            return await signing.send_signed(request, signer, self._send_as_it_is)
        except wire.NO_ADDRESS as error:
            raise wire.no_address(error) from None
        except httpx.RequestError as error:
            is_itself = error.request.url == request.url  # and not one that renews its credentials
            is_write = is_itself and request.method not in READS
            failure = unanswered.unanswered(error, request=label, is_write=is_write)
        # out of the block: httpx's error holds the request, with its credentials
        raise _of_exchange(failure, request)

    def _label(self, request: httpx.Request) -> str:
        """Return what errors call the request: its method, and its path as the connector wrote it."""
        address = self.signer.base_url.partition("://")[2] if self.signer else ""
        base = f"/{address.partition('/')[2]}".rstrip("/")
        return f"{request.method} {request.url.path.removeprefix(base)}"

    async def _send_as_it_is(self, request: httpx.Request) -> httpx.Response:
        """Send as httpx's client does, but for redirects and what else it would look for in vain."""
        if self._is_closed:
            raise RuntimeError("This client is closed; make another one.")
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.RequestError as error:
            error.request = request
            raise
        response.request = request
        if "set-cookie" in response.headers:
            self._http.cookies.extract_cookies(response)
        return response


def _of_exchange(error: CrmError, request: httpx.Request) -> CrmError:
    """Return the error, which now knows the exchange that it came of."""
    error.exchange = request.extensions.get(wire.NUMBER, 0)
    return error


def _decoded(reply: Reply, into: type[T] | None) -> JsonValue | T:
    return reply.body if into is None else reply.into(into)
