"""An answer to a request of a person's own: what it took, what it says, and how both went over the wire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from markupsafe import Markup
from pydantic import JsonValue

from appconnect import display
from appconnect.panels import json_view, styling
from appconnect.workbench import Exchange

VIEWS = ("Tree", "Table", "Text")
NO_TABLE = "This answer has no records to put into rows; look at it as a tree or as text."


def viewed(body: JsonValue, how: str) -> Markup:
    """Return a body as one of :data:`VIEWS`."""
    if how == "Text" or body is None:
        return json_view.text(body)
    return json_view.tree(body) if how == "Tree" else json_view.table(body) or styling.empty(NO_TABLE)


def facts(sent: Sequence[Exchange]) -> Markup:
    """Return status, time, size and limits of the last exchange, and what was sent on the way to it."""
    last = sent[-1]
    told = [
        f"{last.seconds:.2f} s",
        _size(last.response_body) if last.response else "",
        styling.left(last),
        f"try {last.tries}" if last.tries > 1 else "",
        *(f"waited {each.seconds:.1f} s ({each.reason})" for each in last.waits),
        f"{len(sent)} requests were sent for it" if len(sent) > 1 else "",
    ]
    return Markup('<p class="ac-answered" role="status">{} · {}</p>').format(
        _status(last), " · ".join(filter(None, told))
    )


def wire(exchange: Exchange) -> Markup:
    """Return what was sent and what came back, secrets masked, folded."""
    return Markup(
        "<details><summary>Sent and answered, with headers</summary>"
        '<p><b>{}</b> <code>{}</code></p><div class="ac-two"><div><h4>Request</h4>{}{}</div>'
        "<div><h4>Answer</h4>{}</div></div></details>"
    ).format(
        exchange.method,
        exchange.url,
        display.facts(exchange.request_headers),
        json_view.text(exchange.request_body),
        display.facts(exchange.response_headers),
    )


def _status(exchange: Exchange) -> Markup:
    number = exchange.status
    try:
        words = f"{number} {HTTPStatus(number).phrase}" if number else exchange.error or "no answer"
    except ValueError:
        words = str(number)
    level = "ac-good" if number is not None and number < 400 else "ac-bad"
    return Markup('<b class="{}">{}</b>').format(level, words)


def _size(body: JsonValue) -> str:
    written = body if isinstance(body, str) else "" if body is None else json.dumps(body, ensure_ascii=False)
    size = len(written.encode("utf-8", "replace"))
    return f"{size:,} bytes" if size < 1000 else f"{size / 1000:,.1f} kB"
