"""How a request's or response's body is written in a recording, and turned back into bytes.

JSON is kept as JSON, forms as objects, text as text (long text as a list of lines), and everything else
as base64. A form is only used when it loses nothing; otherwise the next plainer one is.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable
from enum import StrEnum
from typing import cast
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, JsonValue, model_serializer, model_validator

Pairs = dict[str, str | list[str]]
"""A query or form: one text per name, or the list of them in order when the name is repeated."""

_FORM = "application/x-www-form-urlencoded"
_LONG = 100


class Kind(StrEnum):
    """How a body is written down."""

    JSON = "json"
    FORM = "form"
    TEXT = "text"
    BASE64 = "base64"


class Body(BaseModel):
    """One body, written in the file as ``{kind: value}``."""

    kind: Kind
    value: JsonValue

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: object) -> object:
        if not isinstance(data, dict) or set(data) == {"kind", "value"}:
            return data
        if len(data) != 1 or next(iter(data)) not in set(Kind):
            raise ValueError("a body has exactly one of the keys json, form, text and base64")
        kind, value = next(iter(data.items()))
        return {"kind": kind, "value": _checked(Kind(kind), value)}

    @model_serializer
    def _write(self) -> dict[str, JsonValue]:
        value = self.value
        if self.kind is Kind.TEXT and isinstance(value, str) and len(value) > _LONG and "\n" in value:
            value = cast(JsonValue, value.split("\n"))
        return {self.kind.value: value}


def _checked(kind: Kind, value: object) -> object:
    """The value as it is kept in memory (lines joined); refuses what its kind cannot hold."""
    if kind is Kind.TEXT and isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if kind is Kind.FORM and not _is_pairs(value):
        raise ValueError("a form is an object of texts, or lists of texts")
    if kind in (Kind.TEXT, Kind.BASE64) and not isinstance(value, str):
        raise ValueError(f"{kind} holds text")
    if kind is Kind.BASE64:
        base64.b64decode(cast(str, value), validate=True)
    return value


def _is_pairs(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, str) or (isinstance(each, list) and all(isinstance(one, str) for one in each))
        for each in value.values()
    )


# -- from bytes, and back --


def read_body(content: bytes, content_type: str) -> Body | None:
    """The body in the richest form that loses nothing; None when there is none."""
    if not content:
        return None
    media = media_type(content_type)
    try:
        if media == "application/json" or media.endswith("+json") or media == "text/json":
            return Body(kind=Kind.JSON, value=strict_json(content.decode("utf-8")))
        if media == _FORM:
            return Body(kind=Kind.FORM, value=cast(JsonValue, _form(content.decode("ascii"))))
    except (ValueError, RecursionError):
        pass  # labelled as what it is not
    return _text(content, content_type) or Body(
        kind=Kind.BASE64, value=base64.b64encode(content).decode("ascii")
    )


def write_body(body: Body | None, content_type: str) -> bytes:
    """The bytes that are sent for a recorded body; JSON is compact and plain ASCII."""
    if body is None:
        return b""
    if body.kind is Kind.JSON:
        return json.dumps(body.value, separators=(",", ":")).encode("ascii")
    if body.kind is Kind.FORM:
        return urlencode(list(flat_pairs(cast(Pairs, body.value)))).encode("ascii")
    if body.kind is Kind.BASE64:
        return base64.b64decode(str(body.value))
    return str(body.value).encode(_charset(content_type))


def media_type(content_type: str) -> str:
    """``application/json`` of ``Application/JSON; charset=UTF-8``."""
    return content_type.partition(";")[0].strip().lower()


def pairs(items: Iterable[tuple[str, str]]) -> Pairs:
    """Names and values as an object sorted by name; a repeated name keeps its values in order."""
    gathered: dict[str, list[str]] = {}
    for name, value in items:
        gathered.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in sorted(gathered.items())}


def flat_pairs(named: Pairs) -> Iterable[tuple[str, str]]:
    """The names and values of a query or form, one by one."""
    for name, value in named.items():
        for each in [value] if isinstance(value, str) else value:
            yield name, each


def strict_json(text: str) -> JsonValue:
    """Parse JSON; ValueError for what would not survive: NaN, infinity, one key twice in an object."""
    value: JsonValue = json.loads(
        text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_unique
    )
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError("the number is too large")
    return value


def _unique(items: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    if len({name for name, _ in items}) < len(items):
        raise ValueError("a key occurs twice")
    return dict(items)


def _form(text: str) -> Pairs:
    return pairs(parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict"))


def _text(content: bytes, content_type: str) -> Body | None:
    charset = _charset(content_type)
    try:
        text = content.decode(charset)
        return Body(kind=Kind.TEXT, value=text) if text.encode(charset) == content else None
    except ValueError:
        return None


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return _known_charset(value.strip().strip("\"'"))
    return "utf-8"


def _known_charset(name: str) -> str:
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return "utf-8"
    return name
