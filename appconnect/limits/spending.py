"""What each request took of the day's budget, and each operation: measured, not as documented.

A CRM tells what is left after each answer. The difference to the answer before is what a request took; what
somebody else used in between is in it too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from appconnect.limits.sent import Sent


@dataclass(frozen=True)
class Spent:
    """A request with the ``units`` of the day's budget that it took.

    None where the CRM does not tell, and for the first answer of a day, which can be compared with none.
    ``day`` counts the budgets of the account that were begun: requests with the same one share it.
    """

    sent: Sent
    units: int | None = None
    day: int | None = None


@dataclass(frozen=True)
class Use:
    """What one operation used, in all its runs; ``units`` is None where the CRM tells of none."""

    who: str
    operation: str
    requests: tuple[Spent, ...]

    @property
    def runs(self) -> int:
        """How often the operation ran; 0 for requests outside of operations."""
        return len({each.sent.exchange.operation for each in self.requests} - {0})

    @property
    def units(self) -> int | None:
        """The units of the day's budget that all its requests took together."""
        told = [each.units for each in self.requests if each.units is not None]
        return sum(told) if told else None

    @property
    def refused(self) -> int:
        """How many of its requests were refused."""
        return sum(each.sent.is_refused for each in self.requests)

    @property
    def waited(self) -> float:
        """How many seconds its requests waited before they left."""
        return sum(wait.seconds for each in self.requests for wait in each.sent.exchange.waits)

    @property
    def rank(self) -> tuple[int, int]:
        """What used most comes first: units, then requests."""
        return (-(self.units or 0), -len(self.requests))


def spent(sent: Sequence[Sent]) -> list[Spent]:
    """Return the requests, in the order given, each with what it took."""
    by_account: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(sent):
        if each.exchange.limits.daily_remaining is not None:
            by_account[each.account].append(place)
    found = [Spent(each) for each in sent]
    for places in by_account.values():
        for number, day in enumerate(_days(sent, places)):
            for place, units in _taken(sent, day):
                found[place] = Spent(sent[place], units, number)
    return found


def uses(requests: Iterable[Spent]) -> list[Use]:
    """Return what each operation of each workbench used, the most first."""
    groups: defaultdict[tuple[str, str], list[Spent]] = defaultdict(list)
    for each in requests:
        groups[each.sent.who, each.sent.operation].append(each)
    found = [Use(who, operation, tuple(group)) for (who, operation), group in groups.items()]
    return sorted(found, key=lambda each: each.rank)


def _left(sent: Sent) -> int:
    return sent.exchange.limits.daily_remaining or 0


def _days(sent: Sequence[Sent], places: Sequence[int]) -> list[list[int]]:
    """Return the places by the budget that they drew on: it ends with the day, or with a change of plan."""
    days: list[list[int]] = []
    before: Sent | None = None
    for place in sorted(places, key=lambda each: (sent[each].answered, each)):
        if before is None or _begins_anew(before, sent[place]):
            days.append([])
        days[-1].append(place)
        before = sent[place]
    return days


def _begins_anew(before: Sent, now: Sent) -> bool:
    """Return whether there is another budget now; answers that overtook each other are no sign of one."""
    other_plan = before.exchange.limits.daily_amount != now.exchange.limits.daily_amount
    return other_plan or (_left(now) > _left(before) and now.at > before.answered)


def _taken(sent: Sequence[Sent], day: Sequence[int]) -> Iterator[tuple[int, int | None]]:
    """Yield what each request of a day took, None for the first; what overtook another is put in order."""
    before: int | None = None
    for place in sorted(day, key=lambda each: -_left(sent[each])):
        yield place, None if before is None else before - _left(sent[place])
        before = _left(sent[place])
