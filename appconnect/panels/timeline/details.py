"""Everything there is to know of a request or an operation, as HTML in which all foreign text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

from markupsafe import Markup
from pydantic import JsonValue

from appconnect import display
from appconnect.panels import json_view, styling
from appconnect.panels.exports import command
from appconnect.panels.timeline.groups import Group
from appconnect.panels.timeline.limits import Move
from appconnect.panels.timeline.rows import notes
from appconnect.panels.timeline.search import is_trouble
from appconnect.panels.timeline.waterfall import together_with
from appconnect.workbench import Exchange


def of_request(group: Group, exchange: Exchange, moves: Sequence[Move]) -> Markup:
    """Return a request and its answer, opened."""
    return Markup(
        '{title}{means}{facts}<div class="ac-two"><div><h4>Request</h4>{query}{sent}{sent_headers}</div>'
        "<div><h4>Answer</h4>{came}{came_headers}</div></div>{curl}"
    ).format(
        title=_title(exchange), means=_means(group, exchange), facts=_grid(_facts(group, exchange, moves)),
        query=_query(exchange), sent=_body(exchange.request_body), came=_body(exchange.response_body),
        sent_headers=_headers(exchange.request_headers), came_headers=_headers(exchange.response_headers),
        curl=_folded("As curl", command(exchange.as_curl())),
    )  # fmt: skip


def of_operation(group: Group, moves: Sequence[Move]) -> Markup:
    """Return an operation with what it was given and what came of it."""
    run = group.run
    if run is None:
        return styling.empty("Of this operation only the requests are kept.")
    facts = {
        "Outcome": run.outcome,
        "Message": run.message,
        "Error": run.error,
        "Began": f"{run.at:%H:%M:%S} UTC",
        "Took": f"{run.seconds:.2f} s" if run.seconds else "",
        "Requests": len(group.exchanges),
        "Limits": "; ".join(each.in_words() for each in moves),
        "CRM": group.source.label,
    }
    return Markup(
        '<h4>{}. {}</h4>{}<div class="ac-two"><div><h4>Arguments</h4>{}</div>'
        "<div><h4>Result</h4>{}</div></div>"
    ).format(run.number, run.name, _grid(_told(facts)), _body(run.arguments), _body(run.result))


def without_headers(group: Group, exchange: Exchange) -> Markup:
    """Return what is the same wherever a request is sent: for where there is no kernel."""
    return Markup('{}{}{}<div class="ac-two"><div>sent{}</div><div>came back{}</div></div>').format(
        _title(exchange), _means(group, exchange), _query(exchange),
        styling.data(exchange.request_body), styling.data(exchange.response_body),
    )  # fmt: skip


def _size(count: int) -> str:
    """Return how large a body was as it passed."""
    if not count:
        return "no body"
    return f"{count} bytes" if count < 10_000 else f"{count / 1000:,.1f} kB"


def _title(exchange: Exchange) -> Markup:
    path = unquote(urlsplit(exchange.url).path)
    return Markup("<h4>{}. {} <code>{}</code> → {}</h4>").format(
        exchange.number, exchange.method, path, styling.status(exchange)
    )


def _means(group: Group, exchange: Exchange) -> Markup:
    """Return what a refusal means in the CRM's terms, from its error book."""
    return (
        styling.explained(group.source.workbench.explain(exchange))
        if is_trouble(exchange)
        else display.NOTHING
    )


def _facts(group: Group, exchange: Exchange, moves: Sequence[Move]) -> dict[str, object]:
    together = ", ".join(map(str, together_with(exchange, group.exchanges)))
    return _told(
        {
            "Host": urlsplit(exchange.url).hostname or "",
            "Part of": f"{group.run.number}. {group.run.name}" if group.run else "no operation",
            "Left": f"{exchange.at:%H:%M:%S} UTC",
            "Took": f"{exchange.seconds:.3f} s" if exchange.seconds else "",
            "Size": f"{_size(exchange.sent_bytes)} sent, {_size(exchange.received_bytes)} came back",
            "Particular": "; ".join(notes(exchange)),
            "Ran together with": f"requests {together}" if together else "",
            "Limits": "; ".join(each.in_words() for each in moves),
            "No answer": exchange.error,
            "CRM": group.source.label,
        }
    )


def _told(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value != ""}


def _grid(facts: Mapping[str, object]) -> Markup:
    """Return names and values, several side by side."""
    pairs = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in facts.items()
    )
    return Markup('<dl class="ac-tl-facts">{}</dl>').format(pairs)


def _query(exchange: Exchange) -> Markup:
    if not exchange.request.query:
        return display.NOTHING
    pairs = [
        (name, each)
        for name, value in exchange.request.query.items()
        for each in ([value] if isinstance(value, str) else value)
    ]
    return display.table("Query, decoded", ("Name", "Value"), pairs)


def _body(value: JsonValue) -> Markup:
    if isinstance(value, dict | list):
        return json_view.tree(value)
    return json_view.text(value) if value is not None else styling.data(None)


def _headers(headers: Mapping[str, str]) -> Markup:
    return _folded(f"Headers ({len(headers)})", display.facts(headers)) if headers else display.NOTHING


def _folded(title: str, content: Markup) -> Markup:
    return Markup("<details><summary>{}</summary>{}</details>").format(title, content)
