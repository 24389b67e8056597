"""Answers of records and lists, with the ETag that Insightly gives them."""

from __future__ import annotations

import hashlib
import json

from starlette.responses import JSONResponse, Response

from appconnect.sandbox.base import Json


def answer(body: Json, status: int = 200) -> Response:
    """Return a JSON answer with its ETag."""
    return JSONResponse(body, status, headers={"ETag": etag_of(body)})


def etag_of(body: Json) -> str:
    """Return the ETag of a body."""
    return f'"{hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]}"'
