"""Finding contacts and leads, although Insightly compares one field at a time, letter by letter.

A number is found only as it was typed, with every space and dot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appconnect import hits
from appconnect.connectors.insightly.exact_search import Answers, Question, ask, everybody
from appconnect.connectors.insightly.extra_phones import ExtraPhones
from appconnect.connectors.insightly.schemas import KINDS, ContactRow, Person
from appconnect.connectors.insightly.stored_phones import StoredPhones
from appconnect.errors import CrmError, Forbidden, NotFound
from appconnect.http import FATAL_ERRORS, CrmClient
from appconnect.operation_warnings import not_searched, warn
from appconnect.phone import PhoneNumber, search_forms


@dataclass(frozen=True)
class Found:
    """Somebody, and the number by which they go."""

    person: Person
    phone: str

    @property
    def key(self) -> tuple[str, int]:
        """The key that tells one record from all others."""
        return (self.person.kind, self.person.id)


async def by_number(
    crm: CrmClient, number: PhoneNumber, overriding_format: str, extra: ExtraPhones, stored: StoredPhones
) -> list[Found]:
    """Return everybody who carries the number, each once, contacts before leads.

    Sought are E.164, the national digits and every template in all phone fields, the account's extra ones
    too, and in the phone and mobile fields also the usual international way of writing and the habits of the
    number's country. All together, though one of them may find somebody: people who share a number may have
    it in different fields, written differently. What nobody has is not asked for, as far as that is known.
    """
    forms = list(dict.fromkeys([number.e164, number.national, *search_forms(number, overriding_format)]))
    main = {kind: [*kind.main_phones, *extra.get(kind.kind, ())] for kind in KINDS}
    fields = [(kind, name) for kind in KINDS for name in (*main[kind], *kind.further_phones)]
    questions = [Question(kind, name, form) for form in forms for kind, name in fields]
    older = [form for each in number.habits for form in (each.e164, each.national, each.formatted)]
    written = (number.formatted, *older)
    questions += [Question(kind, name, form) for form in written for kind in KINDS for name in main[kind]]
    answers = await _answers(crm, list(dict.fromkeys(questions)), extra, stored)
    return await _in_place_of_converted(crm, _carriers(everybody(answers), number, extra))


async def _answers(
    crm: CrmClient, questions: list[Question], extra: ExtraPhones, stored: StoredPhones
) -> Answers:
    """Return who answers each question; asked are those alone that somebody may answer."""
    likely = [each for each in questions if stored.is_likely(each, extra)]
    known, asked = await crm.both(stored.read(extra), ask(crm, likely))
    answered: dict[Question, list[Person]] = {}
    for question in questions:
        of_kind = known[question.kind]
        people = of_kind.answer(question) if of_kind and question not in asked else None
        if people is not None:
            answered[question] = people
            hits.answered(
                question.value, [each.label for each in people], fields=question.field, kind=question.records,
                because=f"the spellings of all {question.records} are known",
            )  # fmt: skip
    further = [each for each in questions if each not in asked and each not in answered]
    every = {**asked, **answered, **await ask(crm, further)}
    return {each: every[each] for each in questions}


async def by_name(crm: CrmClient, name: str) -> list[Found]:
    """Return everybody of that name, each once, contacts before leads.

    A single word is a first or a last name. Of several words, the last name may begin at any of them, and
    the first name must begin with those before: "Anna van Dyke" finds Anna Maria van Dyke.
    """
    words = name.split()
    if not words:
        return []
    named = everybody(await ask(crm, _name_questions(words)))
    people = [each for each in named if _is_called(each, " ".join(words))]
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


def _carriers(people: list[Person], number: PhoneNumber, extra: ExtraPhones) -> list[Found]:
    found = {(each.kind, each.id): each for each in people}.values()
    phones = (each.phones_by_field(extra.get(each.kind, ())) for each in found)
    carried = (
        (each, hits.carrier(each.label, own, number, name=each.name))
        for each, own in zip(found, phones, strict=True)
    )
    return _each_once(Found(each, phone) for each, phone in carried if phone)


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
    try:
        return await crm.get(f"/Contacts/{number}", into=ContactRow)
    except FATAL_ERRORS:
        raise
    except CrmError as error:
        told = f"Could not read contact {number}, which a lead that was found became: {error.message}"
        if isinstance(error, NotFound):  # it is gone
            warn(told)
        else:
            not_searched("", told, is_lasting=isinstance(error, Forbidden))
        return None
