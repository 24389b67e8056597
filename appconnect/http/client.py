"""The one door to a CRM: sign, send, pace, retry, raise, decode, page, gather.

A connector calls ``crm.get("/path", key=value)`` and gets JSON, or one of the errors of
:mod:`appconnect.errors`. Everything in between is here, once for all CRMs.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import httpx
from pydantic import JsonValue, TypeAdapter, ValidationError

from appconnect.clock import Clock
from appconnect.errors import CrmError, ForeignHost, NotSignedIn, RateLimited, Unavailable, Unreachable
from appconnect.http.bodies import read_data
from appconnect.http.paging import NextPage, Params, onwards
from appconnect.http.ratelimit import RateLimit
from appconnect.http.replies import Reply, error_in, is_page
from appconnect.http.retry import READS, wait_before_retry
from appconnect.http.rules import ApiRules
from appconnect.http.signing import Signer, send_signed
from appconnect.http.trace import Trace
from appconnect.http.transport import SHOW, GuardedTransport, seen_limits

T = TypeVar("T")
U = TypeVar("U")
UNSIGNED = httpx.Auth()
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class CrmClient:
    """One CRM's API, spoken over a transport that may be the network, the sandbox or a recording."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        *,
        rules: ApiRules,
        clock: Clock,
        trace: Trace,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.rules = rules
        self.clock = clock
        self.trace = trace
        self.signer: Signer | None = None
        self._jitter = jitter
        self._transport = GuardedTransport(transport, rules=rules, clock=clock, trace=trace)
        self._http = httpx.AsyncClient(
            transport=self._transport, timeout=rules.timeout, follow_redirects=False,
            headers={"Accept": "application/json", "User-Agent": "appconnect"},
        )  # fmt: skip

    # -- one request --

    async def get(self, path: str, **params: str | int | float | bool | None) -> JsonValue:
        """Read ``path``; the parameters become the query, those that are None are left out."""
        return (await self.send("GET", path, params=params)).body

    async def read(self, into: type[T], path: str, **params: str | int | float | bool | None) -> T:
        """Read ``path`` into a model; :class:`Unavailable` when the answer has another shape."""
        return decode(into, await self.get(path, **params), f"GET {path}")

    async def post(self, path: str, body: JsonValue = None, **params: str | int | bool | None) -> JsonValue:
        """Send a JSON body with POST."""
        return (await self.send("POST", path, params=params, body=body)).body

    async def put(self, path: str, body: JsonValue = None, **params: str | int | bool | None) -> JsonValue:
        """Send a JSON body with PUT."""
        return (await self.send("PUT", path, params=params, body=body)).body

    async def patch(self, path: str, body: JsonValue = None, **params: str | int | bool | None) -> JsonValue:
        """Send a JSON body with PATCH."""
        return (await self.send("PATCH", path, params=params, body=body)).body

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
        """Send one signed request, again where that is safe and useful, and give the successful answer.

        ``path`` is below the connection's base address, or a whole address of one of the CRM's hosts.
        """
        query = {key: value for key, value in (params or {}).items() if value is not None}
        try:
            url = path if path.startswith("https://") else f"{self._base_url()}{path}"
            request = self._http.build_request(method, url, params=query or None, json=body, headers=headers)
        except httpx.InvalidURL as error:
            raise ForeignHost(f"This is no address of the CRM, so nothing was sent to it: {error}") from None
        return await self._with_retries(request, signer=self.signer)

    async def send_unsigned(self, request: httpx.Request) -> httpx.Response:
        """Send a request of the sign-in conversation as it is, again where that is safe and useful.

        The conversation reads the last answer, whatever its status.
        """
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
        """What the credentials say of themselves in the clear, such as whose they are."""
        return dict(self.signer.public()) if self.signer is not None else {}

    async def revoke(self) -> None:
        """Tell the CRM that the connection is over, where it can be told."""
        for request in self.signer.revocations() if self.signer is not None else ():
            await self._with_retries(request, signer=None)

    # -- many requests --

    async def pages(
        self,
        path: str,
        next_page: NextPage,
        *,
        headers: Mapping[str, str] | None = None,
        body: JsonValue = None,
        **params: str | int | bool | None,
    ) -> AsyncIterator[JsonValue]:
        """The pages of a list, one after the other, until ``next_page`` knows of no further one.

        With a ``body`` they are asked for with POST.
        """
        method, following = "GET" if body is None else "POST", onwards(next_page)
        wanted: Params | None = params
        while wanted is not None:
            page = (await self.send(method, path, params=wanted, body=body, headers=headers)).body
            yield page
            wanted = following(page, wanted)

    async def both(
        self, one: Coroutine[object, object, T], other: Coroutine[object, object, U]
    ) -> tuple[T, U]:
        """Do two different things together."""
        first, second = asyncio.ensure_future(one), asyncio.ensure_future(other)
        await self.gather([first, second])
        return first.result(), second.result()

    async def gather(self, work: Iterable[Awaitable[T]]) -> list[T]:
        """Do independent work together and give the results in order; the first error ends the rest."""
        tasks = [asyncio.ensure_future(each) for each in work]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    # -- around requests --

    @contextmanager
    def watch(self) -> Iterator[list[RateLimit]]:
        """Collect what the CRM says of its limits while an operation runs, in order of arrival."""
        seen: list[RateLimit] = []
        token = seen_limits.set(seen)
        try:
            yield seen
        finally:
            seen_limits.reset(token)

    async def aclose(self) -> None:
        """Close the connection pool."""
        await self._http.aclose()

    def _base_url(self) -> str:
        if self.signer is None or not self.signer.base_url:
            raise NotSignedIn("There is no connection to the CRM yet; sign in first.")
        return self.signer.base_url

    async def _with_retries(self, request: httpx.Request, signer: Signer | None) -> Reply:
        tries = 0
        while True:
            tries += 1
            try:
                return self._reply(request, await self._exchange(request, signer))
            except CrmError as error:
                if not await self._may_try_again(error, request, tries):
                    raise

    async def _may_try_again(self, error: CrmError, request: httpx.Request, tries: int) -> bool:
        """Whether the request may and should be repeated; waits until it is time to."""
        wait = wait_before_retry(
            error,
            tries=tries,
            jitter=self._jitter(),
            idempotent=self.rules.is_idempotent(request.method, request.url.path),
        )
        if wait is None:
            return False
        if isinstance(error, RateLimited):
            self._transport.pacer.quiet_for(wait, self.clock.now())
        else:
            await self.clock.sleep(wait)
        return True

    def _reply(self, request: httpx.Request, response: httpx.Response) -> Reply:
        """The answer, decoded; raises what it stands for when it is no success."""
        body = read_data(response.content, response.headers.get("content-type", ""))
        reply = Reply(response.status_code, dict(response.headers), body)
        if not response.is_success:
            quotable = replace(reply, body=response.extensions[SHOW]().response_body)
            error = error_in(quotable, _label(request), self.rules, self.clock.now())
            if error is not None:
                raise error
        if is_page(body):
            message = "The CRM answered with a web page where data belongs; try again later."
            raise Unavailable(message, status=reply.status, request=_label(request))
        return reply

    async def _exchange(self, request: httpx.Request, signer: Signer | None) -> httpx.Response:
        label = _label(request)
        try:
            return await send_signed(request, signer or UNSIGNED, self._send_as_it_is)
        except NEVER_LEFT as error:
            raise Unreachable(
                f"{error.request.url.host} cannot be reached; check the network.", request=label
            ) from error
        except httpx.RequestError as error:
            sent = error.request  # the request itself, or one that renews its credentials
            message = f"{sent.url.host} did not answer in time or broke the connection off; try again."
            lost = sent.url == request.url and request.method not in READS
            raise Unreachable(message, request=label, maybe_done=lost) from error

    async def _send_as_it_is(self, request: httpx.Request) -> httpx.Response:
        return await self._http.send(request, auth=UNSIGNED)


def _label(request: httpx.Request) -> str:
    return f"{request.method} {request.url.path}"


def decode(into: type[T], body: JsonValue, request: str) -> T:
    """Read JSON into a model; :class:`Unavailable`, naming the field, when it has another shape."""
    try:
        return TypeAdapter(into).validate_python(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the answer"
        raise Unavailable(
            f"The CRM's answer to {request} is not as documented: {where}: {first['msg']}.", request=request
        ) from None
