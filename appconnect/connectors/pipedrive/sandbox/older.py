"""What v1 did for the records that v2 took over: out of support since 2026-08-01, and gone with a toggle.

Other people's clients still call it. Source: https://developers.pipedrive.com/changelog.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from starlette.responses import Response

from appconnect.connectors.pipedrive.sandbox import custom_fields, search
from appconnect.connectors.pipedrive.sandbox.activities import ACTIVITIES
from appconnect.connectors.pipedrive.sandbox.answers import Row, ok, problem, refused
from appconnect.connectors.pipedrive.sandbox.collection import Collection, fitting, ordered
from appconnect.connectors.pipedrive.sandbox.database import objects
from appconnect.connectors.pipedrive.sandbox.interface import OPERATIONS
from appconnect.connectors.pipedrive.sandbox.participants import people_of
from appconnect.connectors.pipedrive.sandbox.persons import ORGANIZATIONS, PERSONS
from appconnect.connectors.pipedrive.sandbox.requests import ApiRequest, Handler
from appconnect.connectors.pipedrive.sandbox.sales import DEALS
from appconnect.connectors.pipedrive.sandbox.settings import PIPELINES, STAGES
from appconnect.connectors.pipedrive.sandbox.v1 import NAMES, as_v1, as_v2, custom_of
from appconnect.sandbox.base import Json, JsonObject

LINKED = {"users": ("owner_id",), "persons": ("person_id",), "organizations": ("org_id",)}
"""Table → the fields of a record that name rows of it, for ``related_objects``."""
NEWER_METHOD = {"PUT": "PATCH"}


@dataclass(frozen=True)
class Older:
    """A collection of v2 as v1 had it."""

    newer: Collection

    @property
    def handlers(self) -> dict[str, Handler]:
        """The handlers of what v1 had."""
        base = f"/v1/{self.newer.table}"
        possible: dict[str, Handler] = {
            f"GET {base}": self.listed, f"POST {base}": self.create, f"DELETE {base}": self.newer.delete_many,
            f"GET {base}/{{id}}": self.read, f"PUT {base}/{{id}}": self.change,
            f"DELETE {base}/{{id}}": self.newer.delete,
        }  # fmt: skip
        return {name: handler for name, handler in possible.items() if name in OPERATIONS}

    def listed(self, request: ApiRequest) -> Response:
        """GET …: by the names that v1 has for what is asked for."""
        newer = self.as_newer(request)
        return self.answer_list(request, fitting(newer, self.newer.present(newer)))

    def create(self, request: ApiRequest) -> Response:
        """POST …."""
        return self._answer(request, self.newer.created(self.as_newer(request)))

    def read(self, request: ApiRequest) -> Response:
        """GET …/{id}."""
        return self._answer(request, self.newer.found(request, reading=True))

    def change(self, request: ApiRequest) -> Response:
        """PUT …/{id}."""
        return self._answer(request, self.newer.changed(self.as_newer(request)))

    def answer_list(self, request: ApiRequest, rows: Iterable[Row]) -> Response:
        """Answer with records of v2, sorted by the names of v1, a page of them."""
        by = str(request.query.get("sort") or "")
        newer = replace(request, query={**request.query, "sort": by.replace("user_id", "owner_id")})
        part, place = request.paged(ordered(newer, list(rows)))
        shown = [self._shown(request, row) for row in objects(part)]
        return ok(shown, 200, **{"related_objects": _related(request, objects(part)), **place})

    def as_newer(self, request: ApiRequest) -> ApiRequest:
        """Return a request of v1 as the one of v2 that does the same."""
        entity = self.newer.entity
        bodies = [as_v2(entity, custom_fields.of_v1(request, entity, body)) for body in request.bodies]
        newer = replace(request, query=_query(request), bodies=bodies)
        if faults := [fault for body in bodies for fault in self.newer.faults(newer, body)]:
            raise refused(faults, strict=False)
        return newer

    def _answer(self, request: ApiRequest, row: Row) -> Response:
        return ok(
            self._shown(request, row), request.operation.status, related_objects=_related(request, [row])
        )

    def _shown(self, request: ApiRequest, row: Row) -> Row:
        assert request.operation.answer is not None
        entity = self.newer.entity
        return as_v1(request, request.operation.answer, entity, row) | custom_of(request, entity, row)


def _query(request: ApiRequest) -> dict[str, Json]:
    """Return what is asked for by the names of v2; a user of 0 means everybody's."""
    query = {NAMES.get(name, name): value for name, value in request.query.items()}
    status = query.pop("status", None)
    if isinstance(status, list) and status != ["all_not_deleted"]:
        query["status"] = status
    if query.pop("owned_by_you", 0) == 1:
        query["owner_id"] = request.user
    if query.get("owner_id") == 0 or query.pop("everyone", 0) == 1:
        query.pop("owner_id", None)
    return query


def _related(request: ApiRequest, rows: list[Row]) -> JsonObject:
    """Return the users, persons and organizations that the rows name, by their ids."""
    related: JsonObject = {}
    for table, names in LINKED.items():
        rows_of = request.database.tables()[table]
        ids = {key for row in rows for name in names if isinstance(key := row.get(name), int)}
        found = {str(key): rows_of[key] for key in sorted(ids) if key in rows_of}
        if found:
            kind = table.removesuffix("s")
            related[kind] = {key: {"id": row["id"], "name": row["name"]} for key, row in found.items()}
    return related


class OlderPeople(Older):
    """Persons or organizations, which v1 lists by the first letter too."""

    def listed(self, request: ApiRequest) -> Response:
        """GET …?first_char=n."""
        first, newer = str(request.query.get("first_char", "")).casefold(), self.as_newer(request)
        rows = fitting(newer, self.newer.present(newer))
        return self.answer_list(
            request, [row for row in rows if str(row["name"]).casefold().startswith(first)]
        )


class OlderActivities(Older):
    """Activities: v1 lists the caller's own by default, by day and type."""

    def listed(self, request: ApiRequest) -> Response:
        """GET /v1/activities."""
        newer = self.as_newer(request)
        query = {"owner_id": request.user, **newer.query} if "user_id" not in request.query else newer.query
        kinds, days = (
            str(query.get("type") or "").split(","),
            (query.get("start_date"), query.get("end_date")),
        )
        plain = {name: query[name] for name in query.keys() - {"type", "start_date", "end_date"}}
        newer = replace(newer, query=plain)
        rows = [row for row in fitting(newer, self.newer.present(newer)) if _between(row, *days)]
        return self.answer_list(request, [row for row in rows if kinds == [""] or row["type"] in kinds])


def _between(row: Row, first: Json, last: Json) -> bool:
    day = str(row["due_date"] or "")
    return (first is None or day >= str(first)) and (last is None or "" < day <= str(last))


PERSONS_V1, ORGANIZATIONS_V1 = OlderPeople(PERSONS), OlderPeople(ORGANIZATIONS)
DEALS_V1, ACTIVITIES_V1 = Older(DEALS), OlderActivities(ACTIVITIES)
PIPELINES_V1, STAGES_V1 = Older(PIPELINES), Older(STAGES)
ALL = (PERSONS_V1, ORGANIZATIONS_V1, DEALS_V1, ACTIVITIES_V1, PIPELINES_V1, STAGES_V1)
LISTED = {each.newer.table: each for each in ALL}


def _of(owner: Collection, link: str, older: Older) -> Handler:
    """Return the handler of …/{id}/deals: what is linked to the record in the path."""

    def linked(request: ApiRequest) -> Response:
        owner.found(request)
        newer = older.as_newer(request)
        rows = [row for row in fitting(newer, older.newer.present(newer)) if row.get(link) == request.id]
        return older.answer_list(request, rows)

    return linked


def _persons_of_deal(request: ApiRequest) -> Response:
    """GET /v1/deals/{id}/persons: its person and the other participants."""
    return PERSONS_V1.answer_list(request, people_of(request, DEALS.found(request)))


def _deals_in(owner: Collection, link: str) -> Handler:
    """Return the handler of the deals in a pipeline or a stage, the open ones."""

    def deals(request: ApiRequest) -> Response:
        owner.found(request)
        newer = DEALS_V1.as_newer(replace(request, query={**request.query, "status": ["open"]}))
        rows = [row for row in fitting(newer, DEALS.present(newer)) if row[link] == request.id]
        return DEALS_V1.answer_list(request, rows)

    return deals


LINKS = {
    ("persons", "deals"): "person_id", ("persons", "activities"): "person_id",
    ("organizations", "deals"): "org_id", ("organizations", "activities"): "org_id",
    ("organizations", "persons"): "org_id", ("deals", "activities"): "deal_id",
}  # fmt: skip


def _guarded(handler: Handler) -> Handler:
    """Return a handler that the toggle takes away."""

    def guarded(request: ApiRequest) -> Response:
        if request.toggles["v1_gone"]:
            newer = request.operation.path.replace("/v1/", "/api/v2/")
            method = NEWER_METHOD.get(request.operation.method, request.operation.method)
            return problem(410, f"This endpoint has been removed. Use {method} {newer}.", data=None)
        return handler(request)

    return guarded


SEARCHES: dict[str, Callable[[ApiRequest], Response]] = {
    "GET /v1/persons/search": search.persons, "GET /v1/deals/search": search.deals,
    "GET /v1/organizations/search": search.organizations, "GET /v1/itemSearch": search.items,
}  # fmt: skip
OUT_OF_SUPPORT: dict[str, Handler] = {
    **{name: handler for each in ALL for name, handler in each.handlers.items()},
    **{
        f"GET /v1/{owner}/{{id}}/{what}": _of(LISTED[owner].newer, link, LISTED[what])
        for (owner, what), link in LINKS.items()
    },
    "GET /v1/deals/{id}/persons": _persons_of_deal,
    **SEARCHES,
}
HANDLERS: dict[str, Handler] = {
    **{name: _guarded(handler) for name, handler in OUT_OF_SUPPORT.items()},
    "GET /v1/deals/archived": DEALS_V1.listed,
    "GET /v1/pipelines/{id}/deals": _deals_in(PIPELINES, "pipeline_id"),
    "GET /v1/stages/{id}/deals": _deals_in(STAGES, "stage_id"),
}
