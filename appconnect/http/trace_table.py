"""A trace as a table: for a notebook, and as a DataFrame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from appconnect import display

if TYPE_CHECKING:
    from markupsafe import Markup
    from pandas import DataFrame

    from appconnect.http.exchange import Exchange
    from appconnect.http.operation_runs import OperationRun

COLUMNS = (
    "number", "operation", "operation_name", "purpose", "at", "method", "path", "status", "seconds",
    "tries", "waited", "waited_for", "sent_bytes", "received_bytes", "remaining", "daily_remaining", "error",
)  # fmt: skip


def data_frame(exchanges: Iterable[Exchange], operations: Iterable[OperationRun] = ()) -> DataFrame:
    """Return a row per exchange; ``remaining`` and ``daily_remaining`` are what its answer said is left.

    ``operation`` is the number of its operation, ``waited`` the seconds before it left.
    """
    names = {run.number: run.name for run in operations}
    rows = [
        {name: names.get(each.operation, "") if name == "operation_name" else _value(each, name)
         for name in COLUMNS}
        for each in exchanges
    ]  # fmt: skip
    return display.data_frame(rows, COLUMNS).set_index("number")


def html(exchanges: Iterable[Exchange], caption: str) -> Markup:
    """Return the newest exchanges; times are left out, so that the same work gives the same table."""
    rows = [
        {
            "No.": each.number,
            "Request": f"{each.method} {each.path}",
            "Status": each.outcome if each.shared_by > 1 else each.status or each.error,
            "Left": "" if each.limits.remaining is None else each.limits.remaining,
        }
        for each in exchanges
    ]
    return display.records(caption, rows, newest=True)


def _value(exchange: Exchange, name: str) -> object:
    if name == "purpose":
        return exchange.purpose.value
    if name == "waited":
        return sum(wait.seconds for wait in exchange.waits)
    if name == "waited_for":
        return "; ".join(wait.reason for wait in exchange.waits)
    return getattr(exchange.limits if name.endswith("remaining") else exchange, name)
