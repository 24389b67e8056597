"""Pipedrive's answers: envelopes, errors, pages, times.

Source: https://pipedrive.readme.io/docs/core-api-concepts-http-status-codes and -pagination.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from starlette.responses import JSONResponse, Response

from appconnect.sandbox.base import Json, JsonObject, RefusedError, parse_json

Row = JsonObject
Rows = Sequence[Row]

HELP = "Please check developers.pipedrive.com"


def ok(data: Json | Sequence[Json], status: int = 200, **more: Json) -> Response:
    """Return an answer in the envelope of success."""
    return JSONResponse({"success": True, "data": data, **more}, status)


def problem(status: int, error: str, headers: Mapping[str, str] | None = None, **more: Json) -> Response:
    """Return an answer in the envelope of failure; ``more`` are further keys."""
    return JSONResponse({"success": False, "error": error, **more}, status, headers=headers)


def not_found(error: str = "Entity was not found", error_info: str = "Object was not found.") -> RefusedError:
    """Return a 404 for a record that does not exist or was deleted."""
    return RefusedError(problem(404, error, error_info=error_info, data=None, additional_data=None))


def bad_request(error: str) -> RefusedError:
    """Return a 400 for a request that is well formed and makes no sense."""
    return RefusedError(problem(400, error, code="ERR_BAD_REQUEST"))


def invalid(field: str, reason: str) -> RefusedError:
    """Return a 400 for a request that breaks the schema."""
    return refused([Fault(field, reason)], strict=True)


class Fault(NamedTuple):
    """A field or parameter that breaks the schema, and why."""

    field: str
    reason: str


def refused(faults: Iterable[Fault], *, strict: bool) -> RefusedError:
    """Return a 400 with all faults, as v2 (strict) or as v1 words it."""
    listed = "; ".join(f"{fault.field}: {fault.reason}" for fault in faults)
    if strict:
        return RefusedError(problem(400, f"Validation failed: {listed}", code="ERR_SCHEMA_VALIDATION_FAILED"))
    return RefusedError(problem(400, "Validation failed", error_info=listed, data=None, additional_data=None))


def bad_input(error: str) -> RefusedError:
    """Return a 400 as the search words it."""
    return RefusedError(problem(400, error, code="ERR_INVALID_INPUT"))


def forbidden(error: str) -> RefusedError:
    """Return a 403 for what this company or user may not do."""
    return RefusedError(
        problem(403, error, error_info=HELP, data=None, additional_data=None, code="ERR_FORBIDDEN")
    )


# -- pages --


def page(rows: Rows, limit: int, cursor: str | None) -> tuple[list[Json], JsonObject]:
    """Return the rows from ``cursor`` on, and ``additional_data`` with the next cursor (v2)."""
    start = _offset(cursor)
    following = start + limit
    more = _cursor(following) if following < len(rows) else None
    return list(rows[start:following]), {"next_cursor": more}


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"offset": offset}).encode()).decode().rstrip("=")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        place = parse_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        place = None
    offset = place.get("offset") if isinstance(place, dict) else None
    if not isinstance(offset, int) or offset < 0:
        raise invalid("cursor", "Invalid cursor")
    return offset


def page_v1(rows: Rows, start: int, limit: int) -> tuple[list[Json], JsonObject]:
    """Return ``limit`` rows from ``start`` on, and their place in the collection (v1)."""
    more = start + limit < len(rows)
    place: JsonObject = {"start": start, "limit": limit, "more_items_in_collection": more}
    return list(rows[start : start + limit]), place


# -- times --


def rfc3339(moment: datetime) -> str:
    """Return a time as v2 writes it: "2026-01-02T09:30:00Z"."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def with_milliseconds(moment: datetime) -> str:
    """Return a time as leads have it: "2026-01-02T09:30:00.000Z"."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def spaced(moment: datetime) -> str:
    """Return a time as v1 writes it, in UTC: "2026-01-02 09:30:00"."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def spaced_text(time: str) -> str:
    """Return a time of v2 or of leads as v1 writes it."""
    return time.removesuffix("Z").partition(".")[0].replace("T", " ")
