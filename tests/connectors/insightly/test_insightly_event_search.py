"""Insightly: events that may be a log whose answer was lost, also where they cannot be searched by title."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from wire import Wire, said

from appconnect.connectors.insightly.event_search import events_like
from appconnect.errors import CrmError, RateLimited, SessionExpired, Unavailable, Unreachable
from appconnect.models import LogDraft

START = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
DRAFT = LogDraft(subject="Outbound Call to Nia Holt", start=START)


class Calendar:
    """Events with ids from 1 on, one a minute until a minute after the call; searching them is refused."""

    def __init__(self, total: int, **count: str) -> None:
        self.total, self.count = total, count or {"x_total_count": str(total)}
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        if request.url.path.endswith("/Search"):
            return said(400, {"Message": "no such field"})
        if query == {"top": "1", "count_total": "true"}:
            return said(200, [], **self.count)
        self.asked.append(query)
        first = int(query["skip"])
        return said(200, [self.event(at) for at in range(first, min(self.total, first + int(query["top"])))])

    def event(self, at: int) -> dict[str, Any]:
        made = START + timedelta(minutes=1 - (self.total - 1 - at))
        return {"EVENT_ID": at + 1, "DATE_CREATED_UTC": f"{made:%Y-%m-%d %H:%M:%S}"}


@pytest.mark.parametrize("total", [0, 1, 2, 499, 500, 501, 999, 1000, 1001])
async def test_all_events_are_looked_through_from_the_newest_on_each_once(total: int) -> None:
    calendar = Calendar(total)
    found = await events_like(Wire(calendar).client, DRAFT.model_copy(update={"start": None}))
    assert [*range(1, total + 1)] == [each.event_id for each in found]
    assert (total + 499) // 500 == len(calendar.asked)


async def test_no_more_than_five_thousand_are_looked_through() -> None:
    calendar = Calendar(5001)
    found = await events_like(Wire(calendar).client, DRAFT.model_copy(update={"start": None}))
    assert (2, 5001) == (found[0].event_id, found[-1].event_id)
    assert [{"skip": str(skip), "top": "500"} for skip in range(4501, 0, -500)] == calendar.asked


async def test_those_before_a_page_that_reaches_back_to_the_call_are_not_looked_through() -> None:
    calendar = Calendar(1200)
    found = await events_like(Wire(calendar).client, DRAFT)
    assert (701, 1200, 1) == (found[0].event_id, found[-1].event_id, len(calendar.asked))


@pytest.mark.parametrize("count", [{"x_other": "3"}, {"x_total_count": ""}, {"x_total_count": "many"}])
async def test_where_nothing_says_how_many_there_are_nobody_can_tell(count: dict[str, str]) -> None:
    with pytest.raises(Unavailable) as caught:
        await events_like(Wire(Calendar(3, **count)).client, DRAFT)
    assert (
        "Insightly neither searches events by title nor says how many there are, so nobody can tell if "
        "this is logged already; look in Insightly's calendar.",
        200,
    ) == (caught.value.message, caught.value.status)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said(401), SessionExpired),
        (said(429), RateLimited),
        (said(503), Unavailable),
        (httpx.ConnectError("no way"), Unreachable),
    ],
    ids=["401", "429", "503", "no answer"],
)
async def test_what_would_stop_looking_through_them_too_is_an_error(
    answer: httpx.Response | Exception, error: type[CrmError]
) -> None:
    wire = Wire(answer)
    with pytest.raises(error):
        await events_like(wire.client, DRAFT)
    assert {"/Events/Search"} == {each.url.path for each in wire.sent}


@pytest.mark.parametrize(
    ("subject", "title"),
    [("Call", "Call"), (None, ""), ("x" * 256, "x" * 254 + "…")],
)
async def test_searched_is_the_title_that_was_written(subject: str | None, title: str) -> None:
    wire = Wire(said(200, [{"EVENT_ID": 7}]))
    found = await events_like(wire.client, LogDraft(subject=subject))
    assert [7] == [each.event_id for each in found]
    assert {"field_name": "TITLE", "field_value": title, "top": "500"} == dict(wire.sent[0].url.params)
