"""Where the bars of an operation's requests and waits stand: over time, or in order where time stood still.

A sandbox's clock moves for waits only. There, each request takes one step, and a wait a wider one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appconnect.workbench import Exchange, OperationRun

WAIT_STEPS = 2.0
"""How many times as wide as a request a wait is drawn where the clock stands still."""
NARROWEST = 0.8
"""Percent."""


@dataclass(frozen=True)
class Bar:
    """A stretch of an operation, from ``start`` to ``end`` in percent of it; ``kind`` is wait or request."""

    start: float
    end: float
    kind: str


@dataclass(frozen=True)
class Waterfall:
    """The bars of every request, in order: its waits, then itself; ``words`` say the same.

    ``in_order`` is True where the bars show the order and no time.
    """

    bars: Sequence[Sequence[Bar]]
    words: Sequence[str]
    in_order: bool


def waterfall(exchanges: Sequence[Exchange], run: OperationRun | None = None) -> Waterfall:
    """Place an operation's requests; in order where none took any time by the workbench's clock."""
    in_order = not any(each.seconds for each in exchanges)
    return _in_order(exchanges) if in_order else _over_time(exchanges, run)


def waited(exchange: Exchange) -> float:
    """Return the seconds that were waited right before a request."""
    return sum(each.seconds for each in exchange.waits)


def together_with(exchange: Exchange, exchanges: Sequence[Exchange]) -> list[int]:
    """Return the numbers of the requests that were under way, or waiting, at the same time."""
    start, end = _start(exchange), _end(exchange)
    return [
        each.number
        for each in exchanges
        if each.number != exchange.number and _start(each) < end and start < _end(each)
    ]


def _start(exchange: Exchange) -> float:
    return exchange.at.timestamp() - waited(exchange)


def _end(exchange: Exchange) -> float:
    return exchange.at.timestamp() + exchange.seconds


# -- over time --


def _over_time(exchanges: Sequence[Exchange], run: OperationRun | None) -> Waterfall:
    begun = [run.at.timestamp()] if run else []
    ended = [run.at.timestamp() + run.seconds] if run and run.seconds is not None else []
    first = min(begun + [_start(each) for each in exchanges])
    whole = max(ended + [_end(each) for each in exchanges]) - first

    def percent(moment: float) -> float:
        return 100 * (moment - first) / whole if whole else 0.0

    bars = [
        _bars(*map(percent, (_start(each), each.at.timestamp(), each.at.timestamp(), _end(each))))
        for each in exchanges
    ]
    words = [f"after {each.at.timestamp() - first:.2f} s, for {each.seconds:.2f} s" for each in exchanges]
    return Waterfall(bars, words, in_order=False)


# -- in order --

Moment = tuple[datetime, float]
"""A moment of the clock, and the step that the first request then takes."""


def _in_order(exchanges: Sequence[Exchange]) -> Waterfall:
    moments: list[Moment] = []
    starts: list[float] = []
    step = 0.0
    for each in exchanges:
        if not moments or each.at > moments[-1][0]:
            step += WAIT_STEPS if moments or each.waits else 0.0
            moments.append((each.at, step))
        starts.append(step)
        step += 1.0
    scale = 100 / step if step else 0.0
    bars = [
        _bars(*(scale * place for place in (*_wait(each, start, moments), start, start + 1)))
        for each, start in zip(exchanges, starts, strict=True)
    ]
    words = [f"step {number} of {len(exchanges)}" for number in range(1, len(exchanges) + 1)]
    return Waterfall(bars, words, in_order=True)


def _wait(exchange: Exchange, start: float, moments: Sequence[Moment]) -> tuple[float, float]:
    """Return the steps at which the clock began to move for a request's wait, and at which it stood still."""
    if not waited(exchange):
        return start, start
    begun = exchange.at - timedelta(seconds=waited(exchange))
    moved = [step for moment, step in moments if begun < moment <= exchange.at]
    return (moved[0] - WAIT_STEPS, moved[-1]) if moved else (start, start)


def _bars(wait: float, waited_until: float, start: float, end: float) -> list[Bar]:
    waits = [Bar(wait, waited_until, "wait")] if wait < waited_until else []
    return [*waits, Bar(start, max(end, start + NARROWEST), "request")]
