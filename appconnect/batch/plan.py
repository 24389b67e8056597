"""What batch work costs, before it begins: requests, units of the day's budget and time, for each way."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from appconnect.batch.desk import Desk
from appconnect.connector import Cost
from appconnect.directory import Directory
from appconnect.limits import Effort, effort
from appconnect.limits.effort import with_one_match
from appconnect.text.amounts import tallied

SEARCH: Final = "search each number"
READ_ALL: Final = "read all contacts once"
NOTICED_SECONDS: Final = 10.0
PAGE_SECONDS: Final = 0.5
"""About how long a page of all contacts takes; the next one is asked for after it."""


@dataclass(frozen=True)
class Way(Effort):
    """One way to do the work, by its name, and what it takes."""

    name: str

    @property
    def rank(self) -> tuple[float, ...]:
        """What is cheaper comes first: fewer days, noticeably less time, fewer units, fewer requests."""
        return (self.days, round(self.seconds / NOTICED_SECONDS), self.units, self.requests)

    def __str__(self) -> str:
        requests, joined, units = self.amount_in_words.partition(" and ")
        return f"{self.name}: {requests}, {self.time_in_words}{joined}{units}"


@dataclass(frozen=True)
class Plan:
    """How a table will be worked on: what it holds, the ways to match it, the one that is taken, the logs.

    ``numbers`` are the different phone numbers that are still to be looked up. ``logging`` is what writing a
    log for every row takes at most, None where nothing is logged. ``note`` says why there is one way only.
    """

    rows: int
    numbers: int
    ways: tuple[Way, ...]
    chosen: Way
    logging: Way | None
    done: int
    note: str
    left: int | None
    """What is left of today's budget, None where the CRM does not say."""

    @property
    def units(self) -> int:
        """What all of it takes of the day's budget."""
        return self.chosen.units + (self.logging.units if self.logging else 0)

    @property
    def days(self) -> int:
        """On how many days it is worked on, today among them; 0 where no day's budget is told.

        All contacts are read anew on each of them.
        """
        daily = self.chosen.daily
        if not daily:
            return 0
        each_day = self.chosen.units if self.chosen.name == READ_ALL else 0
        today = max(0, (daily if self.left is None else self.left) - each_day)
        return 1 + math.ceil(max(0, self.units - each_day - today) / max(1, daily - each_day))

    def sentences(self) -> list[str]:
        """Return the plan as a person reads it."""
        done = f", {self.done:,} of them done in an earlier run" if self.done else ""
        numbers = tallied(self.numbers, "different number") if self.numbers else "nobody"
        if not self.rows:
            return ["There is nothing to do: the table has no rows."]
        told = [f"{tallied(self.rows, 'row')}{done}; {numbers} to look up."]
        if self.numbers:
            told += [f"{'→' if way == self.chosen else '·'} {way}" for way in self.ways]
        if self.logging is not None:
            told.append(f"→ {self.logging}")
        if self.days > 1:
            left = "" if self.left is None else f" ({self.left:,} units are left of today's)"
            told.append(
                f"This needs the budgets of {self.days:,} days{left}: "
                "run the same again each day; it goes on from where it was."
            )
        return [*told, self.note] if self.note else told

    def __str__(self) -> str:
        return "\n".join(self.sentences())


async def choose(
    desk: Desk, directory: Directory | None, *, rows: int, numbers: int, logs: int | None, done: int, way: str
) -> Plan:
    """Return the plan of the cheapest way, or of the ``way`` that is wanted by name."""
    count = await directory.count() if directory is not None and numbers and way != SEARCH else None
    ways = [search(desk, numbers)]  # after the count, whose answer tells the day's budget to both ways
    if directory is not None and count is not None:
        ways.append(read_all(desk, directory, count))
    # what is begun anew in each run must fit into one day
    wanted = [
        each for each in ways if way == each.name or (not way and (each.name == SEARCH or each.days <= 1))
    ]
    chosen = min(wanted or ways, key=lambda each: each.rank)
    note = "" if directory else f"{desk.title}'s connector reads no list of all contacts: each is searched."
    logging = None if logs is None else log_all(desk, logs)
    return Plan(rows, numbers, tuple(ways), chosen, logging, done, note, left=desk.limits.daily_remaining)


def search(desk: Desk, numbers: int) -> Way:
    """Return what searching for so many numbers takes, as if each found one contact."""
    return _way(desk, SEARCH, numbers, with_one_match(desk.costs.get("find_contact", Cost(1))))


def read_all(desk: Desk, directory: Directory, count: int) -> Way:
    """Return what reading so many contacts takes, page after page."""
    pages = max(1, math.ceil(count / directory.page_size))
    way = _way(desk, READ_ALL, pages, Cost(1, directory.units_per_page))
    return replace(way, seconds=max(way.seconds, pages * PAGE_SECONDS))


def log_all(desk: Desk, logs: int) -> Way:
    """Return what so many logs take."""
    return _way(desk, f"write {logs:,} logs at most", logs, desk.costs.get("create_call_log", Cost(1)))


def _way(desk: Desk, name: str, times: int, cost: Cost) -> Way:
    taken = effort(
        times,
        cost,
        rate_limits=desk.rate_limits,
        max_in_flight=desk.connector.rules.max_in_flight,
        daily=desk.limits.daily_amount,
    )
    return Way(**vars(taken), name=name)
