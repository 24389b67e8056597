"""Reading and writing records, and what leads from one to many.

https://bullhorn.github.io/rest-api-docs/#entity
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.connectors.bullhorn.sandbox import custom_objects
from appconnect.connectors.bullhorn.sandbox.answers import problem
from appconnect.connectors.bullhorn.sandbox.field_lists import FieldSpec, select, summary_fields
from appconnect.connectors.bullhorn.sandbox.finding import QUERY_ROWS
from appconnect.connectors.bullhorn.sandbox.handlers import MAX_ROWS, Handlers, ids_of, not_found, page_of
from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, HISTORIES, IMMUTABLE, NOTE_ACTIONS, PERSON
from appconnect.connectors.bullhorn.sandbox.validation import RefusedWriteError
from appconnect.sandbox.base import Json, JsonObject, RefusedError, not_played


class Editing(Handlers):
    """Handlers of ``entity``."""

    async def read(self, request: Request, _: int) -> Response:
        """Return one record, or several by a comma list of ids."""
        entity, ids = self.entity(request), request.path_params["ids"]
        fields = self.fields(request, entity) or ()
        known = [
            row for number in ids_of(ids) if (row := self.database.records[entity].get(number)) is not None
        ]
        found = page_of(request, known, MAX_ROWS)
        data = [select(self.database, entity, record, fields) for record in found]
        if not data:
            return not_found(entity, ids)
        several: Json = list(data)
        return JSONResponse(
            {"data": several if "," in ids else data[0], **self.meta(request, entity, fields)}
        )

    async def create(self, request: Request, user: int) -> Response:
        """Add a record (PUT)."""
        entity, body = self.entity(request), await self.body(request)
        _check_writable(entity)
        self._check_action(entity, body)
        own, objects = custom_objects.split(entity, body)
        rules, links = self.rules(), self.crm.toggles["lead_reference"]

        def create() -> int:
            custom_objects.check(self.database, entity, objects, **rules)
            number = self.database.create(entity, own, user, link_leads=links, **rules)
            custom_objects.write(self.database, entity, number, objects, user, **rules)
            return number

        return _changed(entity, self.or_400(create), "INSERT", body)

    async def update(self, request: Request, user: int) -> Response:
        """Change the fields that are sent (POST)."""
        entity, number = self.existing(request)
        body = await self.body(request)
        _check_writable(entity)
        self._check_action(entity, body)
        own, objects = custom_objects.split(entity, body)
        rules = self.rules()

        def update() -> None:
            custom_objects.check(self.database, entity, objects, **rules)
            self.database.update(entity, number, own, user, **rules)
            custom_objects.write(self.database, entity, number, objects, user, **rules)

        self.or_400(update)
        return _changed(entity, number, "UPDATE", body)

    async def delete(self, request: Request, _: int) -> Response:
        """Delete a record: mark it where the entity has ``isDeleted``, else remove it."""
        entity, number = self.existing(request)
        _check_writable(entity)
        if entity in IMMUTABLE:
            return problem(400, f"{entity} cannot be deleted.", "errors.immutable")
        self.database.delete(entity, number)
        return _changed(entity, number, "DELETE", {})

    # -- to-many fields --

    async def associated(self, request: Request, _: int) -> Response:
        """Return the records that a to-many field of one or several records leads to."""
        entity, name = self.entity(request), self.to_many(request)
        found = [self.database.records[entity].get(number) for number in ids_of(request.path_params["id"])]
        records = [record for record in found if record is not None]
        if not records:
            return not_found(entity, request.path_params["id"])
        target = ENTITIES[entity][name].target
        if target == PERSON:
            return self._people(request, entity, name, records)
        if target not in ENTITIES:
            return JSONResponse({"start": 0, "count": 0, "data": []})
        ids = dict.fromkeys(n for record in records for n in self.database.led_to(entity, record, name))
        rows = [self.database.records[target][n] for n in ids if n in self.database.records[target]]
        alive = [row for row in rows if not row.get("isDeleted")]
        ordered = self.ordered(request, target, alive)
        total = request.query_params.get("showTotalMatched") == "true"
        return self.page(request, target, ordered, QUERY_ROWS, scored=False, total=total)

    async def associate(self, request: Request, _: int) -> Response:
        """Let a to-many field lead to more records (PUT)."""
        entity, number, name, ids = self._association(request)
        self.or_400(lambda: self.database.associate(entity, number, name, ids))
        return _changed(entity, number, "ASSOCIATE", {})

    async def disassociate(self, request: Request, _: int) -> Response:
        """Let a to-many field no longer lead to some records (DELETE)."""
        entity, number, name, ids = self._association(request)
        self.database.disassociate(entity, number, name, ids)
        return _changed(entity, number, "DISASSOCIATE", {})

    # -- the steps --

    def _association(self, request: Request) -> tuple[str, int, str, list[int]]:
        entity, number = self.existing(request)
        name, ids = self.to_many(request), ids_of(request.path_params["ids"])
        target = ENTITIES[entity][name].target
        if target not in (PERSON, *ENTITIES):
            raise RefusedError(not_played(f"{request.method} /entity/{entity}/{{id}}/{name}/{{ids}}"))
        unknown = [each for each in ids if self.database.record(target, each) is None]
        if unknown or not ids:
            raise RefusedError(not_found(target, request.path_params["ids"]))
        return entity, number, name, list(dict.fromkeys(ids))

    def to_many(self, request: Request) -> str:
        """Return the to-many field that a path names; end the request with 404 for another."""
        entity, name = self.entity(request), str(request.path_params["name"])
        field = ENTITIES[entity].get(name)
        if field is None or field.kind != "TO_MANY":
            message = f"'{name}' is no to-many association of {entity}."
            raise RefusedError(problem(404, message, "errors.invalidAssociation"))
        return name

    def _people(self, request: Request, entity: str, name: str, records: list[JsonObject]) -> Response:
        """Return people of several types: their names, as one list of fields fits no type."""
        data: list[Json] = []
        for number in (n for record in records for n in self.database.led_to(entity, record, name)):
            kind = self.database.subtype(number)
            person = self.database.record(kind, number) if kind else None
            if person is not None:
                names = [FieldSpec(each) for each in summary_fields(kind)]
                data.append({**select(self.database, kind, person, names), "_subtype": kind})
        return JSONResponse({"start": 0, "count": len(data), "data": data})

    def rules(self) -> dict[str, bool]:
        """Return how strictly bodies are checked, as the toggles say."""
        toggles = self.crm.toggles
        return {
            "field_map": toggles["field_map_enforced"],
            "fractional_minutes": toggles["fractional_minutes"],
            "iso_times": toggles["iso_times"],
            "to_many": toggles["to_many_in_bodies"],
        }

    def _check_action(self, entity: str, body: JsonObject) -> None:
        enforced = entity == "Note" and self.crm.toggles["actions_enforced"] and "action" in body
        if enforced and body["action"] not in NOTE_ACTIONS:
            raise RefusedError(problem(400, "Invalid note action.", "errors.validation"))

    def or_400(self, write: Callable[[], int | None]) -> int:
        """Write, and return the new id; end the request with all that is wrong with what was sent."""
        try:
            return write() or 0
        except RefusedWriteError as error:
            errors: list[Json] = [
                {
                    "propertyName": each.name,
                    "type": each.type,
                    "severity": "ERROR",
                    "detailMessage": each.message,
                }
                for each in error.problems
            ]
            raise RefusedError(problem(400, str(error), "errors.validation", errors=errors)) from error


def _check_writable(entity: str) -> None:
    """End the request for an edit history, which Bullhorn alone writes."""
    if entity.endswith(HISTORIES):
        raise RefusedError(problem(400, f"{entity} is read-only.", "errors.readOnly"))


def _changed(entity: str, number: int, how: str, body: JsonObject) -> Response:
    change: JsonObject = {"changedEntityType": entity, "changedEntityId": number, "changeType": how}
    return JSONResponse({**change, "data": body})
