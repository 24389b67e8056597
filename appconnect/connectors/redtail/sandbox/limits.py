"""The rate limit that Redtail does not document: none, or the tiny plan's to try out a 429."""

from __future__ import annotations

from appconnect.connectors.redtail.sandbox.answers import message
from appconnect.sandbox.base import RefusedError, RollingWindow
from appconnect.sandbox.clock import Clock

PER_SECOND = {"standard": None, "tiny": 10}
"""Plan → requests a second; None for no limit."""


class Limits:
    """The counter of one plan."""

    def __init__(self, clock: Clock, plan: str) -> None:
        limit = PER_SECOND[plan]
        self._second = None if limit is None else RollingWindow(clock, limit, 1.0)

    def count(self) -> None:
        """Count a request; end it with 429 when the second is full."""
        if self._second is not None and not self._second.take():
            raise RefusedError(message(429, "Too many requests"))
