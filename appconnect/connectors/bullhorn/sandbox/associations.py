"""What leads from a record to many: notes, and what a reference, a list or the other side's list says.

https://bullhorn.github.io/rest-api-docs/#to-many-associations
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, PEOPLE, PERSON, has
from appconnect.sandbox.base import Json, JsonObject
from appconnect.sandbox.records import Table

ABOUT = (
    "candidates",
    "clientContacts",
    "leads",
    "corporateUsers",
    "people",
    "jobOrders",
    "opportunities",
    "placements",
)
"""The lists of what a note is about; rows of NoteEntity hold them."""
LED_BACK_BY = {
    "childAppointments": "parentAppointment",
    "childClientCorporations": "parentClientCorporation",
    "childTasks": "parentTask",
    "editHistory": "targetEntity",
    "fieldChanges": "editHistory",
}
"""Lists of what leads back by a reference that has not the entity's name."""
ONLY = {
    "activePlacements": ("status", "Approved"),
    "approvedPlacements": ("status", "Approved"),
    "interviews": ("type", "Interview"),
    "webResponses": ("status", "New Lead"),
}
"""Lists that hold those of the records that lead back which have a value."""
PLURALS = {"Category": "categories", "Opportunity": "opportunities"}


@dataclass(frozen=True)
class Link:
    """Where a to-many field is kept: a reference ``by`` of the target, or a list of either side."""

    target: str
    by: str
    mirror: str
    """The target's list that holds it."""


@cache
def link_of(entity: str, name: str) -> Link:
    """Return where the to-many field of an entity is kept."""
    target = ENTITIES[entity][name].target
    own = entity[:1].lower() + entity[1:]
    references = (LED_BACK_BY.get(name, ""), own, f"{own}Reference")
    by = next((ref for ref in references if _leads(target, ref, entity, "TO_ONE")), "")
    plural = PLURALS.get(entity, f"{own}s")
    mirrored = not by and _leads(target, plural, entity, "TO_MANY") and (target, plural) < (entity, name)
    return Link(target, by, plural if mirrored else "")


def _leads(entity: str, name: str, to: str, kind: str) -> bool:
    field = ENTITIES.get(entity, {}).get(name)
    return field is not None and field.kind == kind and field.target == to


class Associations:
    """Reads and writes the to-many fields of the records in ``tables``."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables

    def ids(self, entity: str, record: JsonObject, name: str) -> list[int]:
        """Return the ids that a to-many field of a record leads to."""
        number, link = _id(record), link_of(entity, name)
        if entity == "Note" and name in ABOUT:
            return self._about(number, link.target)
        if name == "notes" and has(entity, name):
            return self._notes_of(entity, number)
        if (entity, name) == ("ClientCorporation", "clientContactNotes"):
            contacts = self.ids(entity, record, "clientContacts")
            return [note for contact in contacts for note in self._notes_of("ClientContact", contact)]
        if link.by:
            field, value = ONLY.get(name, ("id", None))
            back = (row for row in self._rows(link.target) if row.get(link.by) == number)
            return [_id(row) for row in back if value in (None, row.get(field))]
        if link.mirror:
            return [_id(row) for row in self._rows(link.target) if number in _list(row, link.mirror)]
        return _list(record, name)

    def add(self, entity: str, record: JsonObject, name: str, ids: Sequence[int]) -> None:
        """Let a to-many field lead to more records."""
        self._write(entity, record, name, [*self.ids(entity, record, name), *ids], changed=ids)

    def remove(self, entity: str, record: JsonObject, name: str, ids: Sequence[int]) -> None:
        """Let a to-many field no longer lead to some records."""
        left = [number for number in self.ids(entity, record, name) if number not in ids]
        self._write(entity, record, name, left, changed=ids)

    def is_about(self, entity: str, name: str) -> bool:
        """Return True for a field that rows of NoteEntity hold, which are added as records."""
        return name in ABOUT if entity == "Note" else name == "notes"

    def rows_between(self, entity: str, number: int, name: str, ids: Iterable[int]) -> list[int]:
        """Return the ids of the rows of NoteEntity that hold a field."""
        pairs = {(number, other) if entity == "Note" else (other, number) for other in ids}
        rows = self._rows("NoteEntity")
        return [_id(row) for row in rows if (row.get("note"), row.get("targetEntityID")) in pairs]

    # -- the steps --

    def _write(
        self, entity: str, record: JsonObject, name: str, ids: Sequence[int], *, changed: Sequence[int]
    ) -> None:
        number, link = _id(record), link_of(entity, name)
        if not link.by and not link.mirror:
            held: list[Json] = [*ids]
            self._tables[entity].change(number, {name: held})
            return
        for other in changed:
            row = self._tables[link.target][other]
            if link.by:
                self._tables[link.target].change(other, {link.by: number if other in ids else None})
            else:
                left = [each for each in _list(row, link.mirror) if each != number]
                back: list[Json] = [*left, number] if other in ids else [*left]
                self._tables[link.target].change(other, {link.mirror: back})

    def _about(self, note: int, target: str) -> list[int]:
        wanted = target_name(target)
        found = [
            row.get("targetEntityID")
            for row in self._rows("NoteEntity")
            if row.get("note") == note and row.get("targetEntityName") == wanted
        ]
        kinds = PEOPLE if target == PERSON else (target,)
        known = [n for n in dict.fromkeys(found) if isinstance(n, int)]
        return [n for n in known if any(n in self._tables[kind] for kind in kinds)]

    def _notes_of(self, entity: str, number: int) -> list[int]:
        """Return the ids of the notes about a record, newest first."""
        wanted = target_name(entity)
        found = [
            row.get("note")
            for row in self._rows("NoteEntity")
            if row.get("targetEntityID") == number and row.get("targetEntityName") == wanted
        ]
        return sorted({n for n in found if isinstance(n, int)}, reverse=True)

    def _rows(self, entity: str) -> Iterable[JsonObject]:
        table = self._tables.get(entity)
        return table.values() if table is not None else ()


def target_name(entity: str) -> str:
    """Return what a row of NoteEntity calls an entity."""
    return "User" if entity in (*PEOPLE, PERSON) else entity


def _id(record: JsonObject) -> int:
    number = record["id"]
    assert isinstance(number, int)
    return number


def _list(record: JsonObject, name: str) -> list[int]:
    held = record.get(name)
    return [number for number in held if isinstance(number, int)] if isinstance(held, list) else []
