"""Two answers, or two runs of an operation, field by field."""

from __future__ import annotations

from typing import cast

from markupsafe import Markup, escape
from pydantic import JsonValue

from appconnect import display
from appconnect.field_diff import Difference, Excerpt, field_diff
from appconnect.panels import styling
from appconnect.panels.timeline.groups import Group
from appconnect.workbench import Exchange

TRACKING = "extraDataTracking"


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
    return {**told, "requests": [of_request(each) for each in group.exchanges]}


def _without_limits(result: JsonValue) -> JsonValue:
    """Leave out what App Connect is told of the rate limits, which is never the same twice."""
    if not isinstance(result, dict):
        return result
    return {name: value for name, value in result.items() if name != TRACKING}


def table(before: JsonValue, after: JsonValue, names: tuple[str, str]) -> Markup:
    """Return where both differ, field by field; ``names`` are what they are called."""
    found = field_diff(before, after)
    if not found:
        return styling.note("success", f"No difference between {names[0]} and {names[1]}.")
    fields = "1 field differs" if len(found) == 1 else f"{len(found)} fields differ"
    caption = f"{fields} between {names[0]} and {names[1]}"
    rows = [_row(each) for each in found]
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
