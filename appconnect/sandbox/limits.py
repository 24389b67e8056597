"""Rate limits: a rolling window of seconds, and a budget per day."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta

from appconnect.sandbox.clock import Clock, next_midnight


class RollingWindow:
    """A limit of ``limit`` requests in any ``seconds``; refused requests do not count."""

    def __init__(self, clock: Clock, limit: int, seconds: float) -> None:
        self._clock, self.limit, self.seconds = clock, limit, seconds
        self._times: deque[datetime] = deque()

    def take(self) -> bool:
        """Count a request; return False when the window is full."""
        if self.remaining <= 0:
            return False
        self._times.append(self._clock.now())
        return True

    @property
    def remaining(self) -> int:
        """The number of requests that still fit now."""
        begin = self._clock.now() - timedelta(seconds=self.seconds)
        while self._times and self._times[0] <= begin:
            self._times.popleft()
        return self.limit - len(self._times)

    @property
    def reset(self) -> int:
        """The seconds, rounded up, until one more request fits than now."""
        first = self._times[0] if self._times else self._clock.now()
        left = first + timedelta(seconds=self.seconds) - self._clock.now()
        return max(0, math.ceil(left.total_seconds()))


class DailyBudget:
    """A limit of ``limit`` units a day; the day ends at midnight UTC."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock, self.limit = clock, limit
        self._day, self._spent = clock.now().date(), 0

    def spend(self, units: int = 1) -> bool:
        """Take ``units``; return False and take nothing when fewer are left."""
        if units > self.remaining:
            return False
        self._spent += units
        return True

    @property
    def remaining(self) -> int:
        """The units that are left today."""
        if (today := self._clock.now().date()) != self._day:
            self._day, self._spent = today, 0
        return self.limit - self._spent

    @property
    def reset(self) -> int:
        """The seconds until midnight UTC."""
        now = self._clock.now()
        return math.ceil((next_midnight(now) - now).total_seconds())
