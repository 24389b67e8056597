"""Records of one type: listed, read, created, changed and deleted as the operations' data say.

What a type of record has of its own – what follows from what, what it looks like – are the hooks of its
`Collection`. Sources: https://pipedrive.readme.io/docs/core-api-concepts-pagination and -sorting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox import conditions
from appconnect.connectors.pipedrive.sandbox.answers import (
    Fault,
    Row,
    bad_request,
    not_found,
    ok,
    rfc3339,
)
from appconnect.connectors.pipedrive.sandbox.checks import as_kept
from appconnect.connectors.pipedrive.sandbox.database import defaults, is_live, objects, uuid_of
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS, shaped
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Change, Handler
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.records import Table

LINKS = {
    "user_id": "users", "owner_id": "users", "person_id": "persons", "org_id": "organizations",
    "organization_id": "organizations", "deal_id": "deals", "lead_id": "leads", "activity_id": "activities",
    "pipeline_id": "pipelines", "stage_id": "stages",
}  # fmt: skip
"""Fields that name another record, and the tables these are in."""
USERS = {"owner_id", "user_id", "creator_user_id", "creator_id", "admin_id"}
"""Fields that a new record has its maker in."""
NEVER_NULL = {
    "owner_id",
    "user_id",
    "type",
    "done",
    "busy",
    "status",
    "visible_to",
    "is_deleted",
    "is_archived",
}
"""Null leaves these as they are."""


def _same(_: ApiRequest, row: Row, __: Row | None = None) -> Row:
    return row


def _shown(_: ApiRequest, row: Row) -> Row:
    return row


@dataclass(frozen=True)
class Collection:
    """A type of record; ``base`` is its path, ``entity`` what webhooks call it."""

    base: str
    table: str
    entity: str = ""
    first_id: int = 1
    id_field: str = "id"
    text_ids: bool = False
    gone: str = "is_deleted"
    """What marks a deleted record: "is_deleted", "active_flag" (false), or "" for one that is taken out."""
    prepare: Callable[[ApiRequest, Row, Row | None], Row] = _same
    """Makes what is stored of what is sent and what was there before; refuses what cannot be."""
    show: Callable[[ApiRequest, Row], Row] = _shown
    faults: Callable[[ApiRequest, JsonObject], Iterable[Fault]] = lambda _, __: ()
    """Yields what is wrong with a body beyond the description, whatever its values are."""
    hidden: Callable[[ApiRequest], set[str]] = lambda _: set()
    """Fields of the description that answers have only when ``include_fields`` names them."""
    visible: Callable[[ApiRequest, Row], bool] = lambda _, __: True
    """Whether a list has the record, beside what the query says."""
    time: Callable[[datetime], str] = rfc3339
    missing: str = "Entity was not found"

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of the operations on this type that the vendor has."""
        one = f"{self.base}/{{id}}"
        possible: dict[str, Handler] = {
            f"GET {self.base}": self.listed, f"POST {self.base}": self.create, f"GET {one}": self.read,
            f"PATCH {one}": self.change, f"PUT {one}": self.change, f"DELETE {one}": self.delete,
            f"DELETE {self.base}": self.delete_many,
        }  # fmt: skip
        return {name: handler for name, handler in possible.items() if name in OPERATIONS}

    # -- the operations --

    def listed(self, request: ApiRequest) -> Response:
        """GET …: what the query lets through, sorted, a page of it."""
        return self.answer_list(request, self.present(request))

    def read(self, request: ApiRequest) -> Response:
        """GET …/{id}."""
        return self.answer(request, self.found(request, reading=True))

    def create(self, request: ApiRequest) -> Response:
        """POST …."""
        return self.answer(request, self.created(request))

    def change(self, request: ApiRequest) -> Response:
        """PATCH or PUT …/{id}: what is not sent stays, null clears."""
        return self.answer(request, self.changed(request))

    def delete(self, request: ApiRequest) -> Response:
        """DELETE …/{id}: marked, and purged after thirty days, or taken out."""
        row = self.found(request)
        self.remove(request, row)
        answered = request.operation.answer
        return ok(shaped(answered, self.show(request, row)) if answered else True)

    def delete_many(self, request: ApiRequest) -> Response:
        """DELETE …?ids=1,2: those that are there."""
        ids = request.query["ids"]
        assert isinstance(ids, list)
        rows = [row for row in self.present(request) if row[self.id_field] in ids and self.may_go(row)]
        for row in rows:
            self.remove(request, row)
        return ok({"id": [row[self.id_field] for row in rows]})

    # -- parts of them --

    def table_of(self, request: ApiRequest) -> Table:
        """Return the table that holds the records."""
        return request.database.tables()[self.table]

    def key(self, request: ApiRequest) -> int | str:
        """Return the id in the path."""
        return request.path["id"] if self.text_ids else request.id

    def found(self, request: ApiRequest, *, reading: bool = False) -> Row:
        """Return the record of the path; 404 for one that is not there, or deleted."""
        row = self.table_of(request).get(self.key(request))
        shown_deleted = reading and not request.toggles["deleted_answer_404"]
        if row is None or (self.is_gone(row) and not shown_deleted):
            raise not_found(self.missing)
        return row

    def is_gone(self, row: Row) -> bool:
        """Return True for a deleted record."""
        return bool(self.gone) and bool(row.get(self.gone)) is not (self.gone == "active_flag")

    def may_go(self, row: Row) -> bool:
        """Return True for a record that can be deleted."""
        return True

    def present(self, request: ApiRequest) -> list[Row]:
        """Return the records that a list may have."""
        table = self.table_of(request)
        asked = request.query.get("ids")
        keys = sorted({each for each in asked if isinstance(each, int)}) if isinstance(asked, list) else []
        rows = [table[key] for key in keys if key in table] if keys else table.values()
        return [row for row in rows if not self.is_gone(row) and self.visible(request, row)]

    def created(self, request: ApiRequest) -> Row:
        """Add what is sent, and return it."""
        check_links(request, request.sent)
        sent: Row = {
            name: value
            for name, value in as_kept(request.operation, request.sent, self.time).items()
            if value is not None
        }
        return self.added(request, self.prepare(request, sent, None))

    def changed(self, request: ApiRequest) -> Row:
        """Change the record of the path by what is sent, and return it."""
        before = dict(self.found(request))
        check_links(request, request.sent)
        sent = {
            name: value
            for name, value in as_kept(request.operation, request.sent, self.time).items()
            if value is not None or name not in NEVER_NULL
        }
        fields = self.prepare(request, sent, before)
        row = self.table_of(request).change(self.key(request), fields | self._times(request, "update_time"))
        self._note(request, "change", row, before)
        return row

    def added(self, request: ApiRequest, fields: Row) -> Row:
        """Add a record and return it."""
        number = request.database.next_id(self.table, self.first_id)
        row = self.blank() | defaults(self.table)
        row |= dict.fromkeys(USERS & row.keys(), request.user)
        row |= {self.id_field: uuid_of(self.table, number) if self.text_ids else number}
        if self.gone:
            row[self.gone] = self.gone == "active_flag"
        row = self.table_of(request).put(row | self._times(request, "add_time", "update_time") | fields)
        self._note(request, "create", row, None)
        return row

    def blank(self) -> Row:
        """Return a record with every field that answers show."""
        reading = OPERATIONS.get(f"GET {self.base}/{{id}}") or OPERATIONS[f"POST {self.base}"]
        return reading.answer.blank() if reading.answer else {}

    def remove(self, request: ApiRequest, row: Row) -> None:
        """Delete a record."""
        key = row[self.id_field]
        assert isinstance(key, int | str)
        if self.gone:
            marks: Row = {self.gone: self.gone != "active_flag"} | self._times(request, "update_time")
            self.table_of(request).change(key, marks)
        else:
            self.table_of(request).remove(key)
        self._note(request, "delete", row, row)

    def _note(self, request: ApiRequest, action: str, row: Row, before: Row | None) -> None:
        """Note a change for webhooks and histories, without the fields that answers hide."""
        hidden = self.hidden(request)
        now, old = (
            None if each is None else {name: value for name, value in each.items() if name not in hidden}
            for each in (row, before)
        )
        request.changes.append(Change(self.entity, action, now or {}, old))

    def answer(self, request: ApiRequest, row: Row) -> Response:
        """Answer with a record."""
        return ok(self._as_answered(request, row), request.operation.status)

    def answer_list(self, request: ApiRequest, rows: Iterable[Row]) -> Response:
        """Answer with the records that fit the query."""
        part, more = request.paged(ordered(request, fitting(request, rows)))
        return ok([self._as_answered(request, row) for row in objects(part)], 200, **more)

    def _as_answered(self, request: ApiRequest, row: Row) -> Row:
        assert request.operation.answer is not None
        shown = self.show(request, row)
        asked = {"labels"} | set(_texts(request.query.get("include_fields")))
        hidden = self.hidden(request) - asked
        extra = {name: value for name, value in shown.items() if name in asked}
        whole = shaped(request.operation.answer, shown) | extra
        left: Row = {name: value for name, value in whole.items() if name not in hidden}
        flagged = request.operation.strict and request.toggles["primary_flag"]
        return {name: _flagged(value) for name, value in left.items()} if flagged else left

    def _times(self, request: ApiRequest, *names: str) -> Row:
        return {name: self.time(request.database.clock.now()) for name in names}


def _flagged(value: Json) -> Json:
    """Return phones, e-mails or participants as older answers have them."""
    if not isinstance(value, list):
        return value
    return [
        {"primary_flag" if name == "primary" else name: inner for name, inner in each.items()}
        if isinstance(each, dict)
        else each
        for each in value
    ]


def _texts(value: Json) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


# -- links --


def check_links(request: ApiRequest, sent: Mapping[str, Json]) -> None:
    """Refuse links to records that do not exist, are deleted or archived."""
    tables = request.database.tables()
    for name, table in LINKS.items():
        key = sent.get(name)
        if key is not None and not is_live(tables[table].get(key) if isinstance(key, int | str) else None):
            raise bad_request(f"{name} {key} was not found.")


# -- lists --

NO_CONDITIONS = {
    "limit", "cursor", "start", "sort", "sort_by", "sort_direction", "filter_id", "include_fields",
    "custom_fields", "include_labels", "include_option_labels", "include_field_code", "status",
}  # fmt: skip


TIMES = {"updated_since", "updated_until"}


def fitting(request: ApiRequest, rows: Iterable[Row]) -> list[Row]:
    """Return the rows that the query lets through; a filter replaces all conditions but times."""
    filtered, asked = request.query.get("filter_id"), request.query
    left = asked.keys() - NO_CONDITIONS if filtered is None else asked.keys() & TIMES
    for name in left:
        rows = [row for row in rows if _meets(row, name, asked[name])]
    if isinstance(filtered, int):
        rows = [row for row in rows if conditions.meets(request, filtered, row)]
    return list(rows)


def _meets(row: Row, name: str, wanted: Json) -> bool:
    if name == "ids":
        return isinstance(wanted, list) and row["id"] in wanted
    if name in TIMES:
        limit, changed = _moment(str(wanted)), _moment(str(row["update_time"]))
        return changed >= limit if name == "updated_since" else changed < limit
    if name in {"start_date", "end_date"}:
        day = str(row["add_time"])[:10]
        return day >= str(wanted) if name == "start_date" else day <= str(wanted)
    return name not in row or row[name] == wanted


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else datetime.fromisoformat(f"{text}Z")


def ordered(request: ApiRequest, rows: Sequence[Row]) -> list[Row]:
    """Return rows as ``sort``, or ``sort_by`` and ``sort_direction`` say; 400 for an unknown field."""
    query, found = request.query, list(rows)
    if isinstance(by := query.get("sort_by"), str):
        found.sort(key=_by(by), reverse=query.get("sort_direction") == "desc")
    elif query.get("sort_direction") == "desc":
        found.reverse()
    for part in reversed(str(query.get("sort") or "").split(",")):
        name, _, direction = part.strip().partition(" ")
        if not name:
            continue
        if request.operation.answer is None or name not in request.operation.answer.fields:
            raise bad_request(f"Sorting by {name} is not possible.")
        found.sort(key=_by(name), reverse=direction.strip().upper() == "DESC")
    return found


def _by(name: str) -> Callable[[Row], tuple[bool, float, str]]:
    return lambda row: _order(row.get(name))


def _order(value: Json) -> tuple[bool, float, str]:
    """Return a sort key: numbers by size, texts by letters, None last."""
    return value is None, value if isinstance(value, int | float) else 0, str(value)
