"""Finding contacts by number and by name, with their phones.

https://documenter.getpostman.com/view/7873823/SVzxXyzn (Contacts, ``search_basic``)
"""

from __future__ import annotations

from typing import Final

from appconnect import hits
from appconnect.connectors.redtail.schemas import Person, Phones
from appconnect.errors import Forbidden, NotFound
from appconnect.http import CrmClient
from appconnect.http.paging import by_page_number
from appconnect.operation_warnings import warn
from appconnect.phone import PhoneNumber, search_forms

WITH_PHONES: Final = {"include": "phones"}
"""A header, not a query parameter."""


async def by_number(crm: CrmClient, number: PhoneNumber, overriding_format: str) -> list[tuple[Person, str]]:
    """Return the contacts that carry the number, each once, with that phone of theirs.

    Searched are the bare national digits and the forms given; each hit is checked by digits.
    """
    forms = dict.fromkeys(
        [*(each.national for each in (number, *number.habits)), *search_forms(number, overriding_format)]
    )
    found = await crm.gather(_search(crm, phone_number=form) for form in forms)
    once = {person.id: person for persons in found for person in persons}
    persons = await crm.gather(_with_phones(crm, person) for person in once.values())
    checked = [(person, "" if person.phones is None else person.phone_that_is(number)) for person in persons]
    return [(person, phone) for person, phone in checked if phone is not None]


async def by_name(crm: CrmClient, name: str) -> list[tuple[Person, str]]:
    """Return the contacts whose first, last or full name matches, with their main phones."""
    return [(person, person.main_phone()) for person in await _search(crm, name=" ".join(name.split()))]


async def _search(
    crm: CrmClient, *, name: str | None = None, phone_number: str | None = None
) -> list[Person]:
    found = crm.rows(
        "/contacts/search_basic", by_page_number, into=Person, at="contacts", headers=WITH_PHONES,
        name=name, phone_number=phone_number,
    )  # fmt: skip
    asked = hits.asked(
        found, name or phone_number or "", lambda person: person.label,
        fields="name" if name else "phone_number", kind="contacts",
    )  # fmt: skip
    return [person async for person in asked if not _is_deleted(person)]


def _is_deleted(person: Person) -> bool:
    if person.deleted:
        hits.leave_out(person.label, "It is deleted in Redtail.", name=person.name)
    return bool(person.deleted)


async def _with_phones(crm: CrmClient, person: Person) -> Person:
    """Return the person with its phones; that the search includes them is not documented.

    One whose phones cannot be read stays without: Redtail's search says that the number is among them.
    """
    if person.phones is not None:
        return person
    try:
        phones = (await crm.get(f"/contacts/{person.id}/phones", into=Phones)).phones or []
    except (Forbidden, NotFound):  # hidden from this user
        who = f"{person.name} #{person.id}".strip()
        warn(f"Redtail found {who} by this number, but does not show the phones; check them in Redtail.")
        return person
    return person.model_copy(update={"phones": phones})
