"""Finding persons: the search, its hits checked and each once, and all that a log form offers for them.

A page of a search costs 20 of the company's daily tokens, a hundred persons 10, but deals and leads of each
single one 30. So that a common name or a shared number does not spend the day, they are read for the first
:data:`MAX_WITH_OPTIONS` only, and a search ends with :data:`MAX_MATCHES`.
https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final, NamedTuple

from appconnect import hits
from appconnect.connectors.pipedrive.schemas import Hit, Item, Many, Person, Titled
from appconnect.errors import Forbidden, RateLimited
from appconnect.http import CrmClient, or_default
from appconnect.http.paging import by_cursor, by_start
from appconnect.models import Choice, Contact
from appconnect.phone import PhoneNumber, search_forms

Options = dict[str, list[Choice]]
"""What the log form offers for a contact, by field."""

MAX_MATCHES: Final = 1000
MAX_WITH_OPTIONS: Final = 50
MAX_PAGES: Final = 5
"""Pages of a search, of 500 hits each, that are looked through."""


class Match(NamedTuple):
    """A hit and the phone to show for it."""

    hit: Hit
    phone: str


async def by_number(crm: CrmClient, number: PhoneNumber, overriding_format: str) -> list[Contact]:
    """Return the persons that carry the number, searched by its national digits and by the forms given."""
    forms = dict.fromkeys([*number.nationals, *search_forms(number, overriding_format)])

    def phone_of(hit: Hit) -> str | None:
        return hits.carrier(f"person {hit.id}", hit.phones, number)

    return await _contacts(crm, await crm.gather(_matches(crm, form, "phone", phone_of) for form in forms))


async def by_name(crm: CrmClient, name: str) -> list[Contact]:
    """Return the persons that the search finds by name, with the first of their phones."""
    return await _contacts(crm, [await _matches(crm, name, "name", lambda hit: next(iter(hit.phones), ""))])


async def _matches(
    crm: CrmClient, term: str, field: str, phone_of: Callable[[Hit], str | None]
) -> dict[int, Match]:
    """Return the first hits that have a phone in the sense of ``phone_of``, each once."""
    exact = True if len(term) < 2 else None  # shorter terms are only allowed in an exact search
    rows = crm.rows(
        "/api/v2/persons/search", by_cursor, into=Item, at="data.items", max_pages=MAX_PAGES,
        term=term, fields=field, exact_match=exact, limit=500,
    )  # fmt: skip
    found: dict[int, Match] = {}
    async for hit in (each.item async for each in rows):
        if (phone := phone_of(hit)) is not None:
            found.setdefault(hit.id, Match(hit, phone))
        if len(found) >= MAX_MATCHES:
            break
    return found


async def _contacts(crm: CrmClient, searches: Iterable[dict[int, Match]]) -> list[Contact]:
    """Return whom the searches have found, with everything else about them, fetched together."""
    found = {person: match for matches in searches for person, match in matches.items()}
    ids = list(found)[:MAX_MATCHES]
    if not ids:
        return []
    try:
        persons, options = await crm.both(_persons(crm, ids), _options(crm, ids[:MAX_WITH_OPTIONS]))
    except RateLimited:  # the day's budget ended, or a block began: who was found is found all the same
        persons, options = {}, {}
    return [_contact(found[each], persons.get(each), options.get(each, {})) for each in ids]


async def _persons(crm: CrmClient, ids: list[int]) -> dict[int, Person]:
    """Return the persons, a hundred per request, for their dates, which search hits do not carry."""
    batches = (",".join(map(str, ids[start : start + 100])) for start in range(0, len(ids), 100))
    asked = (crm.get("/api/v2/persons", into=Many[Person], ids=batch, limit=100) for batch in batches)
    read = await crm.gather(or_default(each, Many[Person](data=None), fatal=(RateLimited,)) for each in asked)
    return {person.id: person for found in read for person in found.data or []}


async def _options(crm: CrmClient, ids: list[int]) -> dict[int, Options]:
    return dict(zip(ids, await crm.gather(_options_of(crm, each) for each in ids), strict=True))


async def _options_of(crm: CrmClient, person_id: int) -> Options:
    """Return the person's open deals and its leads, for the log form; what cannot be read is left out."""
    deals = crm.rows("/api/v2/deals", by_cursor, into=Titled, person_id=person_id, status="open", limit=500)
    leads = crm.rows("/v1/leads", by_start, into=Titled, person_id=person_id, limit=500)
    read = await crm.gather(or_default(_choices(rows), None, fatal=(RateLimited,)) for rows in (deals, leads))
    options = zip(("deals", "leads"), read, strict=True)
    return {field: choices for field, choices in options if choices is not None}


async def _choices(rows: AsyncIterator[Titled]) -> list[Choice]:
    try:
        return [Choice(const=str(row.id), title=row.title or str(row.id)) async for row in rows]
    except Forbidden:  # accounts without the Leads feature, tokens without the scope
        return []


def _contact(match: Match, person: Person | None, options: Options) -> Contact:
    hit = match.hit
    return Contact(
        id=str(hit.id),
        name=hit.name,
        phone=match.phone,
        type="contact",
        organization=hit.organization.name if hit.organization else "",
        organization_id=str(hit.organization.id or "") if hit.organization else "",
        created_date=person.add_time if person else None,
        most_recent_activity_date=person.update_time if person else None,
        additional_info=options,
    )
