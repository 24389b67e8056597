"""What the played New CRM remembers: users, contacts and calls, as rows by id."""

from __future__ import annotations

from collections.abc import Mapping

from appconnect.sandbox.base import Ids, JsonObject
from appconnect.sandbox.cast import CastMember
from appconnect.sandbox.clock import Clock
from appconnect.sandbox.records import Table

FIRST_USER, FIRST_CONTACT, FIRST_CALL = 7, 101, 1001


class Database:
    """All rows."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock, self._ids = clock, ids
        self.users, self.contacts, self.calls = Table(), Table(), Table()

    def tables(self) -> Mapping[str, Table]:
        """Return what is kept between runs, and shown to whoever looks into the sandbox."""
        return {"users": self.users, "contacts": self.contacts, "calls": self.calls}

    def add_user(self, member: CastMember, *, time_zone: str, active: bool) -> JsonObject:
        """Add a user and return the row."""
        number = self._ids.next("user", FIRST_USER)
        row: JsonObject = {"id": number, "name": member.name, "email": member.email, "active": active}
        return self.users.put({**row, "time_zone": time_zone})

    def add_contact(self, fields: JsonObject) -> JsonObject:
        """Add a contact and return the row."""
        number = self._ids.next("contact", FIRST_CONTACT)
        row: JsonObject = {"id": number, "name": "", "phone": "", "company": "", "created_at": self.now()}
        return self.contacts.put({**row, **fields})

    def add_call(self, fields: JsonObject) -> JsonObject:
        """Add a call and return the row."""
        number = self._ids.next("call", FIRST_CALL)
        row: JsonObject = {"id": number, "subject": "", "text": "", "started_at": self.now(), "seconds": 0}
        return self.calls.put({**row, **fields})

    def search(self, phone: str, name: str) -> list[JsonObject]:
        """Return the contacts whose phone contains the digits and whose name contains the text."""
        return [
            row
            for row in self.contacts.values()
            if digits(phone) in digits(str(row["phone"])) and name.casefold() in str(row["name"]).casefold()
        ]

    def now(self) -> str:
        """Return the moment as New CRM writes it."""
        return f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ}"


def digits(text: str) -> str:
    """Return the digits in the text."""
    return "".join(each for each in text if each.isdecimal())
