"""The transport of clients in the sandbox's own process: full HTTP messages, no network.

https://www.python-httpx.org/advanced/transports/
"""

from __future__ import annotations

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
