"""``fields=a,b(c,d),e[3](x)``: what is wanted of a record, and the record with that and nothing else.

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
    """Not a list of fields that Bullhorn takes; ``key`` is its errorMessageKey."""

    def __init__(self, message: str, key: str = "errors.invalidField") -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Wanted:
    """A field, how many rows of it (to-many), and what of each."""

    name: str
    rows: int = TO_MANY_ROWS
    inner: tuple[Wanted, ...] = ()


def wanted(entity: str, text: str) -> tuple[Wanted, ...]:
    """The fields named in ``text``. Raises BadFieldsError."""
    tokens = TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise BadFieldsError(f"Cannot parse fields '{text}'")
    fields = _list(tokens)
    if tokens:
        raise BadFieldsError(f"Cannot parse fields near '{tokens[0]}'")
    _check(entity, fields)
    return fields


def _list(tokens: list[str]) -> tuple[Wanted, ...]:
    fields = [_one(tokens)]
    while tokens and tokens[0] == ",":
        tokens.pop(0)
        fields.append(_one(tokens))
    return tuple(fields)


def _one(tokens: list[str]) -> Wanted:
    if not tokens or not re.match(r"[\w*]", tokens[0]):
        raise BadFieldsError("A field name is missing")
    name, rows = tokens.pop(0), TO_MANY_ROWS
    inner: tuple[Wanted, ...] = ()
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
    return Wanted(name, rows, inner)


def _check(entity: str, fields: Iterable[Wanted]) -> None:
    for each in fields:
        field = field_of(entity, each.name)
        if field is None:
            raise BadFieldsError(f"Invalid field '{each.name}'")
        if each.inner:
            _check(field.target, each.inner)


def shown(database: Database, entity: str, record: JsonObject, fields: Iterable[Wanted]) -> JsonObject:
    """The record with the wanted fields; ``id`` always."""
    answer: JsonObject = {"id": record["id"]}
    for each in fields:
        field = ENTITIES[entity].get(each.name)
        if field is not None:
            answer[each.name] = _value(database, entity, record, field, each)
    return answer


def _value(database: Database, entity: str, record: JsonObject, field: Field, each: Wanted) -> Json:
    value, number = record.get(each.name), record["id"]
    assert isinstance(number, int)
    if field.kind == "to-many":
        ids = database.notes_of(number) if each.name == "notes" else database.people_of(number, field.target)
        return _rows(database, field, ids, each)
    if field.kind != "to-one" or not isinstance(value, int):
        return value
    entity = database.subtype(value) if field.target == PERSON else field.target
    other = database.record(entity, value)
    if other is None:
        return None
    usual = ("firstName", "lastName") if "firstName" in ENTITIES[entity] else ()
    answer = shown(database, entity, other, each.inner or [Wanted(name) for name in usual])
    return {**answer, "_subtype": entity} if field.target == PERSON else answer


def _rows(database: Database, field: Field, ids: list[int], each: Wanted) -> JsonObject:
    records = [database.records[field.target][number] for number in ids]
    alive = [record for record in records if not record.get("isDeleted")]
    rows: list[Json] = [shown(database, field.target, record, each.inner) for record in alive[: each.rows]]
    return {"total": len(alive), "data": rows}
