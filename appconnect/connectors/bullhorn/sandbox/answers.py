"""Bullhorn's ways of saying no."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

OPEN = {"Access-Control-Allow-Origin": "*"}
"""Stands on every REST answer."""


def problem(status: int, message: str, key: str, headers: Mapping[str, str] | None = None) -> Response:
    """The error object that all REST calls share."""
    body = {"errorMessage": message, "errorMessageKey": key, "errorCode": status}
    return JSONResponse(body, status, headers={**OPEN, **(headers or {})})
