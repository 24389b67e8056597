"""The day's budget of the CRM's plan: work begins only while it has room for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from appconnect.errors import RateLimited
from appconnect.http import RateLimit


class DayBudget:
    """Keeps room for what is in hand; ``said`` returns what the CRM last said of its limits.

    What it said before this was made may be of an earlier day. Where it says nothing of a day, there is room.
    """

    def __init__(self, said: Callable[[], RateLimit]) -> None:
        self._said, self._before = said, said()
        self._left: int | None = None
        self._in_hand = self._most_in_hand = 0
        self._is_known = False
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def room_for(self, units: int) -> AsyncIterator[None]:
        """Do the block, which takes so many units at most, when there is room beside all that is in hand.

        RateLimited where there is none left today.
        """
        if not units:  # of which no day is full, and to look at what was said takes time
            yield
            return
        while not self._has_room(units):
            if not self._in_hand:
                raise self._used_up()
            self._changed.clear()
            await self._changed.wait()
        self._in_hand += units
        self._most_in_hand = max(self._most_in_hand, self._in_hand)
        try:
            yield
        finally:
            self._look()
            self._in_hand -= units
            self._is_known = True
            self._changed.set()

    def _has_room(self, units: int) -> bool:
        self._look()
        if self._left is None:  # whoever is first goes alone, since its answer tells
            return self._is_known or not self._in_hand
        return self._left - self._in_hand >= units

    def _look(self) -> None:
        """Take the lowest, since answers overtake each other; where it rose by more, a new day has begun."""
        said = self._said()
        if said is self._before or (left := said.daily_remaining) is None:
            return
        if self._left is None or left < self._left or left > self._left + self._most_in_hand:
            self._left = left

    def _used_up(self) -> RateLimited:
        of = f" of {amount:,}" if (amount := self._said().daily_amount) else ""
        return RateLimited(
            f"The CRM's budget for today is used up: {self._left:,}{of} units are left, too few to go on. "
            "Run the same again when the CRM's next day begins; it goes on from here.",
            daily=True,
        )
