"""Who takes part in a deal: its person and others, v1 only.

Source: https://developers.pipedrive.com/docs/api/v1/Deals, "participants".
"""

from __future__ import annotations

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, not_found, ok
from appconnect.connectors.pipedrive.sandbox.database import is_live
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Event, Handler, answer_page
from appconnect.connectors.pipedrive.sandbox.sales import DEALS
from appconnect.connectors.pipedrive.sandbox.v1 import as_v1
from appconnect.sandbox.base import Json, JsonObject

WHAT = "deal participants"


def _rows(request: ApiRequest, deal: Row) -> list[Row]:
    """Return the participants of a deal; its person is one as soon as it is asked for."""
    table = request.database.participants
    rows = table.having(("deal_id", deal["id"]))
    if deal["person_id"] is not None and deal["person_id"] not in [row["person_id"] for row in rows]:
        rows.append(_new(request, deal, deal["person_id"]))
    return rows


def _new(request: ApiRequest, deal: Row, person: Json) -> Row:
    number, now = request.database.next_id("participants"), request.database.time_v1()
    row: Row = {"id": number, "deal_id": deal["id"], "person_id": person, "add_time": now}
    return request.database.participants.put(row | {"added_by": request.user})


def people_of(request: ApiRequest, deal: Row) -> list[Row]:
    """Return the persons who take part in a deal."""
    persons = request.database.persons
    return [persons[int(str(row["person_id"]))] for row in _rows(request, deal)]


def listed(request: ApiRequest) -> Response:
    """GET …/participants."""
    deal = DEALS.found(request)
    return answer_page(request, [_shown(request, deal, row) for row in _rows(request, deal)])


def add(request: ApiRequest) -> Response:
    """POST …/participants: somebody who takes part already is no error."""
    deal, person = DEALS.found(request), request.sent["person_id"]
    if not is_live(request.database.persons.get(person) if isinstance(person, int) else None):
        raise bad_request(f"person_id {person} was not found.")
    row = next((each for each in _rows(request, deal) if each["person_id"] == person), None)
    if row is None:
        row = _new(request, deal, person)
        _note(request, "added", person)
    return ok(_shown(request, deal, row), request.operation.status)


def remove(request: ApiRequest) -> Response:
    """DELETE …/participants/{deal_participant_id}."""
    deal, number = DEALS.found(request), request.number("deal_participant_id")
    row = next((each for each in _rows(request, deal) if each["id"] == number), None)
    if row is None:
        raise not_found()
    request.database.participants.remove(number)
    _note(request, "removed", row["person_id"])
    if row["person_id"] == deal["person_id"]:
        request.database.deals.change(int(str(deal["id"])), {"person_id": None})
    return ok({"id": number})


def _note(request: ApiRequest, action: str, person: Json) -> None:
    request.events.append(Event(WHAT, request.id, {"action": action, "person_id": person}))


def _shown(request: ApiRequest, deal: Row, row: Row) -> JsonObject:
    record = OPERATIONS["POST /v1/deals/{id}/participants"].answer
    assert record is not None
    person = request.database.persons[int(str(row["person_id"]))]
    shown = record.fields["person"].record
    assert shown is not None
    told = as_v1(request, record, "participant", row | {"visible_to": None})
    return told | {
        "person": as_v1(request, shown(), "person", person),
        "related_item_data": {"deal_id": deal["id"], "title": deal["title"]},
        "related_item_type": "deal", "related_item_id": deal["id"],
        "added_by_user_id": {"id": row["added_by"]},
    }  # fmt: skip


HANDLERS: dict[str, Handler] = {
    "GET /v1/deals/{id}/participants": listed,
    "POST /v1/deals/{id}/participants": add,
    "DELETE /v1/deals/{id}/participants/{deal_participant_id}": remove,
}
