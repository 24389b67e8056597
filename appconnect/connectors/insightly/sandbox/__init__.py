"""A sandbox of Insightly: API key over Basic, exact search in one field, 10 requests a second.

https://api.na1.insightly.com/v3.1/#!/Overview/Introduction
"""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from appconnect.connectors.insightly.sandbox.answers import answer, etag_of
from appconnect.connectors.insightly.sandbox.base import InsightlyBase
from appconnect.connectors.insightly.sandbox.database import Database, field_value
from appconnect.connectors.insightly.sandbox.guide import GUIDE
from appconnect.connectors.insightly.sandbox.schema import ENTITIES, EVENT, LEAD, LINKABLE, USER, Entity
from appconnect.connectors.insightly.sandbox.seed import (
    INSTANCE,
    LEAD_SOURCES,
    LEAD_STATUSES,
    seed,
)
from appconnect.sandbox.base import Guide, JsonObject, read_json


class InsightlySandbox(InsightlyBase):
    """Insightly's API v3.1, as documented and as tried out without a key."""

    def routes(self) -> list[BaseRoute]:
        """Return the routes, in lower case; Insightly takes paths in any case."""
        return [
            self.route("/users/me", self.me),
            self.route("/instance", self.instance),
            self.route("/leadsources", partial(self.fixed_list, LEAD_SOURCES)),
            self.route("/leadstatuses", partial(self.fixed_list, LEAD_STATUSES)),
            self.route("/customfields/{object_name}", self.custom_fields),
            self.route("/events/{id:int}/links", self.add_link, "POST"),
            self.route("/events/{id:int}/links/{link_id:int}", self.delete_link, "DELETE"),
            *(
                self.route(f"/{entity.path}/{{id:int}}/links", partial(self.links, entity))
                for entity in ENTITIES
            ),
            *(route for entity in (*ENTITIES, USER) for route in self._reading(entity)),
            *(route for entity in ENTITIES for route in self._writing(entity)),
        ]

    def _reading(self, entity: Entity) -> list[BaseRoute]:
        return [
            self.route(f"/{entity.path}", partial(self.all_of, entity)),
            self.route(f"/{entity.path}/search", partial(self.search, entity)),
            self.route(f"/{entity.path}/{{id:int}}", partial(self.one, entity)),
        ]

    def _writing(self, entity: Entity) -> list[BaseRoute]:
        return [
            self.route(f"/{entity.path}", partial(self.create, entity), "POST"),
            self.route(f"/{entity.path}", partial(self.change, entity), "PUT"),
            self.route(f"/{entity.path}/{{id:int}}", partial(self.delete, entity), "DELETE"),
        ]

    def seed(self) -> None:
        """Fill the database."""
        self.database = Database(self.clock, self.ids)
        seed(self.database)
        self._limits = {}

    def guide(self) -> Guide:
        """Return what the index page shows."""
        return GUIDE

    def rewrite(self, path: str) -> str:
        """Turn the path into lower case."""
        return path.lower()

    def unrouted(self, request: Request, status: int) -> Response:
        """Return 404, or 405 for an unknown collection, which Insightly takes for a custom object."""
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if status == 405 or path.count("/") == 2:
            return self.error(405, f"The requested resource does not support http method '{request.method}'.")
        return self.error(404, "No HTTP resource was found that matches the request URI.")

    # -- handlers: user, account, lists --

    async def me(self, request: Request) -> Response:
        """Return the user whose key was sent."""
        return answer(self.database.records[USER.name][self.user_id(request)])

    async def instance(self, request: Request) -> Response:
        """Return the account."""
        return answer(INSTANCE)

    async def fixed_list(self, rows: list[JsonObject], request: Request) -> Response:
        """Return a list that never changes."""
        return answer(list(rows))

    async def custom_fields(self, request: Request) -> Response:
        """Return the custom fields of one type of record; its name is singular."""
        entity = next((k for k in ENTITIES if k.name.lower() == request.path_params["object_name"]), None)
        if entity is None:
            raise self.refusal(400, "Data validation error: unknown object name.")
        return answer(list(self.database.custom_fields.get(entity.name, [])))

    # -- handlers: records --

    async def all_of(self, entity: Entity, request: Request) -> Response:
        """Return a list of records; it ignores updated_after_utc."""
        return self.page(request, entity, self.visible(entity))

    async def search(self, entity: Entity, request: Request) -> Response:
        """Return the records with an exact value in one field, or changed since a moment."""
        query, rows = request.query_params, self.visible(entity)
        if ("field_name" in query) != ("field_value" in query):
            raise self.refusal(
                400, "Missing or invalid parameter: field_name and field_value belong together."
            )
        if "field_name" in query:
            name = query["field_name"].upper()
            if entity is EVENT and not self.toggles["event_search"]:
                raise self.refusal(400, f"Missing or invalid parameter: {name} is no search field.")
            custom = {str(each["FIELD_NAME"]) for each in self.database.custom_fields.get(entity.name, [])}
            if name not in entity.fields and query["field_name"] not in custom:
                raise self.refusal(400, f"Missing or invalid parameter: {query['field_name']} is no field.")
            rows = [
                row
                for row in rows
                if self.matches(field_value(row, query["field_name"]), query["field_value"])
            ]
        if "updated_after_utc" in query:
            after = self.moment(query["updated_after_utc"])
            rows = [row for row in rows if str(row["DATE_UPDATED_UTC"]) > after]
        return self.page(request, entity, rows)

    async def one(self, entity: Entity, request: Request) -> Response:
        """Return one record."""
        return answer(self.shown(self.record(entity, request.path_params["id"])))

    async def create(self, entity: Entity, request: Request) -> Response:
        """Add a record: 201 with all its fields."""
        fields = self.checked(entity, await read_json(request))
        if entity is LEAD and self.toggles["lead_defaults"]:
            fields = {"LEAD_SOURCE_ID": 12, "LEAD_STATUS_ID": 21, **fields}
        self.complete(entity, fields)
        owner: JsonObject = (
            {"OWNER_USER_ID": self.user_id(request)} if "OWNER_USER_ID" in entity.writable else {}
        )
        self.check_references(fields)
        number = self.database.add(entity, {**owner, **fields})
        return answer(self.shown(self.record(entity, number)), 201)

    async def change(self, entity: Entity, request: Request) -> Response:
        """Change the fields that are sent; the id is in the body, If-Match is honoured."""
        body = await read_json(request)
        number = body.get(entity.id_field) if isinstance(body, dict) else None
        if not isinstance(number, int):
            raise self.refusal(400, f"Data validation error: {entity.id_field} is required.")
        record = self.record(entity, number)
        if (tag := request.headers.get("if-match")) and tag != etag_of(self.shown(record)):
            raise self.refusal(400, f"If-Match header value {tag} is not valid.")
        fields = self.checked(entity, body)
        if entity is EVENT:
            self.complete(entity, fields)
        self.complete(entity, {**record, **fields})
        self.check_references(fields)
        self.database.change(entity, number, fields)
        return answer(self.shown(record), 201 if self.toggles["put_answers_201"] else 200)

    async def delete(self, entity: Entity, request: Request) -> Response:
        """Delete a record: 202 without a body."""
        number = request.path_params["id"]
        self.record(entity, number)
        del self.database.records[entity.name][number]
        return Response(status_code=202)

    # -- handlers: links --

    async def links(self, entity: Entity, request: Request) -> Response:
        """Return the links of a record."""
        number = request.path_params["id"]
        self.record(entity, number)
        return answer(list(self.database.links(entity, number)))

    async def add_link(self, request: Request) -> Response:
        """Link an event to a readable record; object names are singular, in any case."""
        number, body = request.path_params["id"], await read_json(request)
        self.record(EVENT, number)
        spelled = body.get("LINK_OBJECT_NAME") if isinstance(body, dict) else None
        to = LINKABLE.get(spelled.lower()) if isinstance(spelled, str) else None
        target = body.get("LINK_OBJECT_ID") if isinstance(body, dict) else None
        if to is None or not isinstance(target, int) or isinstance(target, bool):
            raise self.refusal(400, "Data validation error: LINK_OBJECT_NAME or LINK_OBJECT_ID is not valid.")
        self.record(to, target)
        if self.toggles["links_merge"]:
            for link in self.database.links(EVENT, number):
                if (str(link["LINK_OBJECT_NAME"]).lower(), link["LINK_OBJECT_ID"]) == (
                    to.name.lower(),
                    target,
                ):
                    return answer(link, 201)
        echoed = str(spelled) if self.toggles["links_echo_case"] else ""
        return answer(self.database.link(EVENT, number, to, target, spelled=echoed), 201)

    async def delete_link(self, request: Request) -> Response:
        """Delete a link: 202 without a body."""
        number = request.path_params["id"]
        self.record(EVENT, number)
        if not self.database.unlink(EVENT, number, request.path_params["link_id"]):
            raise self.refusal(404, "Record not found.")
        return Response(status_code=202)
