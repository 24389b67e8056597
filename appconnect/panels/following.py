"""Following what happens elsewhere: a panel that is shown catches up a few times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

PAUSE: Final = 0.25
"""Seconds between two looks."""


class Follower:
    """Hears that something is new; looks at it soon once the panel is shown, until then when asked."""

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._is_shown = False
        self._is_stale = True
        self._due_in: asyncio.AbstractEventLoop | None = None
        self._ends: list[Callable[[], None]] = []

    def follow(self, watch: Callable[[Callable[[], None]], Callable[[], None]]) -> None:
        """Follow what ``watch`` tells of; it is given what to call, and returns what ends it."""
        self._ends.append(watch(self.heard))

    def shown(self) -> None:
        """Catch up, and go on doing so by itself."""
        self.catch_up()
        self._is_shown = True

    def heard(self) -> None:
        """Note that there is something new, and look at it soon if somebody may be looking."""
        self._is_stale = True
        loop = _running_loop() if self._is_shown else None
        if loop is not None and loop is not self._due_in:
            self._due_in = loop
            loop.call_later(PAUSE, self._due)

    def _due(self) -> None:
        self._due_in = None
        self.catch_up()

    def catch_up(self) -> None:
        """Look, if there is something new."""
        if self._is_stale:
            self._is_stale = False
            self._look()

    def close(self) -> None:
        """Stop following, after a last look."""
        self.catch_up()
        while self._ends:
            self._ends.pop()()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
