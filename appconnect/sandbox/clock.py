"""The clocks of a sandbox: one that stands still until it is moved, and the computer's own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

START = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
"""The time at which every sandbox starts: a Friday morning."""


def next_midnight(now: datetime) -> datetime:
    """Return when the next day begins in UTC, and with it a budget that is counted by the day."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


class Clock(Protocol):
    """A source of time for a sandbox."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds``."""

    def advance(self, seconds: float) -> None:
        """Move ahead by ``seconds``."""


class SandboxClock:
    """A clock at 2026-01-02 09:30 UTC that only ``advance`` and ``sleep`` move, without waiting."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Move ahead by ``seconds`` at once; tasks that sleep together wake together."""
        until = self._now + timedelta(seconds=max(0.0, seconds))
        await asyncio.sleep(0)
        self._now = max(self._now, until)

    def advance(self, seconds: float) -> None:
        """Move ahead by ``seconds``."""
        self._now += timedelta(seconds=max(0.0, seconds))


class RealClock:
    """The computer's clock, for a sandbox on a port; ``advance`` puts it ahead."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._held: datetime | None = None

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        return self._held or datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds`` of real time."""
        await asyncio.sleep(max(0.0, seconds))

    def advance(self, seconds: float) -> None:
        """Put the clock ahead by ``seconds`` more."""
        self._ahead += timedelta(seconds=max(0.0, seconds))

    def hold_at(self, moment: datetime) -> None:
        """Stand still at another time until `go_on`, so that all that is seeded has the same one."""
        self._held = moment

    def go_on(self) -> None:
        """Go on from where the clock was held, if it was."""
        if self._held is not None:
            self._ahead, self._held = self._held - datetime.now(UTC), None
