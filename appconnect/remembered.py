"""Reads whose result is remembered for a while: lists that change rarely, such as activity types."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from functools import lru_cache
from typing import Any, Final, Protocol, TypeVar, cast

from pydantic import JsonValue, TypeAdapter, ValidationError

T = TypeVar("T")
Read = Callable[[], Awaitable[T]]

A_DAY: Final = 24 * 60 * 60.0


class Cache(Protocol):
    """Remembers small JSON values for a while, per platform and account."""

    def get(self, key: str) -> JsonValue | None:
        """Return the value, or None when there is none or it is too old."""
        ...

    def put(self, key: str, value: JsonValue, seconds: float) -> None:
        """Remember a value for that long."""
        ...


class NoCache:
    """A cache that remembers nothing."""

    def get(self, key: str) -> JsonValue | None:
        """Return None."""
        return None

    def put(self, key: str, value: JsonValue, seconds: float) -> None:
        """Forget the value at once."""


@lru_cache(maxsize=100)
def _adapter(into: Hashable) -> TypeAdapter[Any]:
    """Return what reads and writes values of a type; to make it takes longer than to use it."""
    return TypeAdapter(cast(type[Any], into))


class Remembered:
    """Reads through a cache; who asks while a reading is under way shares it, in the same event loop."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._readings: dict[tuple[asyncio.AbstractEventLoop, str], asyncio.Future[object]] = {}

    async def get(
        self, key: str, read: Read[T], *, into: type[T], seconds: float, enough: Callable[[T], bool]
    ) -> T:
        """Return what is remembered under ``key`` if that is ``enough``; else read, remember and return."""
        adapter: TypeAdapter[T] = _adapter(cast(Hashable, into))
        while True:
            kept = self._kept(key, adapter)
            if kept is not None and enough(kept):
                return kept
            reading = self._readings.get((asyncio.get_running_loop(), key))
            if reading is None:
                return await self._read(key, read, adapter, seconds)
            await asyncio.wait([reading])
            if not reading.cancelled():  # else whoever was reading gave up
                return adapter.validate_python(reading.result())

    async def _read(self, key: str, read: Read[T], adapter: TypeAdapter[T], seconds: float) -> T:
        here = asyncio.get_running_loop()
        reading = self._readings[here, key] = here.create_future()
        try:
            value = await read()
            self.cache.put(key, adapter.dump_python(value, mode="json"), seconds)
        except Exception as error:
            reading.set_exception(error)
            reading.exception()  # looked at, so that nobody warns that it never was
            raise
        else:
            reading.set_result(value)
            return value
        finally:
            reading.cancel()
            del self._readings[here, key]

    def _kept(self, key: str, adapter: TypeAdapter[T]) -> T | None:
        """Return what is remembered; None also for what an older release has left in another shape."""
        kept = self.cache.get(key)
        try:
            return None if kept is None else adapter.validate_python(kept)
        except ValidationError:
            return None
