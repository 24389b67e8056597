"""The rows of the list: an operation, and below it each of its requests, as texts and bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from appconnect.panels.timeline.groups import Group, request_id
from appconnect.panels.timeline.limits import Move, Moves, moved
from appconnect.panels.timeline.search import is_trouble
from appconnect.panels.timeline.waterfall import Bar, Waterfall, waterfall
from appconnect.workbench import Exchange, OperationRun, Purpose

MAX_REQUESTS = 100
"""How many of an operation's requests are listed, the newest."""
MAX_TEXT = 300
SIGNS = {"good": "✓", "bad": "✕", "busy": "…", "": ""}


class BarData(TypedDict):
    """A bar in percent of the row's width."""

    kind: str
    start: float
    width: float


class RowData(TypedDict):
    """A row as the list shows it; ``parent`` is the operation's id, ``says`` the row in words.

    ``note`` stands beside the title, ``more`` in a line below: what went wrong, what was waited for.
    """

    id: str
    parent: str
    crm: str
    title: str
    path: str
    note: str
    more: str
    status: str
    tone: str
    time: str
    limits: str
    bars: list[BarData]
    says: str


@dataclass(frozen=True)
class Style:
    """What the rows depend on beside the traffic: limits by workbench, whether rows name their CRM."""

    moves: Mapping[int, Moves]
    several: bool

    def moved(self, group: Group, exchanges: Sequence[Exchange]) -> tuple[Move, ...]:
        """Return how these requests moved the limits."""
        return moved(self.moves.get(group.source.index, {}), [each.number for each in exchanges])

    def crm(self, group: Group) -> str:
        """Return what names the CRM; "" where there is only one."""
        return group.source.label if self.several else ""


def newest(groups: Sequence[Group], limit: int) -> list[Group]:
    """Return the newest groups, newest first, with about ``limit`` rows; at least one."""
    kept: list[Group] = []
    left = limit
    for group in reversed(groups):
        if kept and left <= 0:
            break
        kept.append(group)
        left -= 1 + min(len(group.exchanges), MAX_REQUESTS)
    return kept


def rows(groups: Iterable[Group], style: Style) -> list[RowData]:
    """Return the rows of these groups: each operation, then its requests in order."""
    return [row for group in groups for row in _of_group(group, style)]


def drawn(group: Group) -> Waterfall:
    """Return the bars of a group's listed requests."""
    return waterfall(group.exchanges[-MAX_REQUESTS:], group.run)


def notes(exchange: Exchange) -> list[str]:
    """Return what is particular about a request: what it is for, which try, what was waited for."""
    purpose = [] if exchange.purpose is Purpose.OPERATION else [exchange.purpose.value]
    tries = [f"try {exchange.tries}"] if exchange.tries > 1 else []
    return [*purpose, *tries, *(f"waited {each.seconds:g} s: {each.reason}" for each in exchange.waits)]


def _of_group(group: Group, style: Style) -> list[RowData]:
    picture = drawn(group)
    listed = group.exchanges[-MAX_REQUESTS:]
    bars = [[_bar(bar, each) for bar in bars] for each, bars in zip(listed, picture.bars, strict=True)]
    requests = [
        _request(group, each, style, its_bars, picture.words[at])
        for at, (each, its_bars) in enumerate(zip(listed, bars, strict=True))
    ]
    every_bar = [each for its_bars in bars for each in its_bars]
    return [_operation(group, style, every_bar, picture.in_order), *requests] if group.number else requests


def _operation(group: Group, style: Style, bars: list[BarData], in_order: bool) -> RowData:
    run, number, crm = group.run, len(group.exchanges), style.crm(group)
    requests = "1 request" if number == 1 else f"{number} requests"
    if number > MAX_REQUESTS:
        requests += f", the newest {MAX_REQUESTS} are listed"
    elif group.is_cut:
        requests = f"its newest {requests}"
    tone = {None: "", "done": "good", "failed": "bad", "running": "busy"}[run.outcome if run else None]
    message = _cut(run.message) if run else ""
    outcome = run.outcome if run else "no longer kept"
    limits, time = _short(style.moved(group, group.exchanges)), _duration(run, in_order)
    return RowData(
        id=group.id, parent="", crm=crm, title=group.name, path="",
        note=f"→ {requests}" if tone == "bad" or not message else f"→ {requests} · {message}",
        more=message if tone == "bad" else "",
        status=f"{SIGNS[tone]} {outcome}".strip(), tone=tone, time=time, limits=limits, bars=bars,
        says=_says(crm, group.name, outcome, requests, message, time, limits),
    )  # fmt: skip


def _request(group: Group, exchange: Exchange, style: Style, bars: list[BarData], words: str) -> RowData:
    tone = "bad" if is_trouble(exchange) else "good"
    path, outcome, crm = _cut(exchange.path), exchange.outcome or "no answer", style.crm(group)
    told, limits = [_cut(each) for each in notes(exchange)], _short(style.moved(group, [exchange]))
    return RowData(
        id=request_id(group.source, exchange.number), parent=group.id if group.number else "", crm=crm,
        title=exchange.method, path=path, note="", more=" · ".join(told), status=f"{SIGNS[tone]} {outcome}",
        tone=tone, time=f"{exchange.seconds:.2f} s" if exchange.seconds else "", limits=limits, bars=bars,
        says=_says(crm, f"{exchange.number}: {exchange.method} {path}", outcome, *told, words, limits),
    )  # fmt: skip


def _bar(bar: Bar, exchange: Exchange) -> BarData:
    kind = bar.kind
    if kind == "request" and is_trouble(exchange):
        kind = "trouble"
    elif kind == "request" and exchange.purpose is not Purpose.OPERATION:
        kind = "sign-in"
    return BarData(kind=kind, start=round(bar.start, 2), width=round(bar.end - bar.start, 2))


def _duration(run: OperationRun | None, in_order: bool) -> str:
    """Return how long an operation took; where the clock stands still, only for what it waited."""
    if run is None or run.seconds is None:
        return ""
    return f"{run.seconds:.2f} s" if run.seconds or not in_order else ""


def _short(moves: Sequence[Move]) -> str:
    return str(moves[0]) if moves else ""


def _says(*parts: str) -> str:
    return ", ".join(each for each in parts if each)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
