"""What is taken out of an exchange before it is stored, and out of a request before it is looked up.

Both sides go through the same functions, so a request with a real token finds its scrubbed recording.
A secret becomes a placeholder that says what was there: ``<access_token>``, ``<code>``. Secrets are known

- by name: of a header, query key, form key or JSON key (``shapes.secret_name``),
- by shape: bearer tokens, JWTs, user information in URLs, long random strings (``shapes.DETECTORS``),
- because they were seen before: a value learned in one place is masked in every other (``known.Secrets``).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import cast
from urllib.parse import unquote

from pydantic import JsonValue

from appconnect.replay.body import Body, Kind, Pairs
from appconnect.replay.cassette import RecordedRequest, RecordedResponse
from appconnect.replay.detectors import DETECTORS, is_oauth, placeholder, secret_name
from appconnect.replay.secret_values import Secrets

REQUEST_HEADERS = frozenset({"content-type", "accept", "authorization"})
RESPONSE_HEADERS = frozenset({"content-type", "location", "retry-after", "x-total-count"})
RATE_LIMIT_HEADERS = ("x-ratelimit-", "x-daily-", "ratelimit-")


def scrub_request(request: RecordedRequest, secrets: Secrets) -> RecordedRequest:
    """The request as it is stored and looked up."""
    authorization = request.headers.get("authorization", "")
    scheme, bare, _ = authorization.partition(" ")
    headers = {name: value for name, value in request.headers.items() if name in REQUEST_HEADERS}
    if authorization:
        headers["authorization"] = f"{scheme} <authorization>" if bare else "<authorization>"
    return RecordedRequest(
        method=request.method,
        url="/".join(_segment(each, secrets) for each in mask_text(request.url, secrets).split("/")),
        query=_pairs(request.query, secrets),
        headers={name: mask_text(value, secrets) for name, value in sorted(headers.items())},
        body=_body(request.body, secrets),
    )


def scrub_response(response: RecordedResponse, secrets: Secrets) -> RecordedResponse:
    """The response as it is stored."""
    return RecordedResponse(
        status=response.status,
        headers={
            name: value if _is_rate_limit(name) else mask_text(value, secrets)
            for name, value in sorted(response.headers.items())
            if name in RESPONSE_HEADERS or _is_rate_limit(name)
        },
        body=_body(response.body, secrets),
    )


def mask_text(text: str, secrets: Secrets) -> str:
    """The text without secrets that were seen or that show by their shape."""
    text = secrets.mask(text)
    for rule in DETECTORS:
        text = rule(text)
    return text


def mask_json(value: JsonValue, secrets: Secrets) -> JsonValue:
    """The same JSON without secrets, keys included."""
    if isinstance(value, str):
        return mask_text(value, secrets)
    if isinstance(value, list):
        return [mask_json(each, secrets) for each in value]
    if not isinstance(value, dict):
        return value
    parameter = is_oauth(value)
    masked: dict[str, JsonValue] = {}
    for name, each in value.items():
        key = _free(secrets.mask(name), masked)
        if secret_name(name, parameter=parameter):
            masked[key] = _hidden(each, placeholder(key), secrets)
        elif _is_cursor(name) and isinstance(each, str):
            masked[key] = secrets.mask(each)
        else:
            masked[key] = mask_json(each, secrets)
    return masked


def _is_rate_limit(header: str) -> bool:
    return header.startswith(RATE_LIMIT_HEADERS)


def _is_cursor(name: str) -> bool:
    return name.lower() in ("cursor", "next_cursor", "nextcursor")


def _free(name: str, taken: Iterable[str]) -> str:
    """The name, or with a number when masking made two keys alike."""
    names, count, free = set(taken), 1, name
    while free in names:
        count += 1
        free = f"{name}~{count}"
    return free


def _hidden(value: JsonValue, mark: str, secrets: Secrets) -> JsonValue:
    """Everything below a secret's name is secret; what is empty may stay."""
    if isinstance(value, dict):
        return {secrets.mask(name): _hidden(each, mark, secrets) for name, each in value.items()}
    if isinstance(value, list):
        return [_hidden(each, mark, secrets) for each in value]
    return value if value in ("", None) or isinstance(value, bool) else mark


def _pairs(named: Pairs, secrets: Secrets) -> Pairs:
    masked: Pairs = {}
    for name, value in named.items():
        key = _free(secrets.mask(name), masked)
        if isinstance(value, str):
            masked[key] = _parameter(name, value, secrets)
        else:
            masked[key] = [_parameter(name, each, secrets) for each in value]
    return masked


def _parameter(name: str, value: str, secrets: Secrets) -> str:
    if secret_name(name, parameter=True):
        return value and placeholder(secrets.mask(name))
    return secrets.mask(value) if _is_cursor(name) else mask_text(value, secrets)


def _segment(segment: str, secrets: Secrets) -> str:
    """One step of a path; a secret may be hidden in it by percent signs."""
    plain = unquote(segment)
    masked = mask_text(plain, secrets)
    return masked if masked != plain else segment


def _body(body: Body | None, secrets: Secrets) -> Body | None:
    if body is None:
        return None
    if body.kind is Kind.JSON:
        return Body(kind=body.kind, value=mask_json(body.value, secrets))
    if body.kind is Kind.FORM:
        return Body(kind=body.kind, value=cast(JsonValue, _pairs(cast(Pairs, body.value), secrets)))
    if body.kind is Kind.TEXT:
        return Body(kind=body.kind, value=mask_text(str(body.value), secrets))
    raw = base64.b64decode(str(body.value)).decode("latin-1")
    return Body(kind=body.kind, value=base64.b64encode(mask_text(raw, secrets).encode("latin-1")).decode())
