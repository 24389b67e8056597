"""All contacts, candidates and leads, from the search index: 500 a request.

https://bullhorn.github.io/rest-api-docs/#get-search
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from appconnect.connectors.bullhorn.kinds import KINDS, Kind, kind_of
from appconnect.connectors.bullhorn.payloads import parse_id
from appconnect.connectors.bullhorn.schemas import One, Person, Total, WholePerson
from appconnect.connectors.bullhorn.search import EVERYBODY, MAX_ROWS, find_as
from appconnect.directory import ContactEntry, Directory
from appconnect.errors import Forbidden, NotFound
from appconnect.hits import leave_out
from appconnect.http import CrmClient

NOT_SEARCHED: Final = "isDeleted,status,fax,fax2,fax3,pager,comments"
"""What else is read of one person, who may have the number there."""


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
        for entry in await find_as(self._crm, EVERYBODY, _entry):
            yield entry

    async def contact(self, contact_id: str, contact_type: str = "") -> ContactEntry:
        """Return one contact, candidate or lead, also a deleted or archived one; "" is any kind."""
        number = parse_id(contact_id, "contact")
        for kind in [kind_of(contact_type)] if contact_type else KINDS:
            with suppress(NotFound):
                path, fields = f"/entity/{kind.entity}/{number}", f"{kind.fields},{NOT_SEARCHED}"
                person = (await self._crm.get(path, into=One[WholePerson], fields=fields)).data
                if because := person.why_nobody_calls:
                    leave_out(person.label, because, name=person.full_name)
                return _entry(kind, person)
        raise NotFound(f"Bullhorn has neither a contact nor a candidate nor a lead {number}.", status=404)

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
