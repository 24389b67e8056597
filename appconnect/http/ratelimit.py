"""Rate limits as the CRM states them, and pacing so that they are not met. Pure; absent means None."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final, NamedTuple, Protocol, TypeVar, cast

from pydantic import JsonValue

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


T = TypeVar("T")
JsonObject = dict[str, JsonValue]
Change = Callable[[JsonObject, float], T]
"""Is handed what is noted in a book, to change it, and the moment by the clock of all who share it."""


class Book(Protocol):
    """Where reservations are noted: of one client, or of all that share the limits of an account."""

    def change(self, work: Change[T], now: float) -> T:
        """Do ``work`` to what is noted while nobody else does, and return its result."""
        ...


class OwnBook:
    """The reservations of one client."""

    def __init__(self) -> None:
        self._noted: JsonObject = {}

    def change(self, work: Change[T], now: float) -> T:
        """Do ``work`` to what is noted."""
        return work(self._noted, now)


class Place(NamedTuple):
    """A place for a request: the seconds to wait for it, and until when it has arrived in which windows.

    ``reason`` is what is waited for, ``leaves`` the moment of its departure by the clock of who asked.
    Where no place was taken it may be worth asking again in ``ask_again`` seconds: answers may have come. It
    is 0 where one was.
    """

    wait: float
    taken: tuple[tuple[Pace, float], ...] = ()
    reason: str = ""
    leaves: float = 0.0
    ask_again: float = 0.0


@dataclass(frozen=True)
class Standing:
    """How the limits stand that are kept here; ``pause`` is the seconds that a refusal keeps all back.

    ``taken`` is how many requests have left, or have a place, in the present window of each pace.
    """

    pause: float
    taken: tuple[tuple[Pace, int], ...]


class Pacer:
    """Tells how long to wait so that no rolling window is exceeded.

    The CRM counts arrivals, and only what the way to it varies by matters: what each needs at least is the
    same for all. A request is late by as much as its answer took longer than the quickest do; until that
    comes, by the ``slack`` of its pace at most. Half of the quickest way is taken off where an answer is
    noted, half where the next request leaves, so that those who share a book need not be equally far away.
    """

    def __init__(self, rate_limits: tuple[Pace, ...]) -> None:
        self._paces = rate_limits
        self._book: Book = OwnBook()
        self._answered: list[tuple[Place, float]] = []
        self._quickest = Quickest()

    def share(self, book: Book, now: datetime) -> None:
        """Note reservations in this book from now on, and there as well what was noted until now."""
        noted = self._book.change(lambda noted, _: noted, now.timestamp())

        def work(shared: JsonObject, moment: float) -> None:
            later = moment - now.timestamp()
            for pace in self._paces:
                arrivals = _arrivals(shared, pace)
                arrivals += [each + later for each in _arrivals(noted, pace)]
                arrivals.sort()
                del arrivals[: -pace.requests]

        book.change(work, now.timestamp())
        self._book = book
        self._answered.clear()

    def quiet_for(self, seconds: float, now: datetime) -> None:
        """Let nobody through before ``seconds`` are over, as after a 429."""

        def work(noted: JsonObject, moment: float) -> None:
            noted[QUIET] = max(_quiet_until(noted), moment + seconds)

        self._book.change(work, now.timestamp())

    def standing(self, now: datetime) -> Standing:
        """Return how the limits stand, with what all have reserved who note it in the same book."""

        def work(noted: JsonObject, moment: float) -> Standing:
            taken = []
            for pace in self._paces:
                since = moment - pace.seconds
                taken.append((pace, sum(each > since for each in _arrivals(noted, pace))))
            return Standing(max(0.0, _quiet_until(noted) - moment), tuple(taken))

        return self._book.change(work, now.timestamp())

    def paces_of(self, path: str) -> tuple[Pace, ...]:
        """Return the paces that requests to ``path`` keep to."""
        return tuple(each for each in self._paces if fnmatchcase(path, each.path))

    def reserve(self, path: str, now: datetime, *, max_wait: float = math.inf) -> Place:
        """Take the next free place for a request to ``path``; none that is free only after ``max_wait``."""
        paces = self.paces_of(path)
        way, longer_way = self._quickest.sure / 2, self._quickest.met / 2
        answered, present = self._answered[:], now.timestamp()

        def work(noted: JsonObject, moment: float) -> Place:
            _forget_what_is_too_late(noted, moment + MAX_AHEAD)
            for place, at in answered:
                _note_answered(noted, place, at + moment - present)
            windows = [(pace, _arrivals(noted, pace)) for pace in paces]
            free, reason = max(
                (moment, ""),
                (_quiet_until(noted), AFTER_REFUSAL),
                *((_free_from(*each, way), each[0].in_words) for each in windows),
            )
            wait = free - moment
            if wait > max_wait:
                sure = max((each.slack for each in paces), default=0.0) if reason != AFTER_REFUSAL else 0.0
                return Place(wait, reason=reason, ask_again=max(wait - sure, min(wait, sure / 4)))
            taken = tuple((pace, _take(pace, arrivals, free, longer_way)) for pace, arrivals in windows)
            return Place(wait, taken, reason, present + wait)

        place = self._book.change(work, present)
        del self._answered[: len(answered)]
        return place

    def answered(self, place: Place, now: datetime) -> None:
        """Note that a request was answered: others may leave the earlier for it."""
        if place.taken:
            took = now.timestamp() - place.leaves
            self._quickest.note(took)
            way = self._quickest.sure / 2
            self._answered.append((place, place.leaves + max(way, took - way)))


class Quickest:
    """How long the way to the CRM and back is at least, in seconds, as the latest answers tell.

    ``met`` is how long the quickest took, a guess until there is one. The very quickest may have been late as
    well: as there is a distance from it to the next few, there may be one to what nobody has met yet.
    ``sure`` leaves three times as much aside; it is 0 while too little is known.
    """

    def __init__(self) -> None:
        self._lately: list[float] = []
        self._before: list[float] = []
        self._noted = 0
        self.met, self.sure = GUESS, 0.0

    def note(self, seconds: float) -> None:
        """Note how long an answer took."""
        insort(self._lately, seconds)
        del self._lately[FEW:]
        quickest = sorted(self._before + self._lately)[:FEW]
        self.met = quickest[0]
        self.sure = max(0.0, 4 * self.met - 3 * quickest[-1]) if len(quickest) == FEW else 0.0
        self._noted += 1
        if self._noted == LATELY:
            self._before, self._lately, self._noted = self._lately, [], 0


GUESS: Final = 0.2
FEW: Final = 10
"""Answers that must be known before any is called quick."""
LATELY: Final = 200
"""After so many answers, those before the last so many are forgotten: the way may be longer by now."""


# -- what is noted: the moments at which requests have arrived at the latest, in order, by window --

QUIET: Final = "quiet until"
AFTER_REFUSAL: Final = "the CRM asked for a pause"
MAX_AHEAD: Final = 3600.0
"""Seconds."""


def _forget_what_is_too_late(noted: JsonObject, latest: float) -> None:
    """Forget what was noted before a clock was set back; nobody reserves as far ahead."""
    if _quiet_until(noted) > latest:
        del noted[QUIET]
    for arrivals in noted.values():
        while isinstance(arrivals, list) and arrivals and cast(float, arrivals[-1]) > latest:
            arrivals.pop()


def _quiet_until(noted: JsonObject) -> float:
    return cast(float, noted.get(QUIET, 0.0))


def _arrivals(noted: JsonObject, pace: Pace) -> list[float]:
    window = f"{pace.requests} in {pace.seconds:g} s: {pace.path}"
    return cast(list[float], noted.setdefault(window, []))


def _free_from(pace: Pace, arrivals: list[float], way: float) -> float:
    """Return the moment from which on one more request fits; ``way`` is how long it travels."""
    if len(arrivals) < pace.requests:
        return -math.inf
    return arrivals[-pace.requests] + pace.seconds - (way if pace.slack else 0.0)


def _take(pace: Pace, arrivals: list[float], moment: float, way: float) -> float:
    """Count a request that leaves at a moment; return when it has arrived at the latest."""
    latest = moment + (pace.slack + way if pace.slack else 0.0)
    insort(arrivals, latest)
    del arrivals[: -pace.requests]
    return latest


def _note_answered(noted: JsonObject, place: Place, at: float) -> None:
    for pace, latest in place.taken:
        arrivals = _arrivals(noted, pace)
        if at < latest and latest in arrivals:
            arrivals.remove(latest)
            insort(arrivals, at)
