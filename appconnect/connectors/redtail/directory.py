"""All contacts with their phones, page by page.

https://documenter.getpostman.com/view/7873823/SVzxXyzn (Contacts; ``include`` and ``pagesize`` are headers)
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from appconnect.connectors.redtail.payloads import parse_id
from appconnect.connectors.redtail.schemas import OnePerson, Page, Person
from appconnect.connectors.redtail.search import WITH_PHONES
from appconnect.directory import ContactEntry, Directory
from appconnect.errors import NotSupported
from appconnect.http import CrmClient
from appconnect.http.paging import by_page_number

PATH = "/contacts"


class AllContacts(Directory):
    """The contacts of the database."""

    page_size = 200

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm

    async def count(self) -> int:
        """Return how many contacts there are, deleted ones among them."""
        reply = await self._crm.send("GET", PATH, headers={"pagesize": "1"})
        return reply.into(Page).meta.total_records

    async def contacts(self) -> AsyncIterator[ContactEntry]:
        """Iterate over the contacts that are not deleted."""
        headers = {**WITH_PHONES, "pagesize": str(self.page_size)}
        rows = self._crm.rows(PATH, by_page_number, into=Person, at="contacts", headers=headers)
        async for person in rows:
            if person.phones is None:
                raise NotSupported("Redtail's list of contacts came without their phones.")
            if not person.deleted:
                yield _entry(person, tuple(phone.text for phone in person.phones if phone.text))

    async def contact(self, contact_id: str, contact_type: str = "") -> ContactEntry:
        """Return one contact."""
        path = f"{PATH}/{parse_id(contact_id, 'contact')}"
        reply = await self._crm.send("GET", path, headers=WITH_PHONES)
        person = reply.into(OnePerson).contact
        return _entry(person, tuple(phone.text for phone in person.phones or [] if phone.text))


def _entry(person: Person, phones: tuple[str, ...]) -> ContactEntry:
    contact = person.as_contact("", {})
    return ContactEntry(
        id=contact.id, name=contact.name, phones=phones, type=contact.type, organization=contact.organization
    )
