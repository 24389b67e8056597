"""How the limits of an account stand, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from appconnect import display
from appconnect.panels import styling
from appconnect.panels.limits_view import AccountView
from appconnect.text.amounts import about, counted
from appconnect.workbench import Pace, Workbench

MINUTE = timedelta(minutes=1)


def standing(view: AccountView) -> Markup:
    """Return what is left, what was refused, what the workbench keeps to, and the forecast."""
    sent, workbench = [each.sent for each in view.requests], view.workbench
    if not sent:
        return styling.empty("No requests yet. The CRM says what is left with every answer.")
    requests = counted(len(sent), "request")
    ours: dict[str, object] = {
        "Refused so far": f"{len(view.refusals)} of {requests} (status 429){_forgotten(view)}",
        "The workbench keeps to": _in_words(workbench.rate_limits),
    }
    ours |= _together(workbench)
    limits = workbench.limits
    if not limits.is_known:
        silence = f"{workbench.title} says nothing about limits in its answers."
        meanwhile = "Instead, the workbench counts its own requests."
        since = workbench.now() - MINUTE
        recent = sum(each.at > since for each in sent)
        counting = f"{requests}, {recent} of them in the last minute"
        return styling.note("warning", silence, [meanwhile]) + display.facts(
            {"Counted here": counting, **ours}
        )
    shown: dict[str, object] = {}
    if limits.remaining is not None and not _is_daily(workbench):
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
    if view.forecast is not None:
        shown["Forecast"] = view.forecast.sentence
    return display.facts({**shown, **ours})


def _together(workbench: Workbench) -> dict[str, str]:
    """Return what a refusal keeps back, and what all have used who share the store."""
    standing, told = workbench.standing, {}
    if standing.pause:
        told["Kept back"] = f"for {about(standing.pause)}: the CRM asked for a pause"
    if workbench.environment.store.is_shared and standing.taken:
        counts = [f"{taken} of {_in_words([pace])}" for pace, taken in standing.taken]
        told["All who share the store"] = ", ".join(counts)
    return told


def _forgotten(view: AccountView) -> str:
    """Return how many requests are no longer remembered, if any."""
    gone = sum(each.trace[0].number - 1 for each in view.workbenches if len(each.trace))
    return f"; {gone:,} earlier ones are no longer remembered" if gone else ""


def _is_daily(workbench: Workbench) -> bool:
    """Whether the CRM's only headers count the day (Insightly)."""
    names = workbench.connector.rules.limit_headers
    return bool(names.remaining) and names.remaining == names.daily_remaining


def in_short(workbench: Workbench) -> str:
    """Return what is left now and today."""
    limits = workbench.limits
    if not limits.is_known:
        return f"the CRM has said nothing; {counted(len(workbench.trace), 'request')} counted here"
    parts = [
        f"{_of(left, amount)} left {when}"
        for left, amount, when in (
            (None if _is_daily(workbench) else limits.remaining, limits.amount, "now"),
            (limits.daily_remaining, limits.daily_amount, "today"),
        )
        if left is not None
    ]
    return ", ".join(parts)


def _of(left: int, amount: int | None) -> str:
    return f"{left:,} of {amount:,}" if amount is not None else f"{left:,}"


def _in_words(rate_limits: Sequence[Pace]) -> str:
    told = [
        f"{each.requests} requests in {each.seconds:g} s" + (f" for {each.path}" if each.path != "*" else "")
        for each in rate_limits
    ]
    return " and ".join(told) or "no pace of its own"
