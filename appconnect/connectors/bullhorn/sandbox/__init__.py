"""A sandbox of Bullhorn, as https://bullhorn.github.io/rest-api-docs/ documents it, with made-up people.

What the documentation leaves open is a toggle (``guide.TOGGLES``). Nothing was measured on a live account.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.connectors.bullhorn.sandbox import jpql, lucene, metadata
from appconnect.connectors.bullhorn.sandbox.answers import CORS, problem
from appconnect.connectors.bullhorn.sandbox.database import Database, RefusedWriteError
from appconnect.connectors.bullhorn.sandbox.field_lists import BadFieldsError, FieldSpec, parse_fields, select
from appconnect.connectors.bullhorn.sandbox.guide import GUIDE, INDEX_LAG, TOGGLES
from appconnect.connectors.bullhorn.sandbox.limits import PER_MINUTE, Limits
from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, NOTE_ACTIONS, QUERIED, SEARCHED
from appconnect.connectors.bullhorn.sandbox.seed import seed
from appconnect.connectors.bullhorn.sandbox.sign_in import CLIENT, LOGINS, SWIMLANES, SignIn
from appconnect.sandbox.base import (
    CrmSandbox,
    Guide,
    Json,
    JsonObject,
    RefusedError,
    read_json,
)

CORPORATION = "/rest-services/{corporation}"
MAX_ROWS = 500
SEARCH_ROWS, QUERY_ROWS = 20, 15

Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, int], Awaitable[Response]]
"""A handler that also gets the user's id."""


class BullhornSandbox(CrmSandbox):
    """One corporation in one data centre of Bullhorn."""

    name, title = "bullhorn", "Bullhorn"
    hosts = ("*.bullhornstaffing.com",)
    plans = tuple(PER_MINUTE)
    known_toggles = TOGGLES
    credentials: ClassVar[Mapping[str, str]] = {
        "client_id": CLIENT.id,
        "client_secret": CLIENT.secret,
        "username": "rae.quill",
        "password": LOGINS["rae.quill"],
    }

    def routes(self) -> list[BaseRoute]:
        """Return the routes of sign-in, and those that need a session."""
        return [
            self._open("/rest-services/loginInfo", lambda: self.sign_in.login_info, "GET"),
            self._open("/oauth/authorize", lambda: self.sign_in.authorize, "GET", "POST"),
            self._open("/oauth/token", lambda: self.sign_in.token, "POST"),
            self._open("/rest-services/login", lambda: self.sign_in.login, "GET", "POST"),
            self._open(CORPORATION + "/logout", lambda: self.sign_in.logout, "GET"),
            self._open(CORPORATION + "/ping", lambda: self.sign_in.ping, "GET"),
            self._route("/search/{entity}", self.search, "GET", "POST"),
            self._route("/query/{entity}", self.query, "GET", "POST"),
            self._route("/entity/{entity}/{ids}", self.read, "GET"),
            self._route("/entity/{entity}/{id:int}", self.update, "POST"),
            self._route("/entity/{entity}/{id:int}", self.delete, "DELETE"),
            self._route("/entity/{entity}", self.create, "PUT"),
            self._route("/settings", self.all_settings, "GET"),
            self._route("/settings/{names}", self.settings, "GET"),
            self._route("/meta/{entity}", self.meta, "GET"),
            self._route("/entitlements/{entity}", self.entitlements, "GET"),
        ]

    def seed(self) -> None:
        """Fill the database, with nobody signed in."""
        self.database = Database(self.clock.now, self.ids)
        seed(self.database)
        self.sign_in = SignIn(self, self.database)
        self._limits: dict[str, Limits] = {}

    @property
    def limits(self) -> Limits:
        """The counter of the present plan."""
        if self.plan not in self._limits:
            self._limits[self.plan] = Limits(self.clock, self.plan, self.toggles)
        return self._limits[self.plan]

    def issued_secrets(self) -> list[str]:
        """Return the codes, tokens and session tokens in circulation."""
        return [*self.sign_in.tokens.issued(), *self.sign_in.sessions]

    def forget_sessions(self) -> None:
        """End all sessions; refresh tokens outlive a restart."""
        self.sign_in.sessions.clear()

    def guide(self) -> Guide:
        """Return what the index page shows."""
        return GUIDE

    def rewrite(self, path: str) -> str:
        """Turn a doubled slash, which two real clients send, into one."""
        return re.sub("/{2,}", "/", path)

    def unrouted(self, request: Request, status: int) -> Response:
        """Return 404 or 405 with Bullhorn's error object."""
        return problem(status, "No such resource." if status == 404 else "Method not allowed.", "errors.http")

    def move(self) -> None:
        """Move the company: all sessions end, and the next login gives another address."""
        self.sign_in.sessions.clear()
        self.sign_in.host = SWIMLANES[1]

    def end_sessions(self) -> None:
        """End every session before its time."""
        self.sign_in.sessions.clear()

    # -- search and query --

    async def search(self, request: Request, _: int) -> Response:
        """Search the index with a Lucene query: ``total`` is given, the default is 20 rows."""
        entity = self._entity(request)
        if entity not in SEARCHED:
            raise RefusedError(problem(400, f"Unknown search entity {entity}.", "errors.searchUnknownEntity"))
        if request.method == "GET" and not request.query_params:
            return JSONResponse(metadata.index_fields(entity))
        try:
            text = await _parameter(request, "query")
            found = lucene.parse_query(entity, text, exact_phones=self.toggles["exact_phones"])
        except lucene.BadSearchError as error:
            return problem(400, str(error), "errors.badSearch")
        lag = timedelta(seconds=INDEX_LAG if self.toggles["index_lag"] else 0)
        rows = [record for record in self.database.searchable(entity, lag) if found(record)]
        if entity == "Note" and self.toggles["note_search_empty"]:
            rows = []
        return self._page(request, entity, self._sorted(request, rows), SEARCH_ROWS, scored=True)

    async def query(self, request: Request, _: int) -> Response:
        """Query the database with JPQL: ``total`` only on request, the default is 15 rows."""
        entity = self._entity(request)
        if entity not in QUERIED:
            message = f"Query operation not supported for {entity}, please use /search call instead."
            return problem(400, message, "errors.queryIndexedEntity")
        try:
            test = jpql.parse_where(entity, await _parameter(request, "where"))
        except jpql.BadWhereError as error:
            return problem(400, str(error), "errors.badQuery")
        records = self.database.records[entity]
        rows = [records[n] for n in records if test(lambda row, path: self._value_at(entity, row, path), n)]
        return self._page(request, entity, rows, QUERY_ROWS, scored=False)

    def _value_at(self, entity: str, number: int, path: str) -> Json:
        name, _, rest = path.partition(".")
        record = self.database.record(entity, number) or {}
        value = record.get(name)
        if not rest:
            return value
        target = ENTITIES[entity][name].target
        return self._value_at(target, value, rest) if isinstance(value, int) else None

    def _sorted(self, request: Request, rows: list[JsonObject]) -> list[JsonObject]:
        sort = request.query_params.get("sort", "")
        name = sort.lstrip("-")
        return sorted(rows, key=lambda row: _sortable(row.get(name)), reverse=sort.startswith("-"))

    def _page(
        self, request: Request, entity: str, rows: list[JsonObject], default: int, *, scored: bool
    ) -> Response:
        query = request.query_params
        start, count = _number(query.get("start"), 0), _number(query.get("count"), default)
        page = rows[start : start + min(count, MAX_ROWS)]
        fields = self._fields(request, entity)
        data: list[Json] = [row["id"] for row in page]
        if fields is not None:
            extra: JsonObject = {"_score": 1.0} if scored else {}
            data = [{**select(self.database, entity, row, fields), **extra} for row in page]
        if query.get("totalOnly") == "true":
            return JSONResponse({"total": len(rows)})
        answer: JsonObject = {"start": start, "count": len(page), "data": data}
        if scored or query.get("showTotalMatched") == "true":
            answer = {"total": len(rows), **answer}
        if count > MAX_ROWS:
            answer["messages"] = [{"detailMessage": f"count was reduced to {MAX_ROWS}", "severity": "INFO"}]
        return JSONResponse(answer)

    # -- records --

    async def read(self, request: Request, _: int) -> Response:
        """Return one record, or several by a comma list of ids."""
        entity, ids = self._entity(request), request.path_params["ids"].split(",")
        fields = self._fields(request, entity) or ()
        numbers = [int(text) for text in ids if text.isdigit()]
        found = [self.database.records[entity].get(number) for number in numbers]
        data = [select(self.database, entity, record, fields) for record in found if record is not None]
        if not data:
            return problem(404, f"{entity} {request.path_params['ids']} was not found.", "errors.notFound")
        return JSONResponse({"data": data[0] if len(ids) == 1 else data})

    async def create(self, request: Request, user: int) -> Response:
        """Add a record (PUT)."""
        entity, body = self._entity(request), await self._body(request)
        self._check_action(entity, body)
        links = self.toggles["lead_reference"]
        number = self._or_400(lambda: self.database.create(entity, body, user, link_leads=links))
        return _changed(entity, number, "INSERT", body)

    async def update(self, request: Request, _: int) -> Response:
        """Change the fields that are sent (POST)."""
        entity, number = self._existing(request)
        body = await self._body(request)
        self._check_action(entity, body)
        self._or_400(lambda: self.database.update(entity, number, body))
        return _changed(entity, number, "UPDATE", body)

    async def delete(self, request: Request, _: int) -> Response:
        """Delete a record: mark it where the entity has ``isDeleted``, else remove it."""
        entity, number = self._existing(request)
        if entity == "ClientCorporation":
            return problem(400, "ClientCorporation cannot be deleted.", "errors.immutable")
        if "isDeleted" in ENTITIES[entity]:
            self.database.records[entity][number]["isDeleted"] = True
        else:
            del self.database.records[entity][number]
        return _changed(entity, number, "DELETE", {})

    def _existing(self, request: Request) -> tuple[str, int]:
        entity, number = self._entity(request), int(request.path_params["id"])
        if number not in self.database.records[entity]:
            raise RefusedError(problem(404, f"{entity} {number} was not found.", "errors.notFound"))
        return entity, number

    def _check_action(self, entity: str, body: JsonObject) -> None:
        enforced = entity == "Note" and self.toggles["actions_enforced"] and "action" in body
        if enforced and body["action"] not in NOTE_ACTIONS:
            raise RefusedError(problem(400, "Invalid note action.", "errors.validation"))

    async def _body(self, request: Request) -> JsonObject:
        body = await read_json(request)
        if not isinstance(body, dict):
            raise RefusedError(problem(400, "The body is not a JSON object.", "errors.badBody"))
        return body

    def _or_400(self, write: Callable[[], int | None]) -> int:
        try:
            return write() or 0
        except RefusedWriteError as error:
            raise RefusedError(problem(400, str(error), "errors.validation")) from error

    # -- settings and meta --

    async def settings(self, request: Request, user: int) -> Response:
        """Return the settings of a comma list."""
        settings = metadata.settings(user)
        names = request.path_params["names"].split(",")
        if unknown := [name for name in names if name not in settings]:
            return problem(400, f"Unknown setting {unknown[0]}.", "errors.unknownSetting")
        return JSONResponse({name: settings[name] for name in names})

    async def all_settings(self, request: Request, user: int) -> Response:
        """Return the names and types of all settings."""
        return JSONResponse(metadata.setting_names(user))

    async def meta(self, request: Request, _: int) -> Response:
        """Return an entity's fields, statuses with their options."""
        entity = self._entity(request)
        names = request.query_params.get("fields", "*").split(",")
        fields = [
            metadata.field_metadata(entity, name)
            for name in ENTITIES[entity]
            if name == "id" or "*" in names or name in names
        ]
        address = f"{request.base_url}rest-services/e1/meta/{entity}"
        return JSONResponse({"entity": entity, "entityMetaUrl": address, "label": entity, "fields": fields})

    async def entitlements(self, request: Request, _: int) -> Response:
        """Return the entitlements of the user."""
        self._entity(request)
        return JSONResponse(["CREATE", "READ", "UPDATE", "DELETE"])

    # -- before and after every handler --

    def _route(self, path: str, handler: Handler, *methods: str) -> Route:
        async def endpoint(request: Request) -> Response:
            self.limits.count()
            answer = await handler(request, self.sign_in.signed_in(request).user)
            answer.headers.update({**CORS, **self.limits.headers()})
            return answer

        return Route(CORPORATION + path, endpoint, methods=list(methods))

    def _open(self, path: str, handler: Callable[[], Endpoint], *methods: str) -> Route:
        """Return a route without a session; its handler is looked up late, since a reset replaces it."""

        async def endpoint(request: Request) -> Response:
            answer = await handler()(request)
            if path.startswith("/rest-services"):
                answer.headers.update(CORS)
            return answer

        return Route(path, endpoint, methods=list(methods))

    def _entity(self, request: Request) -> str:
        entity = str(request.path_params["entity"])
        if entity not in ENTITIES:
            raise RefusedError(problem(400, f"Unknown entity {entity}.", "errors.searchUnknownEntity"))
        if entity == "Lead" and self.toggles["leads_hidden"]:
            raise RefusedError(problem(403, "You are not entitled to Lead.", "errors.notEntitled"))
        return entity

    def _fields(self, request: Request, entity: str) -> tuple[FieldSpec, ...] | None:
        text = request.query_params.get("fields")
        try:
            return parse_fields(entity, text) if text else None
        except BadFieldsError as error:
            raise RefusedError(problem(400, str(error), error.key)) from error


def _changed(entity: str, number: int, how: str, body: JsonObject) -> Response:
    change: JsonObject = {"changedEntityType": entity, "changedEntityId": number, "changeType": how}
    return JSONResponse({**change, "data": body})


async def _parameter(request: Request, name: str) -> str:
    """Return a parameter of the query string, or of the JSON body of a POST; 400 without it."""
    body = await read_json(request) if request.method == "POST" else None
    value = body.get(name) if isinstance(body, dict) else request.query_params.get(name)
    if not value:
        raise RefusedError(problem(400, f"'{name}' is missing.", "errors.missingParameter"))
    return str(value)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise


def _sortable(value: Json) -> str:
    return f"{value:020}" if isinstance(value, int) else str(value or "").casefold()
