"""The rate limits of the played New CRM.

https://docs.newcrm.example/rate-limits (replace by your vendor's page).
"""

from __future__ import annotations

from appconnect.sandbox.base import RollingWindow
from appconnect.sandbox.clock import Clock

SECONDS = 10
REQUESTS = {"standard": 100, "tiny": 4}
"""Plan → requests in ten seconds."""


class Limits:
    """The counter of one plan."""

    def __init__(self, clock: Clock, plan: str) -> None:
        self.window = RollingWindow(clock, REQUESTS[plan], SECONDS)

    def headers(self) -> dict[str, str]:
        """Return the headers that tell the limit."""
        return {
            "X-Newcrm-Limit": str(self.window.limit),
            "X-Newcrm-Left": str(self.window.remaining),
            "X-Newcrm-Reset": str(self.window.reset),
        }
