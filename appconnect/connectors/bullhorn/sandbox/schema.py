"""Bullhorn's entities with their fields and their search index, read from ``entities.json``.

The data is by entity: ``fields`` (what ``meta`` of the vendor's test corporation tells), ``documented`` (what
the reference has beyond it), ``index`` (what the search knows, by its type). A description of fields stands
before the names that it fits, "customText1-20" being twenty of them: a data type, or TO_ONE and TO_MANY with
the entity they lead to; then the greatest length, options, and what the field map says of it.

``typed_fields.json`` has what only the vendor's types for TypeScript tell, further fields and entities: no
lengths, no field map, and of numbers a guess by their names, whether they are whole.

https://bullhorn.github.io/rest-api-docs/entityref.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

PERSON = "Person"
"""The common name of candidates, contacts, leads and users, who share one sequence of ids."""
PEOPLE = ("Candidate", "ClientContact", "Lead", "CorporateUser")
SEARCHED = (
    "Candidate",
    "ClientContact",
    "ClientCorporation",
    "JobOrder",
    "JobSubmission",
    "Lead",
    "Note",
    "Opportunity",
    "Placement",
    "Task",
)
INDEXED_ONLY = ("Candidate", "Note")
"""Entities for which one live account refused ``query``."""
FOUND_BY = ("name", "firstName", "lastName", "email", "companyName", "externalID", "title")
"""Fields that are found through an index of their texts, as all phones are."""
IMMUTABLE = (
    "BusinessSector",
    "Category",
    "ClientCorporation",
    "Country",
    "Skill",
    "Specialty",
    "State",
    "TimeUnit",
)
"""Entities that cannot be deleted."""
HISTORIES = ("EditHistory", "EditHistoryFieldChange")
"""How the names of entities end that nobody can write."""
HARD_DELETED = ("CorporateUser", "CorporationDepartment", "NoteEntity", "Placement")
"""Entities that are gone when they are deleted; others are marked."""
READ_ONLY = frozenset(("id", "dateLastModified", "dateLastComment", "dateLastVisit", "dateLastVisited"))
"""What nobody can write, whatever the field map says."""
OWN_READ_ONLY = {"CorporateUser": frozenset(("masterUserID",)), "Appointment": frozenset(("owner",))}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "AppointmentAttendee": ("appointment", "attendee"),
    "ClientContact": ("clientCorporation",),
    "ClientCorporation": ("name",),
    "JobSubmission": ("candidate", "jobOrder"),
    "Note": ("comments", "personReference"),
    "NoteEntity": ("note", "targetEntityID", "targetEntityName"),
    "Placement": ("candidate", "jobOrder"),
    "Tearsheet": ("name",),
}
"""What a new record needs in every corporation; a field map may ask for more."""

STATUSES: Mapping[str, tuple[str, ...]] = {
    "Candidate": ("Active", "New Lead", "Placed", "Archive"),
    "ClientContact": ("Active", "Passive", "Archive"),
    "Lead": ("New Lead", "Open", "Qualified", "Converted"),
    "ClientCorporation": ("Prospect", "Active", "Archive"),
}

NOTE_ACTIONS = ("Outbound Call", "Inbound Call", "Left Message", "Text Message", "Email", "BD Call")
ADDRESS = {
    "address1": 40, "address2": 40, "city": 40, "state": 30, "zip": 15, "countryID": 0, "countryName": 99,
    "countryCode": 3, "timezone": 64, "latitude": 0, "longitude": 0,
}  # fmt: skip
"""The parts of an address with their greatest lengths; 0 is a number."""


@dataclass(frozen=True)
class Field:
    """A field of an entity."""

    name: str
    data_type: str = ""
    """String, Integer, Double, BigDecimal, Boolean, Timestamp, Address …; empty for most references."""
    kind: str = "SCALAR"
    """ID, SCALAR, COMPOSITE, TO_ONE or TO_MANY."""
    target: str = ""
    """The entity that a reference leads to."""
    max_length: int | None = None
    options: str = ""
    required: bool = False
    read_only: bool = False
    multi_value: bool = False
    confidential: bool = False

    @property
    def is_reference(self) -> bool:
        """True for a field that leads to other records."""
        return self.kind.startswith("TO_")


def _read(descriptor: str, name: str) -> Field:
    first, *words = descriptor.split()
    if first.startswith("TO_"):
        target = words.pop(0).replace("#", re.sub(r"\D", "", name))
        field = Field(name, kind=first, target=target, options=target)
    else:
        kind = "COMPOSITE" if first.startswith("Address") else "SCALAR"
        field = Field(name, first, kind)
    return replace(field, **dict(_said(words)))


def _said(words: list[str]) -> Iterator[tuple[str, Any]]:
    flags = {"required": "required", "readOnly": "read_only", "multiValue": "multi_value"}
    options = [word.partition("=")[2] for word in words if word.startswith(("options=", "of="))]
    if options:
        yield "options", options[-1]
    for word in words:
        if word.startswith("≤"):
            yield "max_length", int(word[1:])
        elif word.startswith("data="):
            yield "data_type", word.removeprefix("data=")
        elif word.startswith("of="):
            yield "target", word.removeprefix("of=")
        elif "=" not in word:
            yield flags.get(word, word), True


def names_in(text: str) -> Iterator[str]:
    """Yield the names of a list in which "customText1-3" is three of them."""
    for name in text.split():
        several = re.fullmatch(r"(\w*?)(\d+)-(\d+)(s?)", name)
        if several is None:
            yield name
        else:
            first, last = int(several[2]), int(several[3])
            yield from (f"{several[1]}{number}{several[4]}" for number in range(first, last + 1))


def _described(groups: Mapping[str, str]) -> Iterator[Field]:
    for descriptor, names in groups.items():
        yield from (_read(descriptor, name) for name in names_in(names))


def _fields(*described: Mapping[str, str]) -> dict[str, Field]:
    known = sorted(chain.from_iterable(map(_described, described)), key=lambda field: field.name.casefold())
    return {"id": Field("id", "Integer", "ID"), **{field.name: field for field in known}}


def _data(file: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name(file).read_text("utf-8"))
    return data


DATA: Mapping[str, Mapping[str, Mapping[str, str]]] = _data("entities.json")
TYPED: Mapping[str, Mapping[str, str]] = _data("typed_fields.json")
OTHERS: Mapping[str, Mapping[str, Field]] = {
    entity: fields
    for names, groups in TYPED.items()
    if names not in DATA
    for fields in [_fields(groups)]
    for entity in names_in(names)
}
"""The entities whose fields are known, and nothing more."""
ENTITIES: Mapping[str, Mapping[str, Field]] = {
    **{
        entity: _fields(data["fields"], data.get("documented", {}), TYPED.get(entity, {}))
        for entity, data in DATA.items()
    },
    **OTHERS,
}
VENDOR_ENTITIES = frozenset(ENTITIES) | {
    field.target for fields in ENTITIES.values() for field in fields.values() if field.is_reference
}
"""What Bullhorn has, played or not."""


@dataclass(frozen=True)
class Indexed:
    """A name that the search knows: its type, and whether results can be sorted by it."""

    name: str
    type: str
    is_sortable: bool = True


@cache
def index_of(entity: str) -> Mapping[str, Indexed]:
    """Return what the search knows of an entity; its own fields where the data names no index."""
    listed = {
        name: (type_, sortable)
        for text, names in DATA.get(entity, {}).get("index", {}).items()
        for type_, sortable in [(text.removesuffix(" unsortable"), not text.endswith("unsortable"))]
        for name in names_in(names)
    }
    found = {
        name: Indexed(name, type_ or index_type(entity, name), sortable)
        for name, (type_, sortable) in listed.items()
    }
    for name, field in ENTITIES[entity].items():
        if not listed and not field.is_reference:
            found[name] = Indexed(name, index_type(entity, name))
    twins = [each for each in found.values() if each.type == "PHONE" and each.name != "pager"]
    found |= {f"{each.name}_REVERSED": replace(each, name=f"{each.name}_REVERSED") for each in twins}
    return dict(sorted(found.items()))


def index_type(entity: str, path: str) -> str:
    """Return the type in the search index of a path, by the field at its end; STRING for what is no field."""
    field = field_at(entity, path)
    types = {"Boolean": "BOOLEAN", "Timestamp": "DATETIME", "Integer": "INTEGER", "Double": "DOUBLE_PADDED"}
    if field is None or field.is_reference:
        return "INTEGER" if path.endswith("ID") else "STRING"
    long = field.max_length is not None and field.max_length > 4000
    return (
        "STRING_ANALYZED" if long else {**types, "BigDecimal": "DOUBLE_PADDED"}.get(field.data_type, "STRING")
    )


def field_of(entity: str, name: str) -> Field | None:
    """Return a field of an entity, of any type of people for ``PERSON``; None when there is none."""
    entities = PEOPLE if entity == PERSON else (entity,)
    return next((ENTITIES[each][name] for each in entities if name in ENTITIES.get(each, ())), None)


@cache
def field_at(entity: str, path: str) -> Field | None:
    """Return the field at the end of a dotted path of references; None when there is none."""
    name, dot, rest = path.partition(".")
    field = field_of(entity, name)
    if field is None or not dot:
        return field
    if field.kind == "COMPOSITE":
        return Field(rest, "String" if ADDRESS.get(rest) else "Double") if rest in ADDRESS else None
    return field_at(field.target, rest) if field.is_reference else None


@cache
def phones_of(entity: str) -> frozenset[str]:
    """Return the names of an entity's fields that hold phone numbers."""
    return frozenset(each.name for each in index_of(entity).values() if each.type == "PHONE")


def is_read_only(entity: str, field: Field) -> bool:
    """Return True for a field that nobody can write."""
    return field.name in READ_ONLY or field.name in OWN_READ_ONLY.get(entity, ())


def has(entity: str, name: str) -> bool:
    """Return True if an entity has a field of its own by this name."""
    return name in ENTITIES.get(entity, ())
