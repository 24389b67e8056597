"""How long the day's budget lasts at the present pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from appconnect.limits.spending import Spent
from appconnect.text.amounts import about

LOOK_BACK: Final = timedelta(minutes=15)
"""How much of the past the pace is taken from."""
DAY: Final = 86_400.0
MIN_SECONDS: Final = 10.0
"""A pace is told only when so much time lies between the first request and now."""


@dataclass(frozen=True)
class Forecast:
    """What is left of the day's budget, and the pace: ``units`` in the last ``seconds``."""

    left: int
    units: int
    seconds: float

    @property
    def empty_in(self) -> float | None:
        """In how many seconds nothing is left at this pace; None where there is no pace."""
        if self.left <= 0:
            return 0.0
        if self.units <= 0 or self.seconds < MIN_SECONDS:
            return None
        return self.left * self.seconds / self.units

    @property
    def sentence(self) -> str:
        """The forecast in words."""
        if self.empty_in == 0:
            return "The day's budget is used up; it refills at the CRM's daily reset."
        if self.empty_in is None:
            none = (
                "Hardly any time has passed since the first request"
                if self.units
                else "Nothing was used lately"
            )
            return f"{none}, so there is no pace to go by."
        pace = f"{self.units / self.seconds * 60:,.1f}".removesuffix(".0")
        when = "lasts for more than a day" if self.empty_in > DAY else f"is empty in {about(self.empty_in)}"
        period = about(self.seconds).removeprefix("about ")
        return f"At the pace of the last {period} ({pace} units a minute) the day's budget {when}."


def forecast(requests: Sequence[Spent], now: datetime) -> Forecast | None:
    """Return how long the budget of one account lasts; None where the CRM tells of none."""
    telling = [each for each in requests if each.day is not None]
    if not telling:
        return None
    day = max(each.day or 0 for each in telling)
    todays = [each for each in telling if each.day == day]
    recent = [each for each in todays if each.sent.at > now - LOOK_BACK]
    left = min(each.sent.exchange.limits.daily_remaining or 0 for each in todays)
    if not recent:
        return Forecast(left, 0, 0.0)
    units = sum(each.units or 0 for each in recent)
    return Forecast(left, units, (now - min(each.sent.at for each in recent)).total_seconds())
