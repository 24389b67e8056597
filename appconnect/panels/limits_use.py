"""Which request used up a limit: operations by what they used, each opening to its single requests."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from appconnect import display
from appconnect.limits import Refusal, Spent, Use
from appconnect.panels import styling
from appconnect.text.amounts import counted

COLUMNS = ("No.", "At", "Run", "Request", "Units", "Waited before", "Outcome")

SHOWN = 50
"""How many requests of an operation are listed."""
SHORT = ("Operation", "Runs", "Requests", "Units", "Refused")


def head(total: Sequence[Use]) -> Markup:
    """Return the sentence above the operations."""
    requests = sum(len(each.requests) for each in total)
    told = counted(requests, "request")
    if any(each.units is not None for each in total):
        told += f", {counted(sum(each.units or 0 for each in total), 'unit')} of the day's budget"
    else:
        told += "; the CRM does not tell how many units each took"
    return Markup('<p class="ac-dim">{}. The most first; open one to see its requests.</p>').format(told)


def operation(use: Use, total: Sequence[Use], *, several: bool) -> Markup:
    """Return one line for an operation that opens to its requests; ``several``: also whose it is."""
    return Markup(
        '<details class="ac-use"><summary><span class="ac-use-line"><b>{name}</b>'
        '<span>{requests}</span><span>{units}</span><span class="ac-dim">{more}</span>'
        '<span class="ac-use-bar" aria-hidden="true"><i style="width: {share:.0f}%"></i></span>'
        "</span></summary>{table}</details>"
    ).format(
        name=f"{use.operation.replace('_', ' ')}{f' · {use.who}' if several else ''}",
        requests=counted(len(use.requests), "request"),
        units="–" if use.units is None else counted(use.units, "unit"),
        more=_more(use), share=share(use, total), table=_table(use),
    )  # fmt: skip


def share(use: Use, total: Sequence[Use]) -> float:
    """Return how much of all this operation used, in percent: of the units, else of the requests."""
    units = sum(each.units or 0 for each in total)
    if units:
        return 100 * (use.units or 0) / units
    return 100 * len(use.requests) / max(1, sum(len(each.requests) for each in total))


def in_short(use: Use) -> tuple[object, ...]:
    """Return a row on an operation."""
    units = "–" if use.units is None else use.units
    return use.operation.replace("_", " "), use.runs, len(use.requests), units, use.refused


def verdict(refusal: Refusal) -> Markup:
    """Return why a request was refused, and what had used up the limit."""
    why, *who = refusal.sentences()
    return styling.note("danger", why, who)


def option(refusal: Refusal, *, account: str = "") -> str:
    """Return what a refusal is called in a list to choose from."""
    sent = refusal.request.sent
    whose = f"{account}, " if account else ""
    operation = sent.operation.replace("_", " ")
    return f"{whose}request {sent.exchange.number} refused at {sent.at:%H:%M:%S} ({operation})"


def _more(use: Use) -> str:
    parts = [
        f"{use.runs} runs" if use.runs > 1 else "",
        f"{use.refused} refused" if use.refused else "",
        f"waited {use.waited:g} s" if use.waited else "",
    ]
    return ", ".join(filter(None, parts))


def _table(use: Use) -> Markup:
    dearest = sorted(use.requests, key=lambda each: -(each.units or 0))[:SHOWN]
    caption = "The dearest first"
    if len(use.requests) > SHOWN:
        caption = f"The {SHOWN} dearest of {len(use.requests):,} requests"
    return display.table(caption, COLUMNS, [_row(each) for each in dearest])


def _row(request: Spent) -> tuple[object, ...]:
    exchange = request.sent.exchange
    waits = "; ".join(f"{each.seconds:g} s, {each.reason}" for each in exchange.waits)
    purpose = "" if exchange.purpose.value == "operation" else f" ({exchange.purpose.value})"
    return (
        exchange.number, f"{exchange.at:%H:%M:%S}", exchange.operation or "–",
        Markup("{} <code>{}</code>{}").format(exchange.method, exchange.path, purpose),
        "–" if request.units is None else request.units, waits or "–", styling.status(exchange),
    )  # fmt: skip
