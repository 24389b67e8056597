"""The optional part of a connector that reads all contacts, page by page, instead of searching for each.

Batch work takes it where that costs less; see :meth:`appconnect.connector.Connector.directory`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import ClassVar

from appconnect.errors import NotSupported
from appconnect.models import Contact


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A contact as a page tells it, with all the phones that a search by number looks at.

    ``organization_id`` is None when the page does not tell it, "" when there is no organization.
    """

    id: str
    name: str
    phones: tuple[str, ...]
    type: str = ""
    organization: str = ""
    organization_id: str | None = None

    def as_contact(self, phone: str) -> Contact:
        """Return the contact under one of its phones, without what a log form offers for it."""
        return Contact(
            id=self.id,
            name=self.name,
            phone=phone,
            type=self.type,
            organization=self.organization,
            organization_id=self.organization_id,
        )


class Directory(ABC):
    """The list of all contacts that a search by number could find.

    An entry of a contact that has several may come more than once; the first one counts.
    """

    page_size: ClassVar[int]
    """How many contacts a page holds, which is one request."""
    units_per_page: ClassVar[int] = 0
    """What a page takes of the CRM's daily budget, as far as the vendor documents it."""

    @abstractmethod
    async def count(self) -> int:
        """Return how many contacts there are, or how many there are at most, without reading them all."""

    @abstractmethod
    def contacts(self) -> AsyncIterator[ContactEntry]:
        """Iterate over all contacts; what the user may not see is left out, with a warning.

        Raises :class:`NotSupported` when the list turns out to lack the phones.
        """

    async def contact(self, contact_id: str, contact_type: str = "") -> ContactEntry:
        """Return one contact by its id, for whoever asks why it is not found; "" is any type.

        Optional. Ask the CRM for all fields, since numbers also stand where no search looks, and tell with
        :func:`appconnect.hits.leave_out` of one that a search never gives, such as a deleted one. Raises
        NotFound.
        """
        raise NotSupported("This connector reads no single contact by its id.")
