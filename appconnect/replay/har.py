"""Reads HAR files of browsers and proxies: Chrome, Firefox, Safari, mitmproxy, Charles, Fiddler and the like.

They differ in what they leave out, in how they spell headers, in where a form stands and in what is packed or
in base64; what is no HAR is told in a sentence.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from appconnect.errors import RecordingError
from appconnect.http.bodies import Body, BodyKind, media_type, pairs, read_body, write_body
from appconnect.http.exchange import Request, Response
from appconnect.http.exports.har import UNKNOWN
from appconnect.http.exports.message import escaped
from appconnect.replay.har_file import MAX_BYTES, read_document, unpacked

FORM: Final = "application/x-www-form-urlencoded"
_TELLS_NOTHING: Final = frozenset({"host", "connection", "content-length", "accept-encoding"})
_ONCE: Final = frozenset({"content-type"})
_SWITCHED: Final = 101
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

    @property
    def is_form(self) -> bool:
        """Whether the parameters are a form that can be written again from them."""
        return media_type(self.mime) in ("", FORM)


class HarRequest(_Part):
    """A request."""

    method: str
    url: str
    headers: list[Pair] = Field(default_factory=list)
    query: list[Pair] = Field(default_factory=list, alias="queryString")
    size: float = Field(default=-1, alias="bodySize")
    post_data: PostData | None = Field(default=None, alias="postData")


class Content(_Part):
    """The body of an answer; browsers leave out the text of some."""

    size: float = 0
    mime: str = Field(default="", alias="mimeType")
    text: str | None = None
    encoding: str | None = None


class HarResponse(_Part):
    """An answer; status 0 for none."""

    status: int = 0
    headers: list[Pair] = Field(default_factory=list)
    content: Content = Field(default_factory=Content)


def _moment(written: object, read: ValidatorFunctionWrapHandler) -> datetime | None:
    """Return a time, without a zone taken for UTC; None for what cannot be read as one."""
    try:
        moment: datetime | None = read(written)
        if moment is None:
            return None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValidationError, OverflowError):  # OverflowError: of no year in UTC
        return None


class Entry(_Part):
    """A request and its answer."""

    started: Annotated[datetime | None, WrapValidator(_moment)] = Field(default=None, alias="startedDateTime")
    request: HarRequest
    response: HarResponse = Field(default_factory=HarResponse)

    @property
    def at(self) -> datetime:
        """When the request left."""
        return self.started or datetime.fromtimestamp(0, UTC)

    @property
    def host(self) -> str:
        """The host that was asked; "" for an address that is none."""
        try:
            return (urlsplit(self.request.url).hostname or "").lower()
        except ValueError:
            return ""

    @property
    def is_exchange(self) -> bool:
        """Whether it is a request with its answer, and no tunnel of a proxy or open line (WebSocket)."""
        is_web = urlsplit(self.request.url).scheme.lower() in ("http", "https")
        return is_web and self.request.method.upper() != "CONNECT" and self.response.status != _SWITCHED

    @property
    def lacks_body(self) -> bool:
        """Whether the answer had a body that the file leaves out."""
        return self.response.content.text is None and self.response.content.size > 0

    @property
    def lacks_sent_body(self) -> bool:
        """Whether the request had a body that the file leaves out, or has in parts only."""
        data, size = self.request.post_data, self.request.size
        if data is None or data.text:
            return data is None and size > 0
        return bool(data.params and not data.is_form) or (size > 0 and not data.params)


class _Log(_Part):
    entries: list[object]


class _Har(_Part):
    log: _Log


@dataclass(frozen=True)
class HarEntries:
    """The entries of a file in the order in which they left, and how many others could not be read."""

    read: Sequence[Entry]
    unreadable: int


def read_har(path: Path) -> HarEntries:
    """Return the entries of a HAR file. Raises RecordingError, also where no entry can be read."""
    document = read_document(path)
    entries: list[Entry] = []
    faults: list[str] = []
    try:
        for number, each in enumerate(_Har.model_validate(document).log.entries):
            try:
                entries.append(Entry.model_validate(each))
            except ValidationError as error:
                faults.append(_fault(error, f"log.entries.{number}."))
    except ValidationError as error:
        raise RecordingError(f"{path} is no HAR file: {_fault(error)}.") from None
    if faults and not entries:
        raise RecordingError(f"{path} is no HAR file: {faults[0]}.")
    return HarEntries(sorted(entries, key=lambda each: each.at), len(faults))


def _fault(error: ValidationError, before: str = "") -> str:
    fault = error.errors()[0]
    where = ".".join(str(step) for step in fault["loc"])
    return f"{before}{where}: {fault['msg'].lower()}"


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
    is_packed = "gzip" in _headers(came.headers, frozenset()).get("content-encoding", "")
    if came.content.mime not in ("", UNKNOWN) and came.content.text is not None:
        answer_headers.setdefault("content-type", came.content.mime)
    return Message(
        Request(
            method=asked.method.upper(),
            url=parts._replace(query="", fragment="").geturl(),
            query=dict(sorted(pairs(query).items())),
            headers=headers,
            body=_posted(asked.post_data, headers, asked.size),
        ),
        Response(
            status=came.status,
            headers=answer_headers,
            body=_body(
                came.content.text, came.content.encoding, answer_headers.get("content-type", ""), is_packed
            ),
        ),
    )


def _headers(items: Iterable[Pair], left_out: frozenset[str]) -> dict[str, str]:
    """Return headers by lower-case name; repeated ones are joined, as HTTP has it."""
    headers: dict[str, str] = {}
    for name, value in _named(items):
        if name not in left_out:
            is_more = name in headers and name not in _ONCE
            headers[name] = f"{headers[name]}, {value}" if is_more else value
    return headers


def _named(items: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    for each in items:
        name = each.name.strip().lower()
        if name and not name.startswith(":"):
            yield name, each.value


def _posted(data: PostData | None, headers: dict[str, str], size: float) -> Body | None:
    """Return the body of a request: what was written, or else its form."""
    if data is None:
        return None
    mime = headers.get("content-type") or data.mime
    if data.text:
        if mime:
            headers.setdefault("content-type", mime)
        encoding = "base64" if _is_in_base64(data.text, mime, size) else data.encoding
        return _body(data.text, encoding, mime)
    if data.params and data.is_form and media_type(mime) in ("", FORM):
        headers.setdefault("content-type", FORM)
        return _body(urlencode([(each.name, each.value) for each in data.params]), None, FORM)
    return None


def _is_in_base64(text: str, mime: str, size: float) -> bool:
    """Return whether JSON stands there in base64 and nothing says so, as Charles writes it."""
    if "json" not in mime.lower() or len(text) <= size or text.lstrip()[:1] in ("{", "["):
        return False
    try:
        return len(base64.b64decode(text, validate=True)) == size
    except ValueError:
        return False


def _body(text: str | None, encoding: str | None, mime: str, is_packed: bool = False) -> Body | None:
    if not text:
        return None
    if (encoding or "").lower() == "base64":
        try:
            content = base64.b64decode(text, validate=False)
            return read_body(unpacked(content, MAX_BYTES) if is_packed else content, mime)
        except (binascii.Error, ValueError):
            pass  # labelled as what it is not
    try:
        content = write_body(Body(kind=BodyKind.TEXT, value=text), mime)
    except UnicodeEncodeError:
        content = escaped(text).encode()
    return read_body(content, mime)


def hosts_in_words(hosts: Sequence[str], most: int = 5) -> str:
    """Return hosts by how often they occur: "cdn.example (12), fonts.example"."""
    counts: dict[str, int] = {}
    for host in hosts:
        counts[host or "no host"] = counts.get(host or "no host", 0) + 1
    ordered = sorted(counts.items(), key=lambda each: -each[1])
    told = [host if times == 1 else f"{host} ({times})" for host, times in ordered[:most]]
    return ", ".join(told) + (f" and {len(ordered) - most} more" if len(ordered) > most else "")
