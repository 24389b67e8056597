"""Reads HAR files of browsers and proxies: Chrome, Firefox, Safari, mitmproxy, Charles and the like.

They differ in what they leave out, in how they spell headers, and in where a form stands; what is no HAR is
told in a sentence.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from appconnect.errors import RecordingError
from appconnect.http.bodies import Body, BodyKind, media_type, pairs, read_body, write_body
from appconnect.http.exchange import Request, Response

FORM: Final = "application/x-www-form-urlencoded"
MAX_BYTES: Final = 512 * 1024 * 1024
_TELLS_NOTHING: Final = frozenset({"host", "connection", "content-length", "accept-encoding"})
_OF_THE_WIRE: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers of an answer that say how its body travelled; a HAR file has it decoded."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, data: object) -> object:
        """Take null for what is left out."""
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None}


class Pair(_Part):
    """A header or parameter."""

    name: str = ""
    value: str = ""


class PostData(_Part):
    """The body of a request: as ``text``, or a form as ``params``."""

    mime: str = Field(default="", alias="mimeType")
    text: str | None = None
    encoding: str | None = Field(default=None, validation_alias=AliasChoices("encoding", "_encoding"))
    params: list[Pair] | None = None


class HarRequest(_Part):
    """A request."""

    method: str
    url: str
    headers: list[Pair] = Field(default_factory=list)
    query: list[Pair] = Field(default_factory=list, alias="queryString")
    post_data: PostData | None = Field(default=None, alias="postData")


class Content(_Part):
    """The body of an answer; browsers leave out the text of some."""

    size: int | None = None
    mime: str | None = Field(default="", alias="mimeType")
    text: str | None = None
    encoding: str | None = None


class HarResponse(_Part):
    """An answer; status 0 for none."""

    status: int = 0
    headers: list[Pair] = Field(default_factory=list)
    content: Content = Field(default_factory=Content)


class Entry(_Part):
    """A request and its answer."""

    started: AwareDatetime | datetime | None = Field(default=None, alias="startedDateTime")
    request: HarRequest
    response: HarResponse = Field(default_factory=HarResponse)

    @property
    def at(self) -> datetime:
        """When the request left; without a zone it is taken for UTC."""
        moment = self.started or datetime.fromtimestamp(0, UTC)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def host(self) -> str:
        """The host that was asked; "" for an address that is none."""
        try:
            return (urlsplit(self.request.url).hostname or "").lower()
        except ValueError:
            return ""

    @property
    def lacks_body(self) -> bool:
        """Whether the answer had a body that the file leaves out."""
        content = self.response.content
        return content.text is None and (content.size or 0) > 0


class _Log(_Part):
    entries: list[Entry]


class _Har(_Part):
    log: _Log


def read_har(path: Path) -> list[Entry]:
    """Return the entries of a HAR file, in the order in which they left. Raises RecordingError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RecordingError(f"{path} is larger than {MAX_BYTES // 1024**2} MB; export fewer requests.")
        document = json.loads(path.read_text(encoding="utf-8-sig"))  # some begin with a byte order mark
        entries = _Har.model_validate(document).log.entries
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise RecordingError(f"{path} cannot be read ({reason}).") from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(step) for step in fault["loc"])
        raise RecordingError(f"{path} is no HAR file: {where}: {fault['msg'].lower()}.") from None
    except (ValueError, RecursionError):
        raise RecordingError(f"{path} is no HAR file: it is not JSON in UTF-8 that can be read.") from None
    return sorted(entries, key=lambda each: each.at)


# -- as we keep them --


@dataclass(frozen=True)
class Message:
    """A request and its answer as they were, secrets included."""

    request: Request
    response: Response = field(repr=False)


def message_of(entry: Entry) -> Message:
    """Return an entry as a recording has it; the headers of HTTP/2 that are no headers are left out."""
    asked, came = entry.request, entry.response
    parts = urlsplit(asked.url)
    headers = _headers(asked.headers, _TELLS_NOTHING)
    beside = [(each.name, each.value) for each in asked.query]
    query = parse_qsl(parts.query, keep_blank_values=True) or beside
    answer_headers = _headers(came.headers, _OF_THE_WIRE)
    if came.content.mime and came.content.text is not None:
        answer_headers.setdefault("content-type", came.content.mime)
    return Message(
        Request(
            method=asked.method.upper(),
            url=parts._replace(query="", fragment="").geturl(),
            query=dict(sorted(pairs(query).items())),
            headers=headers,
            body=_posted(asked.post_data, headers),
        ),
        Response(
            status=came.status,
            headers=answer_headers,
            body=_body(came.content.text, came.content.encoding, answer_headers.get("content-type", "")),
        ),
    )


def _headers(items: Iterable[Pair], left_out: frozenset[str]) -> dict[str, str]:
    """Return headers by lower-case name; repeated ones are joined, as HTTP has it."""
    headers: dict[str, str] = {}
    for name, value in _named(items):
        if name not in left_out:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _named(items: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    for each in items:
        name = each.name.strip().lower()
        if name and not name.startswith(":"):
            yield name, each.value


def _posted(data: PostData | None, headers: dict[str, str]) -> Body | None:
    """Return the body of a request: what was written, or else its form."""
    if data is None:
        return None
    mime = headers.get("content-type") or data.mime
    if data.text:
        if mime:
            headers.setdefault("content-type", mime)
        return _body(data.text, data.encoding, mime)
    if data.params and media_type(mime) in ("", FORM):
        headers.setdefault("content-type", FORM)
        return _body(urlencode([(each.name, each.value) for each in data.params]), None, FORM)
    return None


def _body(text: str | None, encoding: str | None, mime: str) -> Body | None:
    if not text:
        return None
    if (encoding or "").lower() == "base64":
        try:
            return read_body(base64.b64decode(text, validate=False), mime)
        except (binascii.Error, ValueError):
            pass  # labelled as what it is not
    try:
        content = write_body(Body(kind=BodyKind.TEXT, value=text), mime)
    except UnicodeEncodeError:
        content = text.encode("utf-8", "replace")
    return read_body(content, mime)


def hosts_in_words(hosts: Sequence[str], most: int = 5) -> str:
    """Return hosts by how often they occur: "cdn.example (12), fonts.example"."""
    counts: dict[str, int] = {}
    for host in hosts:
        counts[host or "no host"] = counts.get(host or "no host", 0) + 1
    ordered = sorted(counts.items(), key=lambda each: -each[1])
    told = [host if times == 1 else f"{host} ({times})" for host, times in ordered[:most]]
    return ", ".join(told) + (f" and {len(ordered) - most} more" if len(ordered) > most else "")
