"""An ASGI application served on a loopback port, inside somebody else's event loop.

https://www.uvicorn.org/
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from appconnect.quiet_logs import quiet

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
quiet(logging.WARNING, "uvicorn.access")  # it tells every address, that with the code of a sign-in too


class PortTaken(OSError):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            errno.EADDRINUSE,
            f"Port {port} is taken by another program; choose another, or 0 for any free one.",
        )
        self.port = port

    def __str__(self) -> str:
        return str(self.strerror)


@contextlib.asynccontextmanager
async def served(app: ASGIApp, port: int = 0) -> AsyncIterator[int]:
    """Serve the application on 127.0.0.1 while the block runs; gives the port, 0 takes any free one.

    Raises `PortTaken` when another program listens there.
    """
    with _listen(port) as listener:
        server = _guest(app)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await running


def _guest(app: ASGIApp) -> uvicorn.Server:
    """Return a uvicorn that leaves signals to its host; it is loaded here, as few sessions serve anything."""
    import uvicorn

    class Guest(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        app, log_level="critical", lifespan="off", ws="none", proxy_headers=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    return Guest(config)


def _listen(port: int) -> socket.socket:
    """Return a listening socket, to which a client may connect before the server has started."""
    try:
        listener = socket.create_server((LOOPBACK, port))
        listener.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # or each answer waits 40 ms for an ACK
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortTaken(port) from error
        raise
    return listener
