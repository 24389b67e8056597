"""People who were found, as App Connect shows them: with what the log form offers for each."""

from __future__ import annotations

from collections.abc import Mapping

from appconnect.connectors.insightly.schemas import FORM_FIELDS, Person, Target
from appconnect.connectors.insightly.search import Found
from appconnect.models import Choice, Contact


def offered(person: Person) -> list[Target]:
    """Return the records that the log form offers for somebody."""
    return [target for target in person.targets() if target[0] in FORM_FIELDS.values()]


def as_contact(found: Found, names: Mapping[Target, str]) -> Contact:
    """Return somebody as a match, with the records that are linked to them and have a name."""
    person = found.person
    linked = [target for target in offered(person) if target in names]
    organisation = ("Organisation", person.organisation_id) if person.organisation_id else None
    return Contact(
        id=str(person.id),
        name=person.name,
        phone=found.phone,
        type=person.kind,
        title=person.title or "",
        organization=names.get(organisation, "") if organisation else person.organisation_name or "",
        organization_id=str(person.organisation_id or ""),
        created_date=person.date_created_utc,
        most_recent_activity_date=person.last_activity_date_utc or person.date_updated_utc,
        additional_info={
            field: [
                Choice(const=str(number), title=names[kind, number] or str(number))
                for kind, number in linked
                if kind == wanted
            ]
            for field, wanted in FORM_FIELDS.items()
        },
    )
