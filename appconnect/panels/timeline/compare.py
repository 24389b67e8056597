"""Two answers, or two runs of an operation, field by field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from markupsafe import Markup, escape
from pydantic import JsonValue

from appconnect import display
from appconnect.field_diff import MAX_DIFFERENCES, Difference, Excerpt, field_diff
from appconnect.panels import styling
from appconnect.panels.timeline.groups import Group
from appconnect.workbench import Exchange

TRACKING = "extraDataTracking"
_NUMBERS = re.compile(r"(?<=/)\d+(?=/|$)")
"""The ids in a path."""


def of_request(exchange: Exchange) -> JsonValue:
    """Return what is compared of a request: all but headers and times."""
    return {
        "request": {
            "method": exchange.method,
            "url": exchange.request.url,
            "query": cast(JsonValue, exchange.request.query),
            "body": exchange.request_body,
        },
        "answer": {"status": exchange.status, "error": exchange.error, "body": exchange.response_body},
    }


def of_operation(group: Group) -> JsonValue:
    """Return what is compared of an operation: what it was given, what came of it, and its requests."""
    run = group.run
    told: dict[str, JsonValue] = (
        {
            "name": run.name, "arguments": run.arguments, "outcome": run.outcome,
            "message": run.message, "error": run.error, "result": _without_limits(run.result),
        }
        if run
        else {}
    )  # fmt: skip
    return {**told, "requests": _by_name(group.exchanges)}


def _by_name(exchanges: Sequence[Exchange]) -> JsonValue:
    """Return requests by method and path, so that those meet which ask for the same kind of thing."""
    named: dict[str, JsonValue] = {}
    for each in exchanges:
        path = _NUMBERS.sub("{id}", urlsplit(each.request.url).path)
        name = f"{each.method} {path}"
        again = sum(other == name or other.startswith(f"{name} (") for other in named)
        named[f"{name} ({again + 1})" if again else name] = of_request(each)
    return named


def _without_limits(result: JsonValue) -> JsonValue:
    """Leave out what App Connect is told of the rate limits, which is never the same twice."""
    if not isinstance(result, dict):
        return result
    return {name: value for name, value in result.items() if name != TRACKING}


def table(
    before: JsonValue, after: JsonValue, names: tuple[str, str], limit: int = MAX_DIFFERENCES
) -> Markup:
    """Return the first ``limit`` fields in which both differ; ``names`` are what they are called."""
    found = field_diff(before, after)
    if not found:
        return styling.note("success", f"No difference between {names[0]} and {names[1]}.")
    many = f"{MAX_DIFFERENCES} fields or more" if len(found) == MAX_DIFFERENCES else f"{len(found)} fields"
    fields = "1 field differs" if len(found) == 1 else f"{many} differ"
    fewer = f"; the first {limit} are shown" if len(found) > limit else ""
    caption = f"{fields} between {names[0]} and {names[1]}{fewer}"
    rows = [_row(each) for each in found[:limit]]
    return Markup('<div class="ac-tl-compare">{}</div>').format(
        display.table(caption, ("Field", *names), rows)
    )


def _row(difference: Difference) -> tuple[Markup, Markup, Markup]:
    steps = Markup(".<wbr>").join(escape(each) for each in (difference.path or "all").split("."))
    path = Markup("<code>{}</code>").format(steps)
    if (excerpts := difference.excerpts) is not None:
        return path, _excerpt(excerpts[0]), _excerpt(excerpts[1])
    before, after = difference.sides
    return path, Markup("{}").format(before), Markup("{}").format(after)


def _excerpt(excerpt: Excerpt) -> Markup:
    return Markup('"{}<mark>{}</mark>{}"').format(excerpt.lead, excerpt.differs, excerpt.tail)
