"""The way from the process that works to the one that plays the CRM, and the time that both go by."""

from __future__ import annotations

import asyncio
import heapq
import pickle
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx

UNREACHED = 0
"""The status of a request to a host that this CRM has not."""
Answer = Sequence[Any]
"""Status, headers and body."""


class IdleClock:
    """A clock that only waits move, one after the other, and only while no answer is on its way."""

    def __init__(self, start: datetime) -> None:
        self._now, self._waiting = start, list[tuple[datetime, int]]()
        self._turns, self._in_flight = count(), 0
        self._idle = asyncio.Event()
        self._idle.set()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        mine = self._now + timedelta(seconds=max(0.0, seconds)), next(self._turns)
        heapq.heappush(self._waiting, mine)
        await asyncio.sleep(0)
        while self._in_flight or self._waiting[0] != mine:
            await self._idle.wait()
            await asyncio.sleep(0)
        heapq.heappop(self._waiting)
        self._now = max(self._now, mine[0])

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        self._in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()


class Timed(httpx.AsyncBaseTransport):
    """Sends every request, with the time, over one connection to the process that plays the CRM."""

    def __init__(self, address: str, clock: IdleClock) -> None:
        self._address, self._clock = address, clock
        self._numbers, self._waiting = count(), dict[int, asyncio.Future[Answer]]()
        self._opening: asyncio.Task[asyncio.StreamWriter] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        async with self._clock.answering():
            # one task for all: a second connection would take the first one's place, whose answers are lost then
            self._opening = self._opening or asyncio.create_task(self._open())
            writer = await asyncio.shield(self._opening)
            number = next(self._numbers)
            self._waiting[number] = asyncio.get_running_loop().create_future()
            url, now = str(request.url), self._clock.now().isoformat()
            send_frame(writer, (number, now, request.method, url, request.headers.raw, content))
            status, headers, answer = await self._waiting[number]
        if status == UNREACHED:
            raise httpx.ConnectError("There is no such host.", request=request)
        return httpx.Response(status, headers=headers, content=answer)

    async def _open(self) -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_unix_connection(self._address)
        self._reading = asyncio.create_task(self._read(reader))
        return writer

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                number, *answer = await read_frame(reader)
                if not (waiting := self._waiting.pop(number)).done():  # else nobody waits any more
                    waiting.set_result(answer)
        except asyncio.IncompleteReadError:
            for waiting in self._waiting.values():
                waiting.set_exception(ConnectionError("The process that plays the CRM is gone."))


def send_frame(writer: asyncio.StreamWriter, frame: tuple[Any, ...]) -> None:
    """Send a tuple to the other process."""
    packed = pickle.dumps(frame)
    writer.write(len(packed).to_bytes(4) + packed)


async def read_frame(reader: asyncio.StreamReader) -> Any:
    """Return the next tuple of the other process."""
    length = int.from_bytes(await reader.readexactly(4))
    return pickle.loads(await reader.readexactly(length))
