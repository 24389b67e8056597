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
from appconnect.errors import RateLimited
from appconnect.http import CrmClient, or_default
from appconnect.http.paging import by_cursor, by_start
from appconnect.models import Choice, Contact
from appconnect.operation_warnings import could_not_read
from appconnect.phone import PhoneNumber, search_forms

Options = dict[str, list[Choice]]
"""What the log form offers for a contact, by field."""

PATH: Final = "/api/v2/persons/search"
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
        return hits.carrier(_label(hit), hit.phones, number, name=hit.name)

    return await _contacts(crm, await crm.gather(_matches(crm, form, "phone", phone_of) for form in forms))


async def by_name(crm: CrmClient, name: str) -> list[Contact]:
    """Return the persons that the search finds by name, with the first of their phones."""

    def phone_of(hit: Hit) -> str | None:
        return hits.first_phone(_label(hit), hit.phones, name=hit.name)

    return await _contacts(crm, [await _matches(crm, name, "name", phone_of)])


async def _matches(
    crm: CrmClient, term: str, field: str, phone_of: Callable[[Hit], str | None]
) -> dict[int, Match]:
    """Return the first hits that have a phone in the sense of ``phone_of``, each once."""
    exact = True if len(term) < 2 else None  # shorter terms are only allowed in an exact search
    rows = crm.rows(
        PATH, by_cursor, into=Item, at="data.items", max_pages=MAX_PAGES,
        term=term, fields=field, exact_match=exact, limit=500,
    )  # fmt: skip
    persons = hits.asked((each.item async for each in rows), term, _label, fields=field, kind="persons")
    found: dict[int, Match] = {}
    async for hit in persons:
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
    hits_found = [found[each].hit for each in ids]
    try:
        persons, options = await crm.both(
            _persons(crm, hits_found), _options(crm, hits_found[:MAX_WITH_OPTIONS])
        )
    except RateLimited as error:  # the day's budget ended, or a block began: who was found is found
        could_not_read("the dates, deals and leads", error.message, of=[_name(hit) for hit in hits_found])
        persons, options = {}, {}
    return [_contact(found[each], persons.get(each), options.get(each, {})) for each in ids]


async def _persons(crm: CrmClient, found: list[Hit]) -> dict[int, Person]:
    """Return the persons, a hundred per request, for their dates, which search hits do not carry."""
    batches = await crm.gather(_batch(crm, found[start : start + 100]) for start in range(0, len(found), 100))
    return {person.id: person for batch in batches for person in batch}


async def _batch(crm: CrmClient, found: list[Hit]) -> list[Person]:
    """Return up to a hundred persons, without those that are gone but still in the search index."""
    ids = ",".join(str(hit.id) for hit in found)
    read = crm.get("/api/v2/persons", into=Many[Person], ids=ids, limit=100)
    nobody, names = Many[Person](data=None), [_name(hit) for hit in found]
    return (await or_default(read, nobody, missing="the dates", of=names, fatal=(RateLimited,))).data or []


async def _options(crm: CrmClient, found: list[Hit]) -> dict[int, Options]:
    options = await crm.gather(_options_of(crm, hit) for hit in found)
    return {hit.id: each for hit, each in zip(found, options, strict=True)}


async def _options_of(crm: CrmClient, hit: Hit) -> Options:
    """Return the person's open deals and its leads, for the log form; what cannot be read is left out."""
    lists = {
        "deals": crm.rows(
            "/api/v2/deals", by_cursor, into=Titled, person_id=hit.id, status="open", limit=500
        ),
        "leads": crm.rows("/v1/leads", by_start, into=Titled, person_id=hit.id, limit=500),
    }
    read = await crm.gather(
        or_default(_choices(rows), None, missing=f"the {field}", of=[_name(hit)], fatal=(RateLimited,))
        for field, rows in lists.items()
    )
    options = zip(lists, read, strict=True)
    return {field: choices for field, choices in options if choices is not None}


async def _choices(rows: AsyncIterator[Titled]) -> list[Choice]:
    return [Choice(const=str(row.id), title=row.title or str(row.id)) async for row in rows]


def _name(hit: Hit) -> str:
    return hit.name or _label(hit)


def _label(hit: Hit) -> str:
    return f"person {hit.id}"


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
