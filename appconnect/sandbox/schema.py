"""What a CRM's records look like, read from compact data, and what is wrong with a record that is sent.

A schema is a JSON object: record → field → its description. A star after the name says that it is required::

    {"Contact": {"FIRST_NAME*": "text ≤255",
                 "OWNER_USER_ID": "integer",
                 "IMAGE_URL": "text read-only",
                 "STATUS": "text =NEW: NEW|IN PROGRESS",
                 "ADDRESS": {"STREET": "text", "CITY": "text"},
                 "PHONES": [{"VALUE*": "text", "PRIMARY": "boolean"}],
                 "TAGS": ["Tag"]}}

Types are text, integer, number, boolean, date, date-time, time, uuid, object, any, or another record's name.
An object in place of a description is a record in a record, a list is a list of what it holds.
How a problem is worded, and which status it has, is the CRM's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from appconnect.sandbox.requests import Json, JsonObject


class Kind(StrEnum):
    """What can be wrong with a value."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    READ_ONLY = "read-only"
    TYPE = "type"
    LENGTH = "length"
    CHOICE = "choice"


@dataclass(frozen=True)
class Problem:
    """A value that breaks the schema; ``path`` leads to it: "phones.0.primary"."""

    path: str
    kind: Kind
    field: Field | None = None


@dataclass(frozen=True)
class Field:
    """A field of a record: its type, and what else it must be."""

    name: str
    type: str
    required: bool = False
    read_only: bool = False
    max_length: int | None = None
    choices: Sequence[str] = ()
    default: Json = None
    record: Callable[[], Record] | None = None
    """The fields of an object; of each member if `many`. A record may hold records of its own kind."""
    many: bool = False

    def problems(self, value: Json, path: str) -> Iterator[Problem]:
        """Yield what is wrong with a value; null is always allowed."""
        if value is None:
            return
        if self.many:
            if not isinstance(value, list):
                yield Problem(path, Kind.TYPE, self)
                return
            for number, each in enumerate(value):
                yield from self._one(each, f"{path}.{number}")
        else:
            yield from self._one(value, path)

    def _one(self, value: Json, path: str) -> Iterator[Problem]:
        if self.record is not None and isinstance(value, dict):
            yield from self.record().problems(value, path=f"{path}.")
        elif not CHECKS[self.type](value):
            yield Problem(path, Kind.TYPE, self)
        elif self.choices and str(value) not in self.choices:
            yield Problem(path, Kind.CHOICE, self)
        elif self.max_length is not None and isinstance(value, str) and len(value) > self.max_length:
            yield Problem(path, Kind.LENGTH, self)


@dataclass(frozen=True)
class Record:
    """A type of record and its fields."""

    name: str
    fields: Mapping[str, Field] = field(default_factory=dict)

    def problems(self, body: JsonObject, *, partly: bool = False, path: str = "") -> Iterator[Problem]:
        """Yield what is wrong with a body; ``partly`` asks for no required fields, as an update does."""
        for name, value in body.items():
            known = self.fields.get(name)
            if known is None:
                yield Problem(path + name, Kind.UNKNOWN)
            elif known.read_only:
                yield Problem(path + name, Kind.READ_ONLY, known)
            else:
                yield from known.problems(value, path + name)
        if not partly:
            for name, known in self.fields.items():
                if known.required and body.get(name) in (None, ""):
                    yield Problem(path + name, Kind.MISSING, known)

    def blank(self) -> JsonObject:
        """Return a record with every field: its default, an empty list, false, or null."""
        return {name: _empty(known) for name, known in self.fields.items()}


def _empty(known: Field) -> Json:
    if known.default is not None:
        return known.default
    if known.many:
        return []
    return False if known.type == "boolean" else None


# -- types --

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _is_date(value: Json) -> bool:
    try:
        return isinstance(value, str) and bool(_DAY.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def _is_moment(value: Json) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_time(value: Json) -> bool:
    return isinstance(value, str) and bool(_TIME.fullmatch(value))


def _is_uuid(value: Json) -> bool:
    return isinstance(value, str) and bool(_UUID.fullmatch(value))


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


CHECKS: Mapping[str, Callable[[Json], bool]] = {
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_date,
    "date-time": _is_moment,
    "time": _is_time,
    "uuid": _is_uuid,
    "object": lambda value: isinstance(value, dict),
    "any": lambda value: True,
}


# -- from data --

_WORD = re.compile(r"≤(?P<length>\d+)|(?P<read_only>read-only)|=(?P<default>\S+)")


def read_schema(data: Mapping[str, JsonObject]) -> dict[str, Record]:
    """Return the records that the data describes, by name; ValueError for what it cannot mean."""
    records: dict[str, Record] = {}
    for name, fields in data.items():
        records[name] = _record(name, fields, records, data.keys())
    return records


def _record(name: str, fields: JsonObject, records: Mapping[str, Record], names: Container[str]) -> Record:
    described = [_field(spelled, what, records, names) for spelled, what in fields.items()]
    return Record(name, {each.name: each for each in described})


def _field(spelled: str, what: Json, records: Mapping[str, Record], names: Container[str]) -> Field:
    name, required, many = spelled.removesuffix("*"), spelled.endswith("*"), isinstance(what, list)
    inner = what[0] if isinstance(what, list) and what else what or "any"
    if isinstance(inner, dict):
        nested = _record(name, inner, records, names)
        return Field(name, "object", required, record=lambda: nested, many=many)
    type_, *words = str(inner).partition(": ")[0].split()
    said = _said(name, words)
    if type_ in names:
        return Field(name, "object", required, "read_only" in said, record=lambda: records[type_], many=many)
    if type_ not in CHECKS:
        raise ValueError(f"{name}: there is no type {type_!r}; there are: {', '.join(CHECKS)}.")
    choices = str(inner).partition(": ")[2]
    return Field(
        name, type_, required, "read_only" in said, int(said["length"]) if "length" in said else None,
        choices.split("|") if choices else (), said.get("default"), many=many,
    )  # fmt: skip


def _said(name: str, words: Sequence[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for word in words:
        if (meant := _WORD.fullmatch(word)) is None:
            raise ValueError(f"{name}: {word!r} says nothing about a field.")
        said |= {key: value for key, value in meant.groupdict().items() if value is not None}
    return said
