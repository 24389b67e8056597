"""What operations cost, compared across CRMs, and what doing one many times takes on each plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from appconnect import display
from appconnect.limits import Use, contract_name, effort
from appconnect.limits.effort import cost_in_words, together, with_one_match
from appconnect.panels.limits_view import AccountView
from appconnect.text.amounts import counted
from appconnect.workbench import Cost, Workbench

CALL: Final = "call"
"""What is done for each call: its contact is found, then it is logged."""
AS_IT_IS: Final = ""
"""The plan that the account has now."""


def words_of(operation: str) -> str:
    """Return an operation's name for people: ``find_contact`` → "Find contact"."""
    return "Find and log a call" if operation == CALL else operation.replace("_", " ").capitalize()


def cost_of(workbench: Workbench, operation: str) -> Cost | None:
    """Return what an operation of the contract costs, or all of a call; None where nobody documents it."""
    if operation != CALL:
        return workbench.cost(operation) if operation else None
    search, log = workbench.cost("find_contact"), workbench.cost("create_call_log")
    return together(with_one_match(search), log) if search and log else None


def plans_of(workbenches: Sequence[Workbench]) -> list[str]:
    """Return the names of all plans that the connectors state."""
    return list(dict.fromkeys(plan for each in workbenches for plan in each.connector.plans))


def price(workbench: Workbench, operation: str) -> str:
    """Return what one costs, and how often today's budget can pay for it."""
    cost = cost_of(workbench, operation)
    if cost is None:
        return f"{workbench.title} documents no cost for this operation."
    budget = workbench.limits.daily_remaining
    times = (
        f" Today's budget is good for {budget // cost.units:,} more of them."
        if budget is not None and cost.units
        else ""
    )
    return f"{words_of(operation)} takes {_cost(cost)}.{times}"


def prospect(workbench: Workbench, operation: str, times: int, plan: str = AS_IT_IS) -> str:
    """Return how long doing it so many times takes, on a plan by name or as the CRM's answers tell now."""
    cost = cost_of(workbench, operation)
    known = workbench.connector.plans.get(plan)
    if cost is None or (plan and known is None):
        return f"{workbench.title} has no such plan." if cost else ""
    taken = effort(
        times, cost,
        rate_limits=[*workbench.rate_limits, *(known.rate_limits if known else ())],
        max_in_flight=workbench.connector.rules.max_in_flight,
        daily=known.daily if known else workbench.limits.daily_amount,
    )  # fmt: skip
    on = f" on {plan.capitalize()}" if plan else ""
    budget = f" with {taken.daily:,} a day" if taken.daily and taken.units else ""
    amount = replace(taken, daily=None).amount_in_words
    return f"{times:,} times: {amount}. That takes {taken.time_in_words}{on}{budget}."


def comparison(accounts: Sequence[AccountView], measured: Sequence[Use]) -> Markup:
    """Return a table of what each operation costs at each CRM: as documented, and as measured here."""
    benches = list({each.workbench.platform: each.workbench for each in accounts}.values())
    operations = list(dict.fromkeys(name for each in benches for name in each.costs))
    rows = [
        [words_of(name), *(_documented(each, name) + _measured(each, name, measured) for each in benches)]
        for name in operations
    ]
    caption = (
        "Requests and units of the day's budget; a search: for one match. Measured: the mean of what ran here"
    )
    table = display.table(caption, ["Operation", *(each.title for each in benches)], rows)
    return Markup("<details><summary>What each operation costs{}</summary>{}</details>").format(
        ", compared" if len(benches) > 1 else "", table
    )


def _documented(workbench: Workbench, operation: str) -> str:
    cost = workbench.cost(operation)
    return "–" if cost is None else cost_in_words(with_one_match(cost))


def _measured(workbench: Workbench, operation: str, measured: Sequence[Use]) -> str:
    titles = tuple(f"{workbench.title} {number}" for number in range(1, 10))
    fitting = [
        each
        for each in measured
        if contract_name(each.operation) == operation and each.who in (workbench.title, *titles) and each.runs
    ]
    runs = sum(each.runs for each in fitting)
    if not runs:
        return ""
    requests = sum(len(each.requests) for each in fitting) / runs
    units = [each.units for each in fitting if each.units is not None]
    told = f"{requests:,.1f}".removesuffix(".0") + f" request{'' if requests == 1 else 's'}"
    if units:
        told += " and " + f"{sum(units) / runs:,.1f}".removesuffix(".0") + " units"
    return f"; measured {told}"


def _cost(cost: Cost) -> str:
    told = counted(cost.requests, "request") + (
        f" and {cost.units} of the day's budget" if cost.units else ""
    )
    if not cost.requests_per_match:
        return told
    more = counted(cost.requests_per_match, "request")
    return f"{told}; every further match {more}" + (
        f" and {cost.units_per_match}" if cost.units_per_match else ""
    )
