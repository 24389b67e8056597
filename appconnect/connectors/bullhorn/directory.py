"""All contacts, candidates and leads, from the search index: 500 a request.

https://bullhorn.github.io/rest-api-docs/#get-search
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from appconnect.connectors.bullhorn.kinds import KINDS, Kind
from appconnect.connectors.bullhorn.schemas import Person, Total
from appconnect.connectors.bullhorn.search import MAX_ROWS, find_as
from appconnect.directory import ContactEntry, Directory
from appconnect.errors import Forbidden
from appconnect.http import CrmClient


class People(Directory):
    """Everybody whom a call can be logged against."""

    page_size = MAX_ROWS

    def __init__(self, crm: CrmClient) -> None:
        self._crm = crm

    async def count(self) -> int:
        """Return how many people the index has; an entity that this user may not see counts for nobody."""
        return sum(await self._crm.gather(self._total(kind) for kind in KINDS))

    async def contacts(self) -> AsyncIterator[ContactEntry]:
        """Iterate over contacts, candidates and leads."""
        for entry in await find_as(self._crm, lambda kind: "isDeleted:0", _entry):
            yield entry

    async def _total(self, kind: Kind) -> int:
        try:
            path = f"/search/{kind.entity}"
            return (await self._crm.get(path, into=Total, query=kind.alive, fields="id", count=1)).total
        except Forbidden:
            return 0


def _entry(kind: Kind, person: Person) -> ContactEntry:
    contact = kind.contact(person, "", {})
    return ContactEntry(
        id=contact.id,
        name=contact.name,
        phones=tuple(person.phones),
        type=contact.type,
        organization=contact.organization,
        organization_id=contact.organization_id,
    )
