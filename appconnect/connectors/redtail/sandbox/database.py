"""The state of the sandbox: users, contacts, activities, notes, categories; and how contacts are searched."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import JsonValue

from appconnect.connectors.redtail.sandbox.answers import InvalidError, iso
from appconnect.connectors.redtail.sandbox.schema import (
    ACTIVITY_CODES,
    PHONE_TYPES,
    ActivityBody,
    ContactBody,
    NoteBody,
)
from appconnect.connectors.redtail.sandbox.sign_in import DATABASE_ID
from appconnect.sandbox.base import Ids, JsonObject
from appconnect.sandbox.cast import CastMember

FIRST_USER = 880042
MIN_PART = 7
"""The fewest digits that find a number which contains them."""


class Database:
    """Contacts, activities, notes and lists of one database."""

    def __init__(self, now: Callable[[], datetime], ids: Ids) -> None:
        self._now, self._ids = now, ids
        self.users: dict[int, JsonObject] = {}
        self.user_keys: dict[int, str] = {}
        self.categories: dict[int, str] = {}
        self.contacts: dict[int, JsonObject] = {}
        self.activities: dict[int, JsonObject] = {}
        self.notes: list[JsonObject] = []

    @property
    def now(self) -> str:
        """The present time as Redtail writes it."""
        return iso(self._now())

    def add_contact(self, member: CastMember) -> int:
        """Add a contact; return its id."""
        number = self._ids.next("contact", 501)
        self.contacts[number] = _contact(number, member, self.now)
        return number

    def add_user(self, member: CastMember, *, admin: bool = False, deny_access: bool = False) -> int:
        """Add a user of the database, with a user key; return the id."""
        number = self._ids.next("user", FIRST_USER)
        self.users[number] = _user(number, member, admin=admin, deny_access=deny_access)
        self.user_keys[number] = str(uuid.UUID(bytes=secrets.token_bytes(16)))
        return number

    def add_crowd(self, count: int = 60, phone: str = "+1 702-555-0190") -> None:
        """Fill the lists beyond one page: contacts who share ``phone``, users, categories.

        The last user's access is denied.
        """
        for number in range(1, count + 1):
            self.add_contact(CastMember(f"Filler {number:02}", "Crowd", phone))
            self.add_user(CastMember(f"User {number:02}", "Crowd"), deny_access=number == count)
            self.categories[100 + number] = f"Category {number:02}"

    # -- contacts --

    def contacts_in_use(self) -> list[JsonObject]:
        """Return the contacts that are not deleted."""
        return [each for each in self.contacts.values() if not each["deleted"]]

    def contact(self, number: int) -> JsonObject | None:
        """Return a contact; None when there is none or it is deleted."""
        found = self.contacts.get(number)
        return None if found is None or found["deleted"] else found

    def write_contact(self, body: ContactBody, old: JsonObject | None = None) -> JsonObject:
        """Add a contact, or change the sent fields of an existing one."""
        fields: JsonObject = body.model_dump(mode="json", exclude_unset=old is not None)
        if "phones" in fields:
            fields["phones"] = [phone_row(each.model_dump()) for each in body.phones]
        empty = CastMember("", "")
        new = dict(old) if old else _contact(self._ids.next("contact", 501), empty, self.now)
        new |= fields | {"updated_at": self.now}
        names = [new["first_name"], new["middle_name"], new["last_name"]]
        new["full_name"] = " ".join(str(part) for part in names if part) or new["company_name"]
        if not (new["last_name"] if new["type"] == "Crm::Contact::Individual" else new["company_name"]):
            wanted = "Last name" if new["type"] == "Crm::Contact::Individual" else "Company name"
            raise InvalidError(f"{wanted} can't be blank")
        self.contacts[_number(new)] = new
        return new

    # -- activities and notes --

    def activity(self, number: int) -> JsonObject | None:
        """Return an activity; None when there is none."""
        return self.activities.get(number)

    def write_activity(
        self, body: ActivityBody, user_id: int, old: JsonObject | None = None, *, replace: bool = True
    ) -> JsonObject:
        """Add an activity, or change the sent fields of an existing one.

        With ``replace`` the attendees that are sent replace the old ones, else they are added to them.
        """
        fields = body.model_dump(mode="json", exclude_unset=old is not None)
        for key in {"start_date", "end_date"} & fields.keys():
            moment = getattr(body, key)
            fields[key] = None if moment is None else iso(moment)
        if old and not replace and "attendees" in fields:  # each attends once
            before = _rows(old, "attendees")
            fields["attendees"] = [*before, *(each for each in fields["attendees"] if each not in before)]
        new: JsonObject = {**(old or self._blank_activity(user_id)), **fields, "updated_at": self.now}
        self._check_activity(new)
        if new["completed"] and not new["completed_at"]:
            new["completed_at"] = self.now
        self.activities[_number(new)] = new
        return new

    def _blank_activity(self, user_id: int) -> JsonObject:
        return {
            "id": 0, "added_by": user_id, "deleted": False, "completed_at": None, "created_at": self.now,
        }  # fmt: skip

    def _check_activity(self, activity: JsonObject) -> None:
        for key in ("subject", "start_date", "end_date"):
            if not activity.get(key):
                raise InvalidError(f"{key.replace('_', ' ').capitalize()} can't be blank")
        if str(activity["end_date"]) < str(activity["start_date"]):
            raise InvalidError("End date can't be before start date")
        self._check_category(activity["category_id"])
        if activity["activity_code_id"] not in ACTIVITY_CODES:
            raise InvalidError("Activity code must exist")
        if any(self.contact(_int(row["contact_id"])) is None for row in _rows(activity, "linked_contacts")):
            raise InvalidError("Linked contact must exist")
        if any(row["user_id"] not in self.users for row in _rows(activity, "attendees")):
            raise InvalidError("Attendee must exist")
        if not activity["id"]:  # a refused one uses up no id
            activity["id"] = self._ids.next("activity", 9001)

    def _check_category(self, category_id: JsonValue) -> None:
        if category_id not in self.categories:
            raise InvalidError("Category must exist")

    def write_note(self, body: NoteBody, user_id: int, about: JsonObject) -> JsonObject:
        """Add a note to ``about``, a contact or an activity."""
        self._check_category(body.category_id)
        note: JsonObject = {
            "id": self._ids.next("note", 7001),
            **body.model_dump(),
            "category": self.categories[body.category_id],
            "note_type_description": "Note" if body.note_type == 1 else None,
            "added_by": user_id,
            "deleted": False,
            "created_at": self.now,
            "updated_at": self.now,
            "note_associations": [about],
        }
        self.notes.append(note)
        return note


def _number(record: Mapping[str, JsonValue]) -> int:
    return _int(record["id"])


def _int(value: JsonValue) -> int:
    assert isinstance(value, int)
    return value


def _rows(record: JsonObject, key: str) -> list[JsonObject]:
    rows = record.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


# -- search --


def has_number(contact: JsonObject, wanted: str, *, partly: bool) -> bool:
    """Return True when a phone of the contact has exactly these digits, without country code.

    With ``partly`` also when one contains them and there are `MIN_PART` at least.
    """
    numbers = [only_digits(str(phone["number"])) for phone in _rows(contact, "phones")]
    partly = partly and len(wanted) >= MIN_PART
    return any(wanted == each or (partly and wanted in each) for each in numbers)


def has_email(contact: JsonObject, wanted: str) -> bool:
    """Return True when the contact has this e-mail address."""
    return any(str(each["address"]).casefold() == wanted.casefold() for each in _rows(contact, "emails"))


def only_digits(text: str) -> str:
    """Return the ASCII digits of a text."""
    return "".join(each for each in text if each in "0123456789")


# -- records --


def _user(user_id: int, member: CastMember, *, admin: bool = False, deny_access: bool = False) -> JsonObject:
    """Return a row of lists/database_users."""
    return {
        "id": user_id,
        "default_database_id": DATABASE_ID,
        "admin": admin,
        "deny_access": deny_access,
        "first_name": member.first_name,
        "last_name": member.last_name,
    }


def _contact(contact_id: int, member: CastMember, now: str) -> JsonObject:
    """Return a contact with all its fields; one without a person's name is a business."""
    kind = "Individual" if member.name else "Business"
    return {
        "id": contact_id,
        "type": f"Crm::Contact::{kind}",
        "first_name": member.first_name or None,
        "middle_name": None,
        "last_name": member.last_name or None,
        "company_name": member.company or None,
        "full_name": member.name or member.company,
        "job_title": None,
        "tax_id": None,
        "dob": None,
        "status_id": 1,
        "status": "Active",
        "category_id": 2,
        "category": "General Information",
        "source_id": None,
        "source": None,
        "servicing_advisor_id": None,
        "servicing_advisor": None,
        "writing_advisor_id": None,
        "created_at": now,
        "updated_at": now,
        "deleted": False,
        "phones": [_phone(member.phone)] if member.phone else [],
        "emails": [{"address": member.email, "is_primary": True}] if member.email else [],
    }


def _phone(text: str) -> JsonObject:
    """Return a phone with its country code split off; without one it is a number of the United States."""
    code, _, number = text.partition(" ") if text.startswith("+") else ("+1", "", text)
    return phone_row({"number": number, "country_code": int(code[1:]), "is_primary": True})


def phone_row(sent: JsonObject) -> JsonObject:
    """Return a phone as it is kept, completed from what was sent."""
    phone_type = sent.get("phone_type", 3)
    return {
        "country_code": 1,
        "is_primary": False,
        "is_preferred": False,
        **sent,
        "phone_type": phone_type,
        "phone_type_description": PHONE_TYPES.get(phone_type) if isinstance(phone_type, int) else None,
    }
