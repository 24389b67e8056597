"""Merging two persons, organizations or deals, and making a copy of a deal; v1 only.

Source: https://developers.pipedrive.com/docs/api/v1/Persons, "merge".
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Row, bad_request, ok
from appconnect.connectors.pipedrive.sandbox.collection import Collection
from appconnect.connectors.pipedrive.sandbox.database import is_live
from appconnect.connectors.pipedrive.sandbox.persons import ORGANIZATIONS, PERSONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Change, Handler
from appconnect.connectors.pipedrive.sandbox.sales import DEALS
from appconnect.connectors.pipedrive.sandbox.v1 import as_v1
from appconnect.sandbox.base import Json

LINKS = {"person": ("person_id",), "organization": ("org_id", "organization_id"), "deal": ("deal_id",)}


@dataclass(frozen=True)
class Merge:
    """PUT /v1/…/{id}/merge of one type of record."""

    merged: Collection

    def __call__(self, request: ApiRequest) -> Response:
        """Move what is linked to the other record, fill its gaps, delete this one."""
        gone, into = dict(self.merged.found(request)), request.sent["merge_with_id"]
        table = self.merged.table_of(request)
        kept = table.get(into) if isinstance(into, int) else None
        if kept is None or not is_live(kept) or into == gone["id"]:
            raise bad_request(f"merge_with_id {into} was not found.")
        for name in LINKS[self.merged.entity]:
            _move(request, name, gone["id"], kept["id"])
        before = dict(kept)
        filled: Row = {name: value for name, value in gone.items() if kept.get(name) in (None, "", [], {})}
        row = table.change(int(str(kept["id"])), filled | {"update_time": request.database.now})
        self.merged.remove(request, table[request.id])
        request.changes.append(Change(self.merged.entity, "change", row, before))
        return _answer(request, self.merged.entity, row | {"merge_what_id": gone["id"]})


def _move(request: ApiRequest, link: str, old: Json, new: Json) -> None:
    for table in request.database.tables().values():
        for key, row in list(table.items()):
            if link in row and row[link] == old:
                table.change(key, {link: new})


def _answer(request: ApiRequest, entity: str, row: Row) -> Response:
    assert request.operation.answer is not None
    return ok(as_v1(request, request.operation.answer, entity, row))


def duplicate(request: ApiRequest) -> Response:
    """POST /v1/deals/{id}/duplicate."""
    deal = {name: value for name, value in DEALS.found(request).items() if name != "id"}
    now = request.database.now
    return _answer(request, "deal", DEALS.added(request, deal | {"add_time": now, "update_time": now}))


HANDLERS: dict[str, Handler] = {
    "PUT /v1/persons/{id}/merge": Merge(PERSONS),
    "PUT /v1/organizations/{id}/merge": Merge(ORGANIZATIONS),
    "PUT /v1/deals/{id}/merge": Merge(DEALS),
    "POST /v1/deals/{id}/duplicate": duplicate,
}
