"""Time, handed in: a clock that stands still until it is told to move, and the real one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

START = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
"""When every sandbox day begins: a Friday morning."""


class Clock(Protocol):
    """What a sandbox asks of time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""

    def advance(self, seconds: float) -> None:
        """Jump ahead by ``seconds``."""


class SandboxClock:
    """Stands still at 2026-01-02 09:30 UTC; only ``advance`` and ``sleep`` move it, and neither waits."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Be ``seconds`` later at once; tasks that sleep at the same time wake at the same time."""
        until = self._now + timedelta(seconds=max(0.0, seconds))
        await asyncio.sleep(0)
        self._now = max(self._now, until)

    def advance(self, seconds: float) -> None:
        """Move ahead by ``seconds``."""
        self._now += timedelta(seconds=max(0.0, seconds))


class RealClock:
    """The computer's own time, for a sandbox on a port; ``advance`` puts it ahead of the world."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds``, really."""
        await asyncio.sleep(max(0.0, seconds))

    def advance(self, seconds: float) -> None:
        """Put this clock further ahead by ``seconds``."""
        self._ahead += timedelta(seconds=max(0.0, seconds))
