"""Drawings of rate limits over the requests: lines, refusals, waits; and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from appconnect import display
from appconnect.limits import Kind, Reading, Series
from appconnect.text.amounts import counted

WIDTH, HEIGHT, LEFT, TOP = 640, 150, 44, 12
FLOOR = HEIGHT - 30
COLOURS = (("var(--jp-brand-color1, #1976d2)", "solid"), ("var(--jp-warn-color1, #f57c00)", "dashed"))
SHOWN: Final = 60
"""How many of the newest requests are drawn."""
TITLES: Final = {
    Kind.WINDOW: "Requests left in the present window",
    Kind.DAY: "Left of the day's budget",
    Kind.OWN: "Requests by our own count",
}
IN_TABLE = ("No.", "At", "For", "Left", "Waited", "Outcome")


def charts(every: Sequence[Series]) -> list[list[Series]]:
    """Return the limits by their kind: those of one kind are lines of one drawing.

    A limit for a path that nothing went to has no line.
    """
    met = [each for each in every if each.readings]
    kinds = dict.fromkeys(each.kind for each in met)
    return [[each for each in met if each.kind is kind] for kind in kinds]


def drawing(lines: Sequence[Series], *, hover: bool = True) -> Markup:
    """Draw how limits of one kind stood after each request; refusals are crossed, waits are dotted.

    With ``hover`` a point says what it is when it is pointed at.
    """
    drawn = newest(lines)
    places = {_key(each): _x(at, len(drawn)) for at, each in enumerate(drawn)}
    top = max((each.used or 0 for each in drawn), default=1)
    parts = [_wait(places[_key(each)], each, hover) for each in drawn]
    for at, line in enumerate(lines):
        shown = [each for each in line.readings if _key(each) in places]
        parts.append(_line(shown, places, top, COLOURS[at % len(COLOURS)], hover))
    title = TITLES[lines[0].kind]
    return Markup(
        '<p class="ac-dim">{title}, after each answer{names}; ✕ is a refusal, a dotted line a wait.</p>'
        '<svg viewBox="0 0 {w} {h}" width="100%" style="max-width: {w}px" role="img" '
        'aria-label="{title}. {alt}">{frame}{parts}</svg>'
    ).format(
        w=WIDTH, h=HEIGHT, title=title, alt=_alternative(drawn), frame=_frame(drawn, top),
        parts=Markup("").join(parts), names=_names(lines),
    )  # fmt: skip


def _frame(drawn: Sequence[Reading], top: int) -> Markup:
    """Draw the lines where all and where none is left, and name the first and the last request."""
    first, last = drawn[0].sent, drawn[-1].sent
    return Markup(
        '<line x1="{left}" y1="{top}" x2="{right}" y2="{top}" stroke="currentColor" stroke-opacity=".25" '
        'stroke-dasharray="4 4"/><line x1="{left}" y1="{floor}" x2="{right}" y2="{floor}" '
        'stroke="currentColor" stroke-opacity=".4"/>'
        '<text x="{label}" y="{tick}" text-anchor="end">{above}</text>'
        '<text x="{label}" y="{floor}" text-anchor="end">none</text>'
        '<text x="{left}" y="{below}">request {first}, {begin:%H:%M:%S}</text>'
        '<text x="{right}" y="{below}" text-anchor="end">request {last}, {end:%H:%M:%S}</text>'
    ).format(
        left=LEFT, right=WIDTH - 12, top=TOP, tick=TOP + 4, label=LEFT - 6, floor=FLOOR, below=HEIGHT - 10,
        first=first.exchange.number, last=last.exchange.number, begin=first.at, end=last.at,
        above=top if drawn[0].left is None else "all",
    )  # fmt: skip


def newest(lines: Sequence[Series]) -> list[Reading]:
    """Return the newest readings of all these limits, in order of departure."""
    every = {_key(each): each for line in lines for each in line.readings}
    in_order = sorted(every.values(), key=lambda each: (each.sent.at, each.sent.exchange.number))
    return in_order[-SHOWN:]


def how_much(reading: Reading) -> str:
    """Return how a limit stands in words: "278 of 300 left", "5 in the window"."""
    if reading.left is None:
        return f"{reading.used:,} in the window"
    return f"{reading.left:,} of {reading.amount:,} left" if reading.amount else f"{reading.left:,} left"


def _alternative(drawn: Sequence[Reading]) -> str:
    refused = sum(each.sent.is_refused for each in drawn)
    waited = sum(bool(each.sent.exchange.waits) for each in drawn)
    numbers = f"{drawn[0].sent.exchange.number} to {drawn[-1].sent.exchange.number}"
    return (
        f"Requests {numbers}: {refused} refused, {waited} after a wait; at the end {how_much(drawn[-1])}. "
        "The table below it says the same."
    )


def _key(reading: Reading) -> tuple[str, int]:
    return reading.sent.who, reading.sent.exchange.number


def _x(at: int, count: int) -> float:
    return LEFT + 8 + at * (WIDTH - LEFT - 28) / max(1, count - 1)


def _y(reading: Reading, top: int) -> float:
    if reading.left is None:
        return FLOOR - (reading.used or 0) / max(1, top) * (FLOOR - TOP)
    return FLOOR - reading.left / (reading.amount or reading.left or 1) * (FLOOR - TOP)


def _line(
    readings: Sequence[Reading],
    places: dict[tuple[str, int], float],
    top: int,
    look: tuple[str, str],
    hover: bool,
) -> Markup:
    """Draw one limit's line: solid or dashed, so that colour is not all that tells it from others."""
    placed = [(places[_key(each)], _y(each, top), each) for each in readings]
    colour, name = look
    return Markup(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5"{}/><g fill="{}">{}</g>'
    ).format(
        " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in placed),
        colour,
        display.NOTHING if name == "solid" else Markup(' stroke-dasharray="5 3"'),
        colour,
        Markup("").join(_dot(x, y, each, hover) for x, y, each in placed),
    )


def _dot(x: float, y: float, reading: Reading, hover: bool) -> Markup:
    exchange, refused = reading.sent.exchange, reading.sent.is_refused
    told = f"{exchange.number}: {exchange.method} {exchange.path}, {how_much(reading)}"
    title = _title(f"{told}, refused" if refused else told, hover)
    if refused:
        mark = Markup(
            '<text x="{:.1f}" y="{:.1f}" text-anchor="middle" style="fill: var(--jp-error-color1, #c62828); '
            'font-size: 15px">✕{}</text>'
        )
        return mark.format(x, y + 5, title)
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5">{}</circle>').format(x, y, title)


def _wait(x: float, reading: Reading, hover: bool) -> Markup:
    if not reading.sent.exchange.waits:
        return display.NOTHING
    return Markup(
        '<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{floor}" stroke="currentColor" stroke-opacity=".6" '
        'stroke-dasharray="1 3">{title}</line>'
    ).format(x=x - 4, top=TOP, floor=FLOOR, title=_title(waited(reading), hover))


def _title(told: str, hover: bool) -> Markup:
    return Markup("<title>{}</title>").format(told) if hover else display.NOTHING


def waited(reading: Reading) -> str:
    """Return what a request waited for, in words; "" where it did not."""
    return "; ".join(f"{each.seconds:g} s, {each.reason}" for each in reading.sent.exchange.waits)


def _names(lines: Sequence[Series]) -> str:
    """Return which line is which, where there are several."""
    told = [f"{line.name} ({COLOURS[at % len(COLOURS)][1]})" for at, line in enumerate(lines)]
    return f": {', '.join(told)}" if len(told) > 1 or lines[0].kind is Kind.OWN else ""


def table(lines: Sequence[Series]) -> Markup:
    """Return what is drawn as a table, to be opened."""
    drawn = newest(lines)
    rows = [
        (
            each.sent.exchange.number, f"{each.sent.at:%H:%M:%S}", each.sent.operation.replace("_", " "),
            how_much(each),
            waited(each) or "–", "refused (429)" if each.sent.is_refused else each.sent.exchange.outcome,
        )
        for each in reversed(drawn)
    ]  # fmt: skip
    caption = f"The newest {counted(len(rows), 'request')}, the latest first"
    return Markup("<details><summary>The same as a table</summary>{}</details>").format(
        display.table(caption, IN_TABLE, rows)
    )
