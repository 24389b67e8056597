"""An OpenAPI document made of a sandbox's operations and of records in the kit's notation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from appconnect.sandbox.base import CrmSandbox, Json, JsonObject
from appconnect.sandbox.coverage import Operation
from appconnect.sandbox.schema import Field, Record

TYPES: Mapping[str, JsonObject] = {
    "text": {"type": "string"}, "integer": {"type": "integer"}, "number": {"type": "number"},
    "boolean": {"type": "boolean"}, "object": {"type": "object"}, "any": {},
    "date": {"type": "string", "format": "date"}, "uuid": {"type": "string", "format": "uuid"},
    "date-time": {"type": "string"}, "time": {"type": "string"},
}  # fmt: skip
NULL: JsonObject = {"type": "null"}
SAMPLE = "x-sample"
"""Has a good body of an operation, in the document."""
SEATS = 4
SEAT: JsonObject = {"type": "integer", "minimum": 0, "maximum": SEATS}
"""Stands in a path for the id of one of the first records that are there, the last for one that is not."""


@dataclass(frozen=True)
class Shape:
    """What an operation takes and answers, as JSON Schemas."""

    query: Mapping[str, JsonObject] = field(default_factory=dict)
    body: JsonObject | None = None
    sample: JsonObject | None = None
    """A good body."""
    answer: JsonObject = field(default_factory=dict)


def document(
    crm: CrmSandbox, shape: Callable[[Operation], Shape | None], values: Mapping[str, list[Json]]
) -> JsonObject:
    """Return the document of all operations that the sandbox plays and that have a shape.

    ``values`` are what a parameter of a path may be, by its name; any other is a `SEAT`.
    """
    paths: dict[str, Json] = {}
    for operation in (each for group in crm.coverage.groups for each in group.played):
        if (known := shape(operation)) is not None:
            path, names = _path(operation)
            item = paths.setdefault(path, {"parameters": [*(_in_path(name, values) for name in names)]})
            assert isinstance(item, dict)
            item[operation.method.lower()] = _operation(operation, known)
    return {"openapi": "3.1.0", "info": {"title": crm.title, "version": "1"}, "paths": paths}


def live_id(crm: CrmSandbox, path: str, name: str, seat: int) -> str:
    """Return the id that a seat in the path of an operation stands for now: of the kind that is named before it."""
    before = _kind(path.partition(f"{{{name}}}")[0].strip("/").rpartition("/")[2])
    tables = {_kind(each): table for each, table in crm.tables().items() if table}
    near = tables.get(before) or next((each for kind, each in tables.items() if before.endswith(kind)), None)
    ids = [*near] if near else [each for table in tables.values() for each in islice(table, 2)]
    return "987654" if seat >= SEATS else str(ids[seat % len(ids)])


def _kind(word: str) -> str:
    """Return the plain singular of a word that a path or a table has: "activityTypes" → "activitytype"."""
    return re.sub(r"\W|_", "", re.sub(r"ies$", "y", word)).lower().removesuffix("s")


def record_schema(record: Record, *, closed: bool = False, depth: int = 0) -> JsonObject:
    """Return a record as JSON Schema, all of it nullable; ``closed`` allows no other field."""
    fields: JsonObject = {name: field_schema(known, depth) for name, known in record.fields.items()}
    return {"type": "object", "properties": fields} | ({"additionalProperties": False} if closed else {})


def field_schema(known: Field, depth: int = 0) -> JsonObject:
    """Return a field as JSON Schema."""
    inner = known.record() if known.record is not None else None
    one: JsonObject = {**TYPES[known.type]}
    if inner is not None and depth < 3:
        one = record_schema(inner, depth=depth + 1)
    if known.choices:
        one = {"enum": [*map(int, known.choices)] if known.type == "integer" else [*known.choices]}
    if known.max_length is not None:
        one["maxLength"] = known.max_length
    return {"anyOf": [{"type": "array", "items": one} if known.many else one, NULL]}


def one_or_many(row: JsonObject) -> JsonObject:
    """Return the schema of a row, of a list of rows, or of nothing."""
    return {"anyOf": [row, {"type": "array", "items": row}, NULL]}


def _path(operation: Operation) -> tuple[str, list[str]]:
    """Return the path with each parameter named once, and the names."""
    names: list[str] = []

    def name(found: re.Match[str]) -> str:
        names.append(found[1] if found[1] not in names else f"{found[1]}_{len(names)}")
        return f"{{{names[-1]}}}"

    return re.sub(r"\{(\w+)[^}]*\}", name, operation.path), names


def _operation(operation: Operation, shape: Shape) -> JsonObject:
    media: JsonObject = {"application/json": {"schema": shape.answer}}
    described: JsonObject = {
        "tags": [operation.group],
        "parameters": [_parameter(name, schema, "query") for name, schema in shape.query.items()],
        "responses": {
            "2XX": {"description": "Done.", "content": media},
            "default": {"description": "Refused."},
        },
    }
    if shape.sample is not None:
        described[SAMPLE] = shape.sample
    if shape.body is not None:
        described["requestBody"] = {"content": {"application/json": {"schema": shape.body}}}
    return described


def _in_path(name: str, values: Mapping[str, list[Json]]) -> JsonObject:
    return _parameter(name, {"enum": values[name]} if name in values else SEAT, "path")


def _parameter(name: str, schema: JsonObject, place: str) -> JsonObject:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}
