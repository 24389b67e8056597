"""A small internet on this computer: hosts that speak TLS, and a proxy; what went wrong is counted, not timed."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HOST = "api.crm.test"
"""A host that no name server knows; a proxy leads to it."""
LONG_AGO, LONG_AFTER = datetime(2001, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=3650)


class Authority:
    """Issues certificates; ``file`` is what has to be trusted for them."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "authority.pem"
        self._ca.cert_pem.write_to_path(self.file)

    def tls(
        self, *names: str, begins: datetime | None = None, ends: datetime | None = None
    ) -> ssl.SSLContext:
        """What a server presents that is these hosts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names, not_before=begins, not_after=ends).configure_cert(context)
        return context


@dataclass
class Server:
    """A server on a port of this computer; ``connections`` counts those that were opened."""

    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has gone away."""


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve raw connections while the block runs."""
    server = Server()
    open_now: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        open_now.add(writer)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            server.closed.set()
        finally:
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for writer in open_now:
            writer.transport.abort()


async def head(reader: asyncio.StreamReader) -> bytes:
    """The head of a request."""
    return await reader.readuntil(b"\r\n\r\n")


def answering(*parts: bytes) -> Handler:
    """Answers every request of a connection with these bytes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await head(reader)
            writer.writelines(parts)
            await writer.drain()

    return handle


def answer(body: bytes = b'{"ok": true}', *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer of HTTP/1.1, in JSON."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes everything and says nothing, until the client goes away."""
    while await reader.read(4096):
        pass
    raise ConnectionError


@dataclass
class Proxy:
    """A proxy: CONNECT leads to ``port`` whatever host is asked for, also requests in absolute form are known.

    ``refuses`` is the status that it refuses with, ``password`` what it wants in ``Proxy-Authorization``.
    """

    leads_to: int = 0
    refuses: str = ""
    password: str = ""
    asked: list[str] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        request = (await head(reader)).decode("latin-1")
        self.asked.append(request.split("\r\n", 1)[0])
        if self.password and f"Proxy-Authorization: Basic {self.password}" not in request:
            writer.write(answer(status="407 Proxy Authentication Required"))
        elif self.refuses:
            writer.write(answer(status=self.refuses))
        elif not request.startswith("CONNECT "):
            writer.write(answer(b'{"absolute": true}'))
        else:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            there, out = await asyncio.open_connection("127.0.0.1", self.leads_to)
            await asyncio.gather(_pump(reader, out), _pump(there, writer))
        await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
