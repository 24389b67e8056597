"""Reading of requests and writing of answers: parameters, pages, ``include`` and ``pagesize`` headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from math import ceil

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appconnect.sandbox.base import Json, JsonObject, RefusedError, not_played

PAGE = 50
PARTS = ("addresses", "phones", "emails")
"""Parts of a contact that are kept with it, and given only when the ``include`` header asks for them."""
UNFILLED: JsonObject = {
    "urls": [], "family": None, "tag_memberships": [], "important_information": None, "social_medias": [],
    "photos": [], "sam": None,
}  # fmt: skip
"""What a contact can include besides, and has nothing of here."""
INCLUDABLE = (*PARTS, *UNFILLED, "activities")
WITHOUT_EFFECT = frozenset(("include", "pagesize", "page_size"))
"""Headers that clients send as parameters as well; nobody has seen them do something there."""


# -- reading --


def number_in(text: str) -> int | None:
    """Return the number that a text is; None for anything else, and for one that no id can be."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def named(request: Request) -> str:
    """Return what a request asks for: "GET /api/public/v1/contacts/501"."""
    return f"{request.method} {request.url.path.removeprefix(request.scope.get('root_path', ''))}"


def check_parameters(request: Request, known: Sequence[str]) -> None:
    """End the request in the sandbox's own words if it has a parameter that is not played."""
    unknown = [key for key in request.query_params if key not in {*known, *WITHOUT_EFFECT}]
    if unknown:
        raise RefusedError(not_played(f"the parameter {unknown[0]} of {named(request)}"))


def included(request: Request) -> tuple[str, ...]:
    """Return the parts that the ``include`` header (never the query) asks for; 501 for one not played."""
    asked = {each.strip() for each in request.headers.get("include", "").split(",")} - {""}
    if unknown := sorted(asked - {*INCLUDABLE}):
        raise RefusedError(not_played(f"include: {unknown[0]}"))
    return tuple(key for key in INCLUDABLE if key in asked)


def page_size(request: Request) -> int:
    """Return the ``pagesize`` header, which only /contacts and its searches take."""
    return number_in(request.headers.get("pagesize", "")) or PAGE


def time_bound(request: Request, key: str, time_of_day: str = "T00:00:00.000Z") -> str:
    """Return a date or moment of the query as Redtail writes moments; "" without one."""
    text = request.query_params.get(key, "")
    if not text:
        return ""
    try:
        if len(text) == len("2026-01-02"):
            return f"{date.fromisoformat(text).isoformat()}{time_of_day}"
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # an offset's plus sign, not encoded
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise RefusedError(message(400, f"{key} is not a date")) from None


# -- answering --


def iso(moment: datetime) -> str:
    """Return ``2026-01-02T09:30:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message(status: int, text: str) -> Response:
    """Return an error in the documented envelope."""
    return JSONResponse({"message": text}, status)


def or_404(record: JsonObject | None) -> JsonObject:
    """Return the record; 404 without one."""
    if record is None:
        raise RefusedError(message(404, "Record not found"))
    return record


def page(
    request: Request,
    envelope: str,
    rows: Sequence[JsonObject],
    shown: Callable[[JsonObject], JsonObject] = dict,
    *,
    size: int = PAGE,
) -> Response:
    """Return one page of a list, each row as it is ``shown``, with the totals; empty beyond the last."""
    number = number_in(request.query_params.get("page", "1")) or 1
    cut: list[Json] = [shown(row) for row in rows[(number - 1) * size : number * size]]
    meta: JsonObject = {"total_records": len(rows), "total_pages": ceil(len(rows) / size)}
    return JSONResponse({envelope: cut, "meta": meta})
