"""Finding contacts: https://docs.newcrm.example/contacts (replace by your vendor's page)."""

from __future__ import annotations

from appconnect import hits
from appconnect.http import CrmClient
from appconnect.http.paging import Params
from appconnect.models import Contact
from appconnect.phone import PhoneNumber
from pydantic import JsonValue

from newcrm_connector.schemas import Person


async def by_number(crm: CrmClient, number: PhoneNumber) -> list[Contact]:
    """Return the contacts that carry the number.

    New CRM finds its national digits in any punctuation, and also in longer numbers, so each is checked;
    who is left out is told. Where a country's numbers are written in two ways, both are searched.
    `hits` lets ``workbench.explain_match`` tell what was asked, what came back, and why it is a match or not.
    """
    searches = [
        hits.asked(crm.rows("/contacts", next_page, into=Person, phone=each), each, label, fields="phone")
        for each in number.nationals
    ]
    persons = {person.id: person for search in searches async for person in search}
    return [
        person.as_contact(phone)
        for person in persons.values()
        if (phone := hits.carrier(label(person), {"phone": person.phone}, number, name=person.name))
        is not None
    ]


async def by_name(crm: CrmClient, name: str) -> list[Contact]:
    """Return the contacts whose name contains the text, in any case."""
    persons = crm.rows("/contacts", next_page, into=Person, name=" ".join(name.split()))
    return [
        person.as_contact(hits.first_phone(label(person), {"phone": person.phone}, name=person.name))
        async for person in persons
    ]


def label(person: Person) -> str:
    """Return what a hit is called, by kind and id."""
    return f"contact {person.id}"


def next_page(body: JsonValue, params: Params) -> Params | None:
    """Return what asks for the next page: ``next_page`` is its number, null on the last one."""
    number = body.get("next_page") if isinstance(body, dict) else None
    return {**params, "page": number} if isinstance(number, int) else None
