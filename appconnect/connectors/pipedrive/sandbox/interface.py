"""Pipedrive's operations as data: what they cost, who may call them, what they take and what they answer.

``interface.json`` holds the names, types and lengths of the vendor's descriptions of v1 and v2
(https://developers.pipedrive.com/docs/api/v1), in the notation of the kit's schema.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NotRequired, TypedDict

from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.schema import Field, Record, read_schema


class _Described(TypedDict):
    cost: int
    scopes: str
    query: NotRequired[JsonObject]
    body: NotRequired[str | JsonObject | list[JsonObject]]
    answer: NotRequired[str | list[str]]
    page: NotRequired[str]
    status: NotRequired[int]


@dataclass(frozen=True)
class Operation:
    """An operation: its cost in daily tokens, and the scopes of which any one opens it."""

    method: str
    path: str
    cost: int
    scopes: frozenset[str]
    query: Record = field(default=Record("query"), repr=False)
    body: Record | None = field(default=None, repr=False)
    """What is sent; each member of it if `bodies`."""
    bodies: bool = False
    answer: Record | None = field(default=None, repr=False)
    """The record that is answered, alone or in a list; None for none, or for a mere value."""
    page: str = ""
    """How a list tells its place: "cursor", "flat" (start and limit), "nested" below "pagination", or not."""
    status: int = 200

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def strict(self) -> bool:
        """True for v2, which coerces nothing and refuses what it does not know."""
        return self.path.startswith("/api/v2/")

    @property
    def search(self) -> bool:
        """True for what the limit of searches counts."""
        return "search" in self.path.lower()


def _read(described: Mapping[str, _Described], records: Mapping[str, JsonObject]) -> dict[str, Operation]:
    inline: dict[str, JsonObject] = {}
    for name, each in described.items():
        inline[f"{name} query"] = each.get("query", {})
        body = each.get("body")
        if isinstance(body, dict | list):
            inline[f"{name} body"] = body if isinstance(body, dict) else body[0]
    schema = read_schema({**records, **inline})
    return {name: _operation(name, each, schema) for name, each in described.items()}


def _operation(name: str, each: _Described, schema: Mapping[str, Record]) -> Operation:
    method, path = name.split()
    body, answer = each.get("body"), each.get("answer", "")
    answered = answer[0] if isinstance(answer, list) else answer
    return Operation(
        method, path, each["cost"], frozenset(each["scopes"].split(",")),
        query=schema[f"{name} query"],
        body=None if body is None else schema[body if isinstance(body, str) else f"{name} body"],
        bodies=isinstance(body, list), answer=schema.get(answered),
        page=each.get("page", ""), status=each.get("status", 200),
    )  # fmt: skip


_DATA = json.loads(Path(__file__).with_name("interface.json").read_text("utf-8"))
OPERATIONS: Mapping[str, Operation] = _read(_DATA["operations"], _DATA["records"])
"""By method and path: "GET /v1/notes"."""


def shaped(record: Record, row: Mapping[str, Json]) -> JsonObject:
    """Return a row with exactly the fields of a record; what it has no value for is empty."""
    return {
        name: _shaped(record.fields[name], row.get(name, empty)) for name, empty in record.blank().items()
    }


def _shaped(known: Field, value: Json) -> Json:
    """Return an address or the like with all its parts."""
    if known.record is None or known.many or not isinstance(value, dict):
        return value
    return shaped(known.record(), value)
