"""How each limit stood over time: after each answer that tells it, else by our own count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, auto
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

from appconnect.http import Pace
from appconnect.limits.sent import Sent

MINUTE: Final = 60.0
"""Seconds over which requests are counted where neither the CRM nor the connector names a limit."""


class Kind(StrEnum):
    """Which limit is meant."""

    WINDOW = auto()
    DAY = auto()
    OWN = auto()


@dataclass(frozen=True)
class Reading:
    """How a limit stood after a request.

    ``left`` is what was left of ``amount``, None where no amount is known; ``used`` is what our own count
    found in the window.
    """

    sent: Sent
    left: int | None
    amount: int | None
    used: int | None = None


@dataclass(frozen=True)
class Series:
    """A limit of an account over time, oldest first."""

    account: str
    kind: Kind
    name: str
    readings: tuple[Reading, ...]

    @property
    def last(self) -> Reading:
        """How it stands now."""
        return self.readings[-1]


def series(sent: Sequence[Sent], paces: Sequence[Pace] = ()) -> list[Series]:
    """Return every limit of one account over time; ``paces`` are those that its connector keeps to.

    Where the CRM tells no limit in any answer, the requests are counted here: against each pace, or those of
    a minute. A refusal that tells nothing has none left.
    """
    told = [*_told(sent, Kind.WINDOW), *_told(sent, Kind.DAY)]
    if told or not sent:
        return told
    return [_counted(sent, pace) for pace in paces] or [_counted(sent, None)]


def _told(sent: Sequence[Sent], kind: Kind) -> Iterator[Series]:
    readings = [reading for each in sent if (reading := _reading(each, kind)) is not None]
    if not readings:
        return
    known = [each for each in readings if each.amount is not None] or readings
    amounts = dict.fromkeys(each.amount for each in known)
    for amount in amounts:
        fitting = tuple(each for each in readings if each.amount in (amount, None))
        yield Series(sent[0].account, kind, _name(kind, amount), fitting)


def _reading(sent: Sent, kind: Kind) -> Reading | None:
    limits = sent.exchange.limits
    if kind is Kind.DAY and limits.daily_remaining is not None:
        return Reading(sent, limits.daily_remaining, limits.daily_amount)
    is_the_days = limits.daily_remaining is not None and limits.remaining == limits.daily_remaining
    if kind is Kind.WINDOW and limits.remaining is not None and not is_the_days:
        return Reading(sent, limits.remaining, limits.amount)
    return None


def _name(kind: Kind, amount: int | None) -> str:
    of = f" of {amount:,}" if amount is not None else ""
    return f"the day's budget{of}" if kind is Kind.DAY else f"the present window{of}"


def _counted(sent: Sequence[Sent], pace: Pace | None) -> Series:
    fitting = [each for each in sent if pace is None or fnmatchcase(_path(each), pace.path)]
    seconds = pace.seconds if pace else MINUTE
    readings, first = [], 0
    for place, each in enumerate(fitting):
        while fitting[first].at <= each.at - timedelta(seconds=seconds):
            first += 1
        used = place - first + 1
        left = None if pace is None else max(0, pace.requests - used)
        readings.append(Reading(each, left, pace.requests if pace else None, used))
    name = f"our own count: {pace.in_words}" if pace else "our own count: requests in a minute"
    return Series(sent[0].account, Kind.OWN, name, tuple(readings))


def _path(sent: Sent) -> str:
    return urlsplit(sent.exchange.request.url).path


def by_account(sent: Sequence[Sent]) -> dict[str, list[Sent]]:
    """Return the requests of each account, in the order in which they left."""
    in_order = sorted(sent, key=lambda each: (each.account, each.at, each.exchange.number))
    return {name: list(group) for name, group in groupby(in_order, key=lambda each: each.account)}
