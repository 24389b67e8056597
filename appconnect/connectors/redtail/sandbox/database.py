"""The state of the sandbox: users, lists, contacts and their parts, activities, notes, opportunities."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeGuard

from appconnect.connectors.redtail.sandbox.answers import iso
from appconnect.connectors.redtail.sandbox.checks import accepted, label_of, missing, refuse
from appconnect.connectors.redtail.sandbox.rules import RULES, check_advisors, rows
from appconnect.connectors.redtail.sandbox.schema import (
    LISTS,
    REFERENCES,
    RETIRED,
    SCHEMA,
    USERS,
    blank,
)
from appconnect.connectors.redtail.sandbox.search import hits, searched_texts
from appconnect.connectors.redtail.sandbox.sign_in import DATABASE_ID
from appconnect.sandbox.base import Ids, Json, JsonObject, Toggles
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.records import Table

FIRST = {
    "Contact": 501, "Activity": 9001, "Note": 7001, "Opportunity": 3001, "Phone": 60001, "Email": 61001,
    "Address": 62001, "NoteAssociation": 71001, "User": 880042,
}  # fmt: skip
"""The first id of each kind."""
NOBODYS: Mapping[str, Json] = {}
KIND_OF_PART = {"phones": "Phone", "emails": "Email", "addresses": "Address"}


class Database:
    """All records of one database."""

    def __init__(self, now: Callable[[], datetime], ids: Ids, toggles: Toggles) -> None:
        self._now, self._ids, self._toggles = now, ids, toggles
        self.users, self.user_keys = Table(), Table()
        self.contacts = Table(texts=searched_texts)
        self.activities, self.notes, self.opportunities, self.accounts = Table(), Table(), Table(), Table()
        self.families, self.contact_udfs = Table(), Table()
        self.lists = {name: Table() for name in LISTS}
        for name, entries in LISTS.items():
            for number, text in entries.items():
                self.add_entry(name, int(number), text, deleted=(name, number) in RETIRED)

    def tables(self) -> Mapping[str, Table]:
        """Return all tables by name."""
        return {
            "users": self.users, "user_keys": self.user_keys, "contacts": self.contacts,
            "activities": self.activities, "notes": self.notes, "opportunities": self.opportunities,
            "accounts": self.accounts, "families": self.families, "contact_udfs": self.contact_udfs,
            **self.lists,
        }  # fmt: skip

    @property
    def now(self) -> str:
        """The present time as Redtail writes it."""
        return iso(self._now())

    def next_id(self, kind: str) -> int:
        """Return the next id of a kind of record."""
        return self._ids.next(kind.lower(), FIRST[kind])

    # -- filling --

    def add_entry(self, name: str, number: int, text: str, *, deleted: bool = False) -> None:
        """Add an entry to a list."""
        self.lists[name].put({"id": number, "name": text, "deleted": deleted})

    def add_contact(self, member: CastMember) -> int:
        """Add a contact, one without a person's name as a business; return its id."""
        number = self.next_id("Contact")
        kind = "Individual" if member.name else "Business"
        fields: JsonObject = {
            "id": number, "type": f"Crm::Contact::{kind}", "first_name": member.first_name or None,
            "last_name": member.last_name or None, "company_name": member.company or None,
            "full_name": member.name or member.company, "status_id": 1, "status": self.entry("statuses", 1),
            "category_id": 2, "category": self.entry("categories", 2),
            "created_at": self.now, "updated_at": self.now, "addresses": [],
            "phones": [self._part("Phone", split_phone(member.phone))] if member.phone else [],
            "emails": [self._part("Email", _email(member.email))] if member.email else [],
        }  # fmt: skip
        self.contacts.put({**blank("Contact"), **fields})
        return number

    def add_user(self, member: CastMember, *, admin: bool = False, deny_access: bool = False) -> int:
        """Add a user of the database, with a user key; return the id."""
        number = self.next_id("User")
        self.users.put(
            {
                "id": number, "default_database_id": DATABASE_ID, "admin": admin, "deny_access": deny_access,
                "first_name": member.first_name, "last_name": member.last_name,
            }
        )  # fmt: skip
        self.user_keys.put({"id": number, "user_key": str(uuid.UUID(bytes=secrets.token_bytes(16)))})
        return number

    def add_crowd(self, count: int = 60, phone: str = "+1 702-555-0190") -> None:
        """Fill the lists beyond one page: contacts who share ``phone``, users, categories.

        The last user's access is denied.
        """
        for number in range(1, count + 1):
            self.add_contact(CastMember(f"Filler {number:02}", "Crowd", phone))
            self.add_user(CastMember(f"User {number:02}", "Crowd"), deny_access=number == count)
            self.add_entry("categories", 100 + number, f"Category {number:02}")

    # -- reading --

    def entry(self, name: str, number: Json) -> str | None:
        """Return the label of an entry of a list, or a user's name; None for one that is not there."""
        row = (self.users if name == USERS else self.lists[name]).get(number) if _is_id(number) else None
        if row is None:
            return None
        return f"{row['first_name']} {row['last_name']}" if name == USERS else str(row["name"])

    def keys(self) -> dict[int, str]:
        """Return the user keys by the users' ids."""
        return {int(str(each["id"])): str(each["user_key"]) for each in self.user_keys.values()}

    def contacts_in_use(self) -> list[JsonObject]:
        """Return the contacts that are not deleted."""
        return [each for each in self.contacts.values() if not each["deleted"]]

    def contact(self, number: Json) -> JsonObject | None:
        """Return a contact; None when there is none or it is deleted."""
        found = self.contacts.get(number) if _is_id(number) else None
        return None if found is None or found["deleted"] else found

    def with_email(self, address: str) -> JsonObject | None:
        """Return the first contact in use that has this e-mail address."""
        return next(iter(hits(self, {"email": address}, self._toggles)), None) if address else None

    def activities_of(self, contact: JsonObject) -> list[JsonObject]:
        """Return the activities that are linked to a contact."""
        link: JsonObject = {"contact_id": contact["id"]}
        return [each for each in self.activities.values() if link in rows(each, "linked_contacts")]

    def family_of(self, contact: JsonObject) -> JsonObject | None:
        """Return the number and the name of a contact's family; None for one without."""
        for family in self.families.values():
            if contact["id"] in [member["contact_id"] for member in rows(family, "members")]:
                return {key: family[key] for key in ("id", "name")}
        return None

    def notes_of(self, kind: str, number: Json) -> list[JsonObject]:
        """Return the notes of a contact or an activity."""
        about = {"noteable_id": number, "noteable_type": f"Crm::{kind}"}.items()
        return [
            note
            for note in self.notes.values()
            if any(about <= each.items() for each in rows(note, "note_associations"))
        ]

    def record(self, kind: str, number: Json) -> JsonObject | None:
        """Return a contact, an activity or an opportunity; None when there is none."""
        if kind == "Contact" or not _is_id(number):
            return self.contact(number)
        return (self.activities if kind == "Activity" else self.opportunities).get(number)

    # -- writing --

    def written(
        self,
        kind: str,
        body: Json,
        user_id: int,
        old: JsonObject | None = None,
        about: Mapping[str, Json] = NOBODYS,
    ) -> JsonObject:
        """Return a record as it becomes by a body, with an id, not kept yet; refuse what cannot be.

        ``about`` is what the address of the request says: whose record it is.
        """
        numbers = ("country_code", "contact_id") if self._toggles["string_ids"] else ("country_code",)
        taken = accepted(kind, body, numbers)
        sent = taken.sent
        check_advisors(self, sent, user_id)
        new = {**(old or blank(kind)), **about, **sent}
        if kind == "Activity" and "attendees" in sent and old:
            new["attendees"] = self._attendees(old, sent)
        told = tuple(label_of(name) for name in taken.faults)
        more = [
            each for each in self._faults(kind, new, sent if old else new, sent) if not each.startswith(told)
        ]
        refuse(*dict.fromkeys([*(fault for each in taken.faults.values() for fault in each), *more]))
        if old is None:
            new["id"] = self.next_id(kind)
        if kind == "Contact":
            self._fill_parts(new, sent)
        if kind == "Note":
            new["note_associations"] = self._associations(new, old or {}, about, sent)
        return self._stamped(kind, new, user_id, is_new=old is None)

    def _faults(self, kind: str, new: JsonObject, changed: JsonObject, sent: JsonObject) -> Iterator[str]:
        optional = {"category_id"} if kind == "Activity" and self._toggles["category_optional"] else ()
        yield from missing(SCHEMA[kind], new, optional)
        yield from self._label(kind, new, changed)
        yield from RULES[kind](self, new, sent)

    def _label(self, kind: str, new: JsonObject, changed: JsonObject) -> Iterator[str]:
        """Set the labels of what changed; yield a fault for a number that is in no list."""
        for field, reference in REFERENCES.items():
            if field not in changed or field not in SCHEMA[kind].fields:
                continue
            label = self.entry(reference.list, new[field])
            if reference.label in SCHEMA[kind].fields:
                new[reference.label] = label
            if label is None and new[field] is not None and reference.must_exist:
                yield f"{label_of(field)} must exist"

    def _fill_parts(self, contact: JsonObject, sent: JsonObject) -> None:
        """Give a contact's phones and e-mail addresses ids and labels."""
        for part, kind in KIND_OF_PART.items():
            if part in sent:
                contact[part] = [self._part(kind, each) for each in rows(sent, part)]
            contact.setdefault(part, [])

    def _part(self, kind: str, sent: JsonObject) -> JsonObject:
        row: JsonObject = {**blank(kind), **accepted(kind, sent).sent, "id": self.next_id(kind)}
        refuse(*self._label(kind, row, row))
        return row

    def _associations(self, note: JsonObject, old: JsonObject, *added: Mapping[str, Json]) -> list[Json]:
        """Return what a note is about: what it was about before, and what is added, each once."""
        kept = rows(old, "note_associations")
        for each in (each for more in added for each in rows(more, "note_associations")):
            about: JsonObject = {key: each[key] for key in ("noteable_id", "noteable_type")}
            if not any(about.items() <= known.items() for known in kept):
                stamps: JsonObject = {"deleted": False, "created_at": self.now, "updated_at": self.now}
                kept.append({"id": self.next_id("NoteAssociation"), "note_id": note["id"], **about, **stamps})
        return [*kept]

    def _attendees(self, old: JsonObject, sent: JsonObject) -> list[Json]:
        """Return who takes part from now on: each once, with those of before if a switch says so."""
        before = [] if self._toggles["attendees_replaced"] else rows(old, "attendees")
        return [*before, *(each for each in rows(sent, "attendees") if each not in before)]

    def _stamped(self, kind: str, row: JsonObject, user_id: int, *, is_new: bool) -> JsonObject:
        fields = SCHEMA[kind].fields
        stamps: JsonObject = {"updated_at": self.now}
        if is_new:
            stamps |= {"created_at": self.now, "added_by": user_id}
        return {**row, **{key: value for key, value in stamps.items() if key in fields}}


def _is_id(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _email(text: str) -> JsonObject:
    return {"address": text, "is_primary": True}


def split_phone(text: str) -> JsonObject:
    """Return a phone with its country code split off; without one it is a number of the United States."""
    code, _, number = text.partition(" ")
    is_split = re.fullmatch(r"\+[0-9]{1,3}", code)
    return {
        "number": number if is_split else text,
        "country_code": int(code) if is_split else 1,
        "is_primary": True,
    }
