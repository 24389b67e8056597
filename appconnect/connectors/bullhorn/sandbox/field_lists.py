"""The ``fields`` parameter, like ``a,b(c,d),e[3](x){where}``: parsed, and applied to a record.

https://bullhorn.github.io/rest-api-docs/#fields
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from appconnect.connectors.bullhorn.sandbox import jpql
from appconnect.connectors.bullhorn.sandbox.database import Database
from appconnect.connectors.bullhorn.sandbox.schema import ADDRESS, ENTITIES, PERSON, Field, field_of, has
from appconnect.sandbox.base import Json, JsonObject

TOKEN = re.compile(r"\s*([\w*]+|[(),]|\[\d{1,9}\]|\{[^}]*\})")
TO_MANY_ROWS = 5
MAX_TO_MANY_ROWS = 10
NOTE_PEOPLE = ("personReference", "commentingPerson")
"""References whose recorded answers have ``id`` and ``_subtype`` only."""


class BadFieldsError(Exception):
    """Raised for a list of fields that Bullhorn refuses; ``key`` is its errorMessageKey."""

    def __init__(self, message: str, key: str = "errors.invalidField") -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class FieldSpec:
    """A requested field: the number of rows of a to-many field, the fields of each row, and which rows."""

    name: str
    rows: int = TO_MANY_ROWS
    inner: tuple[FieldSpec, ...] = ()
    where: jpql.Test | None = None


def parse_fields(entity: str, text: str, *, all_fields: bool) -> tuple[FieldSpec, ...]:
    """Return the fields that ``text`` requests; ``*`` is refused without ``all_fields``.

    Quotes around the text are ignored: clients in production send them. Raises BadFieldsError.
    """
    text = text.strip("'")
    tokens = TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text) and "{" not in text:
        raise BadFieldsError(f"Cannot parse fields '{text}'")
    try:
        return _Parser(tokens, all_fields).parse(entity)
    except RecursionError:
        raise BadFieldsError("The fields are nested too deeply") from None


class _Parser:
    def __init__(self, tokens: list[str], all_fields: bool) -> None:
        self._tokens, self._all_fields = tokens, all_fields

    def parse(self, entity: str) -> tuple[FieldSpec, ...]:
        fields = self._list(entity)
        if self._tokens:
            raise BadFieldsError(f"Cannot parse fields near '{self._tokens[0]}'")
        return fields

    def _list(self, entity: str) -> tuple[FieldSpec, ...]:
        fields = list(self._one(entity))
        while self._next_is(","):
            self._tokens.pop(0)
            fields += self._one(entity)
        return tuple(fields)

    def _one(self, entity: str) -> Iterable[FieldSpec]:
        if not self._tokens or not re.match(r"[\w*]", self._tokens[0]):
            raise BadFieldsError("A field name is missing")
        name = self._tokens.pop(0)
        if name == "*":
            if not self._all_fields:
                message = "You are not authorized to request all fields."
                raise BadFieldsError(message, "errors.allFieldsNotAllowed")
            return [FieldSpec(each) for each in ENTITIES.get(entity, ())]
        field = field_of(entity, name)
        if field is None and entity in (PERSON, *ENTITIES):
            raise BadFieldsError(f"Invalid field '{name}'")
        return [self._with_rows(FieldSpec(name), field or Field(name))]

    def _with_rows(self, spec: FieldSpec, field: Field) -> FieldSpec:
        if self._next_is("["):
            spec = replace(spec, rows=min(int(self._tokens.pop(0)[1:-1]), MAX_TO_MANY_ROWS))
        if self._next_is("("):
            spec = replace(spec, inner=self._inner(field))
        if self._next_is("{"):
            try:
                where = jpql.parse_where(field.target, self._tokens.pop(0)[1:-1])
            except jpql.BadWhereError as error:
                raise BadFieldsError(str(error), "errors.badQuery") from error
            spec = replace(spec, where=where)
        return spec

    def _inner(self, field: Field) -> tuple[FieldSpec, ...]:
        self._tokens.pop(0)
        inner = self._parts(field) if field.kind == "COMPOSITE" else self._list(field.target)
        if not self._next_is(")"):
            raise BadFieldsError("A parenthesis is not closed")
        self._tokens.pop(0)
        return inner

    def _parts(self, field: Field) -> tuple[FieldSpec, ...]:
        names = []
        while self._tokens and not self._next_is(")"):
            name = self._tokens.pop(0)
            if name not in ADDRESS and name not in (",", "*", "id"):
                raise BadFieldsError(f"Invalid field '{field.name}.{name}'")
            names.append(name)
        return tuple(FieldSpec(name) for name in names if name in ADDRESS)

    def _next_is(self, start: str) -> bool:
        return bool(self._tokens) and self._tokens[0].startswith(start)


def select(database: Database, entity: str, record: JsonObject, fields: Iterable[FieldSpec]) -> JsonObject:
    """Return the requested fields of a record, always with its ``id``."""
    answer: JsonObject = {"id": record["id"]}
    for each in fields:
        field = ENTITIES[entity].get(each.name)
        if field is not None:
            answer[each.name] = _value(database, entity, record, field, each)
    return answer


def _value(database: Database, entity: str, record: JsonObject, field: Field, each: FieldSpec) -> Json:
    value = record.get(each.name)
    if field.kind == "TO_MANY":
        return _rows(database, field, database.led_to(entity, record, field.name), each)
    if field.kind == "TO_ONE":
        return _reference(database, field, value, each.inner) if isinstance(value, int) else None
    if field.kind == "COMPOSITE" and each.inner and isinstance(value, dict):
        return {part.name: value.get(part.name) for part in each.inner}
    return value


def _reference(database: Database, field: Field, number: int, inner: tuple[FieldSpec, ...]) -> Json:
    kind = database.subtype(number) if field.target == PERSON else field.target
    other = database.record(kind, number) if kind else None
    if other is None:
        return None
    names = () if field.name in NOTE_PEOPLE else summary_fields(kind)
    answer = select(database, kind, other, inner or [FieldSpec(name) for name in names])
    is_open = field.target == PERSON and (not inner or field.options != "CorporateUser")
    return {**answer, "_subtype": kind} if is_open else answer


def summary_fields(entity: str) -> tuple[str, ...]:
    """Return what a reference to an entity shows besides the id when nothing is asked for."""
    for names in (("firstName", "lastName"), ("name",), ("title",)):
        if has(entity, names[0]):
            return names
    return ()


def _rows(database: Database, field: Field, ids: list[int], each: FieldSpec) -> JsonObject:
    alive = []
    for number in ids:
        kind = database.subtype(number) if field.target == PERSON else field.target
        record = database.record(kind, number)
        if record is not None and not record.get("isDeleted") and _passes(database, kind, record, each):
            alive.append((kind, record))
    inner = {kind: each.inner or [FieldSpec(name) for name in summary_fields(kind)] for kind, _ in alive}
    rows: list[Json] = [select(database, kind, record, inner[kind]) for kind, record in alive[: each.rows]]
    return {"total": len(alive), "data": rows}


def _passes(database: Database, entity: str, record: JsonObject, each: FieldSpec) -> bool:
    return each.where is None or each.where(partial(database.values_at, entity, record))
