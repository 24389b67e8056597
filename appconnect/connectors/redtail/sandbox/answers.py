"""Reading of requests and writing of answers: envelopes, pages, ``include`` and ``pagesize`` headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from math import ceil
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.sandbox.base import JsonObject, RefusedError, read_json

PAGE = 50
INCLUDABLE = ("phones", "emails")
"""Parts of a contact that are given only when the ``include`` header asks for them."""

Body = TypeVar("Body", bound=BaseModel)


class InvalidError(Exception):
    """Raised for a record that breaks Redtail's rules, with the text of the 422."""


# -- reading --


async def body_as(request: Request, into: type[Body]) -> Body:
    """Return the body, checked; 422 naming the first field that is wrong."""
    try:
        return into.model_validate(await read_json(request))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise RefusedError(message(422, f"{where}: {first['msg']}")) from None


def or_422(write: Callable[[], JsonObject]) -> JsonObject:
    """Return the record that ``write`` writes; 422 when it breaks the rules."""
    try:
        return write()
    except InvalidError as problem:
        raise RefusedError(message(422, str(problem))) from None


def or_404(record: JsonObject | None) -> JsonObject:
    """Return the record; 404 without one."""
    if record is None:
        raise RefusedError(message(404, "Record not found"))
    return record


def included(request: Request) -> tuple[str, ...]:
    """Return the parts that the ``include`` header (never the query) asks for."""
    asked = {each.strip() for each in request.headers.get("include", "").split(",")}
    return tuple(key for key in INCLUDABLE if key in asked)


def page_size(request: Request) -> int:
    """Return the ``pagesize`` header, which only /contacts and its searches take."""
    asked = request.headers.get("pagesize", "")
    return int(asked) if asked.isdecimal() and int(asked) else PAGE


def time_bound(request: Request, key: str, time_of_day: str) -> str:
    """Return a date or moment of the query as Redtail writes moments; "" without one."""
    text = request.query_params.get(key, "")
    if not text:
        return ""
    try:
        if len(text) == len("2026-01-02"):
            return f"{date.fromisoformat(text).isoformat()}{time_of_day}"
        return iso(datetime.fromisoformat(text))
    except ValueError:
        raise RefusedError(message(400, f"{key} is not a date")) from None


# -- answering --


def iso(moment: datetime) -> str:
    """Return a moment as Redtail writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message(status: int, text: str) -> Response:
    """Return an error in the documented envelope."""
    return JSONResponse({"message": text}, status)


def page(request: Request, envelope: str, rows: Sequence[JsonValue], size: int = PAGE) -> Response:
    """Return one page of a list, with the totals; it is empty beyond the last."""
    asked = request.query_params.get("page", "1")
    number = max(1, int(asked)) if asked.isdecimal() else 1
    meta = {"total_records": len(rows), "total_pages": ceil(len(rows) / size)}
    return JSONResponse({envelope: list(rows[(number - 1) * size : number * size]), "meta": meta})


def contact_with_parts(contact: JsonObject, request: Request) -> JsonObject:
    """Return a contact with the parts that the request asks for."""
    asked = included(request)
    return {key: value for key, value in contact.items() if key not in INCLUDABLE or key in asked}
