"""What the played New CRM remembers: users, contacts and calls, as rows by id."""

from __future__ import annotations

from appconnect.sandbox import people
from appconnect.sandbox.base import Ids, JsonObject
from appconnect.sandbox.clock import Clock

RAE, KIT = 7, 8
"""The ids of Rae Quill, who signs in, and of Kit Moss, her colleague."""


class Records:
    """All rows. The people are those that every sandbox has (``appconnect/sandbox/people.py``)."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock, self._ids = clock, ids
        self.users: dict[int, JsonObject] = {}
        self.contacts: dict[int, JsonObject] = {}
        self.calls: dict[int, JsonObject] = {}
        for user in (people.RAE, people.KIT, people.OLU):
            self.add_user(user, active=user is not people.OLU)
        for person in (
            people.NIA, people.OMAR, people.INES, people.LOOKALIKE, people.SINEAD, people.ZOE, people.ALONE,
        ):  # fmt: skip
            self.add_contact({"name": person.name, "phone": person.phone, "company": person.company})

    def add_user(self, user: people.Somebody, *, active: bool) -> None:
        """Let somebody work with the CRM."""
        number = self._ids.next("user", RAE)
        self.users[number] = {
            "id": number, "name": user.name, "email": user.email, "active": active,
            "time_zone": "Europe/Lisbon",
        }  # fmt: skip

    def add_contact(self, fields: JsonObject) -> JsonObject:
        """Add a contact and return its row."""
        number = self._ids.next("contact", 101)
        row: JsonObject = {"id": number, "name": "", "phone": "", "company": "", "created_at": self.now()}
        self.contacts[number] = {**row, **fields}
        return self.contacts[number]

    def add_call(self, fields: JsonObject) -> JsonObject:
        """Add a call and return its row."""
        number = self._ids.next("call", 1001)
        row: JsonObject = {"id": number, "subject": "", "text": "", "started_at": self.now(), "seconds": 0}
        self.calls[number] = {**row, **fields}
        return self.calls[number]

    def search(self, phone: str, name: str) -> list[JsonObject]:
        """Return the contacts whose phone contains the digits, and whose name contains the text."""
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
