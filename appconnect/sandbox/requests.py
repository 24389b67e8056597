"""Credentials and JSON read from a request."""

from __future__ import annotations

import base64
import binascii

from pydantic import JsonValue
from pydantic_core import from_json
from starlette.requests import HTTPConnection, Request

Json = JsonValue
JsonObject = dict[str, JsonValue]


def bearer(request: HTTPConnection) -> str | None:
    """Return the token of ``Authorization: Bearer …``; None without that header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def basic(request: HTTPConnection) -> tuple[str, str] | None:
    """Return user and password of ``Authorization: Basic …``; None when they cannot be read.

    The password is everything after the first colon; a CRM with a third part splits it off itself.
    """
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


async def read_json(request: Request) -> Json:
    """Return the body as JSON; None when it is empty or not JSON."""
    return parse_json(await request.body())


def parse_json(text: bytes | str) -> Json:
    """Return the parsed text; None for anything but strict JSON (NaN, lone surrogates, deep nesting)."""
    try:
        parsed: Json = from_json(text, allow_inf_nan=False)
    except ValueError:
        return None
    return parsed
