"""When two requests, or two responses, mean the same; and where they differ when they do not."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from appconnect.field_diff import differences
from appconnect.http.bodies import Body, BodyKind, media_type
from appconnect.http.exchange import Request, Response
from appconnect.replay.exchanges import PlainRequest

if TYPE_CHECKING:
    from appconnect.replay.cassette import Cassette


def name_of(request: Request) -> str:
    """Return ``GET https://host/path``, without the query."""
    return f"{request.method} {request.url}"


def short_name(request: Request) -> str:
    """Return ``GET /path``, without host and query."""
    return f"{request.method} /{request.url.partition('://')[2].partition('/')[2]}"


def canonical(request: Request) -> str:
    """Return a text that is the same for requests that mean the same, and puts any others in order."""
    return canonical_plain(request.model_dump())


def canonical_plain(request: PlainRequest) -> str:
    """Return the same of a request as it stands in a file."""
    body: object = request.get("body") and [_media(request), _as_written(request["body"])]
    parts: tuple[object, ...] = (
        request["method"],
        _address(str(request["url"])),
        request.get("query", {}),
        body,
    )
    return json.dumps([_plain_numbers(part) for part in parts], sort_keys=True)


def asked_of(request: PlainRequest) -> tuple[str, ...]:
    """Return method, address and query: the same for requests that mean the same, whatever else."""
    query = request.get("query")
    told = json.dumps(query, sort_keys=True) if query else ""
    return (str(request["method"]), *_address(str(request["url"])), told)


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


def nearest(recorded: Sequence[Request], sent: Request) -> tuple[Request, list[str]]:
    """Return the recorded request that comes nearest, and how it differs."""
    near = recorded[nearest_number([each.model_dump() for each in recorded], sent)]
    return near, request_differences(near, sent)


def nearest_number(recorded: Sequence[PlainRequest], sent: Request) -> int:
    """Return the number of the recorded request that comes nearest, by address and then by differences."""
    asked = sent.model_dump()
    places = [(str(each["method"]), str(each["url"])) for each in recorded]
    far = {place: _distance(place, sent) for place in dict.fromkeys(places)}
    closest = min(far.values())
    found, fewest = -1, sys.maxsize
    for number, place in enumerate(places):
        if far[place] == closest and (count := _count(recorded[number], asked, fewest)) < fewest:
            found, fewest = number, count
    return found


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


@lru_cache(4096)
def _address(url: str) -> tuple[str, ...]:
    """Return scheme and host (both lower-case, without the scheme's own port), and the steps of the path."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    host = host.lower().removesuffix({"https": ":443", "http": ":80"}.get(scheme.lower(), ":"))
    return (scheme.lower(), host, *map(unquote, path.split("/")))


def _plain_numbers(value: object) -> object:
    """Return the same JSON with 1.0 written as 1."""
    if isinstance(value, dict):
        return {name: _plain_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _distance(place: tuple[str, str], sent: Request) -> tuple[bool, float]:
    method, url = place
    likeness = SequenceMatcher(None, url, sent.url, autojunk=False).ratio()
    return (method != sent.method and likeness < 1, -likeness)


def _count(recorded: PlainRequest, sent: PlainRequest, enough: int) -> int:
    """Return how many differences there are in what is asked; ``enough`` for any more than that."""
    count = int(recorded["method"] != sent["method"])
    query, asked = recorded.get("query") or {}, sent.get("query") or {}
    if count + _fewest(query, asked) >= enough:
        return enough
    count += sum(1 for _ in differences(query, asked))
    body, asked_body = recorded.get("body"), sent.get("body")
    if not (body or asked_body):
        return count
    count += bool(body and asked_body and _media(recorded) != _media(sent))
    values = _comparable(body, asked_body)
    if count + _fewest(*values) >= enough:
        return enough
    return count + sum(1 for _ in differences(*values))


def _fewest(recorded: object, sent: object) -> int:
    """Return a number of differences that there are for sure, at one glance."""
    if isinstance(recorded, dict) and isinstance(sent, dict):
        changed = [name for name, value in sent.items() if name not in recorded or recorded[name] != value]
        return len(changed) + len(recorded.keys() - sent.keys())
    return int(recorded != sent)


def _comparable(recorded: object, sent: object) -> tuple[object, object]:
    """Return what is in two bodies where places can be compared, else the bodies as one difference."""
    for kind in (BodyKind.JSON, BodyKind.FORM):
        if isinstance(recorded, dict) and isinstance(sent, dict) and kind in recorded and kind in sent:
            return recorded[kind], sent[kind]
    return str(recorded), str(sent)


def _media(request: PlainRequest) -> str:
    headers = request.get("headers")
    return media_type(str(headers.get("content-type", "")) if isinstance(headers, dict) else "")


def _as_written(body: object) -> object:
    """Return the body as we write it to a file; long text and forms may be written in other ways."""
    if isinstance(body, dict) and BodyKind.JSON in body:
        return body
    return Body.model_validate(body).model_dump()


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
    return (each.in_words(_past(verb), verb) for each in differences(recorded, sent, place))


def _past(verb: str) -> str:
    return {"sent": "recorded", "now": "was"}[verb]
