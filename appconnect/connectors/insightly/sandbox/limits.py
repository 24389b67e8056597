"""Insightly's two limits: requests a second, and requests a day by plan.

https://api.na1.insightly.com/v3.1/#!/Overview/Introduction
"""

from __future__ import annotations

from appconnect.sandbox.base import DailyBudget, RollingWindow
from appconnect.sandbox.clock import Clock

PER_SECOND = {"tiny": 5}
"""Plan → requests a second, where it is not ten."""
PER_DAY = {
    "professional": 60_000,
    "plus": 40_000,
    "enterprise": 100_000,
    "legacy": 20_000,
    "free": 1_000,
    "tiny": 50,
}
"""Plan → requests a day."""


class Limits:
    """The counters of one plan."""

    def __init__(self, clock: Clock, plan: str) -> None:
        self.second = RollingWindow(clock, PER_SECOND.get(plan, 10), 1)
        self.day = DailyBudget(clock, PER_DAY[plan])

    def count(self) -> bool:
        """Count a request; False when the second or the day is full."""
        return self.second.take() and self.day.spend()

    def headers(self) -> dict[str, str]:
        """Return the headers that tell the day's limit."""
        return {"X-RateLimit-Limit": str(self.day.limit), "X-RateLimit-Remaining": str(self.day.remaining)}
