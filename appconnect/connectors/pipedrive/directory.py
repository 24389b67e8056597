"""All persons, page by page: 10 of the company's daily tokens for 500, where one search takes 20.

https://developers.pipedrive.com/docs/api/v1/Persons#getPersons (version 2)
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from appconnect.connectors.pipedrive.payloads import parse_id
from appconnect.connectors.pipedrive.schemas import ListedPerson, Many, One
from appconnect.directory import ContactEntry, Directory
from appconnect.http import CrmClient
from appconnect.http.paging import by_cursor

PATH = "/api/v2/persons"


class Persons(Directory):
    """The company's persons."""

    page_size = 500
    units_per_page = 10

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm

    async def count(self) -> int:
        """Return the highest id: ids count up from 1, and version 2 tells no totals."""
        newest = await self._crm.get(
            PATH, into=Many[ListedPerson], sort_by="id", sort_direction="desc", limit=1
        )
        return max((person.id for person in newest.data or []), default=0)

    async def contacts(self) -> AsyncIterator[ContactEntry]:
        """Iterate over the persons, oldest first."""
        rows = self._crm.rows(PATH, by_cursor, into=ListedPerson, sort_by="id", limit=self.page_size)
        async for person in rows:
            yield _entry(person)

    async def contact(self, contact_id: str, contact_type: str = "") -> ContactEntry:
        """Return one person."""
        path = f"{PATH}/{parse_id(contact_id, 'contact')}"
        return _entry((await self._crm.get(path, into=One[ListedPerson])).data)


def _entry(person: ListedPerson) -> ContactEntry:
    return ContactEntry(
        id=str(person.id),
        name=person.name,
        phones=tuple(phone.value for phone in person.phones or [] if phone.value),
        type="contact",
        organization_id=str(person.org_id or ""),
    )
