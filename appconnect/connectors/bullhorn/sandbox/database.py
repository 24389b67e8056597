"""The state of the sandbox: all records by entity and id, and what lies at a path of one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from appconnect.connectors.bullhorn.sandbox.associations import Associations, target_name
from appconnect.connectors.bullhorn.sandbox.schema import (
    ENTITIES,
    FOUND_BY,
    HARD_DELETED,
    PEOPLE,
    PERSON,
    field_of,
    has,
    phones_of,
)
from appconnect.connectors.bullhorn.sandbox.validation import Problem, RefusedWriteError, checked
from appconnect.sandbox.base import Ids, Json, JsonObject
from appconnect.sandbox.cast import OLU, CastMember
from appconnect.sandbox.records import Table

FIRST_IDS = {"ClientCorporation": 801, "Note": 9301}
"""Ids of the first records of an entity; else 1, for people 101."""
INVITED = ("subject", "dateBegin", "dateEnd", "location", "type", "isPrivate", "description")
"""What an invited person's own appointment has of the first one."""

Hint = tuple[str, ...]
"""Texts that a record holds, all of them."""

__all__ = ["Database", "RefusedWriteError"]


def digits(text: Json) -> str:
    """Return the digits of a phone number, as it is indexed."""
    return re.sub(r"\D", "", str(text))


def _texts(entity: str, record: JsonObject) -> Iterator[str]:
    phones = phones_of(entity)
    for name, value in record.items():
        if isinstance(value, str) and name in phones:
            yield digits(value)
        elif isinstance(value, str) and name in FOUND_BY:
            yield value.casefold()


class Database:
    """All records of one corporation; the four types of people share one sequence of ids."""

    def __init__(self, now: Callable[[], datetime], ids: Ids) -> None:
        self._now, self._ids = now, ids
        self.records: dict[str, Table] = {entity: Table(texts=partial(_texts, entity)) for entity in ENTITIES}
        self.associations = Associations(self.records)
        self.subscriptions, self.events = Table(), Table()
        self.searchable_from: dict[tuple[str, int], datetime] = {}
        """When each record was made, for the index lag; seeded records are not listed and always found."""

    def tables(self) -> Mapping[str, Table]:
        """Return all that is kept, by name."""
        return {**self.records, "subscriptions": self.subscriptions, "events": self.events}

    def millis(self) -> int:
        """Return the present time in milliseconds since 1970."""
        return int(self._now().timestamp() * 1000)

    # -- reading --

    def record(self, entity: str, number: int) -> JsonObject | None:
        """Return a record, of any type of people for ``PERSON``; None when there is none."""
        entities = PEOPLE if entity == PERSON else (entity,)
        tables = (self.records[each] for each in entities if each in self.records)
        return next((table[number] for table in tables if number in table), None)

    def subtype(self, number: int) -> str:
        """Return the entity of the person with this id; "" when there is none."""
        return next((each for each in PEOPLE if number in self.records[each]), "")

    def values(self, entity: str, record: JsonObject, path: str) -> Iterator[Json]:
        """Yield what lies at a dotted path of a record: nothing where a reference leads nowhere."""
        name, _, rest = path.partition(".")
        field = field_of(entity, name)
        if field is None:
            return
        if not field.is_reference:
            value = record.get(name)
            part = value.get(rest) if rest and isinstance(value, dict) else value
            if part is not None:
                yield from part if isinstance(part, list) else [part]
            return
        for number in self.led_to(entity, record, name):
            other = self.record(field.target, number) if rest else None
            if not rest:
                yield number
            elif other is not None:
                kind = self.subtype(number) if field.target == PERSON else field.target
                yield from self.values(kind, other, rest)

    def values_at(self, entity: str, record: JsonObject, path: str) -> list[Json]:
        """Return what lies at a dotted path of a record."""
        return list(self.values(entity, record, path))

    def led_to(self, entity: str, record: JsonObject, name: str) -> list[int]:
        """Return the ids that a reference of a record leads to."""
        field = ENTITIES[entity].get(name)
        if field is not None and field.kind == "TO_MANY":
            return self.associations.ids(entity, record, name)
        number = record.get(name)
        return [number] if isinstance(number, int) else []

    def searchable(self, entity: str, lag: timedelta, hints: Iterable[Hint] | None) -> Iterator[JsonObject]:
        """Yield the records that the index has ``lag`` after they were made, as one of the ``hints`` says."""
        table = self.records[entity]
        found = table.values() if hints is None else self._holding(table, hints)
        for record in found:
            since = self.searchable_from.get((entity, _number(record)))
            if since is None or since + lag <= self._now():
                yield record

    @staticmethod
    def _holding(table: Table, hints: Iterable[Hint]) -> Iterable[JsonObject]:
        found = {_number(record) for hint in hints for record in table.containing(*hint)}
        return [table[number] for number in sorted(found)]

    # -- writing --

    def create(self, entity: str, body: JsonObject, by: int, **rules: bool) -> int:
        """Check and add a record that was sent; return its id. Raises RefusedWriteError."""
        link_leads = rules.pop("link_leads", True)
        fields, lists = checked(self, entity, body, **rules)
        number = self.add(entity, fields, by)
        if entity == "Note":
            self._link(number, link_leads)
        self._associate_all(entity, number, lists)
        if entity == "ClientCorporation":  # Bullhorn makes an archived contact that owns the company
            owner: JsonObject = {"name": "Default Contact", "status": "Archive", "clientCorporation": number}
            self.add("ClientContact", owner, by)
        if entity == "AppointmentAttendee":
            self._invite(number)
        return number

    def update(self, entity: str, number: int, body: JsonObject, by: int, **rules: bool) -> None:
        """Change the fields that were sent, and remember who did. Raises RefusedWriteError."""
        fields, lists = checked(self, entity, body, number, **rules)
        self._keep_history(entity, number, fields, by)
        if has(entity, "dateLastModified"):
            fields["dateLastModified"] = self.millis()
        self.records[entity].change(number, fields)
        self._associate_all(entity, number, lists, replace=True)
        self.tell(entity, number, "UPDATED", [name for name in body if has(entity, name)])

    def delete(self, entity: str, number: int) -> None:
        """Delete a record: mark it where the entity has ``isDeleted``, else remove it."""
        if has(entity, "isDeleted") and entity not in HARD_DELETED:
            self.records[entity].change(number, {"isDeleted": True})
        else:
            self.records[entity].remove(number)
        self.tell(entity, number, "DELETED", [])

    def add(self, entity: str, fields: JsonObject, by: int = 0) -> int:
        """Add a record as it is, made by user ``by``; return its id."""
        pool, first = (PERSON, 101) if entity in PEOPLE else (entity, FIRST_IDS.get(entity, 1))
        number = self._ids.next(pool, first)
        self.records[entity].put({**self._defaults(entity, by), **fields, "id": number})
        self.searchable_from[entity, number] = self._now()
        self.tell(entity, number, "INSERTED", [])
        return number

    def associate(self, entity: str, number: int, name: str, ids: list[int]) -> None:
        """Let a to-many field lead to more records. Raises RefusedWriteError for what it leads to already."""
        record = self.records[entity][number]
        already = set(self.associations.ids(entity, record, name))
        if twice := [other for other in ids if other in already]:
            raise RefusedWriteError([Problem(name, f"{name} {twice[0]} is already associated")])
        if not self.associations.is_about(entity, name):
            self.associations.add(entity, record, name, ids)
            return
        target = entity if name == "notes" else ENTITIES[entity][name].target
        for other in ids:
            note, about = (other, number) if name == "notes" else (number, other)
            kind: JsonObject = {"targetEntityName": target_name(target)}
            self.add("NoteEntity", {"note": note, "targetEntityID": about, **kind})

    def disassociate(self, entity: str, number: int, name: str, ids: list[int]) -> None:
        """Let a to-many field no longer lead to some records."""
        if self.associations.is_about(entity, name):
            for row in self.associations.rows_between(entity, number, name, ids):
                self.records["NoteEntity"].remove(row)
        else:
            self.associations.remove(entity, self.records[entity][number], name, ids)

    def tell(self, entity: str, number: int, how: str, properties: list[str]) -> None:
        """Keep an event for every subscription to it."""
        for subscription in list(self.subscriptions.values()):
            if entity in _names(subscription, "names") and how in _names(subscription, "eventTypes"):
                event: JsonObject = {
                    "id": self._ids.next("event"),
                    "subscription": subscription["id"],
                    "entityName": entity,
                    "entityId": number,
                    "entityEventType": how,
                    "updatedProperties": list(properties),
                    "eventTimestamp": self.millis(),
                }
                self.events.put(event)

    # -- the steps --

    def _associate_all(
        self, entity: str, number: int, lists: Mapping[str, list[int]], *, replace: bool = False
    ) -> None:
        for name, ids in lists.items():
            known = self.associations.ids(entity, self.records[entity][number], name)
            if replace:
                self.disassociate(entity, number, name, [other for other in known if other not in ids])
            self.associate(entity, number, name, [other for other in ids if other not in known])

    def _keep_history(self, entity: str, number: int, fields: JsonObject, by: int) -> None:
        """Add what is about to change to the edit history, where Bullhorn keeps one of the entity."""
        history = "UserEditHistory" if entity in PEOPLE else f"{entity}EditHistory"
        before = self.records[entity][number]
        changed = [name for name, value in fields.items() if before.get(name) != value]
        if history not in ENTITIES or not changed:
            return
        edit = self.add(history, {"targetEntity": number, "modifyingPerson": by})
        for name in changed:
            old, new = _shown(before.get(name)), _shown(fields[name])
            change: JsonObject = {"columnName": name, "oldValue": old, "newValue": new}
            self.add(f"{history}FieldChange", {"editHistory": edit, **change})

    def _defaults(self, entity: str, by: int) -> JsonObject:
        values: JsonObject = {
            "isDeleted": False,
            "dateAdded": self.millis(),
            "dateLastModified": self.millis(),
            "owner": by,
            "commentingPerson": by,
            "personSubtype": entity,
        }
        times = dict.fromkeys(("dateBegin", "dateEnd"), self.millis()) if entity == "Appointment" else {}
        return {name: value for name, value in values.items() if has(entity, name)} | times

    def _link(self, note: int, link_leads: bool) -> None:
        person = self.records["Note"][note]["personReference"]
        assert isinstance(person, int)
        if link_leads or person not in self.records["Lead"]:
            self.add("NoteEntity", {"note": note, "targetEntityID": person, "targetEntityName": "User"})

    def _invite(self, number: int) -> None:
        """Give an attendee an appointment of their own."""
        row = self.records["AppointmentAttendee"][number]
        first = self.records["Appointment"][_as_id(row["appointment"])]
        own: JsonObject = {name: first[name] for name in INVITED if name in first}
        child: JsonObject = {**own, "owner": row["attendee"], "parentAppointment": row["appointment"]}
        self.add("Appointment", child)

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
        owner = _as_id(next(iter(self.records["CorporateUser"])))
        for number in range(1, count + 1):
            member = CastMember("Crowd", f"Member {number:04}")
            if entity == "CorporateUser":
                self.add_user(1000 + number, member, f"crowd.{number}", 0)
            else:
                self.add_person(entity, member, {"phone": phone}, owner)


def _shown(value: Json) -> Json:
    """Return a value as the edit history has it, as text."""
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _number(record: JsonObject) -> int:
    return _as_id(record["id"])


def _as_id(value: Json) -> int:
    assert isinstance(value, int)
    return value


def _names(subscription: JsonObject, key: str) -> list[Json]:
    names = subscription.get(key)
    return names if isinstance(names, list) else []
