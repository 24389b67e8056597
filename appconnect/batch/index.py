"""All contacts by the last digits of their phones: who carries a number, by the very rules of a search."""

from __future__ import annotations

from collections.abc import Iterable

from appconnect import hits
from appconnect.directory import ContactEntry
from appconnect.models import Contact
from appconnect.phone import PhoneNumber, ending, endings


class ContactIndex:
    """The contacts of an account, found by number without asking the CRM.

    A hit is checked like one of the CRM's search (:func:`appconnect.hits.carrier`). Of numbers that are
    written oddly it finds more than a CRM whose search compares letter by letter. A million contacts with a
    number each take about 450 MB, and 4 ms to find one.
    """

    def __init__(self, entries: Iterable[ContactEntry] = ()) -> None:
        self._by_ending: dict[str, list[ContactEntry]] = {}
        self._ids: dict[str, set[str]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: ContactEntry) -> None:
        """Take a contact in."""
        self._ids.setdefault(entry.type, set()).add(entry.id)
        for each in {each for phone in entry.phones for each in endings(phone)}:
            self._by_ending.setdefault(each, []).append(entry)

    def find(self, number: PhoneNumber) -> list[Contact]:
        """Return the contacts that carry the number, each once, in the order in which they were read."""
        found: dict[tuple[str, str], Contact] = {}
        for entry in self._by_ending.get(ending(number), ()):
            name = f"{entry.type} {entry.id}".lower()
            if (entry.type, entry.id) not in found and (phone := hits.carrier(name, entry.phones, number)):
                found[entry.type, entry.id] = entry.as_contact(phone)
        return list(found.values())

    def __len__(self) -> int:
        return sum(map(len, self._ids.values()))
