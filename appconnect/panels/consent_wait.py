"""Waiting for a person on a consent page: one wait at a time, and not for ever.

The browser comes back to one port. Whoever begins to wait ends the wait before, also that of a panel which
is no longer in sight because its cell was run again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from appconnect.workbench import ConsentPage

PATIENCE = 300
"""Seconds that a person has to approve."""


class Wait:
    """One wait. ``why`` it ended without an answer, in words that follow "Stopped waiting"."""

    def __init__(self) -> None:
        self.why: str | None = None
        self.over = asyncio.Event()
        self._page: ConsentPage | None = None

    async def answer(self, page: ConsentPage) -> str:
        """Return the address that the browser was sent to, or "" when the wait ended without one."""
        self._page = page
        if self.why is not None:
            return ""
        try:
            async with asyncio.timeout(PATIENCE):
                return await page.answer()
        except TimeoutError:
            self.why = f" after {PATIENCE // 60} minutes"
            return ""

    def take(self, redirected: str) -> None:
        """Take a pasted address as the answer."""
        if self._page is not None:
            self._page.paste(redirected)

    def end(self, why: str = "") -> None:
        """End it without an answer."""
        if self.why is None:
            self.why = why
        self.take("")


_under_way: WeakKeyDictionary[asyncio.AbstractEventLoop, Wait] = WeakKeyDictionary()


@asynccontextmanager
async def only_wait() -> AsyncIterator[Wait]:
    """Begin the one wait of this process; a wait before it is ended first."""
    here = asyncio.get_running_loop()
    while (other := _under_way.get(here)) is not None:
        other.end(", since another sign-in has begun")
        await other.over.wait()
    _under_way[here] = wait = Wait()
    try:
        yield wait
    finally:
        del _under_way[here]
        wait.over.set()
