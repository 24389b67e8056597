"""How the played New CRM reads bodies and writes answers.

https://docs.newcrm.example (replace by your vendor's page).
"""

from __future__ import annotations

from collections.abc import Mapping

from appconnect.sandbox.base import JsonObject, RefusedError, read_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

PAGE = 50
"""Rows on a page."""


def refusal(status: int, problem: str) -> RefusedError:
    """Return what ends a handler with an error, when raised."""
    return RefusedError(JSONResponse({"problem": problem}, status))


def one(row: JsonObject, status: int = 200) -> Response:
    """Return one record."""
    return JSONResponse({"data": row}, status)


def page(request: Request, rows: list[JsonObject]) -> Response:
    """Return one page of a list, and the number of the next one."""
    asked = request.query_params.get("page", "1")
    if not asked.isdecimal():
        raise refusal(400, "page must be a number.")
    end = int(asked) * PAGE
    following = int(asked) + 1 if end < len(rows) else None
    return JSONResponse({"data": rows[end - PAGE : end], "next_page": following})


def found(rows: Mapping[int | str, JsonObject], key: object, status: int = 404) -> JsonObject:
    """Return the row of that id; 404, or another status where a body names it."""
    row = rows.get(key) if isinstance(key, int) else None
    if row is None:
        raise refusal(status, "There is no such record.")
    return row


async def sent(request: Request, fields: Mapping[str, type]) -> JsonObject:
    """Return the body; 422 for a field that is unknown, or of another type."""
    body = await read_json(request)
    if not isinstance(body, dict):
        raise refusal(422, "The body must be a JSON object.")
    for name, value in body.items():
        if name not in fields or type(value) is not fields[name]:
            raise refusal(422, f"{name} is not a field that can be set to this.")
    return body
