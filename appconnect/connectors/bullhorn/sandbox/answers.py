"""Bullhorn's error answers."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

CORS = {"Access-Control-Allow-Origin": "*"}
"""The header of every REST answer."""


def problem(status: int, message: str, key: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer with the error object of the REST API."""
    body = {"errorMessage": message, "errorMessageKey": key, "errorCode": status}
    return JSONResponse(body, status, headers={**CORS, **(headers or {})})
