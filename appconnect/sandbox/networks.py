"""Networks to a sandbox: one that lets tasks overtake each other, and one that is cut off in a write."""

from __future__ import annotations

import asyncio

import httpx


class Slow(httpx.AsyncBaseTransport):
    """Gives other tasks their turn before a request and before its answer, as a network would."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one request on."""
        await asyncio.sleep(0)
        response = await self._inner.handle_async_request(request)
        await asyncio.sleep(0)
        return response


class CutOff(httpx.AsyncBaseTransport):
    """A network that is gone from the first write on, which the CRM has ``done`` or not."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, done: bool) -> None:
        self._inner, self._done = inner, done
        self._is_cut = self._is_mended = False

    def mend(self) -> None:
        """Let everything pass from now on."""
        self._is_cut, self._is_mended = False, True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one request on, or fail as if the cable had been pulled."""
        if self._is_cut:
            raise httpx.ReadError("cut off")
        if request.method == "GET" or self._is_mended:
            return await self._inner.handle_async_request(request)
        self._is_cut = True
        if self._done:
            await self._inner.handle_async_request(request)
        raise httpx.ReadError("cut off")
