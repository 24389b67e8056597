"""The two limits: requests per rolling two seconds and token, and the company's tokens per day.

Source: https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting. The documentation
leaves open the body of a 429 and the number of refusals until Cloudflare blocks; the sandbox's are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import HTMLResponse, Response

from appconnect.connectors.pipedrive.sandbox.answers import HELP, problem
from appconnect.sandbox.base import DailyBudget, RollingWindow, Toggles
from appconnect.sandbox.clock import Clock

WINDOW_SECONDS = 2.0
MAX_SEARCHES = 10
MAX_REFUSALS = 10
"""After so many refusals within ten seconds, Cloudflare blocks for a minute."""
BLOCK_SECONDS = 60


@dataclass(frozen=True)
class Plan:
    """A plan's requests per two seconds, by OAuth token and by API token, and its daily tokens."""

    oauth: int
    api_token: int
    daily: int

    def __str__(self) -> str:
        return f"{self.oauth} requests per 2 s (API token: {self.api_token}), {self.daily} tokens a day"


PLANS = {
    "lite": Plan(80, 20, 30_000),
    "growth": Plan(160, 40, 60_000),
    "premium": Plan(400, 100, 150_000),
    "ultimate": Plan(480, 120, 210_000),
    "tiny": Plan(4, 4, 300),
}
"""For one seat. "tiny" is the sandbox's own, to run into limits on purpose."""


@dataclass(frozen=True)
class Caller:
    """The token and user of a request; ``scopes`` None means all."""

    token: str
    user: int
    scopes: tuple[str, ...] | None

    @property
    def by_api_token(self) -> bool:
        """True for the personal API token, False for OAuth."""
        return self.scopes is None


class _Meter:
    """The counters of one token."""

    def __init__(self, clock: Clock, burst: int) -> None:
        self.burst = RollingWindow(clock, burst, WINDOW_SECONDS)
        self.searches = RollingWindow(clock, min(MAX_SEARCHES, burst), WINDOW_SECONDS)
        self.refusals = RollingWindow(clock, MAX_REFUSALS, 10.0)
        self.blocked_until: datetime | None = None


class Limits:
    """The counters of one company on one plan."""

    def __init__(self, clock: Clock, plan: Plan, toggles: Toggles) -> None:
        self._clock, self._plan, self._toggles = clock, plan, toggles
        self.budget = DailyBudget(clock, plan.daily)
        self._writes = DailyBudget(clock, 10_000)
        self._meters: dict[str, _Meter] = {}

    def refusal(self, caller: Caller, cost: int, *, search: bool) -> Response | None:
        """Count a request; return the answer that refuses it, None when it is within the limits."""
        meter = self._meter(caller)
        if meter.blocked_until and self._clock.now() < meter.blocked_until:
            return _cloudflare()
        if self.budget.remaining <= 0:
            return self._refused(caller, meter)
        if not (meter.burst.remaining and (not search or meter.searches.remaining)):
            return self._refused(caller, meter)
        meter.burst.take()
        if search:
            meter.searches.take()
        self.budget.spend(min(cost, self.budget.remaining))
        return None

    def headers(self, caller: Caller, method: str, *, search: bool) -> dict[str, str]:
        """Return the headers that tell the limits; ``x-ratelimit-reset`` is in seconds."""
        meter = self._meter(caller)
        window = meter.searches if search else meter.burst
        headers = {
            "x-ratelimit-limit": window.limit,
            "x-ratelimit-remaining": window.remaining,
            "x-ratelimit-reset": window.reset,
        }
        if self._toggles["daily_headers"]:
            headers["x-daily-ratelimit-token-limit"] = self.budget.limit
            headers["x-daily-ratelimit-token-remaining"] = self.budget.remaining
        if caller.by_api_token and method in {"POST", "PUT"}:
            self._writes.spend()
            headers["x-daily-requests-left"] = self._writes.remaining
        return {name: str(value) for name, value in headers.items()}

    def _meter(self, caller: Caller) -> _Meter:
        burst = self._plan.api_token if caller.by_api_token else self._plan.oauth
        return self._meters.setdefault(caller.token, _Meter(self._clock, burst))

    def _refused(self, caller: Caller, meter: _Meter) -> Response:
        may_block = caller.by_api_token or self._toggles["cloudflare_for_oauth"]
        if not meter.refusals.take() and may_block:
            meter.blocked_until = self._clock.now() + timedelta(seconds=BLOCK_SECONDS)
            return _cloudflare()
        wait = {"Retry-After": "2"} if self._toggles["retry_after"] else None
        return problem(429, "request over limit", wait, errorCode=429, error_info=HELP)


def _cloudflare() -> Response:
    return HTMLResponse(
        "<!DOCTYPE html><html><head><title>Access denied | pipedrive.com used Cloudflare to restrict access"
        "</title></head><body><h1>Error 1015</h1><p>You are being rate limited.</p></body></html>",
        403,
        headers={"server": "cloudflare", "cf-mitigated": "challenge"},
    )
