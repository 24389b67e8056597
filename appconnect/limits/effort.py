"""What doing something so many times takes: requests, units of the day's budget, and time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from appconnect.connector import Cost
from appconnect.http import Pace
from appconnect.text.amounts import about, counted

ANSWER_SECONDS: Final = 0.2
"""About how long an answer takes, where no limit is narrower."""
DAY_SECONDS: Final = 86_400.0


@dataclass(frozen=True)
class Effort:
    """What something takes; ``seconds`` at the CRM's pace, ``daily`` is the day's budget, None where none is.

    It says nothing of what a budget has lost already.
    """

    requests: int
    units: int
    seconds: float
    daily: int | None

    @property
    def days(self) -> int:
        """On how many days the budget is needed; 0 where there is none."""
        return math.ceil(self.units / self.daily) if self.daily else 0

    @property
    def budgets(self) -> float:
        """How many days' budgets it takes: 2.6; 0 where there is none."""
        return self.units / self.daily if self.daily else 0.0

    @property
    def amount_in_words(self) -> str:
        """``12,400 requests and 62,000 of 30,000 units a day``."""
        told = f"{self.requests:,} request{'' if self.requests == 1 else 's'}"
        if not self.units:
            return told
        return f"{told} and {self.units:,}" + (f" of {self.daily:,} units a day" if self.daily else " units")

    @property
    def time_in_words(self) -> str:
        """``2.6 days`` where the budget decides, else the time at the CRM's pace: ``about 3 minutes``."""
        if self.budgets > 1 and self.budgets * DAY_SECONDS >= self.seconds:
            return f"{self.budgets:,.1f} days"
        return about(self.seconds)


def effort(
    times: int, cost: Cost, *, rate_limits: Sequence[Pace], max_in_flight: int, daily: int | None = None
) -> Effort:
    """Return what doing something ``times`` times takes, at a cost of ``cost`` each."""
    requests = times * cost.requests
    seconds = max(
        requests * ANSWER_SECONDS / max_in_flight, *(_paced(pace, times, cost) for pace in rate_limits), 0.0
    )
    return Effort(requests, times * cost.units, seconds, daily)


def with_one_match(search: Cost) -> Cost:
    """Return what a search takes that finds one contact."""
    return Cost(
        search.requests + search.requests_per_match, search.units + search.units_per_match, path=search.path
    )


def together(*costs: Cost) -> Cost:
    """Return what several operations take, one after the other."""
    path = next((each.path for each in costs if each.path), "")
    return Cost(sum(each.requests for each in costs), sum(each.units for each in costs), path=path)


def cost_in_words(cost: Cost) -> str:
    """Return what an operation takes: ``2 requests and 30 units``."""
    told = counted(cost.requests, "request")
    return f"{told} and {counted(cost.units, 'unit')}" if cost.units else told


def _paced(pace: Pace, times: int, cost: Cost) -> float:
    """Return the seconds until the last of the requests that a pace is about may leave."""
    if pace.path == "*":
        requests = times * cost.requests
    else:
        requests = times if fnmatchcase(cost.path, pace.path) else 0
    return max(0, (requests - 1) // pace.requests) * pace.seconds
