"""Reads whose result is remembered for a while: lists that change rarely, such as activity types."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

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


class Remembered:
    """Reads through a cache; who asks while a reading is under way shares it."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._readings: dict[str, asyncio.Task[object]] = {}

    async def get(
        self, key: str, read: Read[T], *, into: type[T], seconds: float, enough: Callable[[T], bool]
    ) -> T:
        """Return what is remembered under ``key`` if that is ``enough``; else read, remember and return."""
        adapter = TypeAdapter(into)
        kept = self._kept(key, adapter)
        if kept is not None and enough(kept):
            return kept
        reading = self._readings.get(key)
        if reading is None or reading.done():
            reading = self._readings[key] = asyncio.create_task(self._read(key, read, adapter, seconds))
        await asyncio.shield(reading)  # who gives up must not end it for the others
        return adapter.validate_python(reading.result())

    async def _read(self, key: str, read: Read[T], adapter: TypeAdapter[T], seconds: float) -> object:
        value = await read()
        self.cache.put(key, adapter.dump_python(value, mode="json"), seconds)
        return value

    def _kept(self, key: str, adapter: TypeAdapter[T]) -> T | None:
        """Return what is remembered; None also for what an older release has left in another shape."""
        kept = self.cache.get(key)
        try:
            return None if kept is None else adapter.validate_python(kept)
        except ValidationError:
            return None
