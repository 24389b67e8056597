"""The transport of clients in the sandbox's own process: full HTTP messages, no network.

https://www.python-httpx.org/advanced/transports/
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from appconnect.sandbox.effects import IN_PROCESS, InProcess


class InProcessTransport(httpx.AsyncBaseTransport):
    """Hands requests to an ASGI application; a fault's answer arrives piece by piece."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer."""
        patience = request.extensions.get("timeout", {}).get("read")
        call = InProcess(patience) if patience else InProcess()

        async def marked(scope: Scope, receive: Receive, send: Send) -> None:
            await self._app({**scope, IN_PROCESS: call}, receive, send)

        response = await httpx.ASGITransport(app=marked).handle_async_request(request)
        if call.stream is None:
            return response
        return httpx.Response(response.status_code, headers=response.headers, stream=_Pieces(call.stream))


class _Pieces(httpx.AsyncByteStream):
    """A body that arrives piece by piece."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece


class WatchedTransport(httpx.AsyncBaseTransport):
    """Notes which hosts are asked and, while it ``rehearses``, of what kind the answers are."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.hosts: set[str] = set()
        self.answers: list[str] = []
        self.rehearses = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        self.hosts.add(request.url.host)
        response = await self._inner.handle_async_request(request)
        if self.rehearses:
            self.answers.append(_kind(await response.aread()))
        return response


def _kind(body: bytes) -> str:
    """Return what a body is: ``[]``, ``{}``, ``null``, ``text``, ``a number`` or ``nothing``."""
    if not body.strip():
        return "nothing"
    try:
        value = json.loads(body)
    except ValueError:
        return "text"
    kinds = {list: "[]", dict: "{}", type(None): "null", str: "text"}
    return "an object" if value and isinstance(value, dict) else kinds.get(type(value), "a number")
