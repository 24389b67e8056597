"""How requests are read and answers written: envelopes, pages, ``include`` and ``pagesize`` headers."""

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
"""What only comes when the ``include`` header asks for it (of what this sandbox keeps)."""

Body = TypeVar("Body", bound=BaseModel)


class InvalidError(Exception):
    """A record that breaks Redtail's rules; the text is that of a 422."""


# -- reading --


async def sent(request: Request, into: type[Body]) -> Body:
    """The body, checked; 422 naming the first field that is wrong."""
    try:
        return into.model_validate(await read_json(request))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise RefusedError(message(422, f"{where}: {first['msg']}")) from None


def checked(write: Callable[[], JsonObject]) -> JsonObject:
    """What was written, or 422."""
    try:
        return write()
    except InvalidError as problem:
        raise RefusedError(message(422, str(problem))) from None


def found(record: JsonObject | None) -> JsonObject:
    """The record, or 404."""
    if record is None:
        raise RefusedError(message(404, "Record not found"))
    return record


def included(request: Request) -> tuple[str, ...]:
    """What the ``include`` header (never the query) asks for."""
    asked = {each.strip() for each in request.headers.get("include", "").split(",")}
    return tuple(key for key in INCLUDABLE if key in asked)


def page_size(request: Request) -> int:
    """The ``pagesize`` header, which only the /contacts family knows."""
    asked = request.headers.get("pagesize", "")
    return int(asked) if asked.isdecimal() and int(asked) else PAGE


def bound(request: Request, key: str, time_of_day: str) -> str:
    """A date or moment in the query as Redtail writes moments; "" when it is not said."""
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
    """A moment as Redtail writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message(status: int, text: str) -> Response:
    """The envelope of every documented error."""
    return JSONResponse({"message": text}, status)


def page(request: Request, envelope: str, rows: Sequence[JsonValue], size: int = PAGE) -> Response:
    """One page of a list, with the totals; empty beyond the last."""
    asked = request.query_params.get("page", "1")
    number = max(1, int(asked)) if asked.isdecimal() else 1
    meta = {"total_records": len(rows), "total_pages": ceil(len(rows) / size)}
    return JSONResponse({envelope: list(rows[(number - 1) * size : number * size]), "meta": meta})


def whole_contact(contact: JsonObject, request: Request) -> JsonObject:
    """All fields of a contact, and of the rest what the request asked for."""
    asked = included(request)
    return {key: value for key, value in contact.items() if key not in INCLUDABLE or key in asked}
