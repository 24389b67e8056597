"""The state of the sandbox: all records by entity and id, and the rules for writing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from appconnect.connectors.bullhorn.sandbox.schema import ENTITIES, PEOPLE, PERSON, REQUIRED, Field
from appconnect.sandbox.base import Ids, Json, JsonObject
from appconnect.sandbox.cast import OLU, CastMember

FIRST_IDS = {"ClientCorporation": 801, "Note": 9301}
"""Ids of the first records of an entity; else 1, for people 101."""


class RefusedWriteError(Exception):
    """Raised for a body that Bullhorn refuses, with its message."""


class Database:
    """All records of one corporation; the four types of people share one sequence of ids."""

    def __init__(self, now: Callable[[], datetime], ids: Ids) -> None:
        self._now, self._ids = now, ids
        self.records: dict[str, dict[int, JsonObject]] = {entity: {} for entity in ENTITIES}
        self.searchable_from: dict[tuple[str, int], datetime] = {}
        """When each record was made, for the index lag; seeded records are not listed and always found."""

    def millis(self) -> int:
        """Return the present time in milliseconds since 1970."""
        return int(self._now().timestamp() * 1000)

    def record(self, entity: str, number: int) -> JsonObject | None:
        """Return a record, of any type of people for ``PERSON``; None when there is none."""
        entities = PEOPLE if entity == PERSON else (entity,)
        return next((self.records[each][number] for each in entities if number in self.records[each]), None)

    def subtype(self, number: int) -> str:
        """Return the entity of the person with this id; "" when there is none."""
        return next((each for each in PEOPLE if number in self.records[each]), "")

    def people_of(self, note: int, entity: str) -> list[int]:
        """Return the ids of the people of one type that a note is about."""
        rows = self.records["NoteEntity"].values()
        about = [row["targetEntityID"] for row in rows if row["note"] == note]
        return [n for n in dict.fromkeys(about) if isinstance(n, int) and n in self.records[entity]]

    def notes_of(self, person: int) -> list[int]:
        """Return the ids of a person's notes, newest first."""
        rows = self.records["NoteEntity"].values()
        found = [row["note"] for row in rows if row["targetEntityID"] == person]
        return sorted({n for n in found if isinstance(n, int)}, reverse=True)

    # -- writing --

    def create(self, entity: str, body: JsonObject, by: int, *, link_leads: bool = True) -> int:
        """Check and add a record that was sent; return its id. Raises RefusedWriteError."""
        fields = self._checked(entity, body)
        missing = [name for name in REQUIRED.get(entity, ()) if fields.get(name) is None]
        if missing:
            raise RefusedWriteError(f"Missing required property: {', '.join(missing)}")
        number = self.add(entity, fields, by)
        if entity == "Note":
            self._link(number, link_leads)
        if entity == "ClientCorporation":  # Bullhorn makes an archived contact that owns the company
            owner: JsonObject = {"name": "Default Contact", "status": "Archive", "clientCorporation": number}
            self.add("ClientContact", owner, by)
        return number

    def update(self, entity: str, number: int, body: JsonObject) -> None:
        """Change the fields that were sent. Raises RefusedWriteError."""
        fields = self._checked(entity, body)
        if "dateLastModified" in ENTITIES[entity]:
            fields["dateLastModified"] = self.millis()
        self.records[entity][number] |= fields

    def _checked(self, entity: str, body: JsonObject) -> JsonObject:
        """Return the body as it is stored, with ids for references."""
        stored: JsonObject = {}
        for name, value in body.items():
            field = ENTITIES[entity].get(name)
            if field is None:
                raise RefusedWriteError(f"Invalid field '{name}'")
            if field.read_only:
                raise RefusedWriteError(f"Property '{name}' is read-only")
            stored[name] = None if value is None else self._value(name, field, value)
        return stored

    def _value(self, name: str, field: Field, value: Json) -> Json:
        if field.data_type == "to-one":
            return self._reference(name, field, value)
        types = {"String": str, "Boolean": bool, "Integer": int, "Timestamp": int}
        if type(value) is not types[field.data_type]:
            raise RefusedWriteError(f"Invalid value for '{name}': {field.data_type} expected")
        if isinstance(value, str) and len(value) > field.max_length:
            raise RefusedWriteError(f"'{name}' is longer than {field.max_length} characters")
        return value

    def _reference(self, name: str, field: Field, value: Json) -> int:
        number = value.get("id") if isinstance(value, dict) else None
        if type(number) is not int or self.record(field.target, number) is None:
            raise RefusedWriteError(f"'{name}' does not name a {field.target}")
        return number

    def _defaults(self, entity: str, by: int) -> JsonObject:
        values: JsonObject = {
            "isDeleted": False,
            "dateAdded": self.millis(),
            "dateLastModified": self.millis(),
            "owner": by,
            "commentingPerson": by,
        }
        return {name: value for name, value in values.items() if name in ENTITIES[entity]}

    def add(self, entity: str, fields: JsonObject, by: int = 0) -> int:
        """Add a record as it is, made by user ``by``; return its id."""
        pool, first = (PERSON, 101) if entity in PEOPLE else (entity, FIRST_IDS.get(entity, 1))
        number = self._ids.next(pool, first)
        self.records[entity][number] = {**self._defaults(entity, by), **fields, "id": number}
        self.searchable_from[entity, number] = self._now()
        return number

    def _link(self, note: int, link_leads: bool) -> None:
        person = self.records["Note"][note]["personReference"]
        assert isinstance(person, int)
        if link_leads or person not in self.records["Lead"]:
            self.add("NoteEntity", {"note": note, "targetEntityID": person, "targetEntityName": "User"})

    # -- people --

    def add_user(self, number: int, member: CastMember, username: str, offset: int) -> None:
        """Add a user; ``offset`` is in minutes from US Eastern time."""
        self.add(
            "CorporateUser",
            {
                "firstName": member.first_name,
                "lastName": member.last_name,
                "name": member.name,
                "email": member.email,
                "username": username,
                "masterUserID": 9000 + number,
                "timeZoneOffsetEST": offset,
                "enabled": member is not OLU,
                "isDeleted": False,
            },
        )

    def add_person(self, entity: str, member: CastMember, more: JsonObject, owner: int) -> int:
        """Add a candidate, contact or lead; return its id."""
        person: JsonObject = {
            "firstName": member.first_name,
            "lastName": member.last_name,
            "name": member.name,
            "email": member.email or None,
            "status": "Active" if entity != "Lead" else "New Lead",
            "comments": "",
        }
        if entity != "ClientContact":
            person["companyName"] = member.company or None
        return self.add(entity, person | more, owner)

    def add_crowd(self, entity: str, count: int, phone: str = "+1 702-555-0190") -> None:
        """Add ``count`` people of one type who share a phone number, to fill more than one page."""
        owner = next(iter(self.records["CorporateUser"]))
        for number in range(1, count + 1):
            member = CastMember("Crowd", f"Member {number:04}")
            if entity == "CorporateUser":
                self.add_user(1000 + number, member, f"crowd.{number}", 0)
            else:
                self.add_person(entity, member, {"phone": phone}, owner)

    def searchable(self, entity: str, lag: timedelta) -> Iterable[JsonObject]:
        """Return the records that the search index has: ``lag`` after they were made."""
        for number, record in self.records[entity].items():
            since = self.searchable_from.get((entity, number))
            if since is None or since + lag <= self._now():
                yield record
