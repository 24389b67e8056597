"""The rate limit: requests a minute, by plan.

The header names come from App Connect's own connector; the documentation has none.
"""

from __future__ import annotations

from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.sandbox.base import RefusedError, RollingWindow, Toggles
from appconnect.sandbox.clock import Clock

PER_MINUTE = {"standard": 1500, "tiny": 10}
"""Plan → requests a minute."""


class Limits:
    """The counter of one plan."""

    def __init__(self, clock: Clock, plan: str, toggles: Toggles) -> None:
        self._toggles = toggles
        self._minute = RollingWindow(clock, PER_MINUTE[plan], 60.0)

    def count(self) -> None:
        """Count a request; end it with 429 when the minute is full."""
        if not self._minute.take():
            wait = {"Retry-After": "1"} if self._toggles["retry_after"] else {}
            headers = {**self.headers(), **wait}
            raise RefusedError(problem(429, "Too many requests.", "errors.tooManyRequests", headers))

    def headers(self) -> dict[str, str]:
        """Return the headers that tell the limit; ``ratelimit-reset`` is in seconds."""
        if not self._toggles["ratelimit_headers"]:
            return {}
        return {
            "ratelimit-limit": str(self._minute.limit),
            "ratelimit-remaining": str(self._minute.remaining),
            "ratelimit-reset": str(self._minute.reset),
        }
