"""The pieces that panels are made of, as a browser gets them: compared with what was agreed on.

They are texts in ``shown``; ``tests/on_screen.py`` says how they are written anew.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from on_screen import SHOWN, agreed, broken
from platforms import CRMS
from pydantic import JsonValue

from appconnect.error_book import Explanation, Knowledge
from appconnect.http import Exchange, OperationRun, Purpose, RateLimit, Wait
from appconnect.http.exchange import Request, Response
from appconnect.models import MessageLevel
from appconnect.panels import json_view, styling
from appconnect.panels.timeline import compare, details, rows
from appconnect.panels.timeline.groups import Group, Source
from appconnect.panels.timeline.limits import moves
from appconnect.workbench import connect

SCRIPT = "<script>alert('x')</script>"
RECORDS: JsonValue = {
    "data": [
        {"id": 1, "name": SCRIPT, "org": {"id": 5, "name": "Holt"}, "tags": ["a", 1, None], "ok": True},
        {"id": 2.5, "org": None, "note": "x" * 130, "tags": [], "rows": [{"a": 1}]},
    ],
    "more": False,
    "ümlaut": "é" * 450,
}
BEGIN = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)


def sent(number: int, at: float, seconds: float, status: int | None = 200, **more: object) -> Exchange:
    """A request as it was sent; without a status nobody answered."""
    response = (
        None
        if status is None
        else Response(status=status, headers={"x-a": "1"}, body={"json": {"id": number}})
    )
    request = Request(
        method="POST",
        url="https://crm.test/v1/notes/7?limit=5",
        query={"limit": "5"},
        body={"json": {"a": SCRIPT}},
    )
    return Exchange(
        number=number, at=BEGIN + timedelta(seconds=at), seconds=seconds, request=request, response=response, **more
    )  # fmt: skip


def html(pieces: dict[str, object]) -> list[str]:
    """Each piece under its name, a tag with its text in a line."""
    return [
        line for name, each in pieces.items() for line in (f"== {name}", *broken(str(each)).splitlines(), "")
    ]


def test_json() -> None:
    pieces: dict[str, object] = {
        "a tree": json_view.tree(RECORDS),
        "a tree with one level open": json_view.tree(RECORDS, open_levels=1),
        "a tree of many": json_view.tree(list(range(60))),
        "a tree of one thing": json_view.tree({"a": [{}]}),
        "no tree": json_view.tree("a"),
        "a table": json_view.table(RECORDS),
        "a table of one thing": json_view.table({"a": {"b": {}}}),
        "a table of a list": json_view.table([{"a": 1}]),
        "no table": json_view.table([1]),
        "text": json_view.text(RECORDS),
        "text as it is": json_view.text("<b>"),
        "no text": json_view.text(None),
    }
    agreed(SHOWN / "pieces_json.txt", html(pieces))


def test_notes_and_bodies() -> None:
    body, after = "<p>Note: a &amp; b</p><ul><li>One</li></ul>", "<p>Note: c</p><ul><li>One</li></ul>"
    levels = [*(each.value for each in MessageLevel), styling.BUSY, ""]
    told = {
        each: Explanation(
            "Acme", f"Means {each} <b>.", "Wait.", "https://docs.test/429", "Docs", SCRIPT, each
        )
        for each in Knowledge
    }
    pieces: dict[str, object] = {
        **{f"a note: {level}": styling.note(level, SCRIPT, ["one", SCRIPT]) for level in levels},
        **{f"explained: {each}": styling.explained(one) for each, one in told.items()},
        "explained without more": styling.explained(Explanation("Acme", "Means it.")),
        "not explained": styling.explained(None),
        "warnings": styling.warnings(["one", "two"]),
        "lines": styling.lines(["one", SCRIPT]),
        "data": styling.data({"ä": [1]}),
        "data of text": styling.data("<b>"),
        "no data": styling.data(None),
        "HTML": styling.both(body, html=True),
        "text": styling.both("a\nb <b>", html=False),
        "changed HTML": styling.before_and_after(body, after, html=True),
        "changed text": styling.before_and_after("a\nb\n", "a\nc <b>\n", html=False),
        "unchanged": styling.before_and_after("a", "a", html=False),
        "sent": styling.sent_and_received([sent(1, 0, 0), sent(2, 0, 0, 404), sent(3, 0, 0, None)]),
    }
    agreed(SHOWN / "pieces_notes.txt", html(pieces))


@pytest.mark.parametrize("is_standing_still", [True, False])
def test_rows_and_details_of_a_timeline(is_standing_still: bool) -> None:
    took = 0.0 if is_standing_still else 1.5
    limits = RateLimit(remaining=79, amount=80, daily_remaining=2999, daily_amount=3000)
    less = RateLimit(remaining=78, amount=80)
    waits = (Wait(seconds=2.0, reason="the CRM asked for it"),)
    exchanges = [
        sent(1, 0, took, limits=limits, purpose=Purpose.SIGN_IN),
        sent(2, 3, took, 429, limits=less, waits=waits, tries=2),
        sent(3, 3, took, None, error="ConnectError"),
    ]
    source = Source(0, connect(CRMS[-1], mode="sandbox"), "Acme (2)")
    run = OperationRun(
        number=1, name="log_call", at=BEGIN, seconds=3 + took, succeeded=False, message=SCRIPT * 20
    )
    groups = {
        "failed": Group(source, 1, run, exchanges, 0),
        "done": Group(
            source, 1, run.model_copy(update={"succeeded": True, "seconds": 0.0}), exchanges[:1], 0
        ),
        "running": Group(source, 1, run.model_copy(update={"succeeded": None, "seconds": None}), [], 0),
        "cut": Group(source, 1, run, exchanges[:2], 0, is_cut=True),
        "forgotten": Group(source, 1, None, exchanges[:2], 0),
        "alone": Group(source, 0, None, exchanges[:1], 0),
    }
    told = []
    for several in (True, False):
        style = rows.Style({0: moves(exchanges)}, several)
        for name, group in groups.items():
            told += [
                f"== {name}",
                *(f"{key}: {one}" for row in rows.rows([group], style) for key, one in row.items()),
                "",
            ]
    style = rows.Style({0: moves(exchanges)}, several=True)
    opened: dict[str, object] = {}
    for name, group in groups.items():
        opened[f"{name}, opened"] = details.of_operation(group, style.moved(group, group.exchanges))
    for each in exchanges:
        group = groups["failed"]
        opened[f"request {each.number}, opened"] = details.of_request(group, each, style.moved(group, [each]))
        opened[f"request {each.number}, kept"] = details.without_headers(group, each)
    opened["alone, opened"] = details.of_request(groups["alone"], exchanges[0], ())
    before, after = compare.of_operation(groups["done"]), compare.of_operation(groups["failed"])
    opened["compared"] = compare.table(before, after, ("one", "other"))
    opened["compared, two"] = compare.table(before, after, ("one", "other"), 2)
    opened["compared with itself"] = compare.table(before, before, ("one", "other"))
    kind = "still" if is_standing_still else "moving"
    agreed(SHOWN / f"pieces_timeline_{kind}.txt", [*told, *html(opened)])
