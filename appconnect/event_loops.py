"""Work in several event loops: one after the other it works, two at once are refused in a sentence.

asyncio's locks belong to the loop in which somebody first had to wait for them; a notebook, a second
``asyncio.run`` and a thread each bring a loop of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from threading import Lock as ThreadLock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from appconnect.errors import InputError

T = TypeVar("T")


class PerLoop(Generic[T]):
    """What each event loop has its own of; ``make`` makes it when it is first asked for there."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: MutableMapping[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def here(self) -> T:
        """Return that of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._make()
        return self._made[loop]

    def leave(self) -> T | None:
        """Forget that of the running loop, and return it; None when it was never asked for."""
        return self._made.pop(asyncio.get_running_loop(), None)


class Lock:
    """asyncio's lock, in each event loop its own."""

    def __init__(self) -> None:
        self._locks = PerLoop(asyncio.Lock)

    async def __aenter__(self) -> None:
        await self._locks.here().acquire()

    async def __aexit__(self, *_: object) -> None:
        self._locks.here().release()


class OneLoop:
    """Something that works in one event loop at a time; ``name`` is what people call it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._at_work = 0
        self._lock = ThreadLock()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work in the running loop during the block; InputError while there is work in another one."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._loop is not loop:
                if self._at_work and self._loop is not None and not self._loop.is_closed():
                    raise InputError(
                        f"{self._name} is at work in another event loop (or thread). Wait until it is done, "
                        "or give each loop its own."
                    )
                self._loop, self._at_work = loop, 0
            self._at_work += 1
        try:
            yield
        finally:
            with self._lock:
                if self._loop is loop:
                    self._at_work -= 1
