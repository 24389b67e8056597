"""What happened to deals, persons and organizations: changes, followers, and all that is linked to them.

Source: https://developers.pipedrive.com/docs/api/v1/Deals, "changelog", "flow" and "recents".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.activities import ACTIVITIES
from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, ok, spaced_text
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.files import FILES
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS, shaped
from appconnect.connectors.pipedrive.sandbox.notes import NOTES
from appconnect.connectors.pipedrive.sandbox.persons import ORGANIZATIONS, PERSONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Change, Handler, answer_page
from appconnect.connectors.pipedrive.sandbox.sales import DEALS
from appconnect.connectors.pipedrive.sandbox.settings import ACTIVITY_TYPES, FILTERS, PIPELINES, STAGES
from appconnect.connectors.pipedrive.sandbox.users import USERS
from appconnect.connectors.pipedrive.sandbox.v1 import as_v1
from appconnect.sandbox.base import Json
from appconnect.sandbox.schema import CHECKS

KEPT = {"deal", "person", "organization"}
NOT_TOLD = {"update_time", "stage_change_time"}
"""What changes along with something else."""
FLOW: Mapping[str, Collection] = {"activity": ACTIVITIES, "note": NOTES, "file": FILES}
RECENT: Mapping[str, Collection] = {
    "activity": ACTIVITIES, "activityType": ACTIVITY_TYPES, "deal": DEALS, "file": FILES, "filter": FILTERS,
    "note": NOTES, "person": PERSONS, "organization": ORGANIZATIONS, "pipeline": PIPELINES, "stage": STAGES,
    "user": USERS,
}  # fmt: skip
LINK = {"deal": "deal_id", "person": "person_id", "organization": "org_id"}


def keep(request: ApiRequest) -> None:
    """Keep what a request changed and what it noted."""
    rows = [row for change in request.changes if change.entity in KEPT for row in _changed(change)]
    rows += [{"what": event.what, "record_id": event.record, **event.fields} for event in request.events]
    for row in rows:
        made: Row = {"id": request.database.next_id("history"), "actor_user_id": request.user}
        request.database.history.put(made | {"time": request.database.time_v1()} | row)


def _changed(change: Change) -> Iterator[Row]:
    """Yield a field after the other; the creation is one of the time it was added."""
    told: Row = {"what": change.entity, "record_id": change.row["id"]}
    if change.action == "create":
        yield told | {"field_key": "add_time", "old_value": None, "new_value": str(change.row["add_time"])}
    elif change.action == "change" and change.before is not None:
        for name, value in change.row.items():
            if value != change.before.get(name) and name not in NOT_TOLD:
                old, new = _text(change.before.get(name)), _text(value)
                yield told | {"field_key": name, "old_value": old, "new_value": new}


def _text(value: Json) -> str | None:
    return None if value is None else str(value)


def _rows(request: ApiRequest, what: str) -> list[Row]:
    """Return what is kept of the record in the path, the newest first."""
    rows = request.database.history.values()
    return [row for row in rows if (row["what"], row["record_id"]) == (what, request.id)][::-1]


@dataclass(frozen=True)
class History:
    """The histories of records of one type."""

    of: Collection

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of this type."""
        old, new = (f"{version}/{self.of.table}/{{id}}" for version in ("/v1", "/api/v2"))
        possible: dict[str, Handler] = {
            f"GET {old}/changelog": self.changes, f"GET {old}/flow": self.flow,
            f"GET {old}/participantsChangelog": self.participants,
            f"GET {new}/followers/changelog": self.followers,
        }  # fmt: skip
        return {name: handler for name, handler in possible.items() if name in OPERATIONS}

    def changes(self, request: ApiRequest) -> Response:
        """GET …/changelog: a row for each field that was changed."""
        told: Row = {"change_source": "api", "is_bulk_update_flag": False}
        return self._answer(request, [row | told for row in _rows(request, self.of.entity)])

    def followers(self, request: ApiRequest) -> Response:
        """GET …/followers/changelog."""
        return self._answer(request, _rows(request, f"{self.of.entity} followers"))

    def participants(self, request: ApiRequest) -> Response:
        """GET …/participantsChangelog."""
        return self._answer(request, _rows(request, f"{self.of.entity} participants"))

    def flow(self, request: ApiRequest) -> Response:
        """GET …/flow: changes, activities, notes and files, the newest first."""
        asked = request.query.get("items")
        events = [
            each for each in self._events(request) if not isinstance(asked, list) or each["object"] in asked
        ]
        events.sort(key=lambda each: str(each["timestamp"]), reverse=True)
        return self._answer(request, events)

    def _events(self, request: ApiRequest) -> Iterator[Row]:
        self.of.found(request)
        for row in _rows(request, self.of.entity):
            change: Row = {name: row[name] for name in ("id", "field_key", "old_value", "new_value")}
            change |= {"item_id": request.id, "user_id": row["actor_user_id"], "log_time": row["time"]}
            yield {"object": f"{self.of.entity}Change", "timestamp": row["time"], "data": change}
        link = (LINK[self.of.entity], request.id)
        for kind, collection in FLOW.items():
            for row in collection.table_of(request).having(link):
                if not collection.is_gone(row):
                    time = spaced_text(str(row["add_time"]))
                    yield {"object": kind, "timestamp": time, "data": _data(request, kind, row)}

    def _answer(self, request: ApiRequest, rows: list[Row]) -> Response:
        assert request.operation.answer is not None
        self.of.found(request)
        return answer_page(request, [shaped(request.operation.answer, row) for row in rows])


def _data(request: ApiRequest, kind: str, row: Row) -> Row:
    """Return a record of any kind as v1 shows it."""
    collection = RECENT[kind]
    reading = OPERATIONS.get(f"GET /v1/{collection.table}/{{id}}") or OPERATIONS[f"GET {collection.base}"]
    assert reading.answer is not None
    if "v2" in collection.base:
        return as_v1(request, reading.answer, collection.entity, row)
    return shaped(reading.answer, collection.show(request, row))


def recents(request: ApiRequest) -> Response:
    """GET /v1/recents: what was changed since a time, of the kinds asked for."""
    since, asked = str(request.query["since_timestamp"]), request.query.get("items")
    kinds = [kind for kind in RECENT if not isinstance(asked, list) or kind in asked]
    rows = [row for kind in kinds for row in _since(request, kind, since)]
    rows.sort(key=lambda row: str(row["time"]))
    part, more = request.paged([{name: row[name] for name in ("item", "id", "data")} for row in rows])
    place = more["additional_data"]
    assert isinstance(place, dict)
    last = rows[len(part) - 1]["time"] if part else since
    return ok(part, additional_data={"since_timestamp": since, "last_timestamp_on_page": last, **place})


def _since(request: ApiRequest, kind: str, since: str) -> Iterator[Row]:
    if not CHECKS["date-time"](since):
        raise bad_request("since_timestamp: This value is not a valid datetime.")
    for row in RECENT[kind].table_of(request).values():
        time = spaced_text(str(row.get("update_time") or row.get("modified") or row.get("add_time")))
        if time >= spaced_text(since):
            yield {"item": kind, "id": row["id"], "data": _data(request, kind, row), "time": time}


HANDLERS: dict[str, Handler] = {
    name: handler for of in (DEALS, PERSONS, ORGANIZATIONS) for name, handler in History(of).handlers.items()
} | {"GET /v1/recents": recents}
