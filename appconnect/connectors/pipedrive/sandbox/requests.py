"""The request that a handler gets: checked, with its query and body as values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox.answers import Rows, invalid, ok, page, page_v1
from appconnect.connectors.pipedrive.sandbox.database import Database
from appconnect.connectors.pipedrive.sandbox.interface import Operation
from appconnect.sandbox.base import Json, JsonObject, Toggles


@dataclass(frozen=True)
class Change:
    """A record that was created, changed or deleted, for the webhooks that ask for it."""

    entity: str
    action: str
    row: JsonObject
    before: JsonObject | None


@dataclass(frozen=True)
class Event:
    """Something else that a record's history tells: who began to follow it, or to take part in it."""

    what: str
    """Of which history it is: "deal followers"."""
    record: Json
    fields: JsonObject


@dataclass(frozen=True)
class ApiRequest:
    """An authorised request: the user, the path, query and body, and the database."""

    operation: Operation
    database: Database
    toggles: Toggles
    user: int
    path: Mapping[str, str]
    query: Mapping[str, Json]
    bodies: Sequence[JsonObject]
    uploads: Mapping[str, JsonObject]
    """The files of a form, by field: name, type, size, content (base64)."""
    changes: list[Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def sent(self) -> JsonObject:
        """The body."""
        return self.bodies[0] if self.bodies else {}

    @property
    def id(self) -> int:
        """The number in the path."""
        return self.number("id")

    def number(self, name: str) -> int:
        """Return a number of the path; 400 for anything else."""
        if not re.fullmatch(r"[0-9]{1,18}", text := self.path[name], re.ASCII):
            raise invalid(name, "Expected number, received string")
        return int(text)

    def int_parameter(self, name: str, default: int) -> int:
        """Return a number of the query that is not negative."""
        value = self.query.get(name)
        return max(value, 0) if isinstance(value, int) else default

    def paged(self, rows: Rows) -> tuple[list[Json], JsonObject]:
        """Return a page of what is answered, and the ``additional_data`` that tells its place, if any."""
        how, limit = self.operation.page, self.int_parameter("limit", 100)
        if not how:
            return list(rows), {}
        if how == "cursor":
            cursor = self.query.get("cursor")
            part, place = page(rows, limit, None if cursor is None else str(cursor))
            return part, {"additional_data": place}
        start, limit = self.int_parameter("start", 0), min(limit, 500)
        part, place = page_v1(rows, start, limit)
        if how == "flat" and not (self.toggles["nested_pagination"] and "leads" in self.operation.path):
            return part, {"additional_data": place}
        following: JsonObject = {"next_start": start + limit} if place["more_items_in_collection"] else {}
        return part, {"additional_data": {"pagination": place | following}}


def answer_page(request: ApiRequest, rows: Rows, **more: Json) -> Response:
    """Answer with a page of rows, and with its place."""
    part, place = request.paged(rows)
    return ok(part, 200, **{**more, **place})


Handler = Callable[[ApiRequest], Response]
