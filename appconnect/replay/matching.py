"""When two requests, or two responses, mean the same; and where they differ when they do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from urllib.parse import unquote

from appconnect.http.bodies import Body, BodyKind, media_type
from appconnect.http.exchange import Request, Response
from appconnect.replay.cassette import Cassette

_MISSING = object()


def name_of(request: Request) -> str:
    """Return ``GET https://host/path``, without the query."""
    return f"{request.method} {request.url}"


def canonical(request: Request) -> str:
    """Return a text that is the same for requests that mean the same, and puts any others in order."""
    body = request.body and [media_type(request.headers.get("content-type", "")), request.body.model_dump()]
    parts = [request.method, _address(request.url), request.query, body]
    return json.dumps(_plain_numbers(parts), sort_keys=True)


def request_differences(recorded: Request, sent: Request) -> list[str]:
    """Return what differs, most telling first: method, path, query keys, places in the body."""
    found = []
    if recorded.method != sent.method:
        found.append(f"method: recorded {recorded.method}, sent {sent.method}")
    if _address(recorded.url) != _address(sent.url):
        found.append(f"path: recorded {recorded.url}, sent {sent.url}")
    found += _differences(recorded.query, sent.query, "query", "sent")
    kinds = [media_type(each.headers.get("content-type", "")) for each in (recorded, sent)]
    if recorded.body and sent.body and kinds[0] != kinds[1]:
        found.append(f"content type: recorded {kinds[0] or 'none'}, sent {kinds[1] or 'none'}")
    return found + list(_body_differences(recorded.body, sent.body, "sent"))


def nearest(recorded: list[Request], sent: Request) -> tuple[Request, list[str]]:
    """Return the recorded request that comes nearest, and how it differs."""
    found = [(each, request_differences(each, sent)) for each in recorded]
    return min(found, key=lambda pair: (_distance(pair[0], sent), len(pair[1])))


def diff(old: Cassette, new: Cassette) -> list[str]:
    """Return what a re-recording found changed, a line each; empty when the old recording still holds."""
    lines = [
        f"header.{name}: was {getattr(old.header, name)}, now {getattr(new.header, name)}"
        for name in ("crm", "scenario", "recorded_from", "people")
        if getattr(old.header, name) != getattr(new.header, name)
    ]
    before, after = ([canonical(each.request) for each in one.exchanges] for one in (old, new))
    unpaired = list(range(len(after)))
    gone = []
    for index, key in enumerate(before):
        twin = next((each for each in unpaired if after[each] == key), None)
        if twin is None:
            gone.append(index)
            continue
        unpaired.remove(twin)
        changes = _response_differences(old.exchanges[index].response, new.exchanges[twin].response)
        lines += [f"{name_of(old.exchanges[index].request)} answers otherwise: {each}" for each in changes]
    lines += [f"No longer asked: {_told(old.exchanges[index].request)}" for index in gone]
    return lines + [f"Newly asked: {_told(new.exchanges[index].request)}" for index in unpaired]


# -- how --


def _told(request: Request) -> str:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return name_of(request) + (f"?{query}" if query else "")


def _address(url: str) -> list[str]:
    """Return scheme and host (both lower-case, without the scheme's own port), and the steps of the path."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    host = host.lower().removesuffix({"https": ":443", "http": ":80"}.get(scheme.lower(), ":"))
    return [scheme.lower(), host, *(unquote(step) for step in path.split("/"))]


def _plain_numbers(value: object) -> object:
    """Return the same JSON with 1.0 written as 1."""
    if isinstance(value, dict):
        return {name: _plain_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _distance(recorded: Request, sent: Request) -> tuple[bool, float]:
    likeness = SequenceMatcher(None, recorded.url, sent.url, autojunk=False).ratio()
    return (recorded.method != sent.method and likeness < 1, -likeness)


def _body_differences(recorded: Body | None, sent: Body | None, verb: str) -> Iterator[str]:
    kinds = [each.kind.value if each else "no body" for each in (recorded, sent)]
    if recorded is None or sent is None or recorded.kind is not sent.kind:
        if kinds[0] != kinds[1]:
            yield f"body: {_past(verb)} {kinds[0]}, {verb} {kinds[1]}"
        return
    if recorded.kind is BodyKind.BASE64 and recorded.value != sent.value:
        yield "body: the bytes differ"
        return
    yield from _differences(recorded.value, sent.value, "body", verb)


def _response_differences(old: Response, new: Response) -> Iterator[str]:
    if old.status != new.status:
        yield f"status: was {old.status}, now {new.status}"
    yield from _differences(old.headers, new.headers, "headers", "now")
    yield from _body_differences(old.body, new.body, "now")


def _differences(recorded: object, sent: object, place: str, verb: str) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(sent, dict):
        for name in [*recorded, *(name for name in sent if name not in recorded)]:
            pair = recorded.get(name, _MISSING), sent.get(name, _MISSING)
            yield from _differences(*pair, f"{place}.{name}", verb)
    elif isinstance(recorded, list) and isinstance(sent, list) and len(recorded) == len(sent):
        for index, (one, other) in enumerate(zip(recorded, sent, strict=True)):
            yield from _differences(one, other, f"{place}[{index}]", verb)
    elif not _same(recorded, sent):
        yield f"{place}: {_past(verb)} {_shown(recorded)}, {verb} {_shown(sent)}"


def _same(one: object, other: object) -> bool:
    """Return whether two values are equal as JSON: 1 is 1.0, but true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _past(verb: str) -> str:
    return {"sent": "recorded", "now": "was"}[verb]


def _shown(value: object) -> str:
    if value is _MISSING:
        return "nothing"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
