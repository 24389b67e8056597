"""The ``fields`` parameter, like ``a,b(c,d),e[3](x)``: parsed, and applied to a record.

https://bullhorn.github.io/rest-api-docs/#fields
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from appconnect.connectors.bullhorn.sandbox.database import Database
from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, PERSON, Field, field_of
from appconnect.sandbox.base import Json, JsonObject

TOKEN = re.compile(r"\s*([\w*]+|[(),]|\[\d+\]|\{[^}]*\})")
TO_MANY_ROWS = 5
MAX_TO_MANY_ROWS = 10


class BadFieldsError(Exception):
    """Raised for a list of fields that Bullhorn refuses; ``key`` is its errorMessageKey."""

    def __init__(self, message: str, key: str = "errors.invalidField") -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class FieldSpec:
    """A requested field: the number of rows of a to-many field, and the fields of each row."""

    name: str
    rows: int = TO_MANY_ROWS
    inner: tuple[FieldSpec, ...] = ()


def parse_fields(entity: str, text: str) -> tuple[FieldSpec, ...]:
    """Return the fields that ``text`` requests. Raises BadFieldsError."""
    tokens = TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise BadFieldsError(f"Cannot parse fields '{text}'")
    fields = _list(tokens)
    if tokens:
        raise BadFieldsError(f"Cannot parse fields near '{tokens[0]}'")
    _check(entity, fields)
    return fields


def _list(tokens: list[str]) -> tuple[FieldSpec, ...]:
    fields = [_one(tokens)]
    while tokens and tokens[0] == ",":
        tokens.pop(0)
        fields.append(_one(tokens))
    return tuple(fields)


def _one(tokens: list[str]) -> FieldSpec:
    if not tokens or not re.match(r"[\w*]", tokens[0]):
        raise BadFieldsError("A field name is missing")
    name, rows = tokens.pop(0), TO_MANY_ROWS
    inner: tuple[FieldSpec, ...] = ()
    if name == "*":
        raise BadFieldsError("You are not authorized to request all fields.", "errors.allFieldsNotAllowed")
    if tokens and tokens[0].startswith("["):
        rows = min(int(tokens.pop(0)[1:-1]), MAX_TO_MANY_ROWS)
    if tokens and tokens[0] == "(":
        tokens.pop(0)
        inner = _list(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise BadFieldsError("A parenthesis is not closed")
    if tokens and tokens[0].startswith("{"):
        tokens.pop(0)
    return FieldSpec(name, rows, inner)


def _check(entity: str, fields: Iterable[FieldSpec]) -> None:
    for each in fields:
        field = field_of(entity, each.name)
        if field is None:
            raise BadFieldsError(f"Invalid field '{each.name}'")
        if each.inner:
            _check(field.target, each.inner)


def select(database: Database, entity: str, record: JsonObject, fields: Iterable[FieldSpec]) -> JsonObject:
    """Return the requested fields of a record, always with its ``id``."""
    answer: JsonObject = {"id": record["id"]}
    for each in fields:
        field = ENTITIES[entity].get(each.name)
        if field is not None:
            answer[each.name] = _value(database, entity, record, field, each)
    return answer


def _value(database: Database, entity: str, record: JsonObject, field: Field, each: FieldSpec) -> Json:
    value, number = record.get(each.name), record["id"]
    assert isinstance(number, int)
    if field.data_type == "to-many":
        ids = database.notes_of(number) if each.name == "notes" else database.people_of(number, field.target)
        return _rows(database, field, ids, each)
    if field.data_type != "to-one" or not isinstance(value, int):
        return value
    entity = database.subtype(value) if field.target == PERSON else field.target
    other = database.record(entity, value)
    if other is None:
        return None
    default = ("firstName", "lastName") if "firstName" in ENTITIES[entity] else ()
    answer = select(database, entity, other, each.inner or [FieldSpec(name) for name in default])
    return {**answer, "_subtype": entity} if field.target == PERSON else answer


def _rows(database: Database, field: Field, ids: list[int], each: FieldSpec) -> JsonObject:
    records = [database.records[field.target][number] for number in ids]
    alive = [record for record in records if not record.get("isDeleted")]
    rows: list[Json] = [select(database, field.target, record, each.inner) for record in alive[: each.rows]]
    return {"total": len(alive), "data": rows}
