"""What is wrong with a record that is sent, all of it at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from appconnect.connectors.bullhorn.sandbox.schema import ADDRESS, ENTITIES, REQUIRED, Field, is_read_only
from appconnect.sandbox.base import Json, JsonObject

if TYPE_CHECKING:
    from appconnect.connectors.bullhorn.sandbox.database import Database

MAX_INTEGER = 2**31 - 1
MAX_MOMENT = 253_402_300_799_999
"""The last millisecond of the year 9999."""
FRACTIONAL = "minutesSpent"
"""The whole number that App Connect's own server sends with a fraction."""


@dataclass(frozen=True)
class Problem:
    """A property that is refused, and why."""

    name: str
    message: str
    type: str = "INVALID_VALUE"


class RefusedWriteError(Exception):
    """Raised for a body that Bullhorn refuses, with all problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(most: int) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and abs(value) <= most


TYPES: Mapping[str, Callable[[Json], bool]] = {
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "Integer": _is_whole(MAX_INTEGER),
    "Timestamp": _is_whole(MAX_MOMENT),
    "Double": _is_number,
    "BigDecimal": _is_number,
    "LoginRestrictions": lambda value: isinstance(value, dict),
    "byte[]": lambda value: isinstance(value, str),
}


def checked(
    database: Database,
    entity: str,
    body: JsonObject,
    number: int | None = None,
    *,
    field_map: bool = False,
    fractional_minutes: bool = True,
    iso_times: bool = True,
    to_many: bool = False,
) -> tuple[JsonObject, dict[str, list[int]]]:
    """Return the fields of a body as they are stored, and the lists of a to-many field.

    ``number`` is the record's id, which a body may repeat; None for a new one, whose id may be null or 0.
    ``field_map`` adds what the field map says: required and read-only. Raises RefusedWriteError.
    """  # fmt: skip
    stored: JsonObject = {}
    lists: dict[str, list[int]] = {}
    problems: list[Problem] = []
    for name, sent in body.items():
        if name == "id" and id_of(sent or 0) in (number or 0, 0):
            continue
        field = ENTITIES[entity].get(name)
        value = _whole(sent) if fractional_minutes and name == FRACTIONAL else sent
        value = _millis(value) if iso_times and field and field.data_type == "Timestamp" else value
        wrong = list(_problems(database, entity, name, field, value, field_map=field_map, to_many=to_many))
        problems += wrong
        if wrong or field is None:
            continue
        if field.kind == "TO_MANY":
            lists[name] = _ids(value) or []
        else:
            stored[name] = (
                id_of(value.get("id")) if field.kind == "TO_ONE" and isinstance(value, dict) else value
            )
    if number is None and (missing := _missing(entity, body, field_map=field_map)):
        text = f"Missing required property: {', '.join(missing)}"
        problems.append(Problem(missing[0], text, "MISSING_REQUIRED_PROPERTY"))
    if problems:
        raise RefusedWriteError(problems)
    return stored, lists


def _missing(entity: str, body: JsonObject, *, field_map: bool) -> list[str]:
    wanted = list(REQUIRED.get(entity, ()))
    if field_map:
        mapped = (field for field in ENTITIES[entity].values() if field.required and field.kind != "TO_MANY")
        wanted += [
            field.name for field in mapped if not field.read_only and field.name not in (*wanted, "owner")
        ]
    return [name for name in wanted if body.get(name) is None]


def _whole(value: Json) -> Json:
    return int(value) if isinstance(value, float) and math.isfinite(value) else value


def _millis(value: Json) -> Json:
    """Return an ISO time in milliseconds; anything else as it is."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return value
    if moment is None:
        return value
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


def _problems(
    database: Database,
    entity: str,
    name: str,
    field: Field | None,
    value: Json,
    *,
    field_map: bool,
    to_many: bool,
) -> Iterator[Problem]:
    if field is None:
        yield Problem(name, f"Invalid field '{name}'", "UNKNOWN_PROPERTY")
    elif is_read_only(entity, field) or (field_map and field.read_only):
        yield Problem(name, f"Property '{name}' is read-only", "READ_ONLY")
    elif field.kind == "TO_MANY":
        if not to_many and entity != "Note":
            yield Problem(name, f"Property '{name}' is read-only; associate it", "READ_ONLY")
        elif value is not None:
            yield from _list_problems(database, field, value)
    elif value is not None:
        yield from _value_problems(database, field, value)


def _list_problems(database: Database, field: Field, value: Json) -> Iterator[Problem]:
    ids = _ids(value)
    if ids is None:
        yield Problem(field.name, f"Invalid value for '{field.name}': a list of ids expected")
    elif unknown := [number for number in ids if database.record(field.target, number) is None]:
        yield Problem(field.name, f"'{field.name}' does not name a {field.target}: {unknown[0]}")


def _ids(value: Json) -> list[int] | None:
    """Return ids given as ``[1, 2]``, ``[{"id": 1}]`` or ``{"replaceAll": [1]}``; None for anything else."""
    if isinstance(value, dict):
        value = value.get("replaceAll", value.get("data"))
    if not isinstance(value, list):
        return None
    ids = [id_of(each.get("id") if isinstance(each, dict) else each) for each in value]
    known = [number for number in ids if number is not None]
    return list(dict.fromkeys(known)) if len(known) == len(ids) else None


def id_of(value: Json) -> int | None:
    """Return an id, which Bullhorn also takes as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _value_problems(database: Database, field: Field, value: Json) -> Iterator[Problem]:
    name = field.name
    if field.kind == "TO_ONE":
        number = id_of(value.get("id")) if isinstance(value, dict) else None
        if number is None or database.record(field.target, number) is None:
            yield Problem(name, f"'{name}' does not name a {field.target}")
    elif field.kind == "COMPOSITE":
        yield from _address_problems(field, value)
    elif field.multi_value and isinstance(value, list):
        for each in value:
            yield from _scalar_problems(field, each)
    else:
        yield from _scalar_problems(field, value)


def _scalar_problems(field: Field, value: Json) -> Iterator[Problem]:
    fits = TYPES.get(field.data_type)
    if fits is not None and not fits(value):
        yield Problem(field.name, f"Invalid value for '{field.name}': {field.data_type} expected")
    elif isinstance(value, str) and field.max_length is not None and len(value) > field.max_length:
        text = f"'{field.name}' is longer than {field.max_length} characters"
        yield Problem(field.name, text, "MAX_LENGTH")


def _address_problems(field: Field, value: Json) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(field.name, f"Invalid value for '{field.name}': {field.data_type} expected")
        return
    for part, each in value.items():
        path = f"{field.name}.{part}"
        if part not in ADDRESS:
            yield Problem(path, f"Invalid field '{path}'", "UNKNOWN_PROPERTY")
        elif each is not None:
            length = ADDRESS[part]
            kind = Field(path, "String", max_length=length) if length else Field(path, "Double")
            yield from _scalar_problems(kind, each)
