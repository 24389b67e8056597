"""How far a request moved the limits: what was left before it, and after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from appconnect.workbench import Exchange, RateLimit


@dataclass(frozen=True)
class Move:
    """What was left ``before`` (None: not known) and ``after`` a request, of ``amount`` (None: not told).

    ``of_what`` is "now" for the present window, "today" for the day's budget.
    """

    of_what: str
    before: int | None
    after: int
    amount: int | None

    def __str__(self) -> str:
        return f"{self.after:,} left" if self.before is None else f"{self.before:,} → {self.after:,}"

    def in_words(self) -> str:
        """Return ``79 → 78 of 80 now``."""
        return f"{self}{f' of {self.amount:,}' if self.amount is not None else ''} {self.of_what}"


Moves = Mapping[int, tuple[Move, ...]]
"""By the request's number: of the present window and of the day, as far as they are told."""


def moves(exchanges: Iterable[Exchange]) -> Moves:
    """Return how each request of one workbench moved each limit, in order of departure."""
    last: dict[tuple[str, int | None], int] = {}
    found: dict[int, tuple[Move, ...]] = {}
    for each in exchanges:
        told = []
        for of_what, left, amount in _left(each.limits):
            told.append(Move(of_what, last.get((of_what, amount)), left, amount))
            last[of_what, amount] = left
        found[each.number] = tuple(told)
    return found


def moved(of: Moves, numbers: Iterable[int]) -> tuple[Move, ...]:
    """Return how several requests together moved the limits that the last of them told."""
    told = [of[each] for each in numbers if of.get(each)]
    if not told:
        return ()
    return tuple(Move(each.of_what, _first(each, told), each.after, each.amount) for each in told[-1])


def _first(move: Move, told: list[tuple[Move, ...]]) -> int | None:
    """Return what was left of a limit before the first request that told it."""
    which = (move.of_what, move.amount)
    return next(each.before for moves in told for each in moves if (each.of_what, each.amount) == which)


def _left(limits: RateLimit) -> list[tuple[str, int, int | None]]:
    """Return what is left of what; a CRM whose only limit is the day's tells it as both."""
    now = ("now", limits.remaining, limits.amount)
    today = ("today", limits.daily_remaining, limits.daily_amount)
    told = [today] if now[1:] == today[1:] else [now, today]
    return [(of_what, left, amount) for of_what, left, amount in told if left is not None]
