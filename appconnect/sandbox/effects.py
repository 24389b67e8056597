"""What a fault does to a request: whether it is still handled, and what the client gets for an answer.

On a port a broken connection is one that promises more bytes than it sends. In-process it is the httpx error
that a real one would be, and a client that waits too long is told so at once: its time passes on the
sandbox's clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appconnect.sandbox.clock import Clock

IN_PROCESS = "appconnect.sandbox.in_process"
"""The scope key that marks requests from this process; an `InProcess` stands under it."""
PIECE = 1 << 20
"""Bytes of padding that are sent together."""
Broken = type[httpx.TransportError]
Url = str
Headers = Callable[[datetime, Url], Mapping[str, str]]
"""Headers for an answer that is given now, to a request to this address."""
Echo = Callable[[bytes, str], bytes]
"""A body made from the one that the CRM gave, and from the text of the request."""


@dataclass
class InProcess:
    """A request of this process: how many seconds its client waits, and an answer in pieces."""

    patience: float = 5.0
    stream: AsyncIterator[bytes] | None = None


@dataclass(frozen=True)
class Answer:
    """An answer on its way: padded with spaces up to ``size`` bytes, cut after ``sent`` of them.

    ``pause`` is the seconds before each byte.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    size: int = 0
    sent: int | None = None
    pause: float = 0.0

    async def pieces(self, clock: Clock) -> AsyncIterator[bytes]:
        """Yield the body as it is sent; httpx.RemoteProtocolError where it is cut."""
        if self.pause:
            for byte in self.body.ljust(self.size):
                await clock.sleep(self.pause)
                yield bytes([byte])
            return
        yield self.body if self.sent is None else self.body[: self.sent]
        for start in range(len(self.body), self.size, PIECE):
            yield b" " * min(PIECE, self.size - start)
        if self.sent is not None:
            raise httpx.RemoteProtocolError("The sandbox broke the answer off on purpose (a fault).")

    @property
    def length(self) -> int:
        """The number of bytes that the answer promises."""
        return max(self.size, len(self.body))


@dataclass(frozen=True)
class Effect:
    """What happens in place of a good answer.

    ``handled``: the CRM does its work first; its answer is then the base of what the client gets. ``breaks``:
    there is no answer, but this error. Otherwise the answer has what is stated here: ``status``, ``body``
    (or what ``echo`` makes), ``headers``; ``cut`` is which part of its bytes arrives.
    """

    handled: bool = False
    breaks: Broken | None = None
    restarts: bool = False
    status: int | None = None
    body: bytes | None = None
    echo: Echo | None = None
    headers: Headers = lambda now, url: {}
    size: int = 0
    cut: float | None = None
    pause: float = 0.0

    def answer(self, given: Answer, now: datetime, url: Url, request: str) -> Answer:
        """Return what the client gets, where the CRM gave ``given``; an empty 200 where it was not asked."""
        body = given.body if self.body is None else self.body
        body = body if self.echo is None else self.echo(body, request)
        stated = {name.lower(): value for name, value in self.headers(now, url).items()}
        usual = {"content-type": "application/json"} if self.body is not None or self.echo else {}
        return replace(
            given,
            status=self.status or given.status,
            headers={**given.headers, **usual, **stated},
            body=body,
            size=self.size,
            sent=None if self.cut is None else int(len(body) * self.cut),
            pause=self.pause,
        )


async def answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """Return what the CRM answers, so that it can be changed on its way."""
    status, headers, body = 0, dict[str, str](), b""

    async def keep(message: Message) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status = message["status"]
            pairs = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"])
            headers = {name: value for name, value in pairs if name != "content-length"}
        else:
            body += message.get("body", b"")

    await app(scope, receive, keep)
    return Answer(status, headers, body)


@dataclass(frozen=True)
class ClientConnection:
    """The connection to a client, over which a fault's answer goes, or which it breaks."""

    scope: Scope
    receive: Receive
    send: Send
    clock: Clock

    @property
    def url(self) -> str:
        """The address that the client asked for."""
        return str(HTTPConnection(self.scope).url)

    async def give(self, answer: Answer) -> None:
        """Send an answer in pieces; in-process the transport takes them one by one, as from a network."""
        await self._start(answer.status, {"content-length": str(answer.length), **answer.headers})
        pieces, call = answer.pieces(self.clock), self.scope.get(IN_PROCESS)
        if isinstance(call, InProcess):
            call.stream = pieces
        else:
            try:
                async for piece in pieces:
                    await self.send({"type": "http.response.body", "body": piece, "more_body": True})
            except httpx.RemoteProtocolError:
                return  # the server cuts the connection when bytes are missing
        await self.send({"type": "http.response.body", "body": b""})

    async def break_off(self, error: Broken) -> None:
        """End the request without an answer; a client that is to give up by itself is left waiting."""
        waits, call = issubclass(error, httpx.TimeoutException), self.scope.get(IN_PROCESS)
        if call:
            patience = call.patience if isinstance(call, InProcess) else InProcess().patience
            await self.clock.sleep(patience if waits else 0.0)
            raise error("The sandbox broke the connection on purpose (a fault).")
        if waits:
            await self.receive()  # nothing comes any more but the client's leaving
        else:
            await self._start(200, {"content-length": "1"})

    async def _start(self, status: int, headers: Mapping[str, str]) -> None:
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
