"""Finding contacts and leads, although Insightly compares one field at a time, letter by letter.

https://api.na1.insightly.com/v3.1/#!/Contacts (``/Search`` with ``field_name`` and ``field_value``): a number
is found only as it was typed, with every space and dot. Whether case counts is not documented.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appconnect import hits
from appconnect.connectors.insightly.extra_phones import ExtraPhones
from appconnect.connectors.insightly.schemas import COLLECTIONS, KINDS, MAX_PAGE, ContactRow, LeadRow, Person
from appconnect.errors import Forbidden, Rejected
from appconnect.http import CrmClient, or_default
from appconnect.http.paging import by_offset
from appconnect.operation_warnings import not_searched
from appconnect.phone import PhoneNumber, search_forms


@dataclass(frozen=True)
class Question:
    """One exact search: the records of a kind that have this very value in a field."""

    kind: type[Person]
    field: str
    value: str


@dataclass(frozen=True)
class Found:
    """Somebody, and the number by which they go."""

    person: Person
    phone: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """The key that tells one record from all others."""
        return (self.person.kind, self.person.id)


async def by_number(
    crm: CrmClient, number: PhoneNumber, overriding_format: str, extra: ExtraPhones
) -> list[Found]:
    """Return everybody who carries the number, each once, contacts before leads.

    Asked are all phone fields, the account's extra ones too, for E.164, the national digits and every
    template, and the phone and mobile numbers also for the usual international way of writing and for the
    habits of the number's country. All together, though one of them may find somebody: people who share a
    number may have it in different fields, written differently.
    """
    forms = list(dict.fromkeys([number.e164, number.national, *search_forms(number, overriding_format)]))
    main = {kind: [*kind.main_phones, *extra.get(kind.kind, ())] for kind in KINDS}
    asked = [(kind, name) for kind in KINDS for name in (*main[kind], *kind.further_phones)]
    questions = [Question(kind, name, form) for form in forms for kind, name in asked]
    older = [form for each in number.habits for form in (each.e164, each.national, each.formatted)]
    written = (number.formatted, *older)
    questions += [Question(kind, name, form) for form in written for kind in KINDS for name in main[kind]]
    found = await _carriers(crm, list(dict.fromkeys(questions)), number, extra)
    return await _in_place_of_converted(crm, found)


async def by_name(crm: CrmClient, name: str) -> list[Found]:
    """Return everybody of that name, each once, contacts before leads.

    A single word is a first or a last name. Of several words, the last name may begin at any of them, and
    the first name must begin with those before: "Anna van Dyke" finds Anna Maria van Dyke.
    """
    words = name.split()
    if not words:
        return []
    people = [each for each in await _asked(crm, _name_questions(words)) if _is_called(each, " ".join(words))]
    return await _in_place_of_converted(
        crm,
        _each_once(
            Found(each, hits.first_phone(each.label, each.phones_by_field(), name=each.name))
            for each in people
        ),
    )


def _name_questions(words: list[str]) -> list[Question]:
    last_names = [" ".join(words[start:]) for start in range(len(words))]
    return [
        question
        for kind in KINDS
        for question in (
            Question(kind, "FIRST_NAME", " ".join(words)),
            *(Question(kind, "LAST_NAME", last) for last in last_names),
        )
    ]


def _is_called(person: Person, typed: str) -> bool:
    wanted = typed.casefold()
    first, last = (
        " ".join((part or "").casefold().split()) for part in (person.first_name, person.last_name)
    )
    if wanted in (first, last):
        return True
    begin = wanted.removesuffix(last).strip()
    return bool(last) and wanted.endswith(f" {last}") and f"{first} ".startswith(f"{begin} ")


async def _carriers(
    crm: CrmClient, questions: list[Question], number: PhoneNumber, extra: ExtraPhones
) -> list[Found]:
    people = await _asked(crm, questions)
    found = {(each.kind, each.id): each for each in people}.values()
    phones = (each.phones_by_field(extra.get(each.kind, ())) for each in found)
    carried = (
        (each, hits.carrier(each.label, own, number, name=each.name))
        for each, own in zip(found, phones, strict=True)
    )
    return _each_once(Found(each, phone) for each, phone in carried if phone)


async def _asked(crm: CrmClient, questions: list[Question]) -> list[Person]:
    """Return whoever answers the questions; a field that Insightly refuses to search is told.

    Raises the refusal when there is no other answer.
    """
    answers = await crm.gather(_ask(crm, question) for question in questions)
    refused = {
        (question.kind.kind, question.field): answer
        for question, answer in zip(questions, answers, strict=True)
        if isinstance(answer, Rejected)
    }
    read = [answer for answer in answers if not isinstance(answer, Rejected)]
    if not read:
        raise next(iter(refused.values()))
    for (kind, field), error in refused.items():
        why = error.crm_message or error.message
        not_searched(kind, f"Insightly did not search the {field} of its {kind}s: {why}")
    return [each for answer in read for each in answer]


async def _ask(crm: CrmClient, question: Question) -> list[Person] | Rejected:
    rows = crm.rows(
        f"/{COLLECTIONS[question.kind.kind]}/Search", by_offset("skip", "top"), into=question.kind, at="",
        field_name=question.field, field_value=question.value, top=MAX_PAGE,
    )  # fmt: skip
    asked = hits.asked(
        rows, question.value, lambda row: row.label,
        fields=question.field, kind=COLLECTIONS[question.kind.kind].lower(),
    )  # fmt: skip
    try:
        return [row async for row in asked]
    except Rejected as error:
        return error
    except Forbidden:
        if question.kind is LeadRow:  # accounts without Lead Management
            not_searched(LeadRow.kind, "Insightly does not let this user search its leads.")
            return []
        raise


def _each_once(found: Iterable[Found]) -> list[Found]:
    by_key = {each.key: each for each in found}
    return [by_key[key] for key in sorted(by_key)]


async def _in_place_of_converted(crm: CrmClient, found: list[Found]) -> list[Found]:
    """Put contacts in the place of leads that became them; one that cannot be read is left out."""
    staying = [each for each in found if not each.person.is_converted]
    there = {each.key for each in staying}
    became = {each.person.became: each.phone for each in found if each.person.became is not None}
    missing = [number for number in became if ("Contact", number) not in there]
    contacts = await crm.gather(_contact(crm, number) for number in missing)
    instead = [Found(each, became[each.id]) for each in contacts if each is not None]
    _tell_converted(found, [*staying, *instead])
    return _each_once([*staying, *instead])


def _tell_converted(found: list[Found], there: list[Found]) -> None:
    """Tell whoever explains a match that contacts stand in the place of leads."""
    contacts = {each.person.id: each.person for each in there if each.person.kind == "Contact"}
    for lead in (each.person for each in found if each.person.is_converted):
        contact = contacts.get(lead.became or 0)
        instead = f"; {contact.label} stands in its place" if contact else ", and its contact cannot be read"
        hits.leave_out(lead.label, f"It was converted{instead}.", name=lead.name)
        if contact is not None:
            hits.put_in(contact.label, f"It is what {lead.label} became, who was found.", name=contact.name)


async def _contact(crm: CrmClient, number: int) -> ContactRow | None:
    read = crm.get(f"/Contacts/{number}", into=ContactRow)
    return await or_default(read, None, missing=f"contact {number}, which a lead that was found became")
