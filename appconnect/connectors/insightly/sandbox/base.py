"""The checks before every handler (pod, key, limits, schema), and how answers are written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from appconnect.connectors.insightly.sandbox.answers import answer
from appconnect.connectors.insightly.sandbox.checks import InvalidError, Rules, complete, refuse, utc
from appconnect.connectors.insightly.sandbox.database import Database
from appconnect.connectors.insightly.sandbox.guide import TOGGLES
from appconnect.connectors.insightly.sandbox.limits import PER_DAY, Limits
from appconnect.connectors.insightly.sandbox.schema import (
    CATEGORIES,
    REFERENCES,
    TEAM,
    TEAM_MEMBER,
    Entity,
)
from appconnect.connectors.insightly.sandbox.sign_in import HOSTS, POD, RAE_KEY, signed_in
from appconnect.sandbox.base import CrmSandbox, Json, JsonObject, RefusedError, in_process
from appconnect.sandbox.routing import route
from appconnect.sandbox.schema import Kind, Problem, Record

DENIED = "Authorization has been denied for this request."
PAGE, MAX_PAGE = 100, 500
MOST_DIGITS = 18
Handler = Callable[[Request], Awaitable[Response]]


class InsightlyBase(CrmSandbox):
    """The checks before every handler, and the answers they give."""

    name, title = "insightly", "Insightly"
    hosts = HOSTS
    credentials: ClassVar[Mapping[str, str]] = {"api_key": RAE_KEY, "api_url": f"https://{POD}/v3.1"}
    plans = tuple(PER_DAY)
    known_toggles = TOGGLES

    database: Database
    _limits: dict[str, Limits]

    # -- before every handler --

    def route(self, path: str, handler: Handler, method: str = "GET") -> BaseRoute:
        """Return a route below /v3.1 that checks key and limits first."""

        async def guarded(request: Request) -> Response:
            try:
                self.admit(request)
                response = await handler(request)
            except RefusedError as refusal:
                response = refusal.response
            if response.status_code != 401:
                response.headers.update(self.limits.headers())
            return response

        return route(f"/v3.1{path}", guarded, [method])

    def admit(self, request: Request) -> None:
        """Refuse a wrong pod, a wrong key, and requests above the limits."""
        host = request.url.hostname or ""
        if in_process(request) and host == self.hosts[0]:  # without a pod there is only the help page
            raise self.refusal(404, "No HTTP resource was found that matches the request URI.")
        if self._user(request) is None:
            raise self.refusal(401, DENIED)
        if not self.limits.count():
            refusal = self.refusal(429, "API rate limit exceeded.")
            if self.toggles["retry_after"]:
                burst = self.limits.day.remaining > 0
                refusal.response.headers["Retry-After"] = str(1 if burst else self.limits.day.reset)
            raise refusal

    @property
    def limits(self) -> Limits:
        """The counters of the present plan."""
        if self.plan not in self._limits:
            self._limits[self.plan] = Limits(self.clock, self.plan)
        return self._limits[self.plan]

    def user_id(self, request: Request) -> int:
        """Return the id of the user whose key was sent."""
        user = self._user(request)
        assert user is not None
        return user

    def _user(self, request: Request) -> int | None:
        return signed_in(request, bare=self.toggles["bare_key"])

    def record(self, entity: Entity, number: int) -> JsonObject:
        """Return a stored record; 403 or 404 when it cannot be read."""
        if (entity.name, number) in self.database.hidden:
            raise self.refusal(403, "API User does not have access to Record.")
        if number not in self.database.records[entity.name]:
            raise self.refusal(404, "Record not found.")
        return self.database.records[entity.name][number]

    def checked(self, record: Record, body: Json, entity: Entity | None = None) -> JsonObject:
        """Return the writable fields of a body; 400 for a broken schema or a record that is not there."""
        custom = self.database.custom_fields.get(entity.name, []) if entity else []
        rules = Rules(
            custom_fields=frozenset(str(each["FIELD_NAME"]) for each in custom),
            iso_dates=self.toggles["iso_dates"],
            string_ids=self.toggles["string_ids"],
            unknown_keys=self.toggles["ignore_unknown_keys"],
        )
        try:
            fields = rules.checked(record, body)
            refuse(record, self._astray(entity, fields))
        except InvalidError as fault:
            raise self.refusal(400, str(fault)) from None
        return fields

    def complete(self, record: Record, row: JsonObject) -> None:
        """Answer 400 when a required field is missing."""
        try:
            complete(record, row)
        except InvalidError as fault:
            raise self.refusal(400, str(fault)) from None

    def _astray(self, entity: Entity | None, fields: JsonObject) -> list[Problem]:
        """Return the fields that name a record that does not exist."""
        category = {"CATEGORY_ID": CATEGORIES[entity]} if entity in CATEGORIES else {}
        named = REFERENCES | category
        return [
            Problem(name, Kind.CHOICE)
            for name, value in fields.items()
            if name in named
            and isinstance(value, int)
            and value not in self.database.records[named[name].name]
        ]

    # -- answers --

    def visible(self, entity: Entity, rows: Iterable[JsonObject] | None = None) -> list[JsonObject]:
        """Return the readable ones of some records of a type, of all without ``rows``; by ascending id."""
        hidden = {number for name, number in self.database.hidden if name == entity.name}
        found = self.database.records[entity.name].values() if rows is None else rows
        return [row for row in found if row[entity.id_field] not in hidden] if hidden else [*found]

    def page(self, request: Request, entity: Entity, rows: Sequence[JsonObject]) -> Response:
        """Return the part of a list between skip and top; with brief without its lists."""
        query = request.query_params
        page = [self.shown(entity, row) for row in self.part_of(request, rows)]
        if query.get("brief", "").lower() == "true":
            page = [{key: value for key, value in row.items() if key not in entity.lists} for row in page]
        return self.listed(request, page, len(rows))

    def part_of(self, request: Request, rows: Sequence[JsonObject]) -> Sequence[JsonObject]:
        """Return the rows between skip and top."""
        query = request.query_params
        skip, top = self.whole_number(query.get("skip", "0")), self.whole_number(query.get("top", str(PAGE)))
        return rows[skip : skip + min(top, MAX_PAGE)]

    def listed(self, request: Request, page: Sequence[JsonObject], total: int) -> Response:
        """Return a page of a list, with the length of the whole list if it is asked for."""
        response = answer([*page])
        if request.query_params.get("count_total", "").lower() == "true":
            response.headers["X-Total-Count"] = str(total)
        return response

    def shown(self, entity: Entity, row: JsonObject) -> JsonObject:
        """Return a record as it is read back."""
        shown = {name: row.get(name) for name in entity.record.fields}
        if entity == TEAM:
            members = self.database.members(self.number_of(TEAM, row))
            shown["TEAMMEMBERS"] = [self.shown(TEAM_MEMBER, each) for each in members]
        details = shown.get("DETAILS")
        if self.toggles["crlf"] and isinstance(details, str):
            shown["DETAILS"] = details.replace("\n", "\r\n")
        return shown

    def number_of(self, entity: Entity, row: JsonObject) -> int:
        """Return the id of a record."""
        number = row[entity.id_field]
        assert isinstance(number, int)
        return number

    def whole_number(self, text: str) -> int:
        """Return a whole number of the query; 400 for anything else."""
        if not (text.isascii() and text.isdigit() and len(text) < MOST_DIGITS):
            raise self.refusal(400, "Missing or invalid parameter: skip and top are whole numbers.")
        return int(text)

    def moment(self, text: str) -> str:
        """Return a moment of the query as records have it; 400 for anything else."""
        if not (moment := utc(text)):
            raise self.refusal(400, "Missing or invalid parameter: updated_after_utc.")
        return moment

    def updated_after(self, request: Request, rows: list[JsonObject]) -> list[JsonObject]:
        """Return the records that were changed after the moment in the query, all without one."""
        if "updated_after_utc" not in request.query_params:
            return rows
        after = self.moment(request.query_params["updated_after_utc"])
        return [
            row for row in rows if str(row.get("DATE_UPDATED_UTC") or row.get("DATE_CREATED_UTC")) > after
        ]

    def matches(self, value: Json, wanted: str) -> bool:
        """Return True when a search for ``wanted`` finds the value: every character counts."""
        text = "" if value is None else str(value)
        return text == wanted if self.toggles["case_sensitive_search"] else text.lower() == wanted.lower()

    def refusal(self, status: int, message: str) -> RefusedError:
        """Return an error to raise."""
        return RefusedError(self.error(status, message))

    def error(self, status: int, message: str) -> Response:
        """Return an error answer."""
        if self.toggles["plain_errors"] and status != 401:
            return PlainTextResponse(message, status)
        return JSONResponse({"Message": message}, status)
