"""Requests about many records at once: mass updates, associations of many, the notes of a company.

https://bullhorn.github.io/rest-api-docs/#massupdate, #association, #allcorpnotes
"""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.connectors.bullhorn.sandbox.editing import Editing
from appconnect.connectors.bullhorn.sandbox.finding import SEARCH_ROWS
from appconnect.connectors.bullhorn.sandbox.handlers import not_found, number_of
from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES
from appconnect.connectors.bullhorn.sandbox.validation import id_of
from appconnect.sandbox.base import Json, JsonObject, RefusedError

MASS_UPDATED = (
    "Candidate",
    "ClientContact",
    "ClientCorporation",
    "JobOrder",
    "JobSubmission",
    "Lead",
    "Opportunity",
    "Placement",
    "Task",
    "Tearsheet",
)
MAX_UPDATED, MAX_PAIRS = 10_000, 10_000


class Bulk(Editing):
    """Handlers of requests about many records."""

    async def mass_updated(self, request: Request, _: int) -> Response:
        """Return the entities that support mass updates."""
        return JSONResponse(list(MASS_UPDATED))

    async def mass_update(self, request: Request, user: int) -> Response:
        """Change the same fields of many records; references and lists are given by ids."""
        entity, body = self.entity(request), await self.body(request)
        ids = _ids(body.pop("ids", None))
        if entity not in MASS_UPDATED:
            return problem(400, f"{entity} does not support mass updates.", "errors.massUpdate")
        if not ids or len(ids) > MAX_UPDATED:
            return problem(400, f"'ids' has to name 1 to {MAX_UPDATED} records.", "errors.validation")
        found = [number for number in ids if number in self.database.records[entity]]
        rules = {**self.rules(), "to_many": True}
        for number in found:
            sent = {name: self._sent(entity, number, name, value) for name, value in body.items()}
            self.or_400(partial(self.database.update, entity, number, sent, user, **rules))
        return JSONResponse({"count": len(found)})

    async def associations(self, request: Request, _: int) -> Response:
        """Return pairs of ids: records, and what a to-many field of theirs leads to."""
        entity, name, body = self.entity(request), self.to_many(request), await self.body(request)
        wanted = _ids(body.get("ids"))
        table = self.database.records[entity]
        pairs: list[Json] = [
            [number, other]
            for number in wanted or [int(key) for key in table]
            if number in table
            for other in self.database.led_to(entity, table[number], name)
        ]
        start, count = (
            number_of(str(body.get(key, "")), other) for key, other in (("start", 0), ("count", 20))
        )
        answer: JsonObject = {"data": pairs[start : start + min(count, MAX_PAIRS)]}
        return JSONResponse({"total": len(pairs), **answer} if body.get("showTotalMatched") else answer)

    async def company_notes(self, request: Request, _: int) -> Response:
        """Return all notes about the contacts of a company."""
        which = request.query_params.get("clientCorpId")
        company = self.database.records["ClientCorporation"].get(number_of(which, -1))
        if company is None:
            raise RefusedError(not_found("ClientCorporation", str(which)))
        ids = dict.fromkeys(self.database.led_to("ClientCorporation", company, "clientContactNotes"))
        notes = [self.database.records["Note"][number] for number in ids]
        rows = self.ordered(request, "Note", [note for note in notes if not note.get("isDeleted")])
        return self.page(request, "Note", rows, SEARCH_ROWS, scored=True, total=True)

    def _sent(self, entity: str, number: int, name: str, value: Json) -> Json:
        """Return a value as the body of an update has it."""
        field = ENTITIES[entity].get(name)
        if field is None or value is None:
            return value
        if field.kind == "TO_ONE" and not isinstance(value, dict):
            return {"id": value}
        if field.kind == "TO_MANY" and isinstance(value, dict) and set(value) <= {"add", "remove"}:
            known = self.database.led_to(entity, self.database.records[entity][number], name)
            left = [other for other in known if other not in _ids(value.get("remove"))]
            return [*left, *(other for other in _ids(value.get("add")) if other not in left)]
        return value


def _ids(value: Json) -> list[int]:
    if not isinstance(value, list):
        return []
    return [number for each in value if (number := id_of(each)) is not None]
