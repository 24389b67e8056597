"""The checks before every handler (pod, key, limits, schema), and how answers are written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.connectors.insightly.sandbox import schema
from appconnect.connectors.insightly.sandbox.answers import answer
from appconnect.connectors.insightly.sandbox.database import Database
from appconnect.connectors.insightly.sandbox.guide import TOGGLES
from appconnect.connectors.insightly.sandbox.limits import PER_DAY, Limits
from appconnect.connectors.insightly.sandbox.schema import (
    BODY_DATE,
    COLLECTIONS,
    QUERY_DATE,
    USER,
    Entity,
    InvalidError,
)
from appconnect.connectors.insightly.sandbox.sign_in import HOSTS, POD, RAE_KEY, signed_in
from appconnect.sandbox.base import CrmSandbox, Json, JsonObject, RefusedError, in_process

DENIED = "Authorization has been denied for this request."
PAGE, MAX_PAGE = 100, 500
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

        return Route(f"/v3.1{path}", guarded, methods=[method])

    def admit(self, request: Request) -> None:
        """Refuse a wrong pod, a wrong key, and requests above the limits."""
        host = request.url.hostname or ""
        if in_process(request) and host == self.hosts[0]:  # without a pod there is only the help page
            raise self.refusal(404, "No HTTP resource was found that matches the request URI.")
        if signed_in(request) is None:
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
        user = signed_in(request)
        assert user is not None
        return user

    def record(self, entity: Entity, number: int) -> JsonObject:
        """Return a stored record; 403 or 404 when it cannot be read."""
        if (entity.name, number) in self.database.hidden:
            raise self.refusal(403, "API User does not have access to Record.")
        if number not in self.database.records[entity.name]:
            raise self.refusal(404, "Record not found.")
        return self.database.records[entity.name][number]

    def checked(self, entity: Entity, body: Json) -> JsonObject:
        """Return the writable fields of a body; 400 for one that breaks the schema."""
        names = {str(each["FIELD_NAME"]) for each in self.database.custom_fields.get(entity.name, [])}
        try:
            return schema.checked(
                entity,
                body,
                custom_fields=names,
                iso_dates=self.toggles["iso_dates"],
                lenient=self.toggles["ignore_unknown_keys"],
            )
        except InvalidError as fault:
            raise self.refusal(400, str(fault)) from None

    def complete(self, entity: Entity, record: JsonObject) -> None:
        """Answer 400 when a required field is missing."""
        try:
            schema.complete(entity, record)
        except InvalidError as fault:
            raise self.refusal(400, str(fault)) from None

    def check_references(self, fields: JsonObject) -> None:
        """Answer 400 when a named user or organisation does not exist."""
        for name in ("OWNER_USER_ID", "RESPONSIBLE_USER_ID"):
            if fields.get(name) is not None and fields[name] not in self.database.records[USER.name]:
                raise self.refusal(400, f"Data validation error: {name} is not valid.")
        organisation = fields.get("ORGANISATION_ID")
        if organisation is not None and organisation not in self.database.records["Organisation"]:
            raise self.refusal(400, "Data validation error: ORGANISATION_ID is not valid.")

    # -- answers --

    def visible(self, entity: Entity) -> list[JsonObject]:
        """Return the readable records by ascending id."""
        rows = self.database.records[entity.name]
        return [rows[number] for number in sorted(rows) if (entity.name, number) not in self.database.hidden]

    def page(self, request: Request, entity: Entity, rows: list[JsonObject]) -> Response:
        """Return the part of a list between skip and top; with brief without its collections."""
        query = request.query_params
        skip, top = self.whole_number(query.get("skip", "0")), self.whole_number(query.get("top", str(PAGE)))
        page = [self.shown(row) for row in rows[skip : skip + min(top, MAX_PAGE)]]
        if query.get("brief", "").lower() == "true" and entity is not USER:
            page = [{key: value for key, value in row.items() if key not in COLLECTIONS} for row in page]
        response = answer(list(page))
        if query.get("count_total", "").lower() == "true":
            response.headers["X-Total-Count"] = str(len(rows))
        return response

    def shown(self, row: JsonObject) -> JsonObject:
        """Return a record as it is read back."""
        details = row.get("DETAILS")
        if self.toggles["crlf"] and isinstance(details, str):
            return {**row, "DETAILS": details.replace("\n", "\r\n")}
        return row

    def whole_number(self, text: str) -> int:
        """Return a whole number of the query; 400 for anything else."""
        if not (text.isascii() and text.isdigit()):
            raise self.refusal(400, "Missing or invalid parameter: skip and top are whole numbers.")
        return int(text)

    def moment(self, text: str) -> str:
        """Return a moment of the query as records have it; 400 for anything else."""
        try:
            return f"{datetime.strptime(text, QUERY_DATE):{BODY_DATE}}"  # noqa: DTZ007
        except ValueError:
            raise self.refusal(400, "Missing or invalid parameter: updated_after_utc.") from None

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
