"""What is left of the rate limits, what the next operation costs, when they refill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.panels import styling
from appconnect.panels.panel import Panel, choice, words
from appconnect.workbench import Cost, Exchange, Pace, Workbench

WIDTH, HEIGHT, LEFT, TOP = 640, 150, 44, 12
FLOOR = HEIGHT - 30
COLOURS = (("var(--jp-brand-color1, #1976d2)", "solid"), ("var(--jp-warn-color1, #f57c00)", "dashed"))
MINUTE = timedelta(minutes=1)
SHOWN = 60
"""How many of the newest requests are drawn."""


class RateLimitsPanel(Panel):
    """What the CRM says of its limits, drawn over the requests of this workbench; it follows the traffic."""

    title = "Rate limits"
    lead = "What the CRM allows, what is left of it, and what the next operation will take."

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self.chart, self.now, self.price = widgets.HTML(), widgets.HTML(), widgets.HTML()
        operations = [(words_of(name), name) for name in workbench.costs]
        self.operation = choice("Next", operations or [("no costs documented", "")])
        self.show(self.now, self.chart, self.operation, self.price, self.status)
        self.on_change([self.operation], self._show_price)
        self._stop = workbench.trace.listen(lambda _: self._draw())
        self._draw()

    def close(self) -> None:
        """Stop following the traffic."""
        self._stop()
        self._stop = lambda: None

    # -- what is shown --

    def _draw(self) -> None:
        try:
            telling = [each for each in self.workbench.trace if each.limits.remaining is not None]
            self.now.value = self._how_it_stands()
            of_what = "of the day" if self._is_daily else "in the present window"
            self.chart.value = _chart(telling[-SHOWN:], of_what) if telling else display.NOTHING
            self._show_price()
        except Exception as error:
            self._say_error(error)

    @property
    def _is_daily(self) -> bool:
        """Whether the CRM's only headers count the day (Insightly)."""
        names = self.workbench.connector.rules.limit_headers
        return bool(names.remaining) and names.remaining == names.daily_remaining

    def _how_it_stands(self) -> Markup:
        if not len(self.workbench.trace):
            return styling.empty("No requests yet. The CRM says what is left with every answer.")
        refused = sum(each.status == 429 for each in self.workbench.trace)
        ours = {
            "Refused so far": f"{refused} of {len(self.workbench.trace)} requests (status 429)",
            "The workbench keeps to": _in_words(self.workbench.rate_limits),
        }
        limits = self.workbench.limits
        if not limits.is_known:
            silence = f"{self.workbench.title} says nothing about limits in its answers."
            meanwhile = "Instead, the workbench counts its own requests."
            counted = {"Counted here": self._counted()}
            return styling.note("warning", silence, [meanwhile]) + display.facts({**counted, **ours})
        shown: dict[str, object] = {}
        if limits.remaining is not None and not self._is_daily:
            refill = (
                f"; refills in {limits.reset:g} s"
                if limits.reset is not None
                else "; the CRM does not say when it refills"
            )
            shown["Now"] = f"{_of(limits.remaining, limits.amount)} requests left{refill}"
        if limits.daily_remaining is not None:
            shown["Today"] = (
                f"{_of(limits.daily_remaining, limits.daily_amount)} left of the day's budget; "
                "it refills at the CRM's daily reset"
            )
        return display.facts({**shown, **ours})

    def _counted(self) -> str:
        since = self.workbench.now() - MINUTE
        recent = sum(each.at > since for each in self.workbench.trace)
        return f"{_counted(len(self.workbench.trace), 'request')}, {recent} of them in the last minute"

    def _show_price(self) -> None:
        name = self.operation.value
        cost = self.workbench.cost(name) if name else None
        if cost is None:
            self.price.value = styling.empty(f"{self.workbench.title} documents no cost for this operation.")
            return
        budget = self.workbench.limits.daily_remaining
        times = (
            f"Today's budget is good for {budget // cost.units:,} more of them."
            if budget is not None and cost.units
            else ""
        )
        self.price.value = Markup('<p class="ac-lead">{} takes {}. {}</p>').format(
            words_of(name), _cost(cost), times
        )

    def about(self) -> str:
        """Return what is left now and today."""
        limits = self.workbench.limits
        if not limits.is_known:
            return f"the CRM has said nothing; {_counted(len(self.workbench.trace), 'request')} counted here"
        parts = [
            f"{_of(left, amount)} left {when}"
            for left, amount, when in (
                (None if self._is_daily else limits.remaining, limits.amount, "now"),
                (limits.daily_remaining, limits.daily_amount, "today"),
            )
            if left is not None
        ]
        return ", ".join(parts)


def words_of(operation: str) -> str:
    """Return an operation's name for people: ``find_contact`` → "Find contact"."""
    return words(operation.replace("_", " ")).capitalize()


def _of(left: int, amount: int | None) -> str:
    return f"{left:,} of {amount:,}" if amount is not None else f"{left:,}"


def _cost(cost: Cost) -> str:
    price = _counted(cost.requests, "request") + (
        f" and {cost.units} of the day's budget" if cost.units else ""
    )
    if not cost.requests_per_match:
        return price
    more = _counted(cost.requests_per_match, "request")
    return f"{price}; every further match {more}" + (
        f" and {cost.units_per_match}" if cost.units_per_match else ""
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _in_words(rate_limits: Sequence[Pace]) -> str:
    told = [
        f"{each.requests} requests in {each.seconds:g} s" + (f" for {each.path}" if each.path != "*" else "")
        for each in rate_limits
    ]
    return " and ".join(told) or "no pace of its own"


# -- the drawing --


def _chart(exchanges: Sequence[Exchange], of_what: str) -> Markup:
    """Draw what was left after each request, a line for each limit; refused requests are crossed."""
    drawn = [(_x(at, len(exchanges)), each) for at, each in enumerate(exchanges)]
    amounts = list(dict.fromkeys(_amount(each) for each in exchanges))
    lines = [
        _line(
            [(x, each) for x, each in drawn if _amount(each) == amount], amount, *COLOURS[at % len(COLOURS)]
        )
        for at, amount in enumerate(amounts)
    ]
    first, last = exchanges[0].number, exchanges[-1].number
    alt = f"Requests left after each of requests {first} to {last}; at the end {styling.left(exchanges[-1])}."
    return Markup(
        '<svg viewBox="0 0 {w} {h}" width="100%" style="max-width: {w}px" role="img" aria-label="{alt}">'
        '<line x1="{left}" y1="{top}" x2="{right}" y2="{top}" stroke="currentColor" stroke-opacity=".25" '
        'stroke-dasharray="4 4"/><line x1="{left}" y1="{floor}" x2="{right}" y2="{floor}" '
        'stroke="currentColor" stroke-opacity=".4"/>'
        '<text x="{label}" y="{tick}" text-anchor="end">all</text>'
        '<text x="{label}" y="{floor}" text-anchor="end">none</text>'
        '{lines}<text x="{left}" y="{below}">request {first}</text>'
        '<text x="{right}" y="{below}" text-anchor="end">request {last}</text></svg>'
        '<p class="ac-dim">Requests left {of_what}, after each answer{amounts}; ✕ is a refusal.</p>'
    ).format(
        w=WIDTH, h=HEIGHT, alt=alt, left=LEFT, right=WIDTH - 12, top=TOP, tick=TOP + 4, label=LEFT - 6,
        floor=FLOOR, below=HEIGHT - 10, lines=Markup("").join(lines), first=first, last=last,
        amounts=_told(amounts),
        of_what=of_what,
    )  # fmt: skip


def _told(amounts: Sequence[int]) -> str:
    """Return which line is which, where there are several."""
    told = [f"of {amount:,} ({COLOURS[at % len(COLOURS)][1]})" for at, amount in enumerate(amounts)]
    return f": {', '.join(told)}" if len(told) > 1 else ""


def _line(points: Sequence[tuple[float, Exchange]], amount: int, colour: str, name: str) -> Markup:
    """Draw one limit's line: solid or dashed, so that colour is not all that tells it from others."""
    placed = [(x, FLOOR - (each.limits.remaining or 0) / amount * (FLOOR - TOP), each) for x, each in points]
    return Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5"{}/>{}').format(
        " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in placed),
        colour,
        display.NOTHING if name == "solid" else Markup(' stroke-dasharray="5 3"'),
        Markup("").join(_dot(x, y, each, colour) for x, y, each in placed),
    )


def _amount(exchange: Exchange) -> int:
    """Return the limit that an answer speaks of; where it names none, what is left of it."""
    return exchange.limits.amount or exchange.limits.remaining or 1


def _x(at: int, count: int) -> float:
    return LEFT + 8 + at * (WIDTH - LEFT - 28) / max(1, count - 1)


def _dot(x: float, y: float, exchange: Exchange, colour: str) -> Markup:
    told = f"{exchange.number}: {exchange.method} {exchange.path}, {styling.left(exchange)}"
    if exchange.status == 429:
        mark = Markup(
            '<text x="{:.1f}" y="{:.1f}" text-anchor="middle" style="fill: var(--jp-error-color1, #c62828); '
            'font-size: 15px">✕<title>{}, refused</title></text>'
        )
        return mark.format(x, y + 5, told)
    mark = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}"><title>{}</title></circle>')
    return mark.format(x, y, colour, told)
