"""All contacts and leads: 500 a request.

https://api.na1.insightly.com/v3.1/#!/Contacts
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TypeVar

from appconnect import hits
from appconnect.connector import Connector
from appconnect.connectors.insightly.extra_phones import ExtraPhones, extra_phones
from appconnect.connectors.insightly.payloads import parse_id
from appconnect.connectors.insightly.schemas import (
    COLLECTIONS,
    KINDS,
    MAX_PAGE,
    ContactRow,
    LeadRow,
    Person,
    total_in,
)
from appconnect.directory import ContactEntry, Directory
from appconnect.errors import Forbidden, NotFound
from appconnect.http.paging import Params, by_offset
from appconnect.operation_warnings import not_searched

P = TypeVar("P", bound=Person)


class ContactsAndLeads(Directory):
    """The account's contacts and leads; a contact that was a lead is found by that one's phones as well."""

    page_size = MAX_PAGE
    units_per_page = 1

    def __init__(self, insightly: Connector) -> None:
        self._insightly = insightly

    async def count(self) -> int:
        """Return how many contacts and leads there are, as the header of a list tells."""
        return sum(await self._insightly.crm.gather(self._total(kind) for kind in KINDS))

    async def contacts(self) -> AsyncIterator[ContactEntry]:
        """Iterate over the contacts, then the leads that are none yet."""
        extra = await extra_phones(self._insightly)
        leads = list[ContactEntry]()
        converted = dict[int, list[tuple[str, ...]]]()
        async for lead in self._rows(LeadRow):
            entry = _entry(lead, extra)
            if lead.became is not None:
                converted.setdefault(lead.became, []).append(entry.phones)
            elif not lead.is_converted:
                leads.append(entry)
        async for contact in self._rows(ContactRow):
            for phones in ((), *converted.get(contact.id, ())):
                yield _entry(contact, extra, phones)
        for entry in leads:
            yield entry

    async def contact(self, contact_id: str, contact_type: str = "") -> ContactEntry:
        """Return one contact or lead; without a type the contact, or else the lead, of that id."""
        number, extra = parse_id(contact_id, "contact"), await extra_phones(self._insightly)
        kinds = [kind for kind in KINDS if contact_type.casefold() in ("", kind.kind.casefold())]
        for kind in kinds[:-1]:
            with suppress(NotFound):
                return _entry(await self._read(kind, number), extra)
        return _entry(await self._read(kinds[-1] if kinds else ContactRow, number), extra)

    async def _read(self, kind: type[P], number: int) -> P:
        path = f"/{COLLECTIONS[kind.kind]}/{number}"
        person: P = await self._insightly.crm.get(path, into=kind)
        if person.is_converted:
            hits.leave_out(person.label, f"It was converted into contact {person.became}.", name=person.name)
        return person

    async def _rows(self, kind: type[P]) -> AsyncIterator[P]:
        rows = self._insightly.crm.rows(
            f"/{COLLECTIONS[kind.kind]}", by_offset("skip", "top"), into=kind, at="", top=self.page_size
        )
        try:
            async for row in rows:
                yield row
        except Forbidden:
            if not issubclass(kind, LeadRow):  # accounts without Lead Management
                raise
            not_searched(kind.kind, "Insightly does not let this user read its leads.", is_lasting=True)

    async def _total(self, kind: type[Person]) -> int:
        path = f"/{COLLECTIONS[kind.kind]}"
        params: Params = {"top": 1, "count_total": "true"}
        try:
            reply = await self._insightly.crm.send("GET", path, params=params)
        except Forbidden:
            return 0
        return total_in(reply) or 0


def _entry(person: Person, extra: ExtraPhones, phones: tuple[str, ...] = ()) -> ContactEntry:
    """Return an entry under other phones, or else under the person's own."""
    return ContactEntry(
        id=str(person.id),
        name=person.name,
        phones=phones or tuple(person.phones(extra.get(person.kind, ()))),
        type=person.kind,
        organization=person.organisation_name or "",
        organization_id=str(person.organisation_id or ""),
    )
