"""Finding persons: the search, its hits checked and each once, and all that a log form offers for them.

A page of a search costs 20 of the company's daily tokens, a hundred persons 10, but deals and leads of each
single one 30. So that a common name or a shared number does not spend the day, they are read for the first
:data:`MAX_OFFERS` only, and a search ends with :data:`MAX_MATCHES`.
https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final, NamedTuple

from pydantic import JsonValue

from appconnect.connectors.pipedrive.schemas import Found, Hit, Many, One, Person, Titled
from appconnect.errors import Forbidden, RateLimited, SessionExpired
from appconnect.http import CrmClient, decode, or_default
from appconnect.http.paging import by_cursor, by_start
from appconnect.models import Choice, Contact
from appconnect.phone import PhoneNumber, best_carrier, search_forms

Offer = dict[str, list[Choice]]

MAX_MATCHES: Final = 1000
MAX_OFFERS: Final = 50
MAX_PAGES: Final = 5
"""Pages of a search, of 500 hits each, that are looked through."""


class Match(NamedTuple):
    """A hit and the phone to show for it."""

    hit: Hit
    phone: str


async def by_number(crm: CrmClient, number: PhoneNumber, overriding_format: str) -> list[Contact]:
    """The persons that carry the number, searched by its national digits and by the forms that are set."""
    forms = dict.fromkeys([*number.nationals, *search_forms(number, overriding_format)])
    return await _contacts(
        crm,
        await crm.gather(
            _matches(crm, form, "phone", lambda hit: best_carrier(hit.phones, number)) for form in forms
        ),
    )


async def by_name(crm: CrmClient, name: str) -> list[Contact]:
    """The persons that the search finds by name, with the first of their phones."""
    return await _contacts(crm, [await _matches(crm, name, "name", lambda hit: next(iter(hit.phones), ""))])


async def _matches(
    crm: CrmClient, term: str, field: str, phone_of: Callable[[Hit], str | None]
) -> dict[int, Match]:
    """The first hits that have a phone in the sense of ``phone_of``, each once."""
    exact = True if len(term) < 2 else None  # shorter terms are only allowed in an exact search
    pages = crm.pages(
        "/api/v2/persons/search", by_cursor, term=term, fields=field, exact_match=exact, limit=500
    )
    found: dict[int, Match] = {}
    looked = 0
    async for page in pages:
        for hit in (each.item for each in decode(One[Found], page, "GET /api/v2/persons/search").data.items):
            if (phone := phone_of(hit)) is not None:
                found.setdefault(hit.id, Match(hit, phone))
        looked += 1
        if len(found) >= MAX_MATCHES or looked == MAX_PAGES:
            break
    return found


async def _contacts(crm: CrmClient, searches: Iterable[dict[int, Match]]) -> list[Contact]:
    """Whom the searches have found, with everything else about them, fetched together."""
    found = {person: match for matches in searches for person, match in matches.items()}
    ids = list(found)[:MAX_MATCHES]
    if not ids:
        return []
    nothing: tuple[dict[int, Person], dict[int, Offer]] = {}, {}
    persons, offers = await or_default(
        crm.both(_persons(crm, ids), _offers(crm, ids[:MAX_OFFERS])),
        nothing,  # the day's budget ended on the way: who was found is found all the same
    )
    return [_contact(found[each], persons.get(each), offers.get(each, {})) for each in ids]


async def _persons(crm: CrmClient, ids: list[int]) -> dict[int, Person]:
    """Search hits carry no dates; the persons, a hundred in one request, do."""
    batches = (",".join(map(str, ids[start : start + 100])) for start in range(0, len(ids), 100))
    asked = (crm.read(Many[Person], "/api/v2/persons", ids=batch, limit=100) for batch in batches)
    read = await crm.gather(
        or_default(each, Many[Person](), unless=(SessionExpired, RateLimited)) for each in asked
    )
    return {person.id: person for found in read for person in found.data or []}


async def _offers(crm: CrmClient, ids: list[int]) -> dict[int, Offer]:
    return dict(zip(ids, await crm.gather(_offer(crm, each) for each in ids), strict=True))


async def _offer(crm: CrmClient, person_id: int) -> Offer:
    """The person's open deals and its leads, for the log form; what cannot be read now is left out."""
    deals = crm.pages("/api/v2/deals", by_cursor, person_id=person_id, status="open", limit=500)
    leads = crm.pages("/v1/leads", by_start, person_id=person_id, limit=500)
    read = await crm.gather(
        or_default(_titles(pages), None, unless=(SessionExpired, RateLimited)) for pages in (deals, leads)
    )
    offered = zip(("deals", "leads"), read, strict=True)
    return {field: choices for field, choices in offered if choices is not None}


async def _titles(pages: AsyncIterator[JsonValue]) -> list[Choice] | None:
    try:
        return [
            Choice(const=str(row.id), title=row.title)
            async for page in pages
            for row in decode(Many[Titled], page, "GET deals or leads").data or []
        ]
    except Forbidden:  # accounts without the Leads feature, tokens without the scope
        return []


def _contact(match: Match, person: Person | None, offer: Offer) -> Contact:
    hit = match.hit
    return Contact(
        id=str(hit.id),
        name=hit.name,
        phone=match.phone,
        type="contact",
        organization=hit.organization.name if hit.organization else "",
        organization_id=str(hit.organization.id) if hit.organization else "",
        created_date=person.add_time if person else None,
        most_recent_activity_date=person.update_time if person else None,
        additional_info=offer,
    )
