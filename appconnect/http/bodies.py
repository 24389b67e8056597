"""The one reader of bodies: from bytes to a body that loses nothing, and back.

JSON is kept as JSON, forms as objects, text as text, and everything else as base64. A form or JSON is only
used when it loses nothing; otherwise the body is text.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import cast
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_serializer, model_validator
from pydantic_core import from_json

from appconnect.operation_warnings import warn
from appconnect.text.characters import REPLACEMENT, written

Pairs = dict[str, str | list[str]]
"""A query or form: one text per name, or the list of them in order when the name is repeated."""

_FORM = "application/x-www-form-urlencoded"
_LONG = 100
_CONTROL = re.compile(rb"\\(?:u00[017]|b)")
"""Control characters as JSON writes them, but for DEL."""


class BodyKind(StrEnum):
    """How a body is kept."""

    JSON = "json"
    FORM = "form"
    TEXT = "text"
    BASE64 = "base64"


class Body(BaseModel):
    """One body; in a file ``{kind: value}``, where long text is a list of lines and forms are sorted by name.

    Its repr does not show the value, which may be secret.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    kind: BodyKind
    value: JsonValue = Field(repr=False)

    @property
    def data(self) -> JsonValue:
        """The body as a program reads it: also JSON that is labelled as something else, and damaged text.

        � stands for characters that cannot be written; ``value`` has them as they came.
        """
        return self._written()[0]

    @property
    def has_unwritable(self) -> bool:
        """Whether � stands for something in :attr:`data`."""
        return self._written()[1]

    def _written(self) -> tuple[JsonValue, bool]:
        parsed = self._parsed
        try:
            mended = written(parsed)
            return mended, mended != parsed
        except RecursionError:  # nested deeper than anybody reads
            return json.dumps(self.value) if self.kind is BodyKind.JSON else str(self.value), False

    @property
    def _parsed(self) -> JsonValue:
        if self.kind in (BodyKind.JSON, BodyKind.FORM):
            return self.value
        text = str(self.value)
        if self.kind is BodyKind.BASE64:
            text = base64.b64decode(text).decode("utf-8", "replace")
        try:
            parsed: JsonValue = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return parsed

    @property
    def pairs(self) -> Pairs:
        """The names and values of a form; empty for other kinds."""
        return cast(Pairs, self.value) if self.kind is BodyKind.FORM else {}

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: object) -> object:
        if not isinstance(data, dict) or set(data) == {"kind", "value"}:
            return data
        if len(data) != 1 or next(iter(data)) not in set(BodyKind):
            raise ValueError("a body has exactly one of the keys json, form, text and base64")
        kind, value = next(iter(data.items()))
        return {"kind": kind, "value": _checked(BodyKind(kind), value)}

    @model_serializer
    def _write(self) -> dict[str, JsonValue]:
        value = self.value
        if self.kind is BodyKind.TEXT and isinstance(value, str) and len(value) > _LONG and "\n" in value:
            value = cast(JsonValue, value.split("\n"))
        if self.kind is BodyKind.FORM:
            value = cast(JsonValue, dict(sorted(self.pairs.items())))
        return {self.kind.value: value}


def _checked(kind: BodyKind, value: object) -> object:
    """Return the value as it is kept in memory (lines joined); refuse what its kind cannot hold."""
    if kind is BodyKind.TEXT and isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if kind is BodyKind.FORM and not _is_pairs(value):
        raise ValueError("a form is an object of texts, or lists of texts")
    if kind in (BodyKind.TEXT, BodyKind.BASE64) and not isinstance(value, str):
        raise ValueError(f"{kind} holds text")
    if kind is BodyKind.BASE64:
        base64.b64decode(cast(str, value), validate=True)
    return value


def _is_pairs(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, str) or (isinstance(each, list) and all(isinstance(one, str) for one in each))
        for each in value.values()
    )


# -- from bytes, and back --


def read_body(content: bytes, content_type: str) -> Body | None:
    """Return the body in the richest kind that loses nothing; None when there is none."""
    if not content:
        return None
    media = media_type(content_type)
    try:
        if _is_json(media):
            return Body(kind=BodyKind.JSON, value=strict_json(content.decode("utf-8")))
        if media == _FORM:
            return Body(kind=BodyKind.FORM, value=cast(JsonValue, _form(content.decode("ascii"))))
    except (ValueError, RecursionError):
        pass  # labelled as what it is not
    return _text(content, content_type) or Body(
        kind=BodyKind.BASE64, value=base64.b64encode(content).decode("ascii")
    )


def read_data(content: bytes, content_type: str) -> JsonValue:
    """Return the body as a program reads it; None when there is none. See :attr:`Body.data`."""
    if _is_json(media_type(content_type)) and not _may_be_unwritable(content):
        try:
            plain: JsonValue = from_json(content)
        except ValueError:  # no JSON, or half of a character
            pass
        else:
            return plain
    body = read_body(content, content_type)
    if body is None:
        return None
    if body.has_unwritable:
        warn(f"Some characters of what the CRM answered cannot be written; {REPLACEMENT} stands for each.")
    return body.data


def write_body(body: Body | None, content_type: str) -> bytes:
    """Return the bytes of a body; JSON is compact and plain ASCII."""
    if body is None:
        return b""
    if body.kind is BodyKind.JSON:
        return json.dumps(body.value, separators=(",", ":")).encode("ascii")
    if body.kind is BodyKind.FORM:
        return urlencode(list(flat_pairs(body.pairs))).encode("ascii")
    if body.kind is BodyKind.BASE64:
        return base64.b64decode(str(body.value))
    return str(body.value).encode(_charset(content_type))


def media_type(content_type: str) -> str:
    """Return ``application/json`` of ``Application/JSON; charset=UTF-8``."""
    return content_type.partition(";")[0].strip().lower()


def _may_be_unwritable(content: bytes) -> bool:
    """Return whether JSON could hold control characters; half of a character makes it unreadable anyway."""
    return (b"\\" in content and _CONTROL.search(content) is not None) or b"\x7f" in content


def _is_json(media: str) -> bool:
    return media in ("application/json", "text/json") or media.endswith("+json")


def pairs(items: Iterable[tuple[str, str]]) -> Pairs:
    """Return names and values as an object, in order; a repeated name keeps its values in order."""
    gathered: dict[str, list[str]] = {}
    for name, value in items:
        gathered.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in gathered.items()}


def flat_pairs(pairs: Pairs) -> Iterable[tuple[str, str]]:
    """Iterate over the names and values of a query or form, one by one."""
    for name, value in pairs.items():
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
    unique = dict(items)
    if len(unique) < len(items):
        raise ValueError("a key occurs twice")
    return unique


def _form(text: str) -> Pairs:
    return pairs(parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict"))


def _text(content: bytes, content_type: str) -> Body | None:
    charset = _charset(content_type)
    try:
        text = content.decode(charset)
        return Body(kind=BodyKind.TEXT, value=text) if text.encode(charset) == content else None
    except ValueError:
        return None


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return _codec(value.strip().strip("\"'"))
    return "utf-8"


def _codec(name: str) -> str:
    """Return the charset's name if Python has it, else UTF-8."""
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return "utf-8"
    return name
