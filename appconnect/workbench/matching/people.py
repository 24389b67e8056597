"""Looking people up by name or id, with all their phones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from appconnect.errors import AppConnectError, NotFound, NotSupported
from appconnect.models import Contact
from appconnect.text.quotation import quotation
from appconnect.workbench.contacts import Contacts
from appconnect.workbench.context import Context
from appconnect.workbench.matching.watched import Search, is_same_kind, kind_and_id

MAX_PEOPLE: Final = 5
"""People of one name who are looked at."""
ID: Final = re.compile(r"(?:(?P<kind>[a-z]+) )?#?(?P<id>\d+)", re.IGNORECASE)
"""How a contact's id is typed: 504, #504, lead 3102."""


@dataclass
class Person:
    """Somebody in the CRM; ``phones`` are with the fields that they stand in, "" where that is not told."""

    hit: str
    name: str
    type: str
    phones: list[tuple[str, str]]

    @property
    def id(self) -> str:
        """The CRM's id."""
        return kind_and_id(self.hit)[1]

    @property
    def label(self) -> str:
        """The name with the kind and id behind it."""
        return f"{self.name} ({self.hit})" if self.name else self.hit


class People:
    """The people of a CRM; ``lookup`` watches what is asked of it."""

    def __init__(self, context: Context, contacts: Contacts, lookup: Search) -> None:
        self._context, self._contacts, self._lookup = context, contacts, lookup

    async def find(self, text: str) -> tuple[list[Person], str]:
        """Return everybody who may be meant by a name or an id; and why nobody is found, or ""."""
        if typed := typed_id(text):
            kind, contact_id = typed
            try:
                return [await self.read(contact_id, kind)], ""
            except NotFound as error:
                return [], f"{self._context.title} has no {contact_id}, or it is deleted: {error.message}"
            except AppConnectError as error:
                return [], f"{contact_id} could not be looked up: {error.message}"
        shown = quotation(text)
        self._lookup.matches = found = await self._contacts.find_by_name(text)
        if not found.successful:
            return [], f"Nobody could be looked up as “{shown}”: {found.message}"
        if not found.contacts:
            return [], f"Nobody in {self._context.title} is found under the name “{shown}”."
        return [self._person(each) for each in found.contacts[:MAX_PEOPLE]], ""

    async def read(self, contact_id: str, kind: str = "") -> Person:
        """Return one person by id, with all that the CRM keeps; raises what stops that."""
        directory = self._context.connector.directory()
        if directory is None:
            raise NotSupported("This connector reads no single contact by its id.")
        await self._context.signed_in_user()
        types = {each.casefold() for each in self._lookup.contact_types}
        entry = await directory.contact(contact_id, kind if kind.casefold() in types else "")
        phones = [("", each) for each in entry.phones]
        return Person(f"{entry.type or kind or 'contact'} {entry.id}".lower(), entry.name, entry.type, phones)

    def why_left_out(self, person: Person) -> str:
        """Return why the connector gives somebody to no search, "" where it said nothing."""
        return next(
            (
                each.because
                for each in self._lookup.decisions.candidates.values()
                if each.is_kept is False and kind_and_id(each.hit)[1] == person.id
            ),
            "",
        )

    def _person(self, contact: Contact) -> Person:
        """Return a contact with the phones that its lookup told, or else the one that it came with."""
        for each in self._lookup.decisions.candidates.values():
            kind, number = kind_and_id(each.hit)
            if number == contact.id and is_same_kind(kind, contact.type, self._lookup.contact_types):
                return Person(each.hit, contact.name, contact.type, list(each.noted))
        hit = f"{contact.type or 'contact'} {contact.id}".lower()
        return Person(hit, contact.name, contact.type, [("", contact.phone)] if contact.phone else [])


def typed_id(text: str) -> tuple[str, str] | None:
    """Return kind ("" if not typed) and id, where the text is an id."""
    typed = ID.fullmatch(" ".join(text.split()))
    return (typed["kind"] or "", typed["id"]) if typed else None
