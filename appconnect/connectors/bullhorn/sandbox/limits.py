"""The rate limit: requests a minute, by plan.

The header names come from App Connect's own connector; the documentation has none.
"""

from __future__ import annotations

from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.sandbox.base import RefusedError, Toggles, Window
from appconnect.sandbox.clock import Clock

PER_MINUTE = {"standard": 1500, "tiny": 10}
"""Plan → requests a minute."""


class Limits:
    """The counters of every plan."""

    def __init__(self, clock: Clock, toggles: Toggles) -> None:
        self._toggles = toggles
        self._windows = {plan: Window(clock, limit, 60.0) for plan, limit in PER_MINUTE.items()}

    def count(self, plan: str) -> None:
        """Count a request; end it with 429 when the minute is full."""
        if not self._windows[plan].take():
            wait = {"Retry-After": "1"} if self._toggles["retry_after"] else {}
            headers = {**self.headers(plan), **wait}
            raise RefusedError(problem(429, "Too many requests.", "errors.tooManyRequests", headers))

    def headers(self, plan: str) -> dict[str, str]:
        """Return the headers that tell the limit; ``ratelimit-reset`` is in seconds."""
        if not self._toggles["ratelimit_headers"]:
            return {}
        window = self._windows[plan]
        return {
            "ratelimit-limit": str(window.limit),
            "ratelimit-remaining": str(window.remaining),
            "ratelimit-reset": str(window.reset),
        }
