"""The transport of clients in the sandbox's own process: full HTTP messages, no network.

https://www.python-httpx.org/advanced/transports/
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
from starlette.types import ASGIApp, Message, Scope

from appconnect.sandbox.effects import IN_PROCESS, InProcess


class InProcessTransport(httpx.AsyncBaseTransport):
    """Hands requests to an ASGI application; a fault's answer arrives piece by piece."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer."""
        patience = request.extensions.get("timeout", {}).get("read")
        call = InProcess(patience) if patience else InProcess()
        exchange = _Exchange(await request.aread())
        await self._app({**_scope(request), IN_PROCESS: call}, exchange.receive, exchange.send)
        whole = httpx.ByteStream(b"" if request.method == "HEAD" else b"".join(exchange.body))
        stream = whole if call.stream is None else _Pieces(call.stream)
        return httpx.Response(exchange.status, headers=exchange.headers, stream=stream)


class _Exchange:
    """One request and its answer, as an application receives the one and sends the other.

    httpx.ASGITransport does the same, and looks for another event loop's package with every request.
    """

    def __init__(self, content: bytes) -> None:
        self._content: bytes | None = content
        self._is_over = asyncio.Event()
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: list[bytes] = []

    async def receive(self) -> Message:
        """Give the request; to whoever asks again, that the client has left when it has its answer."""
        if self._content is None:
            await self._is_over.wait()
            return {"type": "http.disconnect"}
        content, self._content = self._content, None
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a piece of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message.get("headers", [])
            return
        self.body.append(message.get("body", b""))
        if not message.get("more_body", False):
            self._is_over.set()


def _scope(request: httpx.Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 123),
        "root_path": "",
    }


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
