"""Rate limits as the CRM states them, and pacing so that they are not met. Pure; absent means None."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import NamedTuple

from appconnect.http.rules import LimitHeaders, Pace


@dataclass(frozen=True)
class RateLimit:
    """The limits that one answer told; ``reset`` in seconds until the window ends."""

    amount: int | None = None
    remaining: int | None = None
    reset: float | None = None
    daily_amount: int | None = None
    daily_remaining: int | None = None

    @property
    def is_known(self) -> bool:
        """True when the CRM said anything at all."""
        return any(value is not None for value in vars(self).values())


def read(headers: Mapping[str, str], names: LimitHeaders) -> RateLimit:
    """Read an answer's rate-limit headers; what is absent or no number is None."""
    told = {name: headers.get(header) for name, header in names.headers.items()}
    if not any(told.values()):
        return NOTHING_TOLD
    return RateLimit(
        amount=_integer(told.get("amount")),
        remaining=_integer(told.get("remaining")),
        reset=_number(told.get("reset")),
        daily_amount=_integer(told.get("daily_amount")),
        daily_remaining=_integer(told.get("daily_remaining")),
    )


NOTHING_TOLD = RateLimit()


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _integer(text: str | None) -> int | None:
    number = _number(text)
    return None if number is None else int(number)


class Window:
    """The requests that one limit counts, as the moments at which each has arrived at the latest."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self._arrivals: list[float] = []

    def free_from(self) -> float:
        """Return the moment from which on one more request fits."""
        if len(self._arrivals) < self.pace.requests:
            return -math.inf
        return self._arrivals[-self.pace.requests] + self.pace.seconds

    def take(self, moment: float) -> float:
        """Count a request that leaves at a moment; return when it has arrived at the latest."""
        latest = moment + self.pace.slack
        insort(self._arrivals, latest)
        del self._arrivals[: -self.pace.requests]
        return latest

    def arrived(self, latest: float, now: float) -> None:
        """Note that a request has been answered, so that it arrived before now."""
        if now < latest and latest in self._arrivals:
            self._arrivals.remove(latest)
            insort(self._arrivals, now)


class Place(NamedTuple):
    """A place in the windows of a request: the seconds to wait for it, and what was noted of it where."""

    wait: float
    taken: tuple[tuple[Window, float], ...] = ()

    def answered(self, now: datetime) -> None:
        """Note that the request was answered: others may leave the earlier for it."""
        for window, latest in self.taken:
            window.arrived(latest, now.timestamp())


class Pacer:
    """Tells how long to wait so that no rolling window is exceeded.

    The CRM counts arrivals. A request arrives between its departure and its answer; until that comes, up to
    the ``slack`` of its pace later than it left.
    """

    def __init__(self, rate_limits: tuple[Pace, ...]) -> None:
        self._windows = [Window(pace) for pace in rate_limits]
        self._quiet_until = 0.0

    def quiet_for(self, seconds: float, now: datetime) -> None:
        """Let nobody through before ``seconds`` are over, as after a 429."""
        self._quiet_until = max(self._quiet_until, now.timestamp() + seconds)

    def reserve(self, path: str, now: datetime, *, max_wait: float = math.inf) -> Place:
        """Take the next free place for a request to ``path``; none that is free only after ``max_wait``."""
        present = now.timestamp()
        windows = [each for each in self._windows if fnmatchcase(path, each.pace.path)]
        moment = max(present, self._quiet_until, *(each.free_from() for each in windows))
        wait = moment - present
        if wait > max_wait:
            return Place(wait)
        return Place(wait, tuple((each, each.take(moment)) for each in windows))
