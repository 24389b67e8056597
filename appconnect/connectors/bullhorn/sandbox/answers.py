"""Bullhorn's error answers."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from appconnect.sandbox.base import Json, JsonObject

CORS = {"Access-Control-Allow-Origin": "*"}
"""The header of every REST answer."""
JSON_TYPE = "application/json;charset=UTF-8"


def problem(
    status: int,
    message: str,
    key: str,
    headers: Mapping[str, str] | None = None,
    *,
    errors: list[Json] | None = None,
) -> Response:
    """Return an answer with the error object of the REST API; ``errors`` has what is wrong one by one."""
    body: JsonObject = {"errorMessage": message, "errorMessageKey": key, "errorCode": status}
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, headers={**CORS, **(headers or {})}, media_type=JSON_TYPE)
