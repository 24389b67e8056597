"""Traffic as HAR 1.2, which browsers' developer tools and proxies open.

http://www.softwareishard.com/blog/har-12-spec/: operations are its pages, waits are ``timings.blocked``, and
what HAR has no name for begins with ``_``.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from importlib import metadata
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from pydantic import JsonValue

from appconnect.errors import ConfigurationError
from appconnect.http.bodies import Body, BodyKind, flat_pairs, write_body
from appconnect.http.exchange import Exchange, Request, Response
from appconnect.http.exports.message import IN_ADDRESSES, escaped
from appconnect.http.operation_runs import OperationRun
from appconnect.paths import looked_up

Json = dict[str, JsonValue]
HTTP: Final = "HTTP/1.1"
UNKNOWN: Final = "x-unknown"
"""The type of content whose type nobody said, as browsers write it."""
WITH_PEOPLE: Final = "Secrets are masked. People's data is in it: names, numbers, notes."
WITHOUT_PEOPLE: Final = "Secrets are masked. Pseudonyms stand in the place of people's data."


@dataclass(frozen=True, repr=False)
class HarFile:
    """A HAR file that was written; ``people``: people's data is in it."""

    path: Path
    requests: int
    people: bool

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        requests = "1 request" if self.requests == 1 else f"{self.requests} requests"
        return f"{self.path}: {requests}. {WITH_PEOPLE if self.people else WITHOUT_PEOPLE}"

    __str__ = __repr__


def write_har(path: Path | str, document: Json, *, people: bool) -> HarFile:
    """Write a HAR file for its owner alone; ConfigurationError where that cannot be done."""
    target = looked_up(path)
    log = document["log"]
    assert isinstance(log, dict)
    entries = log["entries"]
    assert isinstance(entries, list)
    try:
        handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".tmp")  # readable by its owner only
        with os.fdopen(handle, "wb") as file:
            file.write(har_text(document).encode())
        Path(draft).replace(target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{target} cannot be written ({reason}).") from None
    return HarFile(target, len(entries), people)


def har_text(document: Json) -> str:
    """Return the file's text."""
    return escaped(json.dumps(document, indent=1, ensure_ascii=False)) + "\n"


def har(exchanges: Iterable[Exchange], operations: Iterable[OperationRun], *, people: bool) -> Json:
    """Return the HAR document of these exchanges; operations of which there are none are left out."""
    shown = list(exchanges)
    runs = {run.number: run for run in operations}
    numbers = sorted({each.operation for each in shown if each.operation in runs})
    version = metadata.version("appconnect")
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "appconnect", "version": version},
            "pages": [_page(runs[number]) for number in numbers],
            "entries": [_entry(each, runs.get(each.operation)) for each in shown],
            "comment": WITH_PEOPLE if people else WITHOUT_PEOPLE,
        }
    }


# -- parts --


def _page(run: OperationRun) -> Json:
    return {
        "startedDateTime": _time(run.at),
        "id": _page_id(run.number),
        "title": f"{run.number}. {run.name}: {run.outcome}",
        "pageTimings": {"onLoad": None if run.seconds is None else _milliseconds(run.seconds)},
    }


def _page_id(number: int) -> str:
    return f"operation_{number}"


def _entry(exchange: Exchange, run: OperationRun | None) -> Json:
    waited = sum(wait.seconds for wait in exchange.waits)
    blocked, wait = _milliseconds(waited), _milliseconds(exchange.seconds)
    entry: Json = {
        "startedDateTime": _time(exchange.at - timedelta(seconds=waited)),
        "time": round(blocked + wait, 3),
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {
            "blocked": blocked if exchange.waits else -1,
            "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": wait, "receive": 0,
        },
        "_number": exchange.number,
        "_purpose": exchange.purpose.value,
        "_tries": exchange.tries,
        "_waits": [{"seconds": each.seconds, "reason": each.reason} for each in exchange.waits],
    }  # fmt: skip
    if run is not None:
        entry["pageref"] = _page_id(run.number)
        entry["_operation"] = {"number": run.number, "name": run.name, "outcome": run.outcome}
    return entry


def _request(exchange: Exchange) -> Json:
    request = exchange.request
    parts: Json = {
        "method": request.method,
        "url": _url(request),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _pairs(request.headers.items()),
        "queryString": _pairs(flat_pairs(request.query)),
        "headersSize": -1,
        "bodySize": exchange.sent_bytes,
    }
    if request.body is not None:
        parts["postData"] = _post_data(request.body, request.headers)
    return parts


def _url(request: Request) -> str:
    query = urlencode(list(flat_pairs(request.query)), quote_via=quote, safe=",:/@")
    return quote(request.url, safe=IN_ADDRESSES) + (f"?{query}" if query else "")


def _post_data(body: Body, headers: Mapping[str, str]) -> Json:
    mime = headers.get("content-type", "")
    content = write_body(body, mime)
    if body.kind is BodyKind.FORM:
        return {"mimeType": mime, "params": _pairs(flat_pairs(body.pairs))}
    if body.kind is BodyKind.BASE64:
        return {"mimeType": mime, "text": str(body.value), "_encoding": "base64", "comment": "in base64"}
    return {"mimeType": mime, "text": _text(body, content)}


def _response(exchange: Exchange) -> Json:
    response = exchange.response
    if response is None:
        return {
            "status": 0, "statusText": "", "httpVersion": HTTP, "cookies": [], "headers": [],
            "content": {"size": 0, "mimeType": UNKNOWN},
            "redirectURL": "", "headersSize": -1, "bodySize": -1, "_error": exchange.error,
        }  # fmt: skip
    return {
        "status": response.status,
        "statusText": _phrase(response.status),
        "httpVersion": HTTP,
        "cookies": [],
        "headers": _pairs(response.headers.items()),
        "content": _content(response, exchange.received_bytes),
        "redirectURL": response.headers.get("location", ""),
        "headersSize": -1,
        "bodySize": _transferred(response.headers),
    }


def _content(response: Response, size: int) -> Json:
    mime, body = response.headers.get("content-type", ""), response.body
    content: Json = {"size": size, "mimeType": mime or UNKNOWN}
    if body is None:
        return content
    if body.kind is BodyKind.BASE64:
        return content | {"text": str(body.value), "encoding": "base64"}
    return content | {"text": _text(body, write_body(body, mime))}


def _text(body: Body, content: bytes) -> str:
    """Return a body as text: JSON as a person reads it, all else as it came."""
    if body.kind is BodyKind.JSON:
        return json.dumps(body.value, ensure_ascii=False)
    return str(body.value) if body.kind is BodyKind.TEXT else content.decode("ascii")


def _transferred(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else -1


def _pairs(items: Iterable[tuple[str, str]]) -> list[JsonValue]:
    return [{"name": name, "value": value} for name, value in items]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
