"""A body in parts: the fields it has, and the text between them, which is kept as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from appconnect.logs.calls.fields import Field


class Span(NamedTuple):
    """The place of a field in a body, with its label and value."""

    start: int
    end: int
    field: Field
    label: str
    value: str


class Part(NamedTuple):
    """A stretch of a stored body (``raw``): a field with its label and value, or text without a field."""

    raw: str
    field: Field | None = None
    label: str = ""
    value: str = ""


def split_body(body: str, spans: Iterable[Span]) -> Iterator[Part]:
    """Yield the body in parts: the spans in order, and the text between them; nothing is left out."""
    done = 0
    for span in spans:
        if done < span.start:
            yield Part(body[done : span.start])
        yield Part(body[span.start : span.end], span.field, span.label, span.value)
        done = span.end
    if done < len(body):
        yield Part(body[done:])
