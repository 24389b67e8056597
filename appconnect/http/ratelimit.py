"""Rate limits as the CRM states them, and pacing so that they are not met. Pure; absent means None."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

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


class Pacer:
    """Tells how long to wait so that no rolling window is exceeded."""

    def __init__(self, rate_limits: tuple[Pace, ...]) -> None:
        self._windows: list[tuple[Pace, deque[float]]] = [(pace, deque()) for pace in rate_limits]
        self._quiet_until = 0.0

    def quiet_for(self, seconds: float, now: datetime) -> None:
        """Let nobody through before ``seconds`` are over, as after a 429."""
        self._quiet_until = max(self._quiet_until, now.timestamp() + seconds)

    def reserve(self, path: str, now: datetime, *, max_wait: float = math.inf) -> float:
        """Take the next free place for a request to ``path``; return the seconds to wait for it.

        A place that is free only after ``max_wait`` is not taken.
        """
        moment = max(now.timestamp(), self._quiet_until)
        windows = [(pace, sent) for pace, sent in self._windows if fnmatchcase(path, pace.path)]
        for pace, sent in windows:
            if len(sent) >= pace.requests:
                moment = max(moment, sent[-pace.requests] + pace.seconds + pace.slack)
        wait = max(0.0, moment - now.timestamp())
        for pace, sent in windows if wait <= max_wait else ():
            sent.append(moment)
            while len(sent) > pace.requests:
                sent.popleft()
        return wait
