"""An event loop whose waits take no time: latency, limits and pauses can be counted to the microsecond.

Whatever waits in it, waits for the loop's own time, which jumps to the next moment at which something happens.
Threads and sockets have no place in it.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

import httpx

from appconnect.sandbox.clock import START
from appconnect.sandbox.server import Sandbox

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    """Waits for nothing, and tells how long it would have waited."""

    waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("Everything waits for something that never comes.")
            self.waited += max(timeout, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes in waits alone."""

    def __init__(self) -> None:
        self._waits = _Selector()
        super().__init__(self._waits)

    def time(self) -> float:
        """Return the seconds since the loop was made."""
        return self._waits.waited


def run(work: Coroutine[object, object, T]) -> T:
    """Run a coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


class LoopClock:
    """A sandbox's clock that tells the running loop's time."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        return START + timedelta(seconds=asyncio.get_running_loop().time()) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds`` of the loop's time."""
        await asyncio.sleep(max(0.0, seconds))

    def advance(self, seconds: float) -> None:
        """Put the clock ahead by ``seconds`` more."""
        self._ahead += timedelta(seconds=max(0.0, seconds))


class Latency(httpx.AsyncBaseTransport):
    """A network that takes ``seconds`` for a request and its answer, give or take half of ``jitter`` each way.

    ``requests`` and ``refused`` count what went through.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, seconds: float = 0.05, jitter: float = 0.0) -> None:
        self._inner, self._way, self._jitter = inner, seconds / 2, jitter / 2
        self._random = random.Random(7)
        self.requests: list[str] = []
        self.refused = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._travel()
        self.requests.append(f"{request.method} {request.url}")
        response = await self._inner.handle_async_request(request)
        self.refused += response.status_code == 429
        await self._travel()
        return response

    async def _travel(self) -> None:
        await asyncio.sleep(self._way + self._random.uniform(0.0, self._jitter))


class FarSandbox(Sandbox):
    """CRM sandboxes behind a network with latency; ``network`` is what all of their transports share."""

    network: Latency

    def at(self, seconds: float, jitter: float = 0.0) -> FarSandbox:
        """Put the sandboxes so many seconds away, there and back."""
        self.network = Latency(super().transport(), seconds, jitter)
        return self

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return the one network."""
        return self.network
