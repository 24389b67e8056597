"""Drives the credentials' auth flow (httpx's) around one request of an operation.

A renewal spends the refresh token that it shows. Once begun it is therefore finished and kept, whatever
becomes of the operation that needed it: a person who gives up, a sibling's error.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import JsonValue

from appconnect import lazily
from appconnect.http.departures import Purpose, leaves_for
from appconnect.http.exchange import SIGNED

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazily.module("httpx")

Flow = AsyncGenerator["httpx.Request", "httpx.Response"]
Send = Callable[["httpx.Request"], Awaitable["httpx.Response"]]

T = TypeVar("T")


class Signs(Protocol):
    """A signer of requests, by an auth flow: it yields requests and is handed the answers."""

    def async_auth_flow(self, request: httpx.Request) -> Flow:
        """Yield what is to be sent, and take the answers."""
        ...


class Signer(Signs, Protocol):
    """The credentials as the client needs them; :class:`appconnect.auth.base.Credentials` are."""

    @property
    def base_url(self) -> str:
        """Where the API is, without a trailing slash."""
        ...

    def public(self) -> Mapping[str, JsonValue]:
        """Return what may be shown of the credentials."""
        ...

    def revocations(self) -> Iterable[httpx.Request]:
        """Return the requests that end the connection at the CRM."""
        ...


async def send_signed(request: httpx.Request, signer: Signs | None, send: Send) -> httpx.Response:
    """Send a request as often as its credentials ask to, and return the last answer; once without a signer.

    What the signer adds to the request is noted there, since it is secret whatever it is called.
    """
    if signer is None:
        return await send(request)
    unsigned = _Fields(request)
    flow = signer.async_auth_flow(request)
    try:
        step = await anext(flow)
        while True:
            if step is not request:
                step = await finished(_renewed(flow, step, request, send))
            if added := unsigned.added_to(request):
                request.extensions[SIGNED] = request.extensions.get(SIGNED, frozenset()) | added
            answer = await send(step)
            try:
                step = await flow.asend(answer)
            except StopAsyncIteration:
                return answer
    finally:
        await flow.aclose()


class _Fields:
    """The headers and the query of a request as they are now."""

    def __init__(self, request: httpx.Request) -> None:
        self._headers, self._query = request.headers.raw, request.url.query

    def added_to(self, request: httpx.Request) -> set[str]:
        """Return the names, in lower case, of what was added to the request or changed since."""
        names = {
            name.decode("latin-1").lower() for name, _ in set(request.headers.raw).difference(self._headers)
        }
        if request.url.query != self._query:
            before = httpx.QueryParams(self._query).multi_items()
            names |= {name.lower() for name, _ in set(request.url.params.multi_items()).difference(before)}
        return names


async def _renewed(flow: Flow, step: httpx.Request, request: httpx.Request, send: Send) -> httpx.Request:
    """Send what the credentials ask for for themselves, until the operation's request is signed."""
    while step is not request:
        try:
            answer = await send(leaves_for(step, Purpose.RENEWAL))
        except httpx.RequestError as error:
            step = await flow.athrow(error)
        else:
            step = await flow.asend(answer)
    return step


async def finished(work: Coroutine[object, object, T]) -> T:
    """Do the work to its end also when whoever waits for it is cancelled; the cancellation comes after it."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as cancellation:
            cancelled = cancellation
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # looked at, so that nobody warns that it never was
        raise cancelled
    return task.result()
