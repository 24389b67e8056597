"""What stands before and around every handler: the pod, the key, the limits, and how answers look."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from appconnect.connectors.insightly.sandbox import schema
from appconnect.connectors.insightly.sandbox.company import KEYS, RAE_KEY
from appconnect.connectors.insightly.sandbox.schema import (
    BODY_DATE,
    COLLECTIONS,
    QUERY_DATE,
    USER,
    InvalidError,
    Kind,
)
from appconnect.connectors.insightly.sandbox.state import PER_DAY, Database
from appconnect.sandbox.base import CrmSandbox, Json, JsonObject, RefusedError, Toggle, basic, in_process

DENIED = "Authorization has been denied for this request."
POD = "api.na1.insightly.com"
PAGE, MAX_PAGE = 100, 500
Handler = Callable[[Request], Awaitable[Response]]


class Front(CrmSandbox):
    """Insightly without its handlers."""

    name, title = "insightly", "Insightly"
    hosts = (
        "api.insightly.com",
        POD,
        "api.eu1.insightly.com",
        "api.ap1.insightly.com",
        "api.au1.insightly.com",
    )
    credentials: ClassVar[Mapping[str, str]] = {"api_key": RAE_KEY, "api_url": f"https://{POD}/v3.1"}
    plans = tuple(PER_DAY)
    known_toggles = (
        Toggle("case_sensitive_search", False, "A search tells upper case from lower case."),
        Toggle(
            "lead_defaults", True, "A lead without source or status gets the default one instead of a 400."
        ),
        Toggle("event_search", True, "Events can be searched by their title."),
        Toggle("iso_dates", False, "Bodies may carry ISO 8601 dates with a Z."),
        Toggle("ignore_unknown_keys", False, "Unknown keys in a body are ignored instead of refused."),
        Toggle("links_echo_case", False, "A link is read back as its object name was typed (contact)."),
        Toggle("links_merge", False, "The same link written twice is one link."),
        Toggle("put_answers_201", False, "PUT answers 201, as the OpenAPI description says, instead of 200."),
        Toggle("retry_after", False, "429 carries a Retry-After in seconds."),
        Toggle("plain_errors", False, "Errors are plain text, as they were in version 2.1."),
        Toggle("crlf", False, "Line breaks of long texts are read back as CR LF."),
    )

    state: Database

    # -- before and around every handler --

    def route(self, path: str, handler: Handler, method: str = "GET") -> BaseRoute:
        """A route below /v3.1 behind key and limits."""

        async def guarded(request: Request) -> Response:
            try:
                self.admit(request)
                response = await handler(request)
            except RefusedError as refusal:
                response = refusal.response
            if response.status_code != 401:
                response.headers["X-RateLimit-Limit"] = str(self.state.day.limit)
                response.headers["X-RateLimit-Remaining"] = str(self.state.day.remaining)
            return response

        return Route(f"/v3.1{path}", guarded, methods=[method])

    def admit(self, request: Request) -> None:
        """Refuse a wrong pod, a wrong key, and whoever asks too often."""
        host = request.url.hostname or ""
        if in_process(request) and host == self.hosts[0]:  # without a pod there is only the help page
            raise self.refusal(404, "No HTTP resource was found that matches the request URI.")
        known = basic(request)
        if known is None or known[0] not in KEYS or known[1] or (in_process(request) and host != POD):
            raise self.refusal(401, DENIED)
        self.state.live_on(self.plan)
        if not self.state.second.take() or not self.state.day.spend():
            refusal = self.refusal(429, "API rate limit exceeded.")
            if self.toggles["retry_after"]:
                burst = self.state.day.remaining > 0
                refusal.response.headers["Retry-After"] = str(1 if burst else self.state.day.reset)
            raise refusal

    def user_id(self, request: Request) -> int:
        """Whose key it is."""
        known = basic(request)
        assert known is not None
        return KEYS[known[0]]

    def record(self, kind: Kind, number: int) -> JsonObject:
        """The record, as it is kept; 403 and 404 where it cannot be read."""
        if (kind.name, number) in self.state.hidden:
            raise self.refusal(403, "API User does not have access to Record.")
        if number not in self.state.records[kind.name]:
            raise self.refusal(404, "Record not found.")
        return self.state.records[kind.name][number]

    def checked(self, kind: Kind, body: Json) -> JsonObject:
        """What may be written of the body; 400 for anything else."""
        names = {str(each["FIELD_NAME"]) for each in self.state.custom_fields.get(kind.name, [])}
        try:
            return schema.checked(
                kind,
                body,
                custom_fields=names,
                iso_dates=self.toggles["iso_dates"],
                lenient=self.toggles["ignore_unknown_keys"],
            )
        except InvalidError as fault:
            raise self.refusal(400, str(fault)) from None

    def complete(self, kind: Kind, record: JsonObject) -> None:
        """400 when a required field is missing."""
        try:
            schema.complete(kind, record)
        except InvalidError as fault:
            raise self.refusal(400, str(fault)) from None

    def check_references(self, said: JsonObject) -> None:
        """400 when a user or organisation that does not exist is named."""
        for name in ("OWNER_USER_ID", "RESPONSIBLE_USER_ID"):
            if said.get(name) is not None and said[name] not in self.state.records[USER.name]:
                raise self.refusal(400, f"Data validation error: {name} is not valid.")
        organisation = said.get("ORGANISATION_ID")
        if organisation is not None and organisation not in self.state.records["Organisation"]:
            raise self.refusal(400, "Data validation error: ORGANISATION_ID is not valid.")

    # -- answers --

    def visible(self, kind: Kind) -> list[JsonObject]:
        """The records that may be read, in ascending id."""
        rows = self.state.records[kind.name]
        return [rows[number] for number in sorted(rows) if (kind.name, number) not in self.state.hidden]

    def page(self, request: Request, kind: Kind, rows: list[JsonObject]) -> Response:
        """The part of a list that skip and top ask for, brief or whole."""
        query = request.query_params
        skip, top = self.whole(query.get("skip", "0")), self.whole(query.get("top", str(PAGE)))
        page = [self.shown(row) for row in rows[skip : skip + min(top, MAX_PAGE)]]
        if query.get("brief", "").lower() == "true" and kind is not USER:
            page = [{key: value for key, value in row.items() if key not in COLLECTIONS} for row in page]
        response = self.tagged(list(page))
        if query.get("count_total", "").lower() == "true":
            response.headers["X-Total-Count"] = str(len(rows))
        return response

    def shown(self, row: JsonObject) -> JsonObject:
        """A record as it is read back."""
        details = row.get("DETAILS")
        if self.toggles["crlf"] and isinstance(details, str):
            return {**row, "DETAILS": details.replace("\n", "\r\n")}
        return row

    def tagged(self, body: Json, status: int = 200) -> Response:
        """JSON with its ETag."""
        return JSONResponse(body, status, headers={"ETag": etag_of(body)})

    def whole(self, text: str) -> int:
        """A whole number of the query; 400 for anything else."""
        if not (text.isascii() and text.isdigit()):
            raise self.refusal(400, "Missing or invalid parameter: skip and top are whole numbers.")
        return int(text)

    def moment(self, text: str) -> str:
        """An ISO 8601 moment of the query, as it would stand in a record."""
        try:
            return f"{datetime.strptime(text, QUERY_DATE):{BODY_DATE}}"  # noqa: DTZ007
        except ValueError:
            raise self.refusal(400, "Missing or invalid parameter: updated_after_utc.") from None

    def equal(self, value: Json, wanted: str) -> bool:
        """Whether a search finds the value: all of it, every space and dot."""
        text = "" if value is None else str(value)
        return text == wanted if self.toggles["case_sensitive_search"] else text.lower() == wanted.lower()

    def refusal(self, status: int, message: str) -> RefusedError:
        """An error answer to raise."""
        return RefusedError(self.error(status, message))

    def error(self, status: int, message: str) -> Response:
        """An error answer."""
        if self.toggles["plain_errors"] and status != 401:
            return PlainTextResponse(message, status)
        return JSONResponse({"Message": message}, status)


def field(row: JsonObject, name: str) -> Json:
    """The value of a standard or custom field."""
    if name.upper() in row:
        return row[name.upper()]
    custom = row["CUSTOMFIELDS"]
    values = custom if isinstance(custom, list) else []
    return next(
        (each["FIELD_VALUE"] for each in values if isinstance(each, dict) and each["FIELD_NAME"] == name),
        None,
    )


def etag_of(body: Json) -> str:
    """The tag of a body; another body has another one."""
    return f'"{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]}"'
