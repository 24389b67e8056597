"""The kinds of people that a call can be logged against: a row per entity, with all that differs.

https://bullhorn.github.io/rest-api-docs/entityref.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from appconnect.connectors.bullhorn.schemas import Person
from appconnect.errors import InputError
from appconnect.models import Choice, Contact

PHONES = ("phone", "phone2", "phone3", "mobile")
NAMES = ("name", "firstName", "lastName", "occupation", "dateAdded", "dateLastModified")


@dataclass(frozen=True)
class Kind:
    """``type`` is App Connect's word, ``entity`` Bullhorn's; ``alive`` leaves out whom nobody calls."""

    type: str
    entity: str
    alive: str
    more: tuple[str, ...]
    phones: tuple[str, ...] = PHONES
    names: tuple[str, ...] = NAMES

    @property
    def fields(self) -> str:
        """The fields that a search asks for."""
        return ",".join(("id", *self.names, *self.phones, *self.more))

    def without(self, refused: Iterable[str]) -> Kind:
        """Return the same kind where some fields are not there: not asked for, and not searched."""
        gone = set(refused)
        more, phones, names = (
            tuple(field for field in fields if field.partition("(")[0] not in gone)
            for fields in (self.more, self.phones, self.names)
        )
        return replace(self, more=more, phones=phones, names=names)

    def contact(self, person: Person, phone: str, options: dict[str, list[Choice]]) -> Contact:
        """Return a hit as a contact; ``options`` are what the log form offers for it."""
        company = person.client_corporation
        return Contact(
            id=str(person.id),
            name=person.full_name,
            phone=phone,
            type=self.type,
            title=person.occupation or "",
            organization=(company.name if company else person.company_name) or "",
            organization_id=str(company.id) if company and company.id else None,
            created_date=person.added,
            most_recent_activity_date=person.last_activity,
            additional_info=options,
        )


LEAD = Kind(
    type="Lead",
    entity="Lead",
    alive="isDeleted:0 AND NOT status:Converted AND NOT status:Archive",
    more=("companyName", "dateLastComment", "dateLastVisited"),
)
CANDIDATE = Kind(
    type="Candidate",
    entity="Candidate",
    alive="isDeleted:0 AND NOT status:Archive",
    more=("companyName", "dateLastComment"),
    phones=(*PHONES, "workPhone"),
)
CONTACT = Kind(
    type="Contact",
    entity="ClientContact",
    alive="isDeleted:0 AND NOT status:Archive",
    more=("clientCorporation(id,name)", "dateLastVisit"),
)
KINDS = (CONTACT, CANDIDATE, LEAD)
"""In the order in which App Connect shows matches."""


def kind_of(contact_type: str) -> Kind:
    """Return the row for a contact's type, "" for a lead. InputError, naming the types, for another."""
    wanted = contact_type.strip().casefold() or "lead"
    for kind in KINDS:
        if wanted in (kind.type.casefold(), kind.entity.casefold()):
            return kind
    raise InputError(f"Bullhorn has no contact type {contact_type!r}; choose Lead, Candidate or Contact.")
