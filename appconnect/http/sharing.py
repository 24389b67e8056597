"""Reads that are under way are shared: whoever asks for the same meanwhile waits for that answer.

Nothing is remembered. Who gives up takes nobody along, and what was read before a write is not shared with
whoever asks after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from appconnect.errors import RateLimited
from appconnect.http import deadline

T = TypeVar("T")


class _Reading(Generic[T]):
    """A read that is under way; ``left`` are the seconds that its operation had when it failed."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.left = float("inf")

    def ended_early(self, error: BaseException) -> bool:
        """Return whether who read had no time to wait for the limits, and whoever waits here has."""
        wait = error.retry_after if isinstance(error, RateLimited) else None
        return wait is not None and self.left < wait <= deadline.seconds_left()


class SharedReads(Generic[T]):
    """The reads of one client that are under way, by what is asked and by event loop."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, _Reading[T]] = {}

    def is_under_way(self, what: Hashable) -> bool:
        """Return whether somebody reads this now."""
        return (asyncio.get_running_loop(), what) in self._under_way

    async def get(self, what: Hashable, read: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """Return what is read, and whether somebody else who asked at once has read it."""
        key = asyncio.get_running_loop(), what
        while (reading := self._under_way.get(key)) is not None:
            await asyncio.wait([reading.answer])
            if reading.answer.cancelled():  # whoever was reading gave up
                continue
            if (error := reading.answer.exception()) is None:
                return reading.answer.result(), True
            if not reading.ended_early(error):
                raise error
        return await self._read(key, read), False

    def forget(self) -> None:
        """Share nothing of what is under way with who asks from now on, for a write may change it."""
        self._under_way.clear()

    async def _read(self, key: Hashable, read: Callable[[], Awaitable[T]]) -> T:
        reading = self._under_way[key] = _Reading[T]()
        try:
            result = await read()
        except Exception as error:
            reading.left = deadline.seconds_left()
            reading.answer.set_exception(error)
            reading.answer.exception()  # looked at, so that nobody warns that it never was
            raise
        else:
            reading.answer.set_result(result)
            return result
        finally:
            reading.answer.cancel()
            if self._under_way.get(key) is reading:
                del self._under_way[key]
