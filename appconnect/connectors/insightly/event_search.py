"""Finding an event again after a lost answer: by its title or, where that is refused, among the newest ones.

https://api.na1.insightly.com/v3.1/#!/Events (``/Events/Search`` takes a field and a value like every search
of v3.1; that TITLE is one of the fields it takes is not documented by name).
"""

from __future__ import annotations

from typing import Final

from appconnect.connectors.insightly.payloads import fitting_title
from appconnect.connectors.insightly.schemas import MAX_PAGE, Event, total_in
from appconnect.errors import CrmError, RateLimited, SessionExpired, Unavailable, Unreachable
from appconnect.http import CrmClient
from appconnect.http.paging import by_offset
from appconnect.models import LogDraft

MAX_PAGES: Final = 10


async def events_like(crm: CrmClient, draft: LogDraft) -> list[Event]:
    """Return events that may have been written from this draft, oldest first."""
    try:
        return await _of_title(crm, fitting_title(draft.subject or ""))
    except (SessionExpired, RateLimited, Unavailable, Unreachable):
        raise
    except CrmError:  # that events are searched by title is not documented
        return await _newest(crm, draft)


async def _of_title(crm: CrmClient, title: str) -> list[Event]:
    rows = crm.rows(
        "/Events/Search", by_offset("skip", "top"), into=Event, at="",
        field_name="TITLE", field_value=title, top=MAX_PAGE,
    )  # fmt: skip
    return [event async for event in rows]


async def _newest(crm: CrmClient, draft: LogDraft) -> list[Event]:
    """Read from the end of the list, which begins with the oldest, back to before the call."""
    skip, events = await _count(crm), list[Event]()
    for _ in range(MAX_PAGES):
        top, skip = min(skip, MAX_PAGE), max(0, skip - MAX_PAGE)
        if top == 0 or (events and events[0].was_there_before(draft.start)):
            break
        events = [*await crm.get("/Events", into=list[Event], skip=skip, top=top), *events]
    return events


async def _count(crm: CrmClient) -> int:
    """Return how many events there are."""
    reply = await crm.send("GET", "/Events", params={"top": 1, "count_total": "true"})
    total = total_in(reply)
    if total is None:
        raise Unavailable(
            "Insightly neither searches events by title nor says how many there are, so nobody can tell if "
            "this is logged already; look in Insightly's calendar.",
            status=reply.status,
        )
    return total
